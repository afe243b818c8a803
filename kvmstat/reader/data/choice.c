// SPDX-License-Identifier: GPL-2.0
/*
 * Matches guests with what the user called them, and answers a choice of guests that
 * leaves none, or more than one.
 */
#include "data/choice.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* The rest of @text behind @prefix, or NULL. */
static const char *behind(const char *text, const char *prefix)
{
	size_t len = strlen(prefix);

	return strncmp(text, prefix, len) ? NULL : text + len;
}

static bool is_number(const char *text, uint64_t number)
{
	return *text && !text[strspn(text, "0123456789")] && strtoull(text, NULL, 10) == number;
}

/* As it is shown, or as the VMM was given it. */
static bool is_name(const char *text, const char *name)
{
	char clean[NAME_SIZE];

	name_clean(clean, text, false);
	return !strcmp(text, name) || !strcmp(clean, name);
}

bool choice_means(const struct choice *choice, const struct guest_key *key, const char *name)
{
	const char *text = choice->guest, *rest;

	if (choice->pid && choice->pid != key->pid)
		return false;
	if (!text || is_name(text, name))
		return true;
	if ((rest = behind(text, "name:")))
		return is_name(rest, name);
	if ((rest = behind(text, "pid:")))
		return is_number(rest, key->pid);
	if ((rest = behind(text, "id:")))
		return is_number(rest, key->id);
	return is_number(text, key->pid) || is_number(text, key->id);
}

static void list_chosen(const struct window *window, FILE *err)
{
	char shown[NAME_SHOWN_SIZE];

	for (size_t i = 0; i < window->nr; i++) {
		const struct window_guest *guest = window->guest[i];

		if (!guest->chosen)
			continue;
		name_show(shown, guest->name, NAME_SIZE);
		fprintf(err, "  id:%" PRIu64 "\tpid:%" PRIu64 "\t%s\n", guest->key.id,
			guest->key.pid, shown);
	}
}

enum status choice_check(const struct window *window, bool one, FILE *err)
{
	const struct choice *choice = window->choice;
	const struct window_guest *first = NULL;

	if (!choice->pid && !choice->guest)
		return STATUS_OK;
	for (size_t i = 0; i < window->nr; i++) {
		const struct window_guest *guest = window->guest[i];

		if (!guest->chosen)
			continue;
		if (first && (one || guest->key.pid != first->key.pid)) {
			fprintf(err, "kvmstat: this means several guests, choose one by its id:\n");
			list_chosen(window, err);
			return STATUS_BAD;
		}
		first = guest;
	}
	if (first)
		return STATUS_OK;
	fprintf(err, "kvmstat: no such guest: see 'kvmstat list'\n");
	if (!window->named && choice->guest)
		fprintf(err, "kvmstat: a copy of /proc/" KVMSTAT_PROC_NAME " has no names: choose "
			     "by pid or id\n");
	return STATUS_NO_DATA;
}
