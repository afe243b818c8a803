/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Numbers in a column: exact where they fit, else shortened with a suffix.
 */
#ifndef NUMBER_H
#define NUMBER_H

#include <stddef.h>
#include <stdint.h>

/* Writes @count to @buf in at most @width (6 or more) characters. */
void number_count(char *buf, size_t size, uint64_t count, int width);

/* As number_count(), for a rate per second; one below 10 shows a decimal. */
void number_rate(char *buf, size_t size, double rate, int width);

/* Writes a time as people say it: "0", "512ns", "8.4ms", "27.6s", "3h05m". */
void number_time(char *buf, size_t size, uint64_t ns);

#endif
