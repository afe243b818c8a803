/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A page of text on the screen: paragraphs that wrap and scroll.
 */
#ifndef PAGE_H
#define PAGE_H

#include <stdbool.h>

#include "screen/screen.h"

struct page {
	struct page_line {
		enum style style;
		char *text;
	} * line;
	size_t nr, first; /* lines, and the first one on the screen */
	int height; /* when it was last drawn */
};

/* Drops the lines. The page stays scrolled. */
void page_clear(struct page *page);

/* Adds a paragraph of ASCII. All lines but the first are indented by @indent. */
__attribute__((format(printf, 4, 5))) void page_add(struct page *page, enum style style, int indent,
						    const char *format, ...);

/* Draws the page from line @y, @height lines. */
void page_draw(struct page *page, int y, int height);

/* Scrolls if @key asks for it, or else returns false. */
bool page_key(struct page *page, int key);

#endif
