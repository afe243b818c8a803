// SPDX-License-Identifier: GPL-2.0
/*
 * kvmtune log and kvmtune undo.
 */
#define _GNU_SOURCE
#include "tune/logbook.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "data/jsonl.h"
#include "data/memory.h"
#include "data/name.h"
#include "text/output.h"
#include "tune/orders.h"

static const char *state_of(const struct change *change)
{
	if (change->state == CHANGE_OVER)
		return change->how;
	if (change_holds(change))
		return "holds";
	return setting_is_there(&change->subject) ? "holds no more" : "gone";
}

json_t *logbook_json(const struct journal *journal, const struct action *action)
{
	json_t *changes = json_array();

	if (!action) {
		json_decref(changes);
		return json_object();
	}
	for (size_t i = 0; i < journal->nr_changes; i++) {
		const struct change *c = &journal->change[i];

		if (c->action == action->nr)
			json_array_append_new(
				changes,
				json_pack("{s:s, s:I, s:I, s:s, s:s, s:s, s:s, s:s, s:s}", "guest",
					  c->subject.guest, "pid", (json_int_t)c->subject.pid,
					  "tid", (json_int_t)c->subject.tid, "role",
					  c->subject.role, "file", c->subject.file, "setting",
					  subject_setting_name(c->setting), "old", c->old, "new",
					  c->new, "state", state_of(c)));
	}
	return json_pack("{s:I, s:I, s:s, s:s, s:b, s:o}", "action", (json_int_t)action->nr, "time",
			 (json_int_t)action->seconds, "user", action->user, "command",
			 action->command, "lasting", action->lasting, "changes", changes);
}

static void print_action(const struct journal *journal, const struct action *action)
{
	char when[32], shown[NAME_SHOWN_SIZE], user[NAME_SHOWN_SIZE];
	const time_t seconds = action->seconds;
	bool any = false;
	struct tm tm;

	strftime(when, sizeof(when), "%F %T", localtime_r(&seconds, &tm));
	name_show(shown, action->command, NAME_SIZE);
	name_show(user, action->user, NAME_SIZE);
	printf("%" PRIu64 "  %s  %s: kvmtune %s%s\n", action->nr, when, user, shown,
	       action->complete || change_is_open(journal, action->nr) ? "" : " (cut short)");
	for (size_t i = 0; i < journal->nr_changes; i++) {
		const struct change *change = &journal->change[i];
		char *text;

		if (change->action != action->nr)
			continue;
		any = true;
		text = subject_text(&change->subject);
		name_show(shown, text, NAME_SIZE);
		printf("   %s: %s %s -> %s: %s\n", shown, subject_setting_name(change->setting),
		       change->old, change->new, state_of(change));
		free(text);
	}
	if (!any)
		puts("   this cannot be undone");
}

enum status run_log(const struct orders *orders)
{
	json_t *array = json_array();
	struct journal journal;
	enum status status = journal_open(&journal, orders->request.root, false);

	for (size_t i = 0; i < journal.nr_actions && !status; i++) {
		if (orders->json)
			json_array_append_new(array, logbook_json(&journal, &journal.action[i]));
		else
			print_action(&journal, &journal.action[i]);
	}
	if (!status && orders->json)
		output_json(json_incref(array), stdout);
	json_decref(array);
	journal_close(&journal);
	return status ?: output_flush() ? STATUS_NO_DATA : STATUS_OK;
}

/* Returns the number of an action that a user gave, or 0 and says why not. */
static uint64_t parse_action(const struct journal *journal, const char *text)
{
	const uint64_t nr = text[strspn(text, "0123456789")] ? 0 : strtoull(text, NULL, 10);

	if (journal_find(journal, nr))
		return nr;
	fprintf(stderr, "%s: there is no action '%s'; 'kvmtune log' lists them\n", status_program,
		text);
	return 0;
}

static enum status undo(struct journal *journal, uint64_t nr)
{
	struct action *action = journal_find(journal, nr);
	enum status status;

	if (action->complete && !journal_first(journal, nr)) {
		fprintf(stderr, "%s: action %" PRIu64 " cannot be undone: %s\n", status_program, nr,
			action->command);
		return STATUS_NO_DATA;
	}
	status = change_undo(journal, nr, stderr);
	if (!status && !action->complete && !journal_is_held(action) &&
	    !journal_complete(journal, nr))
		return STATUS_NO_DATA;
	if (!status)
		printf("action %" PRIu64 ": put back\n", nr);
	return status;
}

/* Puts back the last action that is open, or all of them. */
static enum status undo_open(struct journal *journal, bool all)
{
	enum status status = STATUS_OK;
	size_t done = 0;

	for (size_t i = journal->nr_actions; i-- && (all || !done);)
		if (change_is_open(journal, journal->action[i].nr)) {
			status = undo(journal, journal->action[i].nr) ?: status;
			done++;
		}
	if (!done)
		puts("nothing is in force");
	return status;
}

enum status run_undo(const struct orders *orders)
{
	struct journal journal;
	enum status status;

	if (orders->all && orders->nr) {
		fprintf(stderr, "%s: --all needs no numbers\n", status_program);
		return STATUS_BAD;
	}
	session_catch_signals(SIGHUP);
	status = journal_open(&journal, orders->request.root, true);
	if (status)
		return status;
	for (size_t i = 0; i < orders->nr && !status; i++)
		if (!parse_action(&journal, orders->argument[i]))
			status = STATUS_BAD;
	if (!status) {
		status = change_recover(&journal);
		if (!orders->nr)
			status = undo_open(&journal, orders->all) ?: status;
		for (size_t i = 0; i < orders->nr; i++)
			status = undo(&journal, parse_action(&journal, orders->argument[i])) ?:
											       status;
	}
	journal_close(&journal);
	return status;
}
