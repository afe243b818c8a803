/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Compares two recordings, or two times of one, for report.
 */
#ifndef COMPARE_H
#define COMPARE_H

#include "data/status.h"

struct options;

/* Prints what the guests did before and after, those that changed most first. */
enum status compare_run(const struct options *options);

#endif
