// SPDX-License-Identifier: GPL-2.0
/*
 * Wraps and scrolls paragraphs.
 */
#include "screen/page.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "data/memory.h"

void page_clear(struct page *page)
{
	for (size_t i = 0; i < page->nr; i++)
		free(page->line[i].text);
	free(page->line);
	page->line = NULL;
	page->nr = 0;
}

/* Returns how much of @text goes into a line of @width, up to a blank if there is one in it. */
static size_t line_length(const char *text, size_t width)
{
	size_t len = width;

	if (strlen(text) <= width)
		return strlen(text);
	while (len && text[len] != ' ')
		len--;
	return len ? len : width;
}

void page_add(struct page *page, enum style style, int indent, const char *format, ...)
{
	char text[4096], *at = text;
	bool first = true;
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	do {
		const int before = first ? 0 : indent;
		const int width = COLS - 2 - before;
		size_t len = line_length(at, width > 0 ? width : 1);

		page->line = xreallocarray(page->line, page->nr + 1, sizeof(*page->line));
		page->line[page->nr++] =
			(struct page_line){ style, xasprintf("%*s%.*s", before, "", (int)len, at) };
		at += len;
		at += strspn(at, " ");
		first = false;
	} while (*at);
}

void page_draw(struct page *page, int y, int height)
{
	size_t most;

	height = height > 0 ? height : 0;
	most = page->nr > (size_t)height ? page->nr - height : 0;

	page->height = height;
	if (page->first > most)
		page->first = most;
	for (int i = 0; i < height && page->first + i < page->nr; i++)
		screen_text(y + i, 1, COLS - 1, page->line[page->first + i].style,
			    page->line[page->first + i].text);
	if (height && page->first < most)
		screen_text(y + height - 1, COLS - 6, 6, STYLE_DIM, "(more)");
}

bool page_key(struct page *page, int key)
{
	const size_t step = page->height > 1 ? page->height - 1 : 1;

	switch (key) {
	case SCREEN_FUNCTION(KEY_UP):
		page->first -= page->first > 0;
		return true;
	case SCREEN_FUNCTION(KEY_DOWN):
		page->first++;
		return true;
	case SCREEN_FUNCTION(KEY_PPAGE):
		page->first -= page->first < step ? page->first : step;
		return true;
	case SCREEN_FUNCTION(KEY_NPAGE):
		page->first += step;
		return true;
	case SCREEN_FUNCTION(KEY_HOME):
		page->first = 0;
		return true;
	case SCREEN_FUNCTION(KEY_END):
		page->first = page->nr;
		return true;
	default:
		return false;
	}
}
