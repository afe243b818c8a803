/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Shares of a guest's exits, in exact integer arithmetic, so that a number
 * shown is never off in its last digit.
 */
#ifndef SHARE_H
#define SHARE_H

#include <stddef.h>
#include <stdint.h>

enum share_mode {
	SHARE_TRUNCATE, /* never shows more than there is: 100 % means all */
	SHARE_ROUND, /* half up */
};

/*
 * Writes @num / @den to @buf with @digits (at most 9) decimals, "-" when @den
 * is 0.
 */
void share_format(char *buf, size_t size, uint64_t num, uint64_t den, unsigned int digits,
		  enum share_mode mode);

/* As share_format(), in percent without the sign, truncated. */
void share_percent(char *buf, size_t size, uint64_t num, uint64_t den, unsigned int digits);

#endif
