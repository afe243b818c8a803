/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The verdicts on guests while they are watched: of all time at first, then of one window after
 * the other.
 */
#ifndef JUDGED_H
#define JUDGED_H

#include "verdict/verdict.h"

/* The verdict on a guest, and where its window begins. */
struct judged {
	struct guest_key key;
	struct counts sum;
	struct about *about; /* held */
	double at; /* the seconds of the guest */
	bool begun;
	bool recent; /* it is of the last window, not of all time */
	struct verdict verdict;
};

/* Judges @guest, of whom all details must be read. Begins anew if it is another guest. */
const struct verdict *judged_follow(struct judged *judged, const struct window_guest *guest,
				    uint32_t has, const struct thresholds *thresholds);

/* The verdicts on all guests. */
struct judgements {
	struct keyed tree; /* of struct judged */
};

/* Judges each chosen guest of @window that runs. */
void judgements_follow(struct judgements *judgements, const struct window *window,
		       const struct thresholds *thresholds);

/* Returns the verdict on a guest, or NULL if there is none yet. */
const struct verdict *judgements_find(const struct judgements *judgements,
				      const struct guest_key *key);

/* Drops the verdict on a guest, or on all. */
void judgements_forget(struct judgements *judgements, const struct guest_key *key);
void judgements_free(struct judgements *judgements);

#endif
