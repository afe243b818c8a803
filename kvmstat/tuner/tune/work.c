// SPDX-License-Identifier: GPL-2.0
/*
 * From wishes to changes.
 */
#define _GNU_SOURCE
#include "tune/work.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "action/cpuset.h"
#include "data/memory.h"
#include "text/output.h"
#include "tune/logbook.h"

enum status work_begin(struct work *work, const struct orders *orders)
{
	enum status status;

	*work = (struct work){ .orders = orders, .safety.realtime = orders->realtime };
	status = policy_load(&work->policy, orders->config);
	if (status)
		return status;
	work->safety.thesis = work->policy.thesis;
	if (cpuset_kept(orders->request.root, work->policy.host_cpus, &work->safety.kept))
		return STATUS_OK;
	fprintf(stderr, "%s: the CPUs of this host cannot be read\n", status_program);
	return STATUS_NO_DATA;
}

enum status work_find(struct work *work)
{
	const struct orders *orders = work->orders;
	enum status status = session_open(&work->session, &orders->request, DEPTH_THREADS);

	if (status)
		return status;
	session_begin(&work->session, true);
	status = target_find(&work->target, &work->session, orders->argument[0], &work->role,
			     !orders->renews);
	if (!orders->renews)
		return status;
	/* An id or a pid can be another guest's now. */
	*orders->absent = status || strcmp(work->target.guest, orders->renewed) != 0;
	return *orders->absent ? STATUS_NO_DATA : STATUS_OK;
}

void work_wish(struct work *work, const struct subject *subject, enum setting setting,
	       const char *value)
{
	work->wish = xreallocarray(work->wish, work->nr + 1, sizeof(*work->wish));
	work->wish[work->nr++] = (struct wish){ *subject, setting, xstrdup(value) };
}

/* Returns the CPUs that a thread will have when all wishes are made, a new string, or NULL. */
static char *cpus_of(const struct work *work, const struct subject *subject)
{
	char why[SETTING_WHY];

	for (size_t i = 0; i < work->nr; i++)
		if (work->wish[i].setting == SETTING_CPUS &&
		    subject_is_same(&work->wish[i].subject, subject))
			return xstrdup(work->wish[i].value);
	return setting_read(subject, SETTING_CPUS, why);
}

static bool is_safe(const struct work *work)
{
	bool safe = true;

	for (size_t i = 0; i < work->nr && safe; i++) {
		const struct wish *wish = &work->wish[i];
		char *cpus = wish->subject.tid ? cpus_of(work, &wish->subject) : NULL;

		safe = safety_allows(&work->safety, &work->target, wish, cpus ?: "");
		free(cpus);
	}
	return safe;
}

/* Prints the commands for all that is not as it is wished. */
static enum status print_shell(const struct work *work)
{
	char why[SETTING_WHY];

	for (size_t i = 0; i < work->nr; i++) {
		const struct wish *wish = &work->wish[i];
		char *now = setting_read(&wish->subject, wish->setting, why), *line;

		if (now && strcmp(now, wish->value) != 0) {
			line = setting_shell(&wish->subject, wish->setting, wish->value);
			puts(line);
			free(line);
		}
		free(now);
	}
	return output_flush() ? STATUS_NO_DATA : STATUS_OK;
}

static size_t count_open(const struct journal *journal, uint64_t action)
{
	size_t count = 0;

	for (size_t i = 0; i < journal->nr_changes; i++)
		count += journal->change[i].action == action &&
			 journal->change[i].state != CHANGE_OVER;
	return count;
}

static void say_done(const struct work *work, const struct journal *journal, uint64_t action)
{
	if (work->orders->quiet)
		return;
	if (work->orders->json)
		output_json(logbook_json(journal, journal_find(journal, action)), stdout);
	else if (action)
		printf("action %" PRIu64 ": %zu changes; 'kvmtune undo %" PRIu64
		       "' puts them back\n",
		       action, count_open(journal, action), action);
	else
		puts("it is so already; nothing to change");
}

enum status work_put_back(const struct orders *orders, uint64_t action)
{
	struct journal journal;
	enum status status = journal_wait(&journal, orders->request.root);

	if (status)
		return status;
	status = change_undo(&journal, action, stderr);
	if (!status && !journal_complete(&journal, action))
		status = STATUS_NO_DATA;
	if (!status && !orders->json)
		printf("action %" PRIu64 ": put back\n", action);
	journal_close(&journal);
	return status;
}

enum status work_guarded(const struct guard *guard)
{
	if (!*guard->why)
		return STATUS_OK;
	fprintf(stderr, "%s: it is put back at once: %s\n", status_program, guard->why);
	return STATUS_NO_DATA;
}

/* Makes the wishes. Others may use the journal while they last. */
static enum status make(struct work *work, uint64_t *action)
{
	const struct orders *orders = work->orders;
	struct journal journal;
	enum status status = journal_open(&journal, orders->request.root, true);

	if (status)
		return status;
	status = change_recover(&journal);
	if (!status && orders->renews)
		status = change_renew(&journal, orders->renews, work->wish, work->nr);
	else if (!status)
		status = change_make_all(&journal, orders->words,
					 !orders->lasts_ns && !orders->temporary, work->wish,
					 work->nr, action);
	if (!status)
		say_done(work, &journal, *action);
	journal_close(&journal);
	return status ?: output_flush() ? STATUS_NO_DATA : STATUS_OK;
}

static enum status make_for_a_time(struct work *work)
{
	const struct orders *orders = work->orders;
	struct guard guard;
	uint64_t action = 0;
	enum status status = guard_begin(&guard, orders->request.root);

	guard.pid = work->target.pid;
	if (!status)
		status = make(work, &action);
	if (action && !status)
		guard_wait(&guard, session_now() + orders->lasts_ns);
	if (action)
		status = work_put_back(orders, action) ?: status;
	status = work_guarded(&guard) ?: status;
	guard_end(&guard);
	return status;
}

enum status work_do(struct work *work)
{
	const struct orders *orders = work->orders;
	uint64_t action = 0;
	enum status status;

	if (!is_safe(work))
		return STATUS_NO_DATA;
	if (orders->shell)
		return print_shell(work);
	/* A signal waits until the work is done. */
	session_catch_signals(SIGHUP);
	if (orders->lasts_ns)
		return make_for_a_time(work);
	status = make(work, &action);
	if (orders->made)
		*orders->made = action;
	return status;
}

void work_end(struct work *work)
{
	for (size_t i = 0; i < work->nr; i++)
		free((char *)work->wish[i].value);
	free(work->wish);
	target_close(&work->target);
	policy_free(&work->policy);
	session_close(&work->session);
}
