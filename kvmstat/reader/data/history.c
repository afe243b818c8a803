// SPDX-License-Identifier: GPL-2.0
/*
 * Remembers intervals, guest by guest.
 */
#define _GNU_SOURCE
#include "data/history.h"

#include <search.h>
#include <stdlib.h>

#include "data/memory.h"

/* A history starts with its key, so the pointer to a key finds it. */
static int compare(const void *a, const void *b)
{
	return guest_key_compare(a, b);
}

struct history *history_of(struct histories *histories, const struct guest_key *key)
{
	struct history **found = tfind(key, &histories->tree, compare);
	struct history *history;

	if (found)
		return *found;
	history = xcalloc(1, sizeof(*history));
	history->key = *key;
	if (!tsearch(history, &histories->tree, compare))
		abort();
	return history;
}

static void drop(struct history *history)
{
	about_put(history->was);
	about_put(history->now);
}

void history_add(struct histories *histories, const struct delta *delta)
{
	for (size_t i = 0; i < delta->nr; i++) {
		const struct delta_row *row = &delta->row[i];
		struct history *history;

		if (row->state == DELTA_ENDED)
			continue;
		history = history_of(histories, &row->key);
		drop(history);
		history->was = about_get(row->state == DELTA_RESTARTED ? NULL : row->was);
		history->now = about_get(row->now);
		history->diff = row->diff;
		history->seconds = delta->seconds;
		history->ready_ns = 0;
		history->has_ready = about_ready(history->was, history->now, &history->ready_ns);
		if (delta->seconds > 0)
			history->rate[history->nr++ % HISTORY_RATES] =
				row->diff.v[COL_exits] / delta->seconds;
	}
}

double history_rate(const struct history *history, size_t ago)
{
	if (ago >= history->nr || ago >= HISTORY_RATES)
		return -1;
	return history->rate[(history->nr - 1 - ago) % HISTORY_RATES];
}

static void forget(void *node)
{
	drop(node);
	free(node);
}

void history_forget(struct histories *histories, const struct guest_key *key)
{
	struct history **found = tfind(key, &histories->tree, compare), *history;

	if (!found)
		return;
	history = *found;
	tdelete(key, &histories->tree, compare);
	forget(history);
}

void histories_free(struct histories *histories)
{
	tdestroy(histories->tree, forget);
	histories->tree = NULL;
}
