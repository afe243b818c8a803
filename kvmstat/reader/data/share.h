/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Shares as decimal fractions. The arithmetic of texts is exact, so the last digit is never wrong.
 */
#ifndef SHARE_H
#define SHARE_H

#include <stddef.h>
#include <stdint.h>

enum share_mode {
	SHARE_TRUNCATE, /* never shows too much: 100 % means all */
	SHARE_ROUND, /* half up */
};

/*
 * Writes @num / @den to @buf with @digits decimals, at most 9, or "-" if @den is 0.
 */
void share_format(char *buf, size_t size, uint64_t num, uint64_t den, unsigned int digits,
		  enum share_mode mode);

/* Writes @num / @den in percent, without the sign, truncated to @digits decimals. */
void share_percent(char *buf, size_t size, uint64_t num, uint64_t den, unsigned int digits);

/* Returns @part / @of, or 0 if there is nothing that it could be a part of. */
static inline double share_of(double part, double of)
{
	return of > 0 ? part / of : 0;
}

#endif
