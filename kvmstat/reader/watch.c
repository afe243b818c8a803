// SPDX-License-Identifier: GPL-2.0
/*
 * Reads the source once, or on a grid of times that does not drift, and hands
 * what it says to the view.
 */
#define _GNU_SOURCE
#include "watch.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "choice.h"
#include "output.h"
#include "view_table.h"

#define NSEC_PER_SEC 1000000000

struct watch {
	const struct options *options;
	char *path;
	struct window window;
	struct snapshot last;
	int64_t last_at; /* when it was read, as now_ns() */
	struct delta delta; /* up to it */
};

static int64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * (int64_t)NSEC_PER_SEC + ts.tv_nsec;
}

static enum status no_memory(void)
{
	fprintf(stderr, "kvmstat: out of memory\n");
	return STATUS_NO_DATA;
}

static enum status load(const struct watch *watch, struct snapshot *snap)
{
	struct source_error err;
	char text[512];

	if (source_load(watch->path, snap, &err) == SOURCE_OK)
		return STATUS_OK;
	source_explain(text, sizeof(text), &err, watch->path, !watch->options->file);
	fprintf(stderr, "kvmstat: %s\n", text);
	return err.status == SOURCE_UNREADABLE ? STATUS_NO_DATA : STATUS_BAD;
}

/* Adds to the window what happened between @was and the last snapshot. */
static enum status account(struct watch *watch, const struct snapshot *was, double seconds)
{
	delta_free(&watch->delta);
	if (delta_compute(&watch->delta, was, &watch->last, seconds) ||
	    window_add(&watch->window, &watch->delta))
		return no_memory();
	return STATUS_OK;
}

/* Reads again, and accounts for the time since the last reading. */
static enum status step(struct watch *watch)
{
	struct snapshot was = watch->last;
	int64_t was_at = watch->last_at;
	struct snapshot now;
	enum status status;

	status = load(watch, &now);
	if (status)
		return status;
	watch->last = now;
	watch->last_at = now_ns();
	status = account(watch, &was, (double)(watch->last_at - was_at) / NSEC_PER_SEC);
	snapshot_free(&was);
	return status;
}

static void block_stop_signals(sigset_t *signals)
{
	sigemptyset(signals);
	sigaddset(signals, SIGINT);
	sigaddset(signals, SIGTERM);
	sigprocmask(SIG_BLOCK, signals, NULL);
}

/* Returns true when the time has come, false when a signal asked to stop. */
static bool wait_until(int64_t deadline, const sigset_t *signals)
{
	for (;;) {
		int64_t left = deadline - now_ns();
		struct timespec ts = { left / NSEC_PER_SEC, left % NSEC_PER_SEC };

		if (left <= 0)
			return true;
		if (sigtimedwait(signals, NULL, &ts) > 0)
			return false;
	}
}

static enum status run_once(struct watch *watch)
{
	struct snapshot nothing = SNAPSHOT_EMPTY;
	enum status status;

	status = account(watch, &nothing, 0);
	if (!status)
		status = choice_check(&watch->window, stderr);
	if (status)
		return status;
	view_table_totals(stdout, &watch->window);
	view_table_reading(stdout, &watch->window, "the totals since each guest was first seen");
	return STATUS_OK;
}

static enum status run_intervals(struct watch *watch)
{
	const struct options *options = watch->options;
	struct view_table table = { 0 };
	const int64_t start = watch->last_at;
	enum status status;
	sigset_t signals;
	bool go_on = true;
	char since[64];

	/* No time has passed: all guests are known from the start, none is new. */
	status = account(watch, &watch->last, 0);
	if (!status)
		status = choice_check(&watch->window, stderr);
	if (status)
		return status;

	block_stop_signals(&signals);
	for (uint64_t done = 0; go_on && !status && (!options->count || done < options->count);
	     done++) {
		int64_t ticks = (now_ns() - start) / options->interval + 1;

		go_on = wait_until(start + ticks * options->interval, &signals);
		status = step(watch);
		if (go_on && !status)
			view_table_rates(&table, stdout, &watch->window, &watch->delta);
		if (output_flush())
			return STATUS_NO_DATA;
	}
	snprintf(since, sizeof(since), "%.1f s", watch->window.seconds);
	view_table_reading(stdout, &watch->window, since);
	return status;
}

enum status watch(const struct options *options)
{
	const char *root = options->root ? options->root : "";
	struct watch watch = { .options = options };
	enum status status;

	if (options->file)
		watch.path = strdup(options->file);
	else if (asprintf(&watch.path, "%s/proc/" KVMSTAT_PROC_NAME, root) < 0)
		watch.path = NULL;
	if (!watch.path)
		return no_memory();
	/* The pids of a copy need not be those of this machine, now. */
	window_open(&watch.window, options->file ? options->root : root, &options->choice);

	status = load(&watch, &watch.last);
	watch.last_at = now_ns();
	if (!status)
		status = options->interval ? run_intervals(&watch) : run_once(&watch);

	delta_free(&watch.delta);
	snapshot_free(&watch.last);
	window_close(&watch.window);
	free(watch.path);
	return status;
}
