// SPDX-License-Identifier: GPL-2.0
/*
 * Shortens counts, rates and times.
 */
#include "text/number.h"

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

	if (rate < 0) {
		*buf = '-';
		number_rate(buf + 1, size - 1, -rate, width - 1);
		return;
	}
	if (snprintf(buf, size, "%.*f", decimals, rate) > width)
		shorten(buf, size, rate, width);
}

void number_bytes(char *buf, size_t size, uint64_t bytes)
{
	const char *suffix = "KMGTPE";
	double value = bytes / 1024.0;

	if (bytes < 1024) {
		snprintf(buf, size, "%" PRIu64, bytes);
		return;
	}
	for (; value >= 1023.5; suffix++)
		value /= 1024;
	snprintf(buf, size, "%.*f%c", value < 99.95, value, *suffix);
}

void number_time(char *buf, size_t size, uint64_t ns)
{
	static const struct {
		const char *unit;
		double ns;
	} units[] = { { "us", 1e3 }, { "ms", 1e6 }, { "s", 1e9 } };
	const uint64_t minutes = ns / 60000000000;
	size_t i = 0;

	if (ns < 1000) {
		snprintf(buf, size, ns ? "%" PRIu64 "ns" : "%" PRIu64, ns);
	} else if (minutes < 10) {
		while (i < 2 && ns / units[i].ns >= 999.5)
			i++;
		snprintf(buf, size, "%.*f%s", ns / units[i].ns < 99.95, ns / units[i].ns,
			 units[i].unit);
	} else if (minutes < 6000) {
		snprintf(buf, size, "%" PRIu64 "h%02" PRIu64 "m", minutes / 60, minutes % 60);
	} else {
		snprintf(buf, size, "%" PRIu64 "d%02" PRIu64 "h", minutes / 1440,
			 minutes / 60 % 24);
	}
}
