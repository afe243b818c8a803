// SPDX-License-Identifier: GPL-2.0
/*
 * Edits a line at its end.
 */
#include "screen/prompt.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>
#include <wctype.h>

#include "screen/screen.h"

/* The answer has so many columns of the screen, at least. */
#define ANSWER_COLUMNS 16

#define ESCAPE 27
#define DELETE 127
#define CONTROL(letter) ((letter)&31)

void prompt_open(struct prompt *prompt, int what, const char *label)
{
	*prompt = (struct prompt){ .label = label, .what = what };
}

static void add(struct prompt *prompt, wchar_t wide)
{
	size_t used = strlen(prompt->text);
	char bytes[MB_LEN_MAX];
	int len = iswprint(wide) ? wctomb(bytes, wide) : -1;

	if (len <= 0 || used + len >= sizeof(prompt->text))
		return;
	memcpy(prompt->text + used, bytes, len);
	prompt->text[used + len] = '\0';
}

static void remove_last(struct prompt *prompt)
{
	size_t last = 0, len;

	mblen(NULL, 0);
	for (size_t at = 0; prompt->text[at]; at += len) {
		int bytes = mblen(prompt->text + at, MB_CUR_MAX);

		len = bytes > 0 ? bytes : 1;
		last = at;
	}
	prompt->text[last] = '\0';
}

enum prompt_answer prompt_key(struct prompt *prompt, int key)
{
	switch (key) {
	case '\n':
	case '\r':
	case SCREEN_FUNCTION(KEY_ENTER):
		prompt->label = NULL;
		return PROMPT_DONE;
	case ESCAPE:
		prompt->label = NULL;
		return PROMPT_CANCELLED;
	case SCREEN_FUNCTION(KEY_BACKSPACE):
	case DELETE:
	case CONTROL('H'):
		remove_last(prompt);
		return PROMPT_GOES_ON;
	case CONTROL('U'):
		prompt->text[0] = '\0';
		return PROMPT_GOES_ON;
	default:
		if (key > 0 && key < SCREEN_FUNCTION(0))
			add(prompt, key);
		return PROMPT_GOES_ON;
	}
}

void prompt_draw(const struct prompt *prompt, int y)
{
	int x;

	screen_fill(y, 0, COLS, STYLE_PLAIN);
	x = screen_print(y, 0, COLS - ANSWER_COLUMNS, STYLE_BOLD, "%s: ", prompt->label);

	x += screen_text(y, x, COLS - x - 1, STYLE_PLAIN, prompt->text);
	screen_fill(y, x, 1, STYLE_SELECTED);
}
