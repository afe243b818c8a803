// SPDX-License-Identifier: GPL-2.0
/*
 * Looks once a second.
 */
#define _GNU_SOURCE
#include "plan/guard.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "data/memory.h"
#include "data/tree.h"

#define LOOK_NS INT64_C(1000000000)
/*
 * How much of the time more than before; less can be chance. To double the weight of one of two
 * guests on a CPU costs the other 0.17, and a second shows 0.1 more or less.
 */
#define PRESSURE_MORE 0.50
#define READY_MORE 0.35
#define PF_KTHREAD 0x00200000

static uint64_t read_pressure(const char *root)
{
	char *text = tree_read(NULL, "%s/proc/pressure/cpu", root), *total;
	uint64_t us = 0;

	total = text ? strstr(text, "total=") : NULL;
	if (total)
		sscanf(total, "total=%" SCNu64, &us);
	free(text);
	return us * 1000;
}

struct searching {
	const char *root;
	struct waiter *waiter;
	size_t nr;
};

/* Notes a thread of the kernel that could run and has no CPU, or has one right now. */
static void note_waiter(void *data, uint64_t tid)
{
	struct searching *searching = data;
	char *stat = tree_read(NULL, "%s/proc/%" PRIu64 "/stat", searching->root, tid), *text;
	const char *end = stat ? strrchr(stat, ')') : NULL;
	struct waiter waiter = { .tid = tid };
	unsigned int flags;
	char state;

	if (end && sscanf(end, ") %c %*d %*d %*d %*d %*d %u", &state, &flags) == 2 &&
	    state == 'R' && flags & PF_KTHREAD) {
		text = tree_read(NULL, "%s/proc/%" PRIu64 "/schedstat", searching->root, tid);
		if (text && sscanf(text, "%" SCNu64, &waiter.run_ns) == 1) {
			searching->waiter =
				xreallocarray(searching->waiter, searching->nr + 1, sizeof(waiter));
			searching->waiter[searching->nr++] = waiter;
		}
		free(text);
	}
	free(stat);
}

static void find_waiters(const char *root, struct searching *searching)
{
	char *path = xasprintf("%s/proc", root);

	*searching = (struct searching){ .root = root };
	tree_numbers(path, note_waiter, searching);
	free(path);
}

/* The ready time of the other guests as a share of the time in which they wanted to run. */
static double others_ready(const struct guard *guard)
{
	const struct window *window = &guard->session.window;
	double ready = 0, ran = 0;

	for (size_t i = 0; i < window->nr; i++) {
		const struct window_guest *guest = window->guest[i];
		uint64_t waited;

		if (guest->key.pid == guard->pid || window_guest_is_others(guest) ||
		    !about_ready(guest->was, guest->now, &waited))
			continue;
		ready += waited;
		ran += guest->sum.v[COL_guest_ns];
	}
	return ready + ran > 0 ? ready / (ready + ran) : 0;
}

static void check_waiters(struct guard *guard, const struct searching *now)
{
	for (size_t i = 0; i < now->nr; i++)
		for (size_t j = 0; j < guard->waiters; j++) {
			char *name;

			if (now->waiter[i].tid != guard->waiter[j].tid ||
			    now->waiter[i].run_ns != guard->waiter[j].run_ns)
				continue;
			name = tree_read(NULL, "%s/proc/%" PRIu64 "/comm", now->root,
					 now->waiter[i].tid);
			if (name)
				name[strcspn(name, "\n")] = '\0';
			snprintf(guard->why, sizeof(guard->why),
				 "the kernel's thread %s (%" PRIu64 ") got no CPU for a second",
				 name ?: "?", now->waiter[i].tid);
			free(name);
		}
}

static enum status look(struct guard *guard, double *pressure, double *ready, bool check)
{
	const uint64_t some_ns = read_pressure(guard->request.root);
	struct session *session = &guard->session;
	enum status status = session_step(session);
	struct searching now;

	if (status)
		return status;
	*pressure = session->window.seconds > 0 ?
			    (some_ns - guard->some_ns) / 1e9 / session->window.seconds :
			    0;
	*ready = others_ready(guard);
	find_waiters(guard->request.root, &now);
	if (check)
		check_waiters(guard, &now);
	free(guard->waiter);
	guard->waiter = now.waiter;
	guard->waiters = now.nr;
	guard->some_ns = some_ns;
	window_close(&session->window);
	window_open(&session->window, &guard->request.choice);
	session_begin(session, false);
	return STATUS_OK;
}

enum status guard_begin(struct guard *guard, const char *root)
{
	enum status status;

	*guard = (struct guard){ .request = { .root = root, .window = -1 } };
	status = session_open(&guard->session, &guard->request, DEPTH_VCPUS);
	if (status)
		return status;
	session_begin(&guard->session, false);
	guard->some_ns = read_pressure(root);
	session_wait(session_now() + LOOK_NS);
	return look(guard, &guard->pressure, &guard->ready, false);
}

bool guard_wait(struct guard *guard, int64_t until)
{
	while (session_now() < until) {
		const int64_t next = session_now() + LOOK_NS;
		double pressure, ready;

		if (session_wait(next < until ? next : until))
			return false;
		/* The rest of a second is too short to tell. */
		if (next > until)
			break;
		if (look(guard, &pressure, &ready, true))
			snprintf(guard->why, sizeof(guard->why), "the guests cannot be read");
		else if (!*guard->why && ready > guard->ready + READY_MORE)
			snprintf(guard->why, sizeof(guard->why),
				 "the other guests waited for a CPU %.0f %% of the time that they "
				 "wanted to run, %.0f %% before",
				 100 * ready, 100 * guard->ready);
		else if (!*guard->why && pressure > guard->pressure + PRESSURE_MORE)
			snprintf(guard->why, sizeof(guard->why),
				 "threads waited for a CPU in %.0f %% of the time, %.0f %% before",
				 100 * pressure, 100 * guard->pressure);
		if (*guard->why)
			return false;
	}
	return true;
}

void guard_end(struct guard *guard)
{
	session_close(&guard->session);
	free(guard->waiter);
	*guard = (struct guard){ 0 };
}
