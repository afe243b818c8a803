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
	DELTA_ENDED, /* its last counts are not in the file: no differences */
	DELTA_RESTARTED, /* a counter went back: counted from zero again */
};

struct delta_row {
	struct guest_key key;
	enum delta_state state;
	struct counts last; /* the guest's latest line */
	struct counts diff; /* of the counters; 0 in the other columns */
	struct about *was, *now; /* in the earlier and the latest snapshot; held, or NULL */
};

/* The rows of the later snapshot in their order, then the guests that ended. */
struct delta {
	struct delta_row *row;
	size_t nr;
	uint32_t has; /* columns that both snapshots have */
	double seconds;
};

/*
 * Computes the differences of @now to @was, taken @seconds before. @delta owns
 * memory until delta_free(), and needs the snapshots no longer.
 */
void delta_compute(struct delta *delta, const struct snapshot *was, const struct snapshot *now,
		   double seconds);

/* Releases what @delta owns and leaves it empty. */
void delta_free(struct delta *delta);

#endif
