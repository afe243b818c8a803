/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The verdicts of all guests, for classify and for report.
 */
#ifndef CLASSIFY_H
#define CLASSIFY_H

#include "commands/options.h"
#include "verdict/thresholds.h"

/* Prints the verdict on each guest chosen in the session's window. */
enum status classify_print(const struct session *session, const struct options *options,
			   const struct thresholds *thresholds);

#endif
