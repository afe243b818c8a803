/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Numbers in columns are exact if they fit, or else shortened with a suffix.
 */
#ifndef NUMBER_H
#define NUMBER_H

#include <stddef.h>
#include <stdint.h>

/* Writes @count to @buf in at most @width characters, which must be 6 or more. */
void number_count(char *buf, size_t size, uint64_t count, int width);

/* Writes a rate like number_count() does a count; a rate below 10 has one decimal. */
void number_rate(char *buf, size_t size, double rate, int width);

/* Writes bytes for people, "0", "512", "8.4K", "27M". */
void number_bytes(char *buf, size_t size, uint64_t bytes);

/* Writes a time for people, "0", "512ns", "8.4ms", "27.6s" or "3h05m". */
void number_time(char *buf, size_t size, uint64_t ns);

#endif
