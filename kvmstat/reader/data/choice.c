// SPDX-License-Identifier: GPL-2.0
/*
 * Matches guests with the names that the user gave.
 */
#include "data/choice.h"

#include <stdlib.h>
#include <string.h>

#include "data/name.h"

/* Returns the rest of @text behind @prefix, or NULL. */
static const char *behind(const char *text, const char *prefix)
{
	size_t len = strlen(prefix);

	return strncmp(text, prefix, len) ? NULL : text + len;
}

static bool is_number(const char *text, uint64_t number)
{
	return *text && !text[strspn(text, "0123456789")] && strtoull(text, NULL, 10) == number;
}

bool choice_means(const struct choice *choice, const struct guest_key *key, const char *name)
{
	const char *text = choice->guest, *rest;

	if (choice->pid && choice->pid != key->pid)
		return false;
	if (!text)
		return true;
	if ((rest = behind(text, "name:")))
		return name_means(rest, name);
	if ((rest = behind(text, "pid:")))
		return is_number(rest, key->pid);
	if ((rest = behind(text, "id:")))
		return is_number(rest, key->id);
	return name_means(text, name) || is_number(text, key->pid) || is_number(text, key->id);
}
