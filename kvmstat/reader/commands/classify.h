/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Prints the verdicts of all guests, for classify and for report.
 */
#ifndef CLASSIFY_H
#define CLASSIFY_H

#include "commands/options.h"
#include "verdict/thresholds.h"

/* Prints the verdict on each chosen guest of the session's window. */
enum status classify_print(const struct session *session, const struct options *options,
			   const struct thresholds *thresholds);

#endif
