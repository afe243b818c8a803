// SPDX-License-Identifier: GPL-2.0
/*
 * Figures of windows, and what they show.
 */
#include "plan/trial.h"

#include <stdlib.h>

#include "data/thread.h"

/* With so many figures, each must be so much surer (Bonferroni). */
#define CHANCE (0.05 / FIGURE_NR)

const char *const trial_what[FIGURE_NR] = {
#define X(name, what) [FIGURE_##name] = what,
	TRIAL_FIGURES(X)
#undef X
};

/* Adds what a guest did; the first three are still counts. */
static void add(double figure[FIGURE_NR], const struct window_guest *guest, double seconds)
{
	const uint64_t *v = guest->sum.v;
	const struct thread *thread;
	struct detail detail;
	uint64_t ready;

	figure[FIGURE_EXITS] += v[COL_exits];
	figure[FIGURE_FAULTS] += v[COL_fault_num];
	figure[FIGURE_GUEST] += 100 * v[COL_guest_ns] / 1e9 / seconds;
	if (about_ready(guest->was, guest->now, &ready))
		figure[FIGURE_READY] += 100 * ready / 1e9 / seconds;
	window_detail(guest, &detail);
	detail_for_each(thread, &detail, TABLE_THREADS)
		if (thread_vcpu(thread->role) && thread->moves != DETAIL_UNKNOWN)
			figure[FIGURE_MOVES] += thread->moves;
	detail_free(&detail);
}

static void per_guest_second(double figure[FIGURE_NR], double seconds)
{
	const double guest = figure[FIGURE_GUEST] / 100 * seconds;

	for (enum figure i = 0; i < FIGURE_COST; i++)
		figure[i] = guest > 0 ? figure[i] / guest : 0;
}

void trial_sample(struct sample *sample, const struct window *window, uint64_t pid)
{
	*sample = (struct sample){ 0 };
	if (!(window->seconds > 0))
		return;
	for (size_t i = 0; i < window->nr; i++)
		if (!window_guest_is_others(window->guest[i]))
			add(window->guest[i]->key.pid == pid ? sample->guest : sample->others,
			    window->guest[i], window->seconds);
	per_guest_second(sample->guest, window->seconds);
	per_guest_second(sample->others, window->seconds);
}

static int compare(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median(double *value, size_t nr)
{
	qsort(value, nr, sizeof(*value), compare);
	return (value[(nr - 1) / 2] + value[nr / 2]) / 2;
}

struct outcome_of trial_outcome(const struct trial *trial, enum figure figure, bool others)
{
	double on[STATISTICS_MAX], off[STATISTICS_MAX], difference[STATISTICS_MAX];
	struct outcome_of outcome;

	for (size_t i = 0; i < trial->rounds; i++) {
		on[i] = others ? trial->on[i].others[figure] : trial->on[i].guest[figure];
		off[i] = others ? trial->off[i].others[figure] : trial->off[i].guest[figure];
		difference[i] = on[i] - off[i];
	}
	outcome.effect = statistics_effect(difference, trial->rounds);
	outcome.on = median(on, trial->rounds);
	outcome.off = median(off, trial->rounds);
	outcome.shown = outcome.effect.p <= CHANCE;
	return outcome;
}
