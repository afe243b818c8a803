/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Makes grids of what is known of a guest's process.
 */
#ifndef BACKING_H
#define BACKING_H

#include "data/detail.h"
#include "text/grid.h"

/* Returns the grid of a table from TABLE_MODULE_NR on. The caller frees it. */
struct grid backing_grid(enum table table, const struct detail *detail, double seconds);

#endif
