// SPDX-License-Identifier: GPL-2.0
/*
 * Takes lines apart.
 */
#include "data/word.h"

#include <string.h>

/* Nobody writes more, not even with zeros in front. */
#define MAX_DIGITS 23

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

bool word_next(const char **at, const char *end, struct word *word)
{
	while (*at < end && is_blank(**at))
		++*at;
	word->at = *at;
	while (*at < end && !is_blank(**at))
		++*at;
	word->len = *at - word->at;
	return word->len;
}

bool word_is(const struct word *word, const char *text)
{
	return strlen(text) == word->len && !memcmp(text, word->at, word->len);
}

static unsigned int digit_of(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : 16;
}

const char *word_number(const struct word *word, bool hex, uint64_t *number)
{
	const bool prefixed = hex && word->len > 2 && !memcmp(word->at, "0x", 2);
	const unsigned int base = prefixed ? 16 : 10;

	*number = 0;
	if (word->len > MAX_DIGITS)
		return "does not fit in 64 bits";
	for (size_t i = prefixed ? 2 : 0; i < word->len; i++) {
		const unsigned int digit = digit_of(word->at[i]);

		if (digit >= base)
			return "is not a decimal number";
		if (__builtin_mul_overflow(*number, base, number) ||
		    __builtin_add_overflow(*number, digit, number))
			return "does not fit in 64 bits";
	}
	return NULL;
}
