/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The words of a line of the module's files.
 */
#ifndef WORD_H
#define WORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct word {
	const char *at;
	size_t len;
};

/* Takes the next word of the line [*@at, @end), between blanks. Returns false at its end. */
bool word_next(const char **at, const char *end, struct word *word);

bool word_is(const struct word *word, const char *text);

/*
 * Reads a decimal number, or if @hex also a hexadecimal one behind 0x. Returns what is wrong with the
 * word, or NULL.
 */
const char *word_number(const struct word *word, bool hex, uint64_t *number);

#endif
