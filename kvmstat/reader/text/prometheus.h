/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Writes guests as metrics in Prometheus's text format. Counters begin when a guest was first
 * seen and have base units. Labels are the guest's name and kvmstat's id.
 */
#ifndef PROMETHEUS_H
#define PROMETHEUS_H

#include <stdio.h>

#include "data/window.h"
#include "verdict/thresholds.h"

/* Families of metrics, X(NAME, name, what) in the order of bits. */
#define METRICS(X)                                                                      \
	X(GUEST, guest, "who it is, its verdict, its exits of each kind, times, ready") \
	X(REASONS, reasons, "exits by reason")                                          \
	X(USERSPACE, userspace, "returns to userspace, by reason and by KVM_EXIT_*")    \
	X(TIMES, times, "time by reason")                                               \
	X(LATENCY, latency, "histograms of the handling time")

enum {
#define X(NAME, name, what) METRICS_##NAME##_BIT,
	METRICS(X)
#undef X
		METRICS_NR
};

enum {
#define X(NAME, name, what) METRICS_##NAME = 1 << METRICS_##NAME##_BIT,
	METRICS(X)
#undef X
		METRICS_ALL = (1 << METRICS_NR) - 1,
	METRICS_USUAL = METRICS_GUEST | METRICS_REASONS,
};

/* What is written of the guests. */
struct metrics {
	unsigned int families;
	uint64_t top; /* only so many guests, those with the most exits; 0: all */
	const struct thresholds *thresholds;
};

/* Parses a list of families with commas; "all" is one. Returns 0 if it is wrong. */
unsigned int metrics_parse(const char *list);

/*
 * Writes to @out the latest and exact figures of the chosen guests of @window. The guests
 * must have ids. What is not known is left out, but a guest without reasons has the reason
 * "all". No two lines have the same labels. If @window is NULL, the numbers could not be
 * read, and the metrics say just that. @unattributed counts the exits that no guest's figures
 * include; it is NULL if they are not known.
 */
void prometheus_write(FILE *out, const struct window *window, const struct metrics *metrics,
		      const uint64_t *unattributed);

#endif
