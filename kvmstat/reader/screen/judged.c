// SPDX-License-Identifier: GPL-2.0
/*
 * Follows the verdicts on guests.
 */
#define _GNU_SOURCE
#include "screen/judged.h"

#include <stdlib.h>

#include "data/memory.h"

/* A verdict is of so many seconds. */
#define VERDICT_WINDOW 10

/* Begins a window of the guest here. */
static void begin_judging(struct judged *judged, const struct window_guest *guest)
{
	about_put(judged->about);
	judged->about = about_get(guest->now);
	judged->key = guest->key;
	judged->sum = guest->sum;
	judged->at = guest->seconds;
	judged->begun = true;
}

/* Subtracts @was, or returns false if a counter went back. */
static bool subtract(struct counts *sum, const struct counts *was)
{
	for (enum column c = 0; c < COL_NR; c++) {
		if (sum->v[c] < was->v[c])
			return false;
		sum->v[c] -= was->v[c];
	}
	return true;
}

/* Judges all time until a window is full, and then each window when it is full. */
const struct verdict *judged_follow(struct judged *judged, const struct window_guest *guest,
				    uint32_t has, const struct thresholds *thresholds)
{
	struct window_guest recent = *guest;

	if (!judged->begun || guest->seconds < judged->at ||
	    guest_key_compare(&judged->key, &recent.key) || !subtract(&recent.sum, &judged->sum)) {
		begin_judging(judged, guest);
		judged->recent = false;
		judged->verdict = (struct verdict){ 0 };
	}
	if (guest->seconds - judged->at >= VERDICT_WINDOW) {
		recent.was = judged->about;
		verdict_follow(&judged->verdict, &recent, has, thresholds);
		begin_judging(judged, guest);
		judged->recent = true;
	} else if (!judged->recent) {
		verdict_follow(&judged->verdict, guest, has, thresholds);
	}
	return &judged->verdict;
}

void judgements_follow(struct judgements *judgements, const struct window *window,
		       const struct thresholds *thresholds)
{
	for (size_t i = 0; i < window->nr; i++) {
		const struct window_guest *guest = window->guest[i];
		struct judged *judged;

		if (!guest->chosen || guest->ended || window_guest_is_others(guest))
			continue;
		judged = keyed_find(&judgements->tree, &guest->key);
		if (!judged) {
			judged = xcalloc(1, sizeof(*judged));
			judged->key = guest->key;
			keyed_add(&judgements->tree, judged);
		}
		judged_follow(judged, guest, window->has, thresholds);
	}
}

const struct verdict *judgements_find(const struct judgements *judgements,
				      const struct guest_key *key)
{
	const struct judged *judged = keyed_find(&judgements->tree, key);

	return judged ? &judged->verdict : NULL;
}

static void forget(void *node)
{
	struct judged *judged = node;

	if (judged)
		about_put(judged->about);
	free(judged);
}

void judgements_forget(struct judgements *judgements, const struct guest_key *key)
{
	forget(keyed_take(&judgements->tree, key));
}

void judgements_free(struct judgements *judgements)
{
	keyed_free(&judgements->tree, forget);
}
