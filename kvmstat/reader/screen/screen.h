/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Uses the terminal as a full screen. The terminal is left as it was found, also at a signal.
 * Colours and glyphs are as good as the terminal has them.
 */
#ifndef SCREEN_H
#define SCREEN_H

#include <ncurses.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "data/history.h"
#include "data/status.h"

enum style {
	STYLE_PLAIN,
	STYLE_BOLD,
	STYLE_DIM,
	STYLE_HEAD, /* of columns */
	STYLE_SORTED, /* the head of the column that rows are sorted by */
	STYLE_SELECTED,
	STYLE_ALERT,
	STYLE_KEY, /* in the line of keys */
};

/* What a vCPU can spend time in, in the order of the bars. */
enum vcpu_time {
	TIME_GUEST,
	TIME_KERNEL,
	TIME_VMM,
	TIME_READY, /* waiting for a CPU of the host */
	TIME_HALTED,
	TIME_NR
};

extern const char *const screen_time_name[TIME_NR];

/*
 * Takes over the terminal until screen_close() or exit(), or says what is wrong if standard
 * input and output are not a terminal that can be drawn on. Holds back what the process
 * writes to standard error until then.
 */
enum status screen_open(void);
void screen_close(void);

/* Ends the process by SIGHUP or SIGQUIT if one of them came, or else returns. */
void screen_end_by_signal(void);

/*
 * Takes the last line that was held back from standard error, without "kvmstat: ". Returns
 * false if there is none.
 */
bool screen_said(char *text, size_t size);

/* What screen_key() returns besides characters. */
#define SCREEN_FUNCTION(key) (0x1000000 + (key)) /* a KEY_ of ncurses */
#define SCREEN_TIME_UP -1
#define SCREEN_STOP -2 /* a signal came, or the terminal has gone */

/* Waits for a key until session_now() is @until. */
int screen_key(int64_t until);

/* Draws in this style from now on. */
void screen_style(enum style style);

/* Fills @width columns of a line with blanks. */
void screen_fill(int y, int x, int width, enum style style);

/* Write clean text in at most @width columns of a line. Return how many columns it took. */
int screen_text(int y, int x, int width, enum style style, const char *text);
__attribute__((format(printf, 5, 6))) int screen_print(int y, int x, int width, enum style style,
						       const char *format, ...);

/* Draws a bar in which each time has its share. The bar is empty if all are 0. */
void screen_times(int y, int x, int width, const uint64_t times[TIME_NR]);

/* Draws the glyph of a time, which takes one column. */
void screen_time_glyph(int y, int x, enum vcpu_time time);

/* Draw @value of @most, as the height of one column or in @width columns. */
void screen_level(int y, int x, double value, double most);
void screen_bar(int y, int x, int width, double value, double most, enum vcpu_time time);

/* Draws the rates of a guest relative to the highest one, the last one on the right. */
void screen_sparkline(int y, int x, int width, const struct history *history);

/* Returns the arrow that shows which way rows are sorted. */
const char *screen_arrow(bool up);

#endif
