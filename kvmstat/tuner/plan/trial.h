/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A trial compares what guests do with an action on and off.
 */
#ifndef TRIAL_H
#define TRIAL_H

#include "data/session.h"
#include "plan/statistics.h"

/* The figures of a guest, X(name, what). The last two are also those of the others. */
#define TRIAL_FIGURES(X)                                             \
	X(EXITS, "exits for each second in guest mode")              \
	X(FAULTS, "memory faults for each second in guest mode")     \
	X(MOVES, "moves of its vCPUs for each second in guest mode") \
	X(GUEST, "time in guest mode, % of a CPU")                   \
	X(READY, "time ready, waiting for a CPU, % of a CPU")

enum figure {
#define X(name, what) FIGURE_##name,
	TRIAL_FIGURES(X)
#undef X
		FIGURE_NR
};

/* The first figure that the others have. */
#define FIGURE_COST FIGURE_GUEST

extern const char *const trial_what[FIGURE_NR];

/* What was seen of the guest and of all others together in one half of a round. */
struct sample {
	double guest[FIGURE_NR], others[FIGURE_NR];
};

struct trial {
	struct sample on[STATISTICS_MAX], off[STATISTICS_MAX];
	size_t rounds;
};

/* A figure with the action off and on, and the difference. */
struct outcome_of {
	double off, on; /* medians */
	struct effect effect;
	bool shown; /* the difference is more than chance, though several are looked for */
};

/* Takes the figures of the window. Guests of other processes than @pid are the others. */
void trial_sample(struct sample *sample, const struct window *window, uint64_t pid);

/* Computes the outcome for one figure of the guest, or of the others. */
struct outcome_of trial_outcome(const struct trial *trial, enum figure figure, bool others);

#endif
