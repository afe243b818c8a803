// SPDX-License-Identifier: GPL-2.0
/*
 * Fills, sorts and prints grids.
 */
#define _GNU_SOURCE
#include "text/grid.h"

#include <inttypes.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "data/detail.h"
#include "data/jsonl.h"
#include "data/memory.h"
#include "data/name.h"
#include "data/share.h"
#include "text/number.h"
#include "text/output.h"

struct cell *grid_row(struct grid *grid)
{
	const size_t nr = grid->nr_columns;
	struct cell *row;

	grid->cell = xgrow(grid->cell, grid->nr, nr * sizeof(*grid->cell));
	row = &grid->cell[grid->nr++ * nr];
	return memset(row, 0, nr * sizeof(*row));
}

static void free_row(const struct grid *grid, size_t row)
{
	for (size_t c = 0; c < grid->nr_columns; c++)
		free(grid->cell[row * grid->nr_columns + c].text);
}

void grid_cut(struct grid *grid, size_t nr)
{
	while (grid->nr > nr)
		free_row(grid, --grid->nr);
}

void grid_free(struct grid *grid)
{
	grid_cut(grid, 0);
	free(grid->cell);
	grid->cell = NULL;
}

struct cell cell_text(const char *text)
{
	return (struct cell){ .known = true, .text = xstrdup(text) };
}

struct cell cell_number(uint64_t number)
{
	return (struct cell){ .known = true, .number = number };
}

struct cell cell_maybe(uint64_t number)
{
	return (struct cell){ .known = number != DETAIL_UNKNOWN, .number = number };
}

struct cell cell_rate(double rate)
{
	return (struct cell){ .known = true, .rate = rate };
}

struct cell cell_share(uint64_t number, uint64_t of)
{
	return (struct cell){ .known = of, .number = number, .of = of };
}

const struct grid_column *grid_find(const struct grid *grid, const char *key, size_t len)
{
	for (size_t c = 0; c < grid->nr_columns; c++)
		if (strlen(grid->column[c].key) == len && !memcmp(grid->column[c].key, key, len))
			return &grid->column[c];
	return NULL;
}

static enum status unknown_column(const struct grid *grid, const char *key, size_t len)
{
	char shown[NAME_SHOWN_SIZE], raw[NAME_SIZE];

	snprintf(raw, sizeof(raw), "%.*s", (int)(len < sizeof(raw) ? len : sizeof(raw) - 1), key);
	name_show(shown, raw, NAME_SIZE);
	fprintf(stderr, "%s: no column '%s' here; there are:", status_program, shown);
	for (size_t c = 0; c < grid->nr_columns; c++)
		fprintf(stderr, "%s%s", c ? "," : " ", grid->column[c].key);
	fputc('\n', stderr);
	return STATUS_BAD;
}

/* Takes the next key off a list with commas. Returns false at its end. */
static bool next_key(const char **list, const char **key, size_t *len)
{
	if (!*list || !**list)
		return false;
	*key = *list;
	*len = strcspn(*list, ",");
	*list += *len + ((*list)[*len] == ',');
	return true;
}

enum status grid_check(const struct grid *grid, const struct look *look)
{
	const char *list = look->columns, *sort = look->sort, *key;
	size_t len;

	if (list)
		list += *list == '+';
	if (list && !*list)
		return unknown_column(grid, list, 0);
	while (next_key(&list, &key, &len))
		if (!grid_find(grid, key, len))
			return unknown_column(grid, key, len);
	if (!sort)
		return STATUS_OK;
	sort += *sort == '-';
	return grid_find(grid, sort, strlen(sort)) ? STATUS_OK :
						     unknown_column(grid, sort, strlen(sort));
}

/* These are properties, not counts of what happened. */
static bool is_property(const char *key)
{
	return !strcmp(key, "vcpus") || !strcmp(key, "slice_ns");
}

bool grid_is_zero(const struct grid *grid, size_t row)
{
	for (size_t c = 0; c < grid->nr_columns; c++) {
		const struct cell *cell = &grid->cell[row * grid->nr_columns + c];
		enum unit unit = grid->column[c].unit;

		if (!cell->known)
			continue;
		if ((unit == UNIT_COUNT || unit == UNIT_NS) && cell->number &&
		    !is_property(grid->column[c].key))
			return false;
		if (unit == UNIT_RATE && cell->rate != 0)
			return false;
	}
	return true;
}

static double cell_value(const struct grid_column *column, const struct cell *cell)
{
	if (!cell->known)
		return -1;
	/* Of changes the largest is first, whether up or down. */
	if (column->unit == UNIT_RATE)
		return fabs(cell->rate);
	if (column->unit == UNIT_SHARE)
		return (double)cell->number / cell->of;
	if (column->unit == UNIT_SIGNED)
		return (int64_t)cell->number;
	return cell->number;
}

int grid_compare(const struct grid_column *column, const struct cell *x, const struct cell *y)
{
	double left, right;

	if (column->unit == UNIT_TEXT)
		return strcmp(x->text ?: "", y->text ?: "");
	left = cell_value(column, x);
	right = cell_value(column, y);
	return (left < right) - (left > right);
}

struct order {
	const struct grid *grid;
	const struct grid_column *column;
	int sign;
};

/* Compares two rows by their indices, which decide between equal rows. */
static int compare_rows(const void *a, const void *b, void *data)
{
	const struct order *order = data;
	const struct grid *grid = order->grid;
	const struct cell *cell = grid->cell + (order->column - grid->column);
	const size_t x = *(const size_t *)a, y = *(const size_t *)b;
	int by_column = grid_compare(order->column, &cell[x * grid->nr_columns],
				     &cell[y * grid->nr_columns]);

	return order->sign * by_column ?: (x > y) - (x < y);
}

static void sort_rows(struct grid *grid, const char *by)
{
	const size_t size = grid->nr_columns * sizeof(*grid->cell);
	struct order order = { .grid = grid, .sign = *by == '-' ? -1 : 1 };
	size_t *row = xcalloc(grid->nr, sizeof(*row));
	struct cell *sorted = xcalloc(grid->nr, size);

	by += *by == '-';
	order.column = grid_find(grid, by, strlen(by));
	for (size_t i = 0; i < grid->nr; i++)
		row[i] = i;
	qsort_r(row, grid->nr, sizeof(*row), compare_rows, &order);
	for (size_t i = 0; i < grid->nr; i++)
		memcpy(&sorted[i * grid->nr_columns], &grid->cell[row[i] * grid->nr_columns], size);
	memcpy(grid->cell, sorted, grid->nr * size);
	free(sorted);
	free(row);
}

void grid_arrange(struct grid *grid, const struct look *look)
{
	const size_t size = grid->nr_columns * sizeof(*grid->cell);
	size_t kept = 0;

	for (size_t row = 0; row < grid->nr; row++) {
		if (look->skip_zeros && grid_is_zero(grid, row))
			free_row(grid, row);
		else
			memmove(&grid->cell[kept++ * grid->nr_columns],
				&grid->cell[row * grid->nr_columns], size);
	}
	grid->nr = kept;
	if (look->sort && kept)
		sort_rows(grid, look->sort);
}

void grid_format(char *buf, size_t size, const struct grid_column *column, const struct cell *cell,
		 bool raw)
{
	/* A number is shortened to this width. */
	int width = column->width < 6 ? 6 : column->width;

	if (!cell->known) {
		snprintf(buf, size, "-");
		return;
	}
	switch (column->unit) {
	case UNIT_TEXT:
		*buf = '\0';
		break;
	case UNIT_ID:
		snprintf(buf, size, "%" PRIu64, cell->number);
		break;
	case UNIT_SIGNED:
		snprintf(buf, size, "%" PRId64, (int64_t)cell->number);
		break;
	case UNIT_HEX:
		snprintf(buf, size, "0x%" PRIx64, cell->number);
		break;
	case UNIT_COUNT:
		number_count(buf, size, cell->number, raw ? GRID_CELL_SIZE : width);
		break;
	case UNIT_BYTES:
		if (raw)
			snprintf(buf, size, "%" PRIu64, cell->number);
		else
			number_bytes(buf, size, cell->number);
		break;
	case UNIT_RATE:
		if (raw)
			snprintf(buf, size, "%.3f", cell->rate);
		else
			number_rate(buf, size, cell->rate, width);
		break;
	case UNIT_NS:
		if (raw)
			snprintf(buf, size, "%" PRIu64, cell->number);
		else
			number_time(buf, size, cell->number);
		break;
	case UNIT_SHARE:
		share_percent(buf, size, cell->number, cell->of, column->digits);
		break;
	}
}

#define MAX_CHOSEN 64

static size_t choose_listed(const struct grid *grid, const char *list,
			    const struct grid_column **chosen, size_t nr)
{
	const char *key;
	size_t len;

	while (nr < MAX_CHOSEN && next_key(&list, &key, &len))
		chosen[nr++] = grid_find(grid, key, len);
	return nr;
}

/* Finds the columns that the user sees, in their order. */
static size_t choose_columns(const struct grid *grid, const struct look *look,
			     const struct grid_column **chosen)
{
	const char *list = look->columns;
	const bool more = list && *list == '+';
	size_t nr = 0;

	if (!list || more) {
		if (grid->usual && (more || look->format == FORMAT_TEXT))
			nr = choose_listed(grid, grid->usual, chosen, nr);
		else
			for (; nr < grid->nr_columns; nr++)
				chosen[nr] = &grid->column[nr];
	}
	return choose_listed(grid, more ? list + 1 : list, chosen, nr);
}

/*
 * Returns a text as it is shown in *@width columns, and sets *@width to those that the text takes.
 * The caller frees it.
 */
static char *show_text(const char *text, int *width)
{
	char *shown = xcalloc(strlen(text) + 1, NAME_SHOWN_SIZE / NAME_SIZE);

	*width = name_show(shown, text, *width);
	return shown;
}

static void print_text_row(const struct grid *grid, const struct look *look,
			   const struct grid_column *const *chosen, const int *width, size_t nr,
			   const struct cell *row, FILE *out)
{
	for (size_t i = 0; i < nr; i++) {
		const struct grid_column *column = chosen[i];
		const struct cell *cell = row ? &row[column - grid->column] : NULL;
		const char *end = i + 1 < nr ? " " : "\n";
		char buf[GRID_CELL_SIZE];

		if (column->unit == UNIT_TEXT) {
			int used = width[i];
			char *shown = show_text(cell ? cell->text ?: "-" : column->head, &used);

			/* Remove blanks at the end of the line. */
			for (char *c = strchr(shown, '\0');
			     i + 1 == nr && c > shown && c[-1] == ' ';)
				*--c = '\0';
			fprintf(out, "%s%*s%s", shown, i + 1 < nr ? width[i] - used : 0, "", end);
			free(shown);
			continue;
		}
		if (cell)
			grid_format(buf, sizeof(buf), column, cell, look->raw);
		fprintf(out, "%*s%s", width[i], cell ? buf : column->head, end);
	}
}

static void print_text(const struct grid *grid, const struct look *look, bool header, FILE *out)
{
	const struct grid_column *chosen[MAX_CHOSEN];
	size_t nr = choose_columns(grid, look, chosen);
	int width[MAX_CHOSEN];

	for (size_t i = 0; i < nr; i++) {
		const struct grid_column *column = chosen[i];

		width[i] = strlen(column->head);
		if (column->width > width[i])
			width[i] = column->width;
		for (size_t row = 0; row < grid->nr; row++) {
			const struct cell *cell =
				&grid->cell[row * grid->nr_columns + (column - grid->column)];
			char buf[GRID_CELL_SIZE];
			int used = look->raw ? INT_MAX : column->width ? 0 : NAME_SIZE;

			if (column->unit == UNIT_TEXT) {
				free(show_text(cell->text ?: "-", &used));
			} else {
				grid_format(buf, sizeof(buf), column, cell, look->raw);
				used = strlen(buf);
			}
			if (used > width[i])
				width[i] = used;
		}
	}
	if (header)
		print_text_row(grid, look, chosen, width, nr, NULL, out);
	for (size_t row = 0; row < grid->nr; row++)
		print_text_row(grid, look, chosen, width, nr, &grid->cell[row * grid->nr_columns],
			       out);
}

/* Quotes as RFC 4180 does. */
static void print_csv_text(const char *text, FILE *out)
{
	bool quoted = text[strcspn(text, ",\"\r\n ")];

	if (quoted)
		fputc('"', out);
	for (; *text; text++)
		fputs(*text == '"' ? "\"\"" : (char[]){ *text, '\0' }, out);
	if (quoted)
		fputc('"', out);
}

static void print_csv_cell(const struct grid_column *column, const struct cell *cell, FILE *out)
{
	char buf[GRID_CELL_SIZE];

	if (!cell->known)
		return;
	switch (column->unit) {
	case UNIT_TEXT:
		print_csv_text(cell->text, out);
		break;
	case UNIT_RATE:
		fprintf(out, "%.3f", cell->rate);
		break;
	case UNIT_SHARE:
		share_format(buf, sizeof(buf), cell->number, cell->of, 6, SHARE_TRUNCATE);
		fputs(buf, out);
		break;
	case UNIT_SIGNED:
		fprintf(out, "%" PRId64, (int64_t)cell->number);
		break;
	default:
		fprintf(out, "%" PRIu64, cell->number);
	}
}

static void print_csv(const struct grid *grid, const struct look *look, bool header, FILE *out)
{
	const struct grid_column *chosen[MAX_CHOSEN];
	size_t nr = choose_columns(grid, look, chosen);

	for (size_t i = 0; header && i < nr; i++)
		fprintf(out, "%s%s", chosen[i]->key, i + 1 < nr ? "," : "\n");
	for (size_t row = 0; row < grid->nr; row++)
		for (size_t i = 0; i < nr; i++) {
			print_csv_cell(
				chosen[i],
				&grid->cell[row * grid->nr_columns + (chosen[i] - grid->column)],
				out);
			fputc(i + 1 < nr ? ',' : '\n', out);
		}
}

void grid_print(const struct grid *grid, const struct look *look, bool header, FILE *out)
{
	if (look->format == FORMAT_CSV)
		print_csv(grid, look, header, out);
	else
		print_text(grid, look, header, out);
}

void grid_print_list(const struct grid *grid, bool raw, FILE *out)
{
	for (size_t c = 0; grid->nr && c < grid->nr_columns; c++) {
		char buf[GRID_CELL_SIZE], shown[NAME_SHOWN_SIZE];

		if (!grid->cell[c].known)
			continue;
		if (grid->column[c].unit == UNIT_TEXT)
			name_show(shown, grid->cell[c].text, NAME_SIZE);
		else
			grid_format(buf, sizeof(buf), &grid->column[c], &grid->cell[c], raw);
		fprintf(out, "  %-28s %8s\n", grid->column[c].head,
			grid->column[c].unit == UNIT_TEXT ? shown : buf);
	}
}

static json_t *cell_json(const struct grid_column *column, const struct cell *cell)
{
	if (!cell->known)
		return json_null();
	switch (column->unit) {
	case UNIT_TEXT:
		return json_string(cell->text);
	case UNIT_RATE:
		return json_real(cell->rate);
	case UNIT_SHARE:
		return json_real((double)cell->number / cell->of);
	case UNIT_SIGNED:
		return json_integer((int64_t)cell->number);
	default:
		return jsonl_number(cell->number);
	}
}

json_t *grid_json(const struct grid *grid, const struct look *look)
{
	const struct look all = { .format = FORMAT_JSON };
	const struct grid_column *chosen[MAX_CHOSEN];
	size_t nr = choose_columns(grid, look ?: &all, chosen);
	json_t *array = json_array();

	for (size_t row = 0; row < grid->nr; row++) {
		const struct cell *cell = &grid->cell[row * grid->nr_columns];
		json_t *object = json_object();

		for (size_t i = 0; i < nr; i++)
			json_object_set_new(object, chosen[i]->key,
					    cell_json(chosen[i], &cell[chosen[i] - grid->column]));
		json_array_append_new(array, object);
	}
	return array;
}

enum status grid_show(struct grid *grid, const struct look *look, FILE *out)
{
	enum status status = grid_check(grid, look);

	if (!status) {
		grid_arrange(grid, look);
		if (look->format == FORMAT_JSON)
			output_json(grid_json(grid, look), out);
		else
			grid_print(grid, look, true, out);
	}
	grid_free(grid);
	return status;
}
