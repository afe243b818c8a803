/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A filter says which rows are shown: those that match what the user typed.
 */
#ifndef FILTER_H
#define FILTER_H

#include <regex.h>

#include "data/window.h"
#include "screen/prompt.h"

struct filter {
	char text[PROMPT_SIZE]; /* empty for all rows */
	bool regular; /* the text is a regular expression, and not a guest */
	regex_t regex;
};

/*
 * Sets @filter to a regular expression, or to a name, part of a name, pid or id. If the
 * expression is wrong, returns false, says why in @why and leaves the filter unchanged.
 */
bool filter_set(struct filter *filter, const char *text, bool regular, char *why, size_t size);

/* Makes the filter pass all rows. */
void filter_clear(struct filter *filter);

/* Returns whether the filter passes a guest. */
bool filter_passes(const struct filter *filter, const struct window_guest *guest);

#endif
