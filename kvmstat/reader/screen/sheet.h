/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A grid on the screen: as many columns as there is room for, sorted by one of them,
 * with a row that is selected, and beside it what is no text.
 */
#ifndef SHEET_H
#define SHEET_H

#include "text/grid.h"

#define SHEET_MAX_COLUMNS 32

/* Where the selected row stays: it is followed, or the first until the user picks one. */
struct sheet {
	/* Given by the owner: keys of columns with commas. */
	struct grid grid; /* its rows are added by sheet_row() */
	const char *always, *wide; /* those shown, and in their order those that may not fit */
	const char *now, *total; /* what 'o' sorts by; the first is what rows are sorted by */
	int least; /* columns of the screen for the rest */
	/* Draws the rest at @x of a line, @width columns; @row is its identity, NULL its head. */
	void (*rest)(void *data, const uint64_t *row, int y, int x, int width);

	const struct grid_column *sort;
	bool upside_down;
	uint64_t *identity; /* of each row */
	size_t *order; /* indices of rows as they are shown */
	bool picked;
	uint64_t pick; /* identity of the selected row */
	size_t at, first; /* its place in the order, and the first one on the screen */
	int y, height; /* of the rows, when drawn last */
	struct sheet_shown {
		const struct grid_column *column;
		int x, width;
	} shown[SHEET_MAX_COLUMNS];
	size_t nr_shown;
};

/* Drops the rows, to add those of now; what was selected stays so. */
void sheet_clear(struct sheet *sheet);

/* Says what row the next one of the grid is; rows of a sheet differ in that. */
void sheet_identify(struct sheet *sheet, uint64_t identity);

/* sheet_identify(), then grid_row(). */
struct cell *sheet_row(struct sheet *sheet, uint64_t identity);

/* Draws the head and rows from line @y, @height lines. */
void sheet_draw(struct sheet *sheet, int y, int height, void *data);

/* Does what a key asks for; false if it is none of ours. */
bool sheet_key(struct sheet *sheet, int key);

/* A click: sorts by the head at it (0), or selects the row (1); -1 if there is neither. */
int sheet_click(struct sheet *sheet, int y, int x);

/* Sorts by the other one of now and total. */
void sheet_toggle(struct sheet *sheet);

/* The identity of the selected row; NULL: there is none. */
const uint64_t *sheet_selected(const struct sheet *sheet);

/* Releases what it owns, and leaves how rows are sorted. */
void sheet_free(struct sheet *sheet);

#endif
