/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Makes rows of guests, with every figure of them and the verdicts.
 */
#ifndef GUESTS_H
#define GUESTS_H

#include "data/window.h"
#include "text/grid.h"
#include "verdict/verdict.h"

/* Returns an empty grid of all columns. @usual are those that people see unless they choose. */
struct grid guests_grid(const char *usual);

/* Returns a cell with the time, UTC in ISO 8601; unknown if the time is not known. */
struct cell cell_time(const struct moment *at);

/* Appends the row of a guest in one interval. */
void guests_add_delta(struct grid *grid, const struct window_guest *guest,
		      const struct delta *delta, const struct delta_row *row,
		      const struct moment *at);

/* Appends the row of a guest in all of a window. */
void guests_add_total(struct grid *grid, const struct window *window,
		      const struct window_guest *guest, const struct moment *at);

/* Adds the verdict to the row that was appended last. */
void guests_judge(struct grid *grid, const struct verdict *verdict);

/* Appends the rows of all chosen guests in all of a window, with the verdicts on them. */
void guests_add_window(struct grid *grid, const struct window *window, const struct moment *at,
		       const struct thresholds *thresholds);

#endif
