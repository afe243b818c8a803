// SPDX-License-Identifier: GPL-2.0
/*
 * Intent, change, done; and back.
 */
#define _GNU_SOURCE
#include "action/change.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "action/cpuset.h"
#include "data/memory.h"
#include "data/thread.h"
#include "data/tree.h"

/* How a change ended that was undone. */
#define PUT_BACK "put back"

static enum status fail(const struct subject *subject, enum setting setting, const char *why)
{
	char *text = subject_text(subject);

	fprintf(stderr, "%s: %s: %s: %s\n", status_program, text, subject_setting_name(setting),
		why);
	free(text);
	return STATUS_NO_DATA;
}

/* libvirt has systemd set a weight, which does so a moment later. */
#define OWNER_TRIES 20
#define OWNER_WAIT_NS 50000000

/* Sets the value. The kernel or an owner can accept a value and keep another one. */
static bool set(const struct subject *subject, enum setting setting, const char *value,
		char why[SETTING_WHY])
{
	const struct timespec moment = { .tv_nsec = OWNER_WAIT_NS };
	int tries = subject->owner == MANAGER_NONE ? 1 : OWNER_TRIES;
	char *now = NULL;
	bool taken = false;

	if (!setting_write(subject, setting, value, why))
		return false;
	for (; !taken && tries; tries--) {
		if (now)
			nanosleep(&moment, NULL);
		free(now);
		now = setting_read(subject, setting, why);
		if (!now)
			return false;
		taken = !strcmp(now, value);
	}
	if (!taken)
		snprintf(why, SETTING_WHY, "it became %.80s, not %.80s", now, value);
	free(now);
	return taken;
}

/* An action begins with its first change. */
struct making {
	struct journal *journal;
	char *const *words;
	bool lasting;
	uint64_t action; /* 0: not begun */
};

static struct change *mean(struct making *making, const struct wish *wish, const char *old)
{
	const struct action *begun;

	if (!making->action) {
		begun = journal_begin(making->journal, making->words, making->lasting);
		if (!begun)
			return NULL;
		making->action = begun->nr;
	}
	return journal_mean(making->journal, making->action, &wish->subject, wish->setting, old,
			    wish->value);
}

/* Makes what the journal has as meant. A thread that ended meanwhile needs no change. */
static enum status carry_out(struct journal *journal, struct change *change)
{
	char why[SETTING_WHY];

	if (set(&change->subject, change->setting, change->new, why))
		return journal_made(journal, change) ? STATUS_OK : STATUS_NO_DATA;
	if (!setting_is_there(&change->subject))
		return journal_over(journal, change, "gone") ? STATUS_OK : STATUS_NO_DATA;
	return fail(&change->subject, change->setting, why);
}

/* Does nothing if the value is there already, or if the thread has gone. */
static enum status make(struct making *making, const struct wish *wish)
{
	char why[SETTING_WHY], *old;
	struct change *change;

	if (!setting_is_there(&wish->subject))
		return STATUS_OK;
	old = setting_read(&wish->subject, wish->setting, why);
	if (!old)
		return fail(&wish->subject, wish->setting, why);
	if (!strcmp(old, wish->value)) {
		free(old);
		return STATUS_OK;
	}
	change = mean(making, wish, old);
	free(old);
	return change ? carry_out(making->journal, change) : STATUS_NO_DATA;
}

enum status change_make_all(struct journal *journal, char *const *words, bool lasting,
			    const struct wish *wish, size_t nr, uint64_t *action)
{
	struct making making = { journal, words, lasting, 0 };
	enum status status = STATUS_OK;

	for (size_t i = 0; i < nr && !status; i++)
		status = make(&making, &wish[i]);
	*action = status ? 0 : making.action;
	if (status && making.action) {
		if (!change_undo(journal, making.action, stderr))
			journal_complete(journal, making.action);
	} else if (making.action && lasting && !journal_complete(journal, making.action)) {
		status = STATUS_NO_DATA;
	}
	return status;
}

/* The kernel, before Linux 6.2, gives a thread all CPUs of its cpuset when that changes. */
static bool is_reset(const struct subject *subject, enum setting setting)
{
	char why[SETTING_WHY], *now, *all, *whose;
	struct cpus whole;
	bool reset;

	if (setting != SETTING_CPUS ||
	    !cpuset_find("", subject->tid, subject->owner, &whole, &whose))
		return false;
	now = setting_read(subject, setting, why);
	all = cpus_text(&whole);
	reset = now && !strcmp(now, all);
	free(now);
	free(all);
	free(whose);
	return reset;
}

/*
 * Returns what this action, or a later one that is in force, has changed for the wish's guest, or
 * NULL. Another value than that is somebody else's.
 */
static struct change *find_made(const struct journal *journal, uint64_t action,
				const struct wish *wish)
{
	for (size_t i = journal->nr_changes; i--;) {
		struct change *change = &journal->change[i];

		if (change->setting == wish->setting &&
		    (change->action == action ||
		     (change->action > action && change->state != CHANGE_OVER)) &&
		    change->subject.pid == wish->subject.pid &&
		    change->subject.pid_start == wish->subject.pid_start &&
		    subject_is_same(&change->subject, &wish->subject))
			return change;
	}
	return NULL;
}

static enum status renew(struct making *making, const struct wish *wish)
{
	struct change *made = find_made(making->journal, making->action, wish);

	if (!made)
		return make(making, wish);
	if (made->action != making->action)
		return STATUS_OK;
	if (made->state == CHANGE_MEANT)
		return carry_out(making->journal, made);
	return is_reset(&wish->subject, wish->setting) ? make(making, wish) : STATUS_OK;
}

enum status change_renew(struct journal *journal, uint64_t action, const struct wish *wish,
			 size_t nr)
{
	struct making making = { .journal = journal, .action = action };
	enum status status = STATUS_OK;

	/* Somebody can have undone it since the caller looked. */
	for (size_t i = 0; i < nr && change_is_open(journal, action); i++)
		status = renew(&making, &wish[i]) ?: status;
	return status;
}

/* Finds the change that began with what @change made. */
static const struct change *find_next(const struct journal *journal, const struct change *change)
{
	for (size_t i = 0; i < journal->nr_changes; i++) {
		const struct change *next = &journal->change[i];

		if (next->nr > change->nr && next->state != CHANGE_OVER &&
		    next->setting == change->setting &&
		    subject_is_same(&next->subject, &change->subject) &&
		    !strcmp(next->old, change->new))
			return next;
	}
	return NULL;
}

__attribute__((format(printf, 3, 4))) static bool
leave(struct journal *journal, struct change *change, const char *format, ...)
{
	va_list args;
	char *how;
	bool good;

	va_start(args, format);
	if (vasprintf(&how, format, args) < 0)
		abort();
	va_end(args);
	good = journal_over(journal, change, how);
	free(how);
	return good;
}

/* Returns the later action in force that made the thread a real-time one, or 0. */
static uint64_t realtime_by(const struct journal *journal, const struct change *change)
{
	for (size_t i = 0; i < journal->nr_changes && change->setting == SETTING_CPUS; i++) {
		const struct change *later = &journal->change[i];

		if (later->action > change->action && later->state != CHANGE_OVER &&
		    later->setting == SETTING_POLICY && strchr(later->new, ':') &&
		    subject_is_same(&later->subject, &change->subject))
			return later->action;
	}
	return 0;
}

static enum status undo(struct journal *journal, struct change *change, FILE *out)
{
	/* libvirt may have taken a value that the kernel does not show. */
	const bool unsure = change->state == CHANGE_MEANT &&
			    change->subject.owner == MANAGER_LIBVIRT;
	const uint64_t realtime = realtime_by(journal, change);
	char why[SETTING_WHY], *now = NULL, *text;
	const struct change *next;
	bool good, is_old;

	if (!setting_is_there(&change->subject))
		return leave(journal, change, "gone") ? STATUS_OK : STATUS_NO_DATA;
	now = setting_read(&change->subject, change->setting, why);
	if (!now)
		return fail(&change->subject, change->setting, why);
	next = find_next(journal, change);
	is_old = !strcmp(now, change->old);
	if (next) {
		good = leave(journal, change, JOURNAL_HANDED "%" PRIu64, next->nr);
	} else if (is_old) {
		if (unsure)
			set(&change->subject, change->setting, change->old, why);
		good = leave(journal, change, "as before");
	} else if (strcmp(now, change->new) != 0) {
		text = subject_text(&change->subject);
		fprintf(out, "%s: %s is %s, not %s as kvmtune made it, and is left alone\n", text,
			subject_setting_name(change->setting), now, change->new);
		free(text);
		good = leave(journal, change, "left alone, as it was %s", now);
	} else if (realtime) {
		snprintf(why, sizeof(why),
			 "action %" PRIu64
			 " gave it a real-time policy, under which it may not have the host's "
			 "CPUs; undo that first",
			 realtime);
		free(now);
		return fail(&change->subject, change->setting, why);
	} else if (set(&change->subject, change->setting, change->old, why)) {
		good = leave(journal, change, PUT_BACK);
	} else if (!setting_is_there(&change->subject)) {
		good = leave(journal, change, "gone");
	} else {
		free(now);
		return fail(&change->subject, change->setting, why);
	}
	free(now);
	return good ? STATUS_OK : STATUS_NO_DATA;
}

struct adopting {
	struct journal *journal;
	const struct change *change;
	uint64_t began; /* the action, in clock ticks since the boot */
	bool usual; /* a thread that the action did not change has the value, too */
	bool good;
};

static bool has_made(const struct journal *journal, uint64_t action, enum setting setting,
		     const struct subject *subject)
{
	for (size_t i = 0; i < journal->nr_changes; i++)
		if (journal->change[i].action == action && journal->change[i].setting == setting &&
		    subject_is_same(&journal->change[i].subject, subject))
			return true;
	return false;
}

/* Finds a thread that has the value that the action gave, though the action did not change it. */
static bool find_heir(const struct adopting *adopting, uint64_t tid, struct subject *heir)
{
	const struct change *change = adopting->change;
	char why[SETTING_WHY], *now;
	bool found;

	*heir = change->subject;
	heir->tid = tid;
	heir->role = "later thread";
	heir->thread = "";
	if (!thread_start("", tid, &heir->tid_start) ||
	    has_made(adopting->journal, change->action, change->setting, heir))
		return false;
	now = setting_read(heir, change->setting, why);
	found = now && !strcmp(now, change->new);
	free(now);
	return found;
}

/* A later thread can have such a value from a thread that the action did not change. */
static void find_usual(void *data, uint64_t tid)
{
	struct adopting *adopting = data;
	struct subject heir;

	if (!adopting->usual && find_heir(adopting, tid, &heir))
		adopting->usual = heir.tid_start <= adopting->began;
}

static void adopt(void *data, uint64_t tid)
{
	struct adopting *adopting = data;
	const struct change *change = adopting->change;
	struct change *inherited;
	struct subject heir;

	if (!adopting->good || adopting->usual || !find_heir(adopting, tid, &heir))
		return;
	if (heir.tid_start > adopting->began) {
		inherited = journal_mean(adopting->journal, change->action, &heir, change->setting,
					 change->old, change->new);
		adopting->good = inherited && journal_made(adopting->journal, inherited);
	}
}

/*
 * A thread inherits settings from the one that makes it. The journal gets what was inherited as
 * further changes of the action. libvirt's programs change later threads themselves.
 */
static bool adopt_heirs(struct journal *journal, uint64_t action)
{
	struct adopting adopting = { .journal = journal,
				     .began = journal_find(journal, action)->start,
				     .good = true };
	const size_t nr = journal->nr_changes;

	for (size_t i = 0; i < nr && adopting.good; i++) {
		/* The journal grows, and moves. */
		const struct change change = journal->change[i];
		char *path;

		if (change.action != action || !change.subject.tid ||
		    change.subject.owner == MANAGER_LIBVIRT ||
		    (change.state == CHANGE_OVER && strcmp(change.how, PUT_BACK) != 0))
			continue;
		adopting.change = &change;
		adopting.usual = false;
		path = xasprintf("/proc/%" PRIu64 "/task", change.subject.pid);
		tree_numbers(path, find_usual, &adopting);
		tree_numbers(path, adopt, &adopting);
		free(path);
	}
	return adopting.good;
}

enum status change_undo(struct journal *journal, uint64_t action, FILE *out)
{
	const int rounds = change_is_open(journal, action) ? 2 : 0;
	enum status status = STATUS_OK;

	/* The second round is for threads that were made during the first. */
	for (int round = 0; round < rounds && !status; round++) {
		if (!adopt_heirs(journal, action))
			status = STATUS_NO_DATA;
		for (size_t i = journal->nr_changes; i--;) {
			struct change *change = &journal->change[i];

			if (change->action == action && change->state != CHANGE_OVER &&
			    undo(journal, change, out))
				status = STATUS_NO_DATA;
		}
	}
	return status;
}

static enum status flip(const struct change *change, bool on)
{
	const char *from = on ? change->old : change->new, *to = on ? change->new : change->old;
	char why[SETTING_WHY], *now;
	enum status status = STATUS_OK;

	if (!setting_is_there(&change->subject))
		return STATUS_OK;
	now = setting_read(&change->subject, change->setting, why);
	if (now && strcmp(now, from) != 0 && strcmp(now, to) != 0)
		snprintf(why, sizeof(why), "somebody made it %.80s meanwhile", now);
	if (!now || (strcmp(now, from) != 0 && strcmp(now, to) != 0) ||
	    (strcmp(now, to) != 0 && !set(&change->subject, change->setting, to, why)))
		status = fail(&change->subject, change->setting, why);
	free(now);
	return status;
}

enum status change_switch(struct journal *journal, uint64_t action, bool on)
{
	enum status status = STATUS_OK;

	for (size_t i = 0; i < journal->nr_changes && !status; i++) {
		const struct change *change =
			&journal->change[on ? i : journal->nr_changes - 1 - i];

		if (change->action != action)
			continue;
		if (change->state == CHANGE_OVER && strcmp(change->how, "gone") != 0)
			status = fail(&change->subject, change->setting,
				      "another kvmtune put it back");
		else if (change->state != CHANGE_OVER)
			status = flip(change, on);
	}
	return status;
}

enum status change_recover(struct journal *journal)
{
	enum status status = STATUS_OK;

	for (size_t i = journal->nr_actions; i--;) {
		const struct action *action = &journal->action[i];

		if (action->complete || journal_is_held(action))
			continue;
		if (change_is_open(journal, action->nr))
			fprintf(stderr, "%s: action %" PRIu64 " was cut short and is undone: %s\n",
				status_program, action->nr, action->command);
		if (change_undo(journal, action->nr, stderr) ||
		    !journal_complete(journal, action->nr))
			status = STATUS_NO_DATA;
	}
	return status;
}

bool change_holds(const struct change *change)
{
	char why[SETTING_WHY], *now;
	bool holds;

	if (change->state == CHANGE_OVER)
		return false;
	now = setting_read(&change->subject, change->setting, why);
	holds = now && !strcmp(now, change->new);
	free(now);
	return holds;
}

bool change_is_open(const struct journal *journal, uint64_t action)
{
	for (size_t i = 0; i < journal->nr_changes; i++)
		if (journal->change[i].action == action && journal->change[i].state != CHANGE_OVER)
			return true;
	return false;
}
