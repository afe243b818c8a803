/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Whether a difference is more than chance. Each round gives one difference, on less off.
 */
#ifndef STATISTICS_H
#define STATISTICS_H

#include <stddef.h>

/* All signs of so many differences can be tried one by one. */
#define STATISTICS_MAX 20

struct effect {
	double difference; /* Hodges and Lehmann's estimate */
	double low, high; /* its interval of at least 95 %, by Wilcoxon's signed ranks */
	double p; /* of a difference at least as large if there were none: exact, two-sided */
};

/*
 * Computes the effect from @nr differences, at least 6 and at most STATISTICS_MAX of them; with fewer the
 * interval could not have 95 %.
 */
struct effect statistics_effect(const double *difference, size_t nr);

#endif
