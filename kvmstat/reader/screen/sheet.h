/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A sheet shows a grid on the screen, with as many columns as there is room for. It is sorted
 * by one column and has a selected row. Beside the columns there can be a drawing.
 */
#ifndef SHEET_H
#define SHEET_H

#include "text/grid.h"

#define SHEET_MAX_COLUMNS 32

struct sheet {
	/* The owner sets these. Lists are keys of columns with commas. */
	struct grid grid; /* sheet_row() adds its rows */
	const char *always, *wide; /* columns that are shown, and those that are if they fit */
	const char *now, *total; /* columns that 'o' sorts by; rows are first sorted by now */
	int least; /* columns of the screen for the drawing, at least */
	/* Draws beside the row of this identity, or beside the head if @row is NULL. */
	void (*rest)(void *data, const uint64_t *row, int y, int x, int width);

	const struct grid_column *sort;
	bool upside_down;
	uint64_t *identity; /* of each row */
	size_t *order; /* indices of rows as they are shown */
	bool picked; /* by the user; until then the first row is selected */
	uint64_t pick; /* identity of the selected row */
	size_t at, first; /* where it is in the order, and the first row on the screen */
	int y, height; /* of the rows when they were last drawn */
	int head; /* the line of the head, or -1 */
	struct sheet_shown {
		const struct grid_column *column;
		int x, width;
	} shown[SHEET_MAX_COLUMNS];
	size_t nr_shown;
};

/* Drops the rows, so that new ones can be added. The selected identity stays. */
void sheet_clear(struct sheet *sheet);

/* Sets the identity of the row that is added next. All rows of a sheet differ in it. */
void sheet_identify(struct sheet *sheet, uint64_t identity);

/* Adds a row of this identity and returns its cells. */
struct cell *sheet_row(struct sheet *sheet, uint64_t identity);

/* Draws head and rows from line @y, @height lines. @data is for rest(). */
void sheet_draw(struct sheet *sheet, int y, int height, void *data);

/* Returns the line for a note in place of rows. */
int sheet_note(const struct sheet *sheet);

/* Does what @key asks for, or returns false if a sheet does not know the key. */
bool sheet_key(struct sheet *sheet, int key);

/*
 * Handles a click. Returns 0 if it was on a head, by which rows are then sorted, 1 if it was on
 * a row, which is then selected, or -1.
 */
int sheet_click(struct sheet *sheet, int y, int x);

/* Sorts by total instead of now, or the other way round. */
void sheet_toggle(struct sheet *sheet);

/* Returns the identity of the selected row, or NULL. */
const uint64_t *sheet_selected(const struct sheet *sheet);

/* Frees what the sheet owns. How rows are sorted stays. */
void sheet_free(struct sheet *sheet);

#endif
