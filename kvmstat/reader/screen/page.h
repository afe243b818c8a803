/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Text on the screen: paragraphs that wrap at its width, and scroll.
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
	size_t nr, first; /* the first one on the screen */
	int height; /* when drawn last */
};

/* Drops the lines; where it was scrolled to stays. */
void page_clear(struct page *page);

/* Adds a paragraph of ASCII; its lines but for the first are indented by @indent. */
__attribute__((format(printf, 4, 5))) void page_add(struct page *page, enum style style, int indent,
						    const char *format, ...);

void page_draw(struct page *page, int y, int height);

/* Scrolls; false if the key does not. */
bool page_key(struct page *page, int key);

#endif
