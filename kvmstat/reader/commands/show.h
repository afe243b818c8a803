/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Prints the pages of guests, for show and for report.
 */
#ifndef SHOW_H
#define SHOW_H

#include "commands/options.h"
#include "verdict/thresholds.h"

/*
 * Prints the page of each chosen guest of the session's window or, if @pages is not NULL, adds
 * it to that array. A recording of several boots has a page for each boot.
 */
void show_pages(const struct session *session, const struct thresholds *thresholds, json_t *pages);

/* Prints @pages, one page not as an array, and drops the reference. */
void show_json(json_t *pages);

#endif
