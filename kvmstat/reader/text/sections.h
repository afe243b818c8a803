/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Makes the sections of a guest's page. Each is a grid of one table.
 */
#ifndef SECTIONS_H
#define SECTIONS_H

#include "data/detail.h"
#include "text/grid.h"

struct section {
	enum table table;
	const char *title;
	const char *sort; /* as --sort */
};

/* All sections in the order of the page. */
extern const struct section sections[TABLE_NR];

/*
 * Returns the grid of a section of @detail, which has what happened in so many @seconds; 0: there
 * are no rates. The caller frees it. If @nr is not 0, the grid has no more than the first @nr rows
 * in the section's order.
 */
struct grid section_grid(const struct section *section, const struct detail *detail, double seconds,
			 size_t nr);

/*
 * Returns the rows of a section as JSON, a new reference. Histograms have their buckets in place of
 * a drawing.
 */
json_t *section_json(const struct section *section, const struct detail *detail, double seconds);

/*
 * Returns the grid of a table for the screen, with a row for each of the table, which stays empty if
 * nothing happened, and with more columns. Of @last, the last interval of so many @seconds, are
 * the rates; NULL: not known. The caller frees the grid.
 */
struct grid section_screen(enum table table, const struct detail *since, const struct detail *last,
			   double seconds);

/* Returns the section of a table. */
const struct section *section_of(enum table table);

/*
 * Writes the @nr numbers at @v to @out as bars, one column each, in UTF-8 if the locale has
 * it, or else in ASCII.
 */
#define SPARK_SIZE(nr) (3 * (nr) + 1)
void spark(char *out, const uint64_t *v, size_t nr);

#endif
