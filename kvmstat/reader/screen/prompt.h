/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A prompt lets the user type a line at the bottom of the screen while the rest goes on.
 */
#ifndef PROMPT_H
#define PROMPT_H

#define PROMPT_SIZE 256

struct prompt {
	const char *label; /* NULL while there is no prompt */
	int what; /* for the owner */
	char text[PROMPT_SIZE]; /* printable, in the encoding of the locale */
};

enum prompt_answer { PROMPT_GOES_ON, PROMPT_DONE, PROMPT_CANCELLED };

/* Asks for a line. The prompt keeps @what for the owner. */
void prompt_open(struct prompt *prompt, int what, const char *label);

/* Types a key from screen_key(). Any answer but PROMPT_GOES_ON has closed the prompt. */
enum prompt_answer prompt_key(struct prompt *prompt, int key);

/* Draws the prompt on line @y. */
void prompt_draw(const struct prompt *prompt, int y);

#endif
