/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Prints the page of one guest, for show and for report.
 */
#ifndef SHOW_H
#define SHOW_H

#include "commands/options.h"
#include "verdict/thresholds.h"

/* Prints the page of the only chosen guest of the session's window. */
enum status show_page(const struct session *session, const struct options *options,
		      const struct thresholds *thresholds);

#endif
