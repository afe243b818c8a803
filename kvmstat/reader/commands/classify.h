/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Prints verdicts in words, for classify and for report.
 */
#ifndef CLASSIFY_H
#define CLASSIFY_H

#include "text/grid.h"

/*
 * Prints the verdicts of the rows of @grid, which has the columns name, pid, state and those of
 * verdicts. Returns whether there are any.
 */
bool classify_rows(const struct grid *grid);

#endif
