/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which rows are shown: those that match what the user typed.
 */
#ifndef FILTER_H
#define FILTER_H

#include <regex.h>

#include "data/window.h"
#include "screen/prompt.h"

struct filter {
	char text[PROMPT_SIZE]; /* empty: all */
	bool regular; /* an expression, compiled; else a guest */
	regex_t regex;
};

/*
 * Sets it to a regular expression, or to a name, part of a name, pid or id. Returns
 * false if the expression is none, leaves the filter as it was and says in @why.
 */
bool filter_set(struct filter *filter, const char *text, bool regular, char *why, size_t size);

void filter_clear(struct filter *filter);

bool filter_passes(const struct filter *filter, const struct window_guest *guest);

#endif
