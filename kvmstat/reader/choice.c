// SPDX-License-Identifier: GPL-2.0
/*
 * Answers a choice of guests that leaves none, or more than one.
 */
#include "choice.h"

#include <inttypes.h>

static void list_chosen(const struct window *window, FILE *err)
{
	char shown[NAME_SHOWN_SIZE];

	for (size_t i = 0; i < window->nr; i++) {
		const struct window_guest *guest = window->guest[i];

		if (!guest->chosen)
			continue;
		name_show(shown, guest->name, NAME_SIZE);
		fprintf(err, "  %" PRIu64 "\t%s\n", guest->key.pid, shown);
	}
}

enum status choice_check(const struct window *window, FILE *err)
{
	const struct choice *choice = window->choice;
	const struct window_guest *first = NULL;

	if (!choice->pid && !choice->name)
		return STATUS_OK;
	for (size_t i = 0; i < window->nr; i++) {
		const struct window_guest *guest = window->guest[i];

		if (!guest->chosen)
			continue;
		if (!first)
			first = guest;
		if (guest->key.pid != first->key.pid) {
			fprintf(err, "kvmstat: several guests have this name, choose one with "
				     "-p PID:\n");
			list_chosen(window, err);
			return STATUS_BAD;
		}
	}
	if (first)
		return STATUS_OK;
	fprintf(err, "kvmstat: no such guest: run kvmstat without -p and -g to see all\n");
	if (choice->name && !window->root)
		fprintf(err, "kvmstat: a copy has no names: use -p, or --root for a tree that has "
			     "them in DIR/proc\n");
	return STATUS_NO_DATA;
}
