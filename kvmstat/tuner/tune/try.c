// SPDX-License-Identifier: GPL-2.0
/*
 * kvmtune try finds out whether an action helps.
 */
#define _GNU_SOURCE
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "data/memory.h"
#include "plan/trial.h"
#include "text/grid.h"
#include "text/output.h"
#include "tune/planner.h"
#include "tune/work.h"

/* A window right after a switch still has the state before it. */
#define SETTLING_NS INT64_C(1000000000)

struct trying {
	const struct orders *orders;
	struct session session;
	struct request request; /* of all guests */
	struct trial trial;
	uint64_t pid; /* of the guest; 0: the host is changed */
	uint64_t action;
	struct guard guard;
	bool ended; /* by a signal or by the guard */
};

static enum status switch_to(struct trying *trying, bool on)
{
	struct journal journal;
	enum status status = journal_open(&journal, trying->orders->request.root, true);

	if (status)
		return status;
	status = change_switch(&journal, trying->action, on);
	journal_close(&journal);
	return status;
}

/* Observes one half of a round, after a time for it to settle. */
static enum status observe(struct trying *trying, bool on, struct sample *sample)
{
	struct session *session = &trying->session;
	enum status status = switch_to(trying, on);

	if (status)
		return status;
	trying->ended = !guard_wait(&trying->guard, session_now() + SETTLING_NS);
	status = trying->ended ? STATUS_OK : session_step(session);
	if (status || trying->ended)
		return status;
	window_close(&session->window);
	window_open(&session->window, &trying->request.choice);
	session_begin(session, false);
	trying->ended = !guard_wait(&trying->guard, session_now() + trying->orders->period_ns);
	status = trying->ended ? STATUS_OK : session_step(session);
	if (!status && !trying->ended)
		trial_sample(sample, &session->window, trying->pid);
	return status;
}

/* On, off; off, on: what drifts slowly is in both alike. */
static enum status run_rounds(struct trying *trying)
{
	struct trial *trial = &trying->trial;
	enum status status = STATUS_OK;

	while (trial->rounds < trying->orders->rounds && !status && !trying->ended) {
		const bool first = trial->rounds % 2 == 0;

		for (int half = 0; half < 2 && !status && !trying->ended; half++) {
			const bool on = first == !half;

			status = observe(trying, on,
					 on ? &trial->on[trial->rounds] :
					      &trial->off[trial->rounds]);
		}
		if (status || trying->ended)
			break;
		trial->rounds++;
		fprintf(stderr, "%s: round %zu of %" PRIu64 "\n", status_program, trial->rounds,
			trying->orders->rounds);
	}
	return status;
}

static json_t *outcome_json(const struct trial *trial, enum figure figure, bool others)
{
	const struct outcome_of o = trial_outcome(trial, figure, others);

	return json_pack("{s:s, s:s, s:f, s:f, s:f, s:f, s:f, s:f, s:b}", "of",
			 others ? "the others" : "the guest", "figure", trial_what[figure], "off",
			 o.off, "on", o.on, "difference", o.effect.difference, "low", o.effect.low,
			 "high", o.effect.high, "p", o.effect.p, "shown", o.shown);
}

static void print_outcome(const struct trial *trial, enum figure figure, bool others)
{
	const struct outcome_of o = trial_outcome(trial, figure, others);

	printf("  %s\n", trial_what[figure]);
	printf("    off %.4g, on %.4g: ", o.off, o.on);
	if (o.shown)
		printf("%+.4g, 95 %% interval %+.4g to %+.4g (p %.4f)\n", o.effect.difference,
		       o.effect.low, o.effect.high, o.effect.p);
	else
		printf("no difference shown (%+.4g to %+.4g, p %.4f)\n", o.effect.low,
		       o.effect.high, o.effect.p);
}

static void print(const struct trying *trying)
{
	const struct trial *trial = &trying->trial;
	json_t *array = json_array();

	if (!trying->orders->json && trying->pid)
		printf("The guest, in %zu rounds\n", trial->rounds);
	for (int others = !trying->pid; others < 2; others++) {
		if (others && !trying->orders->json)
			puts(trying->pid ? "All other guests together: what it costs" :
					   "All guests together");
		for (enum figure figure = others && trying->pid ? FIGURE_COST : 0;
		     figure < FIGURE_NR; figure++) {
			if (trying->orders->json)
				json_array_append_new(array, outcome_json(trial, figure, others));
			else
				print_outcome(trial, figure, others);
		}
	}
	if (trying->orders->json)
		output_json(array, stdout);
	else
		json_decref(array);
}

/* The process of the guest that the first change is for. */
static enum status find_pid(struct trying *trying)
{
	struct journal journal;
	enum status status = journal_open(&journal, trying->orders->request.root, false);
	const struct change *first;

	if (status)
		return status;
	first = journal_first(&journal, trying->action);
	if (first)
		trying->pid = first->subject.pid;
	journal_close(&journal);
	return STATUS_OK;
}

/* The words of the command line after "set", or those of the plan's action. */
static enum status find_step(const struct orders *orders, struct plan *plan, struct step *step)
{
	const struct step *found;
	enum status status;

	if (orders->nr > 1) {
		step->word[0] = "set";
		for (size_t i = 0; i < orders->nr && i < PLAN_WORDS - 2; i++)
			step->word[i + 1] = orders->argument[i];
		if (orders->realtime && orders->nr < PLAN_WORDS - 2)
			step->word[orders->nr + 1] = "--realtime";
		return STATUS_OK;
	}
	status = planner_load(plan, orders->request.root);
	if (status)
		return status;
	found = planner_find(plan, orders->argument[0]);
	if (found && !strcmp(found->word[0], "pages")) {
		fprintf(stderr, "%s: pages cannot be undone, so it cannot be tried\n",
			status_program);
		found = NULL;
	}
	if (found)
		*step = *found;
	return found ? STATUS_OK : STATUS_BAD;
}

static enum status try(struct trying *trying, const struct step *step)
{
	struct orders by = *trying->orders;
	enum status status;

	by.temporary = by.quiet = true;
	status = guard_begin(&trying->guard, by.request.root) ?:
			 planner_run(step, &by, &trying->action);
	if (status || !trying->action) {
		if (!status)
			fprintf(stderr, "%s: it is so already; there is nothing to try\n",
				status_program);
		return status ?: STATUS_NO_DATA;
	}
	status = find_pid(trying);
	if (!status)
		status = session_open(&trying->session, &trying->request, DEPTH_THREADS);
	if (!status) {
		session_begin(&trying->session, false);
		trying->guard.pid = trying->pid;
		status = run_rounds(trying);
	}
	session_close(&trying->session);
	by.json = true;
	status = work_put_back(&by, trying->action) ?: status;
	status = work_guarded(&trying->guard) ?: status;
	if (trying->ended && !status) {
		fprintf(stderr, "%s: it was interrupted, and all is as before\n", status_program);
		return STATUS_NO_DATA;
	}
	if (!status)
		print(trying);
	return status;
}

enum status run_try(const struct orders *orders)
{
	struct trying trying = { .orders = orders,
				 .request = { .root = orders->request.root, .window = -1 } };
	struct step step = { 0 };
	struct plan plan = { 0 };
	enum status status;

	trying.session.request = &trying.request;
	if (orders->nr > PLAN_WORDS - 3) {
		fprintf(stderr, "%s: too many settings to try at once\n", status_program);
		return STATUS_BAD;
	}
	session_catch_signals(SIGHUP);
	status = find_step(orders, &plan, &step);
	if (!status)
		status = try(&trying, &step);
	guard_end(&trying.guard);
	plan_free(&plan);
	return status;
}
