// SPDX-License-Identifier: GPL-2.0
/*
 * Divides in 128 bits.
 */
#include "data/share.h"

#include <inttypes.h>
#include <stdio.h>

/* 2^64 * 100 * 10^9 * 2 is below 2^103. */
static void format(char *buf, size_t size, uint64_t num, uint64_t den, unsigned int unit,
		   unsigned int digits, enum share_mode mode)
{
	unsigned __int128 scaled = (unsigned __int128)num * unit;
	uint64_t pow = 1;

	if (!den) {
		snprintf(buf, size, "-");
		return;
	}
	for (unsigned int i = 0; i < digits; i++)
		pow *= 10;
	scaled *= pow;
	if (mode == SHARE_ROUND)
		scaled += den / 2;
	scaled /= den;
	snprintf(buf, size, "%" PRIu64 ".%0*" PRIu64, (uint64_t)(scaled / pow), (int)digits,
		 (uint64_t)(scaled % pow));
}

void share_format(char *buf, size_t size, uint64_t num, uint64_t den, unsigned int digits,
		  enum share_mode mode)
{
	format(buf, size, num, den, 1, digits, mode);
}

void share_percent(char *buf, size_t size, uint64_t num, uint64_t den, unsigned int digits)
{
	format(buf, size, num, den, 100, digits, SHARE_TRUNCATE);
}
