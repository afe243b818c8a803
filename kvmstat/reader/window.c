// SPDX-License-Identifier: GPL-2.0
/*
 * Sums up the differences per guest over all intervals.
 */
#define _GNU_SOURCE
#include "window.h"

#include <errno.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

/* A guest starts with its key, so a key alone will do to look for it. */
static int compare(const void *a, const void *b)
{
	return guest_key_compare(a, b);
}

static bool is_chosen(const struct choice *choice, const struct window_guest *guest)
{
	return (!choice->pid || choice->pid == guest->key.pid) &&
	       (!choice->name || !strcmp(choice->name, guest->name));
}

void window_open(struct window *window, const char *root, const struct choice *choice)
{
	*window = (struct window){ .has = UINT32_MAX, .root = root, .choice = choice };
}

/* Returns the new guest, or NULL without memory. */
static struct window_guest *follow(struct window *window, const struct delta_row *row)
{
	struct window_guest *guest = calloc(1, sizeof(*guest));
	size_t nr = window->nr;

	if (!guest)
		return NULL;
	/* Room doubles each time that it is used up: at a power of two. */
	if (!(nr & (nr - 1))) {
		struct window_guest **grown;

		grown = reallocarray(window->guest, nr ? 2 * nr : 1, sizeof(*grown));
		if (!grown)
			goto fail;
		window->guest = grown;
	}
	guest->key = row->key;
	if (!tsearch(guest, &window->tree, compare))
		goto fail;
	window->guest[window->nr++] = guest;

	if (window_guest_is_others(guest))
		strcpy(guest->name, "(others)");
	else if (window->root)
		name_of(window->root, row->key.pid, guest->name);
	else
		strcpy(guest->name, "-");
	guest->chosen = is_chosen(window->choice, guest);
	return guest;
fail:
	free(guest);
	return NULL;
}

int window_add(struct window *window, const struct delta *delta)
{
	window->has &= delta->has;
	window->seconds += delta->seconds;
	for (size_t i = 0; i < delta->nr; i++) {
		const struct delta_row *row = &delta->row[i];
		struct window_guest *guest;
		uint64_t *sum;

		guest = (struct window_guest *)window_find(window, &row->key);
		if (!guest && window->nr == WINDOW_MAX_GUESTS) {
			window->missed += row->state == DELTA_NEW;
			continue;
		}
		if (!guest)
			guest = follow(window, row);
		if (!guest)
			return -ENOMEM;
		guest->last = row->last;
		guest->ended = row->state == DELTA_ENDED;
		guest->restarted |= row->state == DELTA_RESTARTED;
		sum = guest->sum.v;
		for (enum column c = 0; c < COL_NR; c++)
			sum[c] += row->diff.v[c];
		/* Summed up it would count exits twice whose handling spans two intervals. */
		sum[COL_kvm_vm_switch_num] = sum[COL_exits] > sum[COL_kvm_qemu_switch_num] ?
						     sum[COL_exits] - sum[COL_kvm_qemu_switch_num] :
						     0;
	}
	return 0;
}

const struct window_guest *window_find(const struct window *window, const struct guest_key *key)
{
	struct window_guest *const *found = tfind(key, &window->tree, compare);

	return found ? *found : NULL;
}

bool window_guest_is_others(const struct window_guest *guest)
{
	return !guest->key.pid && !guest->key.id;
}

void window_close(struct window *window)
{
	tdestroy(window->tree, free);
	free(window->guest);
	*window = (struct window){ 0 };
}
