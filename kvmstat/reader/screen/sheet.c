// SPDX-License-Identifier: GPL-2.0
/*
 * Lays out, sorts and scrolls rows.
 */
#define _GNU_SOURCE
#include "screen/sheet.h"

#include <stdlib.h>
#include <string.h>

#include "data/memory.h"
#include "data/name.h"
#include "screen/screen.h"

/*
 * A text takes at most so many columns of the screen, takes so many at first, and at least so many if it
 * is cut.
 */
#define TEXT_MAX 40
#define TEXT_FIRST 24
#define TEXT_MIN 8

static const struct cell *cell_of(const struct sheet *sheet, size_t row,
				  const struct grid_column *column)
{
	const struct grid *grid = &sheet->grid;

	return &grid->cell[row * grid->nr_columns + (column - grid->column)];
}

/* Takes the next column off a list of keys. Returns NULL at its end. */
static const struct grid_column *next_column(const struct sheet *sheet, const char **list)
{
	const char *key = *list;
	size_t len = strcspn(key, ",");

	*list += len + (key[len] == ',');
	return len ? grid_find(&sheet->grid, key, len) : NULL;
}

static const struct grid_column *sorted_by(const struct sheet *sheet)
{
	return sheet->sort ?: grid_find(&sheet->grid, sheet->now, strlen(sheet->now));
}

void sheet_clear(struct sheet *sheet)
{
	grid_free(&sheet->grid);
}

void sheet_identify(struct sheet *sheet, uint64_t identity)
{
	const size_t nr = sheet->grid.nr;

	/* Double the room whenever it is used up, at powers of two. */
	if (!(nr & (nr - 1))) {
		size_t room = nr ? 2 * nr : 1;

		sheet->identity = xreallocarray(sheet->identity, room, sizeof(*sheet->identity));
		sheet->order = xreallocarray(sheet->order, room, sizeof(*sheet->order));
	}
	sheet->identity[nr] = identity;
	sheet->order[nr] = nr;
}

struct cell *sheet_row(struct sheet *sheet, uint64_t identity)
{
	sheet_identify(sheet, identity);
	return grid_row(&sheet->grid);
}

static int compare_rows(const void *a, const void *b, void *data)
{
	const struct sheet *sheet = data;
	const struct grid_column *column = sorted_by(sheet);
	const size_t x = *(const size_t *)a, y = *(const size_t *)b;
	int order = grid_compare(column, cell_of(sheet, x, column), cell_of(sheet, y, column));

	if (!order)
		return (x > y) - (x < y);
	return sheet->upside_down ? -order : order;
}

/* Sorts and finds the selected row again. If it has gone, the next row is selected. */
static void arrange(struct sheet *sheet)
{
	const size_t nr = sheet->grid.nr;

	if (nr)
		qsort_r(sheet->order, nr, sizeof(*sheet->order), compare_rows, sheet);
	if (!sheet->picked)
		sheet->at = sheet->first = 0;
	for (size_t i = 0; sheet->picked && i < nr; i++)
		if (sheet->identity[sheet->order[i]] == sheet->pick) {
			sheet->at = i;
			return;
		}
	if (sheet->at >= nr)
		sheet->at = nr ? nr - 1 : 0;
}

/* Returns how wide a column is before it is widened. */
static int first_width(const struct grid_column *column)
{
	const int head = strlen(column->head);
	int width = column->width;

	if (column->unit == UNIT_TEXT && width > TEXT_FIRST)
		width = TEXT_FIRST;
	return width > head ? width : head;
}

static void add_shown(struct sheet *sheet, const struct grid_column *column, int *left)
{
	const int width = first_width(column);

	if (sheet->nr_shown == SHEET_MAX_COLUMNS)
		return;
	sheet->shown[sheet->nr_shown++] = (struct sheet_shown){ column, 0, width };
	*left -= width + 1;
}

/* Widens a column of texts or addresses, which are not shortened. */
static void widen(const struct sheet *sheet, struct sheet_shown *shown, int *left)
{
	for (size_t row = 0; row < sheet->grid.nr && left[0] > 0; row++) {
		const struct cell *cell = cell_of(sheet, row, shown->column);
		char text[NAME_SHOWN_SIZE], number[GRID_CELL_SIZE];
		int used;

		grid_format(number, sizeof(number), shown->column, cell, false);
		used = name_show(text,
				 shown->column->unit == UNIT_TEXT ? cell->text ?: "-" : number,
				 TEXT_MAX);

		if (used - shown->width > *left)
			used = shown->width + *left;
		if (used > shown->width) {
			*left -= used - shown->width;
			shown->width = used;
		}
	}
}

/*
 * Places the columns side by side. Cuts texts for which the screen is too narrow, and leaves out
 * numbers, which a cut would make wrong. Returns where the columns end.
 */
static int place_columns(struct sheet *sheet)
{
	int x = -1, spill;
	size_t kept = 0;

	for (size_t i = 0; i < sheet->nr_shown; i++)
		x += sheet->shown[i].width + 1;
	spill = x - COLS;
	x = 0;
	for (size_t i = 0; i < sheet->nr_shown; i++) {
		struct sheet_shown shown = sheet->shown[i];
		const int least = shown.column->unit == UNIT_TEXT && shown.width > TEXT_MIN ?
					  TEXT_MIN :
					  shown.width;
		const int cut = spill < shown.width - least ? spill : shown.width - least;

		if (cut > 0) {
			shown.width -= cut;
			spill -= cut;
		}
		if (kept && x + shown.width > COLS)
			continue;
		shown.x = x;
		x += shown.width + 1;
		sheet->shown[kept++] = shown;
	}
	sheet->nr_shown = kept;
	return x;
}

/* Chooses the columns. Returns where the drawing begins. */
static int lay_out(struct sheet *sheet)
{
	const struct grid_column *sort = sorted_by(sheet), *column;
	int left = COLS - sheet->least;
	const char *list;
	bool has = false;

	sheet->nr_shown = 0;
	for (list = sheet->always; (column = next_column(sheet, &list)); has |= column == sort)
		add_shown(sheet, column, &left);
	if (!has)
		add_shown(sheet, sort, &left);
	for (size_t i = 0; i < sheet->nr_shown; i++)
		if (sheet->shown[i].column->unit == UNIT_TEXT ||
		    sheet->shown[i].column->unit == UNIT_HEX)
			widen(sheet, &sheet->shown[i], &left);
	for (list = sheet->wide; (column = next_column(sheet, &list));) {
		if (column != sort && first_width(column) < left)
			add_shown(sheet, column, &left);
	}
	return place_columns(sheet);
}

static void draw_head(struct sheet *sheet)
{
	const int y = sheet->head;

	screen_fill(y, 0, COLS, STYLE_HEAD);
	for (size_t i = 0; i < sheet->nr_shown; i++) {
		const struct sheet_shown *shown = &sheet->shown[i];
		const struct grid_column *column = shown->column;
		const bool text = column->unit == UNIT_TEXT, sorted = column == sorted_by(sheet);
		int width = shown->width, used = strlen(column->head);
		enum style style = sorted ? STYLE_SORTED : STYLE_HEAD;
		int x = shown->x + (text ? 0 : width - used);

		screen_text(y, x, width, style, column->head);
		/* The arrow is to the left of numbers and to the right of texts. */
		if (sorted)
			screen_text(y,
				    text  ? x + used :
				    x > 0 ? x - 1 :
					    width,
				    1, style,
				    screen_arrow((column->unit == UNIT_TEXT) !=
						 sheet->upside_down));
	}
}

static void draw_row(const struct sheet *sheet, size_t row, int y, enum style style, int width)
{
	if (style != STYLE_PLAIN)
		screen_fill(y, 0, width, style);
	for (size_t i = 0; i < sheet->nr_shown; i++) {
		const struct sheet_shown *shown = &sheet->shown[i];
		const struct cell *cell = cell_of(sheet, row, shown->column);
		char text[GRID_CELL_SIZE];

		if (shown->column->unit == UNIT_TEXT) {
			screen_text(y, shown->x, shown->width, style, cell->text ?: "-");
			continue;
		}
		grid_format(text, sizeof(text), shown->column, cell, false);
		screen_print(y, shown->x, shown->width, style, "%*s", shown->width, text);
	}
}

void sheet_draw(struct sheet *sheet, int y, int height, void *data)
{
	int x;

	arrange(sheet);
	x = lay_out(sheet);
	/* A single line is for a row. */
	sheet->head = height > 1 ? y : -1;
	sheet->y = y + (height > 1);
	sheet->height = height > 1 ? height - 1 : height > 0;
	if (sheet->first > sheet->at)
		sheet->first = sheet->at;
	if (sheet->at >= sheet->first + sheet->height)
		sheet->first = sheet->at - sheet->height + 1;
	if (sheet->first && sheet->first + sheet->height > sheet->grid.nr)
		sheet->first =
			sheet->grid.nr > (size_t)sheet->height ? sheet->grid.nr - sheet->height : 0;
	if (height > 1)
		draw_head(sheet);
	if (height > 1 && sheet->rest)
		sheet->rest(data, NULL, y, x, COLS - x);
	for (int i = 0; i < sheet->height && sheet->first + i < sheet->grid.nr; i++) {
		size_t row = sheet->order[sheet->first + i];

		draw_row(sheet, row, sheet->y + i,
			 sheet->first + i == sheet->at ? STYLE_SELECTED : STYLE_PLAIN, x);
		if (sheet->rest)
			sheet->rest(data, &sheet->identity[row], sheet->y + i, x, COLS - x);
	}
}

int sheet_note(const struct sheet *sheet)
{
	return sheet->y + (sheet->height > 1);
}

static void pick(struct sheet *sheet, size_t at)
{
	if (!sheet->grid.nr)
		return;
	sheet->at = at < sheet->grid.nr ? at : sheet->grid.nr - 1;
	sheet->pick = sheet->identity[sheet->order[sheet->at]];
	sheet->picked = true;
}

/* Sorts by the column beside the present one, also if it is not shown yet. */
static void sort_beside(struct sheet *sheet, int step)
{
	const struct grid_column *all[SHEET_MAX_COLUMNS], *column;
	const char *lists[] = { sheet->always, sheet->wide };
	size_t nr = 0, at = 0;

	for (size_t i = 0; i < 2; i++)
		while ((column = next_column(sheet, &lists[i])) && nr < SHEET_MAX_COLUMNS) {
			if (column == sorted_by(sheet))
				at = nr;
			all[nr++] = column;
		}
	sheet->sort = all[(at + nr + step) % nr];
	sheet->upside_down = false;
}

bool sheet_key(struct sheet *sheet, int key)
{
	const size_t page = sheet->height > 1 ? sheet->height - 1 : 1, at = sheet->at;

	switch (key) {
	case SCREEN_FUNCTION(KEY_UP):
		pick(sheet, at ? at - 1 : 0);
		return true;
	case SCREEN_FUNCTION(KEY_DOWN):
		pick(sheet, at + 1);
		return true;
	case SCREEN_FUNCTION(KEY_PPAGE):
		pick(sheet, at > page ? at - page : 0);
		return true;
	case SCREEN_FUNCTION(KEY_NPAGE):
		pick(sheet, at + page);
		return true;
	case SCREEN_FUNCTION(KEY_HOME):
		sheet->picked = false;
		return true;
	case SCREEN_FUNCTION(KEY_END):
		pick(sheet, SIZE_MAX);
		return true;
	case '<':
		sort_beside(sheet, -1);
		return true;
	case '>':
		sort_beside(sheet, 1);
		return true;
	case 'I':
		sheet->upside_down = !sheet->upside_down;
		return true;
	case 'o':
		sheet_toggle(sheet);
		return true;
	default:
		return false;
	}
}

int sheet_click(struct sheet *sheet, int y, int x)
{
	if (y >= sheet->y && y < sheet->y + sheet->height &&
	    sheet->first + (y - sheet->y) < sheet->grid.nr) {
		pick(sheet, sheet->first + (y - sheet->y));
		return 1;
	}
	for (size_t i = 0; y == sheet->head && i < sheet->nr_shown; i++) {
		const struct sheet_shown *shown = &sheet->shown[i];

		if (x < shown->x || x > shown->x + shown->width)
			continue;
		sheet->upside_down = shown->column == sorted_by(sheet) && !sheet->upside_down;
		sheet->sort = shown->column;
		return 0;
	}
	return -1;
}

void sheet_toggle(struct sheet *sheet)
{
	const struct grid_column *total =
		grid_find(&sheet->grid, sheet->total, strlen(sheet->total));

	sheet->sort = sorted_by(sheet) == total ? NULL : total;
	sheet->upside_down = false;
}

const uint64_t *sheet_selected(const struct sheet *sheet)
{
	return sheet->grid.nr ? &sheet->identity[sheet->order[sheet->at]] : NULL;
}

void sheet_free(struct sheet *sheet)
{
	sheet_clear(sheet);
	free(sheet->identity);
	free(sheet->order);
	sheet->identity = NULL;
	sheet->order = NULL;
}
