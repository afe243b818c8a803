/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Guests as metrics in Prometheus's text format: counters since each guest was first
 * seen, in base units, labelled with the guest's name and kvmstat's id of it.
 */
#ifndef PROMETHEUS_H
#define PROMETHEUS_H

#include <stdio.h>

#include "data/window.h"

/*
 * Writes to @out the latest figures of the chosen guests of @window, which must have
 * ids, exactly; what is not known is left out, but a guest without its reasons has
 * the reason "all". No two lines are of the same labels. @window NULL: the numbers
 * could not be read; that is then all there is to say. @unattributed: exits that are
 * in no guest's figures; NULL: not known.
 */
void prometheus_write(FILE *out, const struct window *window, const uint64_t *unattributed);

#endif
