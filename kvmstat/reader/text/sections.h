/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The sections of a guest's page, each a grid: its exit reasons, returns to userspace,
 * handling times, hot spots, vCPUs and CPUs.
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

/* All of them, in the order of the page. */
extern const struct section sections[TABLE_NR];

/*
 * Returns the grid of a section: what @detail says, with shares of its sums; to be
 * freed. @nr: at most so many rows, the first ones in the section's order; 0: all.
 */
struct grid section_grid(const struct section *section, const struct detail *detail, size_t nr);

/*
 * Writes to @out the @nr numbers at @v as a line of bars, a column each, in UTF-8 or
 * ASCII as the locale has it.
 */
#define SPARK_SIZE(nr) (3 * (nr) + 1)
void spark(char *out, const uint64_t *v, size_t nr);

#endif
