// SPDX-License-Identifier: GPL-2.0
/*
 * Exact methods for few pairs.
 */
#include "plan/statistics.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define PAIRS_MAX (STATISTICS_MAX * (STATISTICS_MAX + 1) / 2)
#define OUTSIDE 0.025

static int compare(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/*
 * If there is no effect, each difference could as well have the other sign. Returns the share of all
 * choices of signs whose sum is at least as far from 0 as the real one.
 */
static double permute(const double *difference, size_t nr)
{
	double real = 0, all = 0;
	uint64_t as_far = 0;

	for (size_t i = 0; i < nr; i++) {
		real += difference[i];
		all += fabs(difference[i]);
	}
	for (uint64_t signs = 0; signs < UINT64_C(1) << nr; signs++) {
		double sum = 0;

		for (size_t i = 0; i < nr; i++)
			sum += signs >> i & 1 ? difference[i] : -difference[i];
		/* The same sum in another order is not quite the same number. */
		as_far += fabs(sum) >= fabs(real) - 1e-12 * all;
	}
	return (double)as_far / (UINT64_C(1) << nr);
}

/*
 * Returns how many of the smallest averages of pairs are below an interval of at least 95 %: the
 * largest k for which the sum of signed ranks is below k with a chance of at most 2.5 %.
 */
static size_t count_outside(size_t nr)
{
	const size_t most = nr * (nr + 1) / 2;
	double ways[PAIRS_MAX + 1] = { 1 }, below = 0;
	size_t k = 0;

	for (size_t rank = 1; rank <= nr; rank++)
		for (size_t sum = most; sum >= rank; sum--)
			ways[sum] += ways[sum - rank];
	while (k < most && (below + ways[k]) / (UINT64_C(1) << nr) <= OUTSIDE)
		below += ways[k++];
	return k;
}

struct effect statistics_effect(const double *difference, size_t nr)
{
	double average[PAIRS_MAX];
	const size_t outside = count_outside(nr);
	size_t pairs = 0;

	for (size_t i = 0; i < nr; i++)
		for (size_t j = i; j < nr; j++)
			average[pairs++] = (difference[i] + difference[j]) / 2;
	qsort(average, pairs, sizeof(*average), compare);
	return (struct effect){
		.difference = (average[(pairs - 1) / 2] + average[pairs / 2]) / 2,
		.low = average[outside ? outside - 1 : 0],
		.high = average[pairs - (outside ?: 1)],
		.p = permute(difference, nr),
	};
}
