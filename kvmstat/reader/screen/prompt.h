/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A line that the user types, at the bottom of the screen while the rest goes on.
 */
#ifndef PROMPT_H
#define PROMPT_H

#define PROMPT_SIZE 256

struct prompt {
	const char *label; /* NULL: nothing is asked for */
	int what; /* the owner's */
	char text[PROMPT_SIZE]; /* in the locale's encoding, printable */
};

enum prompt_answer { PROMPT_GOES_ON, PROMPT_DONE, PROMPT_CANCELLED };

/* Asks; @what it is, is for the owner. */
void prompt_open(struct prompt *prompt, int what, const char *label);

/* Types a key, of screen_key(). An answer other than PROMPT_GOES_ON has closed it. */
enum prompt_answer prompt_key(struct prompt *prompt, int key);

void prompt_draw(const struct prompt *prompt, int y);

#endif
