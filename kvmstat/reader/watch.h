/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Watching the guests: when to read, and until when.
 */
#ifndef WATCH_H
#define WATCH_H

#include "options.h"

/* Shows the guests as @options say, once or at intervals; returns when done. */
enum status watch(const struct options *options);

#endif
