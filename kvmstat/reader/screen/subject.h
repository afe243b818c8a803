/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The guest that the panes show.
 */
#ifndef SUBJECT_H
#define SUBJECT_H

#include <regex.h>

#include "data/history.h"
#include "data/window.h"
#include "verdict/verdict.h"

struct subject {
	const struct window_guest *guest; /* has the totals */
	const struct history *history; /* has the rates, of the last interval */
	uint32_t has; /* columns that are known */
	const struct thresholds *thresholds;
	const struct verdict *verdict; /* NULL: the overview judges */
	const regex_t *filter; /* shows only rows that match; NULL for all */
};

#endif
