/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Writes guests as metrics in Prometheus's text format. Counters begin when a guest was first
 * seen and have base units. Labels are the guest's name and kvmstat's id.
 */
#ifndef PROMETHEUS_H
#define PROMETHEUS_H

#include <stdio.h>

#include "data/window.h"

/*
 * Writes to @out the latest and exact figures of the chosen guests of @window. The guests
 * must have ids. What is not known is left out, but a guest without reasons has the reason
 * "all". No two lines have the same labels. If @window is NULL, the numbers could not be
 * read, and the metrics say just that. @unattributed counts the exits that no guest's figures
 * include; it is NULL if they are not known.
 */
void prometheus_write(FILE *out, const struct window *window, const uint64_t *unattributed);

#endif
