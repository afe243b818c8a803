// SPDX-License-Identifier: GPL-2.0
/*
 * Remembers intervals, guest by guest.
 */
#define _GNU_SOURCE
#include "data/history.h"

#include <stdlib.h>

#include "data/memory.h"

struct history *history_of(struct histories *histories, const struct guest_key *key)
{
	struct history *history = keyed_find(&histories->tree, key);

	if (history)
		return history;
	history = xcalloc(1, sizeof(*history));
	history->key = *key;
	keyed_add(&histories->tree, history);
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
	if (node)
		drop(node);
	free(node);
}

void history_forget(struct histories *histories, const struct guest_key *key)
{
	forget(keyed_take(&histories->tree, key));
}

void histories_free(struct histories *histories)
{
	keyed_free(&histories->tree, forget);
}
