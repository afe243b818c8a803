/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What each guest did in the last interval, and its rates of exits in those before.
 */
#ifndef HISTORY_H
#define HISTORY_H

#include "data/delta.h"

/* Rates kept: as many as a sparkline shows on a very wide screen. */
#define HISTORY_RATES 240

struct history {
	struct guest_key key;
	struct counts diff; /* in the last interval; of an ended guest, in its last one */
	double seconds; /* of that interval; 0: there was none yet */
	bool has_ready;
	uint64_t ready_ns; /* its vCPUs waited for a CPU of the host in it */
	struct about *was, *now; /* at its start (NULL: a new guest) and its end; held */
	int64_t ended; /* session_now() of when that was seen; 0: it runs */
	double rate[HISTORY_RATES]; /* exits per second; a ring */
	size_t nr; /* rates ever */
};

struct histories {
	void *tree; /* by key */
};

/* Adds an interval that ended at @now, a session_now(). */
void history_add(struct histories *histories, const struct delta *delta, int64_t now);

/* Returns the guest's, made if there is none; valid until histories_free(). */
struct history *history_of(struct histories *histories, const struct guest_key *key);

/* The rate of @ago intervals before the last, or less than 0: not known. */
double history_rate(const struct history *history, size_t ago);

void histories_free(struct histories *histories);

#endif
