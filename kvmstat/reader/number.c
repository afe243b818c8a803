// SPDX-License-Identifier: GPL-2.0
/*
 * Fits counts and rates into the width of a column.
 */
#include "number.h"

#include <inttypes.h>
#include <stdio.h>

static void shorten(char *buf, size_t size, double value, int width)
{
	const char *suffix = "KMGTPEZ";

	do
		value /= 1000;
	while (snprintf(buf, size, "%.1f%c", value, *suffix) > width && *++suffix);
}

void number_count(char *buf, size_t size, uint64_t count, int width)
{
	if (snprintf(buf, size, "%" PRIu64, count) > width)
		shorten(buf, size, count, width);
}

void number_rate(char *buf, size_t size, double rate, int width)
{
	int decimals = rate > 0 && rate < 9.95;

	if (snprintf(buf, size, "%.*f", decimals, rate) > width)
		shorten(buf, size, rate, width);
}
