/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Guests as rows of a grid: every figure that there is of one in a window.
 */
#ifndef GUESTS_H
#define GUESTS_H

#include "data/window.h"
#include "text/grid.h"

/* Returns an empty grid of all columns; @usual are those that people see unless they choose. */
struct grid guests_grid(const char *usual);

/* A time of day, UTC as ISO 8601; unknown if it is not. */
struct cell cell_time(const struct moment *at);

/* Appends the row of a guest in one interval. */
void guests_add_delta(struct grid *grid, const struct window_guest *guest,
		      const struct delta *delta, const struct delta_row *row,
		      const struct moment *at);

/* Appends the row of a guest in all of a window. */
void guests_add_total(struct grid *grid, const struct window *window,
		      const struct window_guest *guest, const struct moment *at);

/* Appends all chosen guests of a window, with what they did in all of it. */
void guests_add_window(struct grid *grid, const struct window *window, const struct moment *at);

#endif
