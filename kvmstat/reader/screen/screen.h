/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The terminal as a full screen: opened, drawn on in a few styles, asked for keys, and
 * left as it was found, also at a signal. Colours and glyphs are as good as it has them.
 */
#ifndef SCREEN_H
#define SCREEN_H

#include <ncurses.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "data/history.h"
#include "data/status.h"

#define SCREEN_ROWS 24
#define SCREEN_COLUMNS 80

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

/* The parts of a vCPU's time, in the order in which bars show them. */
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
 * Takes the terminal over, if standard input and output are one that can be drawn on,
 * until screen_close() or exit(); else says what is wrong. What the process writes to
 * standard error is held back the while.
 */
enum status screen_open(void);
void screen_close(void);

/* Ends what SIGHUP or SIGQUIT asked to end, with the status that says so; or returns. */
void screen_end_by_signal(void);

/* Takes the last line held back from standard error, without "kvmstat: "; false: none. */
bool screen_said(char *text, size_t size);

/* What screen_key() returns beside characters. */
#define SCREEN_FUNCTION(key) (0x1000000 + (key)) /* a KEY_ of ncurses */
#define SCREEN_TIME_UP -1
#define SCREEN_STOP -2 /* a signal, or the terminal is gone */

/* Waits for a key until the time @until of session_now(). */
int screen_key(int64_t until);

void screen_style(enum style style);

void screen_fill(int y, int x, int width, enum style style);

/* Writes clean @text in at most @width columns of a line; returns how many it took. */
int screen_text(int y, int x, int width, enum style style, const char *text);
__attribute__((format(printf, 5, 6))) int screen_print(int y, int x, int width, enum style style,
						       const char *format, ...);

/* A bar in which each time has its share; empty if all are 0. */
void screen_times(int y, int x, int width, const uint64_t times[TIME_NR]);

/* The glyph of a time, one column. */
void screen_time_glyph(int y, int x, enum vcpu_time time);

/* @value of @most in eighths of a column's height, or of @width columns. */
void screen_level(int y, int x, double value, double most);
void screen_bar(int y, int x, int width, double value, double most, enum vcpu_time time);

/* The rates of a guest, the last one on the right, each in relation to the highest. */
void screen_sparkline(int y, int x, int width, const struct history *history);

/* How the head of the column says which way its rows are sorted. */
const char *screen_arrow(bool up);

#endif
