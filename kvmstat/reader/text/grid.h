/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A grid is a table with typed cells that is printed for people, as CSV or as JSON.
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
	const char *columns, *sort; /* as --columns and --sort; NULL: those of the view */
	bool raw, skip_zeros;
};

enum unit {
	UNIT_TEXT,
	UNIT_ID, /* a number that names something, so it is never shortened */
	UNIT_HEX,
	UNIT_SIGNED, /* an int64_t in two's complement, so -1 is one */
	UNIT_COUNT,
	UNIT_BYTES,
	UNIT_RATE, /* per second; a change of one can be below 0 */
	UNIT_NS,
	UNIT_SHARE, /* number / of, in percent */
};

struct grid_column {
	const char *key; /* in CSV, JSON, --columns and --sort */
	const char *head; /* for people */
	enum unit unit;
	int width; /* the least; for a text the most, 0 if there is no limit */
	int digits; /* the decimals of a share */
};

struct cell {
	bool known;
	uint64_t number, of;
	double rate;
	char *text; /* clean; the grid owns it */
};

struct grid {
	const struct grid_column *column;
	size_t nr_columns, nr;
	const char *usual; /* the columns that people see unless they choose; NULL for all */
	struct cell *cell; /* nr rows of nr_columns cells */
};

/* An empty grid. The columns must outlive it. */
#define GRID(columns) \
	((struct grid){ .column = (columns), .nr_columns = sizeof(columns) / sizeof(*(columns)) })

/* Appends a row and returns its cells, which are unknown. They are valid until the next call. */
struct cell *grid_row(struct grid *grid);

/* Returns whether all counts, times and rates of a row are zero or unknown. */
bool grid_is_zero(const struct grid *grid, size_t row);

/* Drops all rows but the first @nr. */
void grid_cut(struct grid *grid, size_t nr);

void grid_free(struct grid *grid);

/* These make cells. */
struct cell cell_text(const char *text);
struct cell cell_number(uint64_t number);
struct cell cell_maybe(uint64_t number); /* unknown if it is DETAIL_UNKNOWN */
struct cell cell_rate(double rate);
struct cell cell_share(uint64_t number, uint64_t of);

/*
 * Checks the columns that @look names. If there is no such column, lists those that there
 * are and returns STATUS_BAD.
 */
enum status grid_check(const struct grid *grid, const struct look *look);

/*
 * Drops rows whose counts are all zero if look->skip_zeros. Sorts by look->sort, numbers
 * downwards and texts upwards; a '-' before the column reverses the order.
 */
void grid_arrange(struct grid *grid, const struct look *look);

/* Returns the column whose key is the @len bytes at @key, or NULL. */
const struct grid_column *grid_find(const struct grid *grid, const char *key, size_t len);

/* Compares cells of a column for sorting: larger numbers and lesser texts first, unknown last. */
int grid_compare(const struct grid_column *column, const struct cell *x, const struct cell *y);

/* Room for any cell that is not a text. */
#define GRID_CELL_SIZE 32

/* Writes a cell that is not a text, exactly if @raw. An unknown cell is "-". */
void grid_format(char *buf, size_t size, const struct grid_column *column, const struct cell *cell,
		 bool raw);

/* Prints all rows as text or CSV, whichever @look wants, with a header if @header. */
void grid_print(const struct grid *grid, const struct look *look, bool header, FILE *out);

/* Prints the columns of the first row, those that are known, in a line each; exactly if @raw. */
void grid_print_list(const struct grid *grid, bool raw, FILE *out);

/*
 * Returns all rows as an array of objects, a new reference. They have all columns, or those that
 * look->columns lists. NULL is a look that wants nothing.
 */
json_t *grid_json(const struct grid *grid, const struct look *look);

/* Checks, arranges, prints in any format, and frees @grid. */
enum status grid_show(struct grid *grid, const struct look *look, FILE *out);

#endif
