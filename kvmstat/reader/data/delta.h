/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What happened between two snapshots, guest by guest.
 */
#ifndef DELTA_H
#define DELTA_H

#include "data/snapshot.h"

enum delta_state {
	DELTA_STAYED,
	DELTA_NEW,
	DELTA_ENDED, /* the file has no last counts of it, so there are no differences */
	DELTA_RESTARTED, /* a counter went back, so the differences are from zero */
};

struct delta_row {
	struct guest_key key;
	enum delta_state state;
	struct counts last; /* the guest's latest line */
	struct counts diff; /* of the counters; other columns are 0 */
	struct about *was, *now; /* in the earlier and the later snapshot; held, or NULL */
};

/* Rows are in the order of the later snapshot; guests that ended follow. */
struct delta {
	struct delta_row *row;
	size_t nr;
	uint32_t has; /* columns that both snapshots have */
	double seconds;
	struct about *host_was, *host_now; /* held, or NULL */
};

/*
 * Computes the differences from @was to @now, which are @seconds apart. @delta owns
 * memory until delta_free(); it does not refer to the snapshots.
 */
void delta_compute(struct delta *delta, const struct snapshot *was, const struct snapshot *now,
		   double seconds);

/* Frees what @delta owns and empties it. */
void delta_free(struct delta *delta);

#endif
