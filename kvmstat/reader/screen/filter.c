// SPDX-License-Identifier: GPL-2.0
/*
 * Compiles expressions and matches guests.
 */
#define _GNU_SOURCE
#include "screen/filter.h"

#include <string.h>

void filter_clear(struct filter *filter)
{
	if (filter->text[0] && filter->regular)
		regfree(&filter->regex);
	filter->text[0] = '\0';
}

bool filter_set(struct filter *filter, const char *text, bool regular, char *why, size_t size)
{
	regex_t regex;
	int error = 0;

	if (*text && regular)
		error = regcomp(&regex, text, REG_EXTENDED | REG_ICASE | REG_NOSUB);
	if (error) {
		regerror(error, &regex, why, size);
		return false;
	}
	filter_clear(filter);
	filter->regular = regular;
	if (*text && regular)
		filter->regex = regex;
	strcpy(filter->text, text);
	return true;
}

bool filter_passes(const struct filter *filter, const struct window_guest *guest)
{
	const struct choice choice = { .guest = filter->text };

	if (!filter->text[0])
		return true;
	if (filter->regular)
		return !regexec(&filter->regex, guest->name, 0, NULL, 0);
	return choice_means(&choice, &guest->key, guest->name) ||
	       strcasestr(guest->name, filter->text);
}
