// SPDX-License-Identifier: GPL-2.0
/*
 * kvmtune plan and kvmtune apply.
 */
#define _GNU_SOURCE
#include "tune/planner.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "data/memory.h"
#include "data/tree.h"
#include "text/output.h"
#include "text/wrap.h"
#include "tune/work.h"

#define USUAL_WINDOW INT64_C(5000000000)
#define LASTS_NS INT64_C(600000000000)
#define PLAN_FILE "/run/kvmtune/plan"

/* Who may change guests can write the plan, too; for others a plan is only to be read. */
static bool save(const struct plan *plan, const char *root, const struct moment *now)
{
	char *dir = xasprintf("%s/run/kvmtune", root), *path = xasprintf("%s" PLAN_FILE, root);
	char *fresh = xasprintf("%s.new", path);
	json_t *json = json_pack("{s:s, s:I, s:o}", "boot", now->boot_id, "time",
				 (json_int_t)now->boot_ns, "plan", plan_json(plan));
	bool good = false;
	FILE *file;

	mkdir(dir, 0755);
	unlink(fresh);
	file = fopen(fresh, "wxe");
	if (file) {
		good = !json_dumpf(json, file, JSON_COMPACT);
		good = !fclose(file) && good && !rename(fresh, path);
		if (!good)
			unlink(fresh);
	}
	json_decref(json);
	free(fresh);
	free(path);
	free(dir);
	return good;
}

enum status planner_load(struct plan *plan, const char *root)
{
	char *text = tree_read(NULL, "%s" PLAN_FILE, root);
	json_t *json = text ? json_loads(text, 0, NULL) : NULL;
	const char *boot = json_string_value(json_object_get(json, "boot"));
	const int64_t when = json_integer_value(json_object_get(json, "time"));
	enum status status = STATUS_NO_DATA;
	struct moment now;

	live_moment(&now);
	*plan = (struct plan){ 0 };
	if (boot && !strcmp(boot, now.boot_id) && when <= now.boot_ns &&
	    now.boot_ns - when <= LASTS_NS && plan_read(plan, json_object_get(json, "plan")))
		status = STATUS_OK;
	else
		fprintf(stderr,
			"%s: there is no plan of the last ten minutes; 'kvmtune plan' makes one\n",
			status_program);
	json_decref(json);
	free(text);
	return status;
}

const struct step *planner_find(const struct plan *plan, const char *number)
{
	uint64_t nr = number[strspn(number, "0123456789")] ? 0 : strtoull(number, NULL, 10);

	for (size_t i = 0; i < plan->nr && nr; i++)
		if (plan_is_action(&plan->step[i]) && !--nr)
			return &plan->step[i];
	fprintf(stderr, "%s: the plan has no action '%s'\n", status_program, number);
	return NULL;
}

static void print_step(const struct step *step, uint64_t nr)
{
	char shown[NAME_SHOWN_SIZE], head[32], *command = plan_command(step), *text;

	name_show(shown, *step->guest ? step->guest : "the host", NAME_SIZE);
	if (nr)
		snprintf(head, sizeof(head), "%2" PRIu64 "  ", nr);
	else
		strcpy(head, " -  ");
	text = nr ? xasprintf("kvmtune %s", command) :
		    xasprintf("%s%s%s", shown, *step->verdict ? " is " : "", step->verdict);
	wrap(head, text);
	free(text);
	text = nr ? xasprintf("%s%s%s: %s", shown, *step->verdict ? " is " : "", step->verdict,
			      step->why) :
		    xstrdup(step->why);
	wrap("      ", text);
	free(text);
	free(command);
}

static void print_plan(const struct plan *plan, bool saved)
{
	uint64_t nr = 0;

	for (size_t i = 0; i < plan->nr; i++)
		print_step(&plan->step[i], plan_is_action(&plan->step[i]) ? ++nr : 0);
	if (nr && !saved)
		puts("This plan could not be saved, so 'kvmtune apply' does not know it; try sudo.");
	else if (nr)
		puts("'kvmtune apply N' does one of these, 'kvmtune try N' finds out whether it helps.");
	else
		puts("There is nothing that kvmtune would do.");
}

enum status run_plan(const struct orders *orders)
{
	struct request request = orders->request;
	struct policy policy = { 0 };
	struct thresholds thresholds;
	struct session session = { .request = &request };
	struct plan plan;
	bool saved;
	enum status status = thresholds_load(&thresholds, NULL) ?:
				     policy_load(&policy, orders->config);

	if (status) {
		policy_free(&policy);
		return status;
	}
	request.choice.guest = orders->nr ? orders->argument[0] : NULL;
	request.host = true;
	status = session_observe(&session, &request, DEPTH_PROCESSES, USUAL_WINDOW, false);
	if (!status) {
		plan_make(&plan, &session, &policy, &thresholds);
		saved = save(&plan, request.root, &session.last.at);
		if (orders->json)
			output_json(plan_json(&plan), stdout);
		else
			print_plan(&plan, saved);
		plan_free(&plan);
	}
	session_close(&session);
	policy_free(&policy);
	return status;
}

enum status planner_run(const struct step *step, const struct orders *by, uint64_t *action)
{
	struct orders orders;
	const struct task *task;
	enum status status;

	*action = 0;
	task = orders_parse_step(&orders, by, (char **)step->word, action);
	status = task->run(&orders);
	orders_free(&orders);
	return status;
}

/* An action that is open has a change. */
static enum status renew(const struct journal *journal, const struct action *action,
			 const struct orders *by)
{
	bool absent = false;
	struct orders again;
	const struct task *task = orders_parse_step(&again, by, action->words, NULL);
	enum status status;

	again.renews = action->nr;
	again.renewed = journal_first(journal, action->nr)->subject.guest;
	again.absent = &absent;
	status = task->run(&again);
	orders_free(&again);
	/* A guest that is not there has nothing to renew; what else is wrong is said. */
	return absent ? STATUS_OK : status;
}

/* An action is in force while one of its changes is not over, though its guest may have gone. */
enum status run_reconcile(const struct orders *orders)
{
	struct orders by = *orders;
	struct journal journal;
	enum status status = journal_open(&journal, orders->request.root, true), all = STATUS_OK;

	if (status)
		return status;
	/* The user allowed it before, or it would not be in force. */
	by.realtime = by.quiet = true;
	session_catch_signals(SIGHUP);
	status = change_recover(&journal);
	/* The work opens the journal itself. */
	journal_close(&journal);
	status = status ?: journal_open(&journal, orders->request.root, false);
	for (size_t i = 0; i < journal.nr_actions && !status; i++) {
		const struct action *action = &journal.action[i];

		if (action->lasting && action->complete && change_is_open(&journal, action->nr))
			all = renew(&journal, action, &by) ?: all;
	}
	journal_close(&journal);
	return status ?: all;
}

static bool can_be_undone(const struct step *step)
{
	return strcmp(step->word[0], "pages") != 0;
}

enum status run_apply(const struct orders *orders)
{
	struct guard guard;
	enum status status;
	uint64_t *action;
	struct plan plan;
	size_t nr = 0;

	status = planner_load(&plan, orders->request.root);
	for (size_t i = 0; i < orders->nr && !status; i++)
		if (!planner_find(&plan, orders->argument[i]))
			status = STATUS_BAD;
	if (status) {
		plan_free(&plan);
		return status;
	}
	action = xcalloc(plan.nr + orders->nr + 1, sizeof(*action));
	/* A signal waits, here too, until what was begun is done. */
	session_catch_signals(SIGHUP);
	if (orders->lasts_ns && !orders->shell)
		status = guard_begin(&guard, orders->request.root);
	for (size_t i = 0; i < orders->nr && !status; i++)
		status = planner_run(planner_find(&plan, orders->argument[i]), orders,
				     &action[nr++]);
	for (size_t i = 0; i < plan.nr && !orders->nr && !status; i++)
		if (plan_is_action(&plan.step[i]) && can_be_undone(&plan.step[i]))
			status = planner_run(&plan.step[i], orders, &action[nr++]);
	if (orders->lasts_ns && !orders->shell) {
		if (!status)
			guard_wait(&guard, session_now() + orders->lasts_ns);
		while (nr--)
			if (action[nr])
				status = work_put_back(orders, action[nr]) ?: status;
		status = work_guarded(&guard) ?: status;
		guard_end(&guard);
	}
	free(action);
	plan_free(&plan);
	return status;
}
