/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What each guest did in the last interval, and its exit rates in the intervals before.
 */
#ifndef HISTORY_H
#define HISTORY_H

#include "data/delta.h"
#include "data/keyed.h"

/* So many rates are kept: a sparkline on a very wide screen shows no more. */
#define HISTORY_RATES 240

struct history {
	struct guest_key key;
	struct counts diff; /* in the last interval that it ran in */
	double seconds; /* of that interval; 0 if there was none yet */
	bool has_ready;
	uint64_t ready_ns; /* how long its vCPUs were ready in that interval */
	struct about *was, *now; /* at its start (NULL for a new guest) and at its end; held */
	double rate[HISTORY_RATES]; /* a ring of exits per second */
	size_t nr; /* of rates ever added */
};

struct histories {
	struct keyed tree;
};

/* Adds the interval that @delta covers. */
void history_add(struct histories *histories, const struct delta *delta);

/* Returns the history of a guest, a new one if need be. It is valid until histories_free(). */
struct history *history_of(struct histories *histories, const struct guest_key *key);

/* Returns the rate @ago intervals before the last one, or less than 0 if it is not known. */
double history_rate(const struct history *history, size_t ago);

/* Drops the history of a guest, if there is one. */
void history_forget(struct histories *histories, const struct guest_key *key);

void histories_free(struct histories *histories);

#endif
