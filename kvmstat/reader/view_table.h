/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The view as a table of guests, at most 80 columns wide, and the reading
 * below it.
 */
#ifndef VIEW_TABLE_H
#define VIEW_TABLE_H

#include <stdio.h>

#include "window.h"

/* What a running table of rates remembers from block to block; starts as 0. */
struct view_table {
	unsigned int lines; /* since the header */
};

/* Prints the totals of all chosen guests of @window. */
void view_table_totals(FILE *out, const struct window *window);

/*
 * Prints the rates of one interval, a line per chosen guest, and the header
 * when its turn has come. @delta has been added to @window.
 */
void view_table_rates(struct view_table *table, FILE *out, const struct window *window,
		      const struct delta *delta);

/* Prints the reading: a line per chosen guest. @since: of what the numbers are. */
void view_table_reading(FILE *out, const struct window *window, const char *since);

#endif
