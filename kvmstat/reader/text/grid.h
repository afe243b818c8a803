/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A table with typed cells, printed for people, as CSV or as JSON: what every
 * one-shot view is made of.
 */
#ifndef GRID_H
#define GRID_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "data/status.h"

enum format { FORMAT_TEXT, FORMAT_CSV, FORMAT_JSON, FORMAT_PROMETHEUS };

/* How the user wants rows to be printed. */
struct look {
	enum format format;
	const char *columns, *sort; /* as --columns and --sort; NULL: the view's own */
	bool raw, skip_zeros;
};

enum unit {
	UNIT_TEXT,
	UNIT_ID, /* a number that is a name: never shortened */
	UNIT_HEX,
	UNIT_COUNT,
	UNIT_RATE, /* per second */
	UNIT_NS,
	UNIT_SHARE, /* number / of, shown in percent */
};

struct grid_column {
	const char *key; /* in CSV, JSON, --columns and --sort */
	const char *head; /* for people */
	enum unit unit;
	int width; /* at least; at most for a text, 0: as wide as it is */
	int digits; /* decimals of a share */
};

struct cell {
	bool known;
	uint64_t number, of;
	double rate;
	char *text; /* owned; clean */
};

struct grid {
	const struct grid_column *column;
	size_t nr_columns, nr;
	const char *usual; /* the columns that people see unless they choose; NULL: all */
	struct cell *cell; /* nr rows of nr_columns */
};

/* An empty grid of columns that outlive it. */
#define GRID(columns) \
	((struct grid){ .column = (columns), .nr_columns = sizeof(columns) / sizeof(*(columns)) })

/* Returns the cells of a new row, all unknown; valid until the next one. */
struct cell *grid_row(struct grid *grid);

/* Leaves the first @nr rows. */
void grid_cut(struct grid *grid, size_t nr);

void grid_free(struct grid *grid);

/* Cells. */
struct cell cell_text(const char *text);
struct cell cell_number(uint64_t number);
struct cell cell_rate(double rate);
struct cell cell_share(uint64_t number, uint64_t of);

/*
 * Checks --columns and --sort of @look against the columns; says what there is
 * when one is not known: STATUS_BAD.
 */
enum status grid_check(const struct grid *grid, const struct look *look);

/*
 * Leaves out rows whose counts are all zero if look->skip_zeros, and sorts by
 * look->sort: numbers downwards, texts upwards, '-' before it turns that round.
 */
void grid_arrange(struct grid *grid, const struct look *look);

/* Returns the column of this key, @len bytes of it, or NULL. */
const struct grid_column *grid_find(const struct grid *grid, const char *key, size_t len);

/* Orders cells of a column: numbers downwards, texts upwards, unknown ones last. */
int grid_compare(const struct grid_column *column, const struct cell *x, const struct cell *y);

/* Room for a cell that is not a text. */
#define GRID_CELL_SIZE 32

/* Writes a cell that is not a text as people, or @raw programs, read it; "-": unknown. */
void grid_format(char *buf, size_t size, const struct grid_column *column, const struct cell *cell,
		 bool raw);

/* Prints all rows, with a header where @header, as look->format wants, but not JSON. */
void grid_print(const struct grid *grid, const struct look *look, bool header, FILE *out);

/* Returns all rows as an array of objects, all columns. */
json_t *grid_json(const struct grid *grid);

/* grid_check(), _arrange(), _print() or JSON, _free(); for views that are one grid. */
enum status grid_show(struct grid *grid, const struct look *look, FILE *out);

#endif
