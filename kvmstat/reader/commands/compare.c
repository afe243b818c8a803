// SPDX-License-Identifier: GPL-2.0
/*
 * kvmstat report --compare shows two recordings, or the time before and after a moment, side by
 * side, and first what changed most.
 */
#define _GNU_SOURCE
#include "commands/compare.h"

#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands/options.h"
#include "data/memory.h"
#include "data/session.h"
#include "text/grid.h"
#include "text/output.h"
#include "verdict/verdict.h"

enum { BEFORE, AFTER, SIDES };

/* A guest, on whatever hosts and in whatever boots it was. */
struct compared {
	char name[NAME_SIZE], uuid[NAME_SIZE];
	struct {
		struct counts sum;
		double seconds, longest; /* longest: of the window that was judged */
		const char *bound; /* NULL: it was not there */
	} side[SIDES];
};

struct comparison {
	struct compared **guest;
	size_t nr;
	void *names, *uuids; /* trees of them */
};

enum {
	C_NAME,
	C_UUID,
	C_EXITS_WAS,
	C_EXITS,
	C_CHANGE,
	C_OF_BEFORE,
	C_TO_VMM_WAS,
	C_TO_VMM,
	C_GUEST_WAS,
	C_GUEST,
	C_BOUND_WAS,
	C_BOUND,
	C_NR
};

static const struct grid_column columns[C_NR] = {
	[C_NAME] = { "name", "NAME", UNIT_TEXT, 14, 0 },
	[C_UUID] = { "uuid", "UUID", UNIT_TEXT, 36, 0 },
	[C_EXITS_WAS] = { "exits_s_before", "WAS EXITS/s", UNIT_RATE, 7, 0 },
	[C_EXITS] = { "exits_s", "EXITS/s", UNIT_RATE, 7, 0 },
	[C_CHANGE] = { "change_s", "CHANGE/s", UNIT_RATE, 7, 0 },
	[C_OF_BEFORE] = { "of_before", "OF IT%", UNIT_SHARE, 6, 1 },
	[C_TO_VMM_WAS] = { "to_vmm_s_before", "WAS TO-VMM/s", UNIT_RATE, 8, 0 },
	[C_TO_VMM] = { "to_vmm_s", "TO-VMM/s", UNIT_RATE, 8, 0 },
	[C_GUEST_WAS] = { "guest_share_before", "WAS GUEST%", UNIT_SHARE, 6, 1 },
	[C_GUEST] = { "guest_share", "GUEST%", UNIT_SHARE, 6, 1 },
	[C_BOUND_WAS] = { "bound_before", "WAS", UNIT_TEXT, 15, 0 },
	[C_BOUND] = { "bound", "IS", UNIT_TEXT, 15, 0 },
};

static int compare_names(const void *a, const void *b)
{
	return strcmp(((const struct compared *)a)->name, ((const struct compared *)b)->name);
}

static int compare_uuids(const void *a, const void *b)
{
	return strcmp(((const struct compared *)a)->uuid, ((const struct compared *)b)->uuid);
}

/* A guest is the same if its UUID is, or, where one is not known, its name. */
static struct compared *compared_of(struct comparison *all, const struct window_guest *guest)
{
	struct compared key = { 0 }, **found = NULL, *more;

	strcpy(key.name, guest->name);
	strcpy(key.uuid, guest->now ? guest->now->uuid : "");
	if (key.uuid[0])
		found = tfind(&key, &all->uuids, compare_uuids);
	if (!found) {
		found = tfind(&key, &all->names, compare_names);
		if (found && key.uuid[0] && (*found)->uuid[0])
			found = NULL;
	}
	if (found)
		return *found;
	all->guest = xgrow(all->guest, all->nr, sizeof(*all->guest));
	more = all->guest[all->nr++] = xcalloc(1, sizeof(*more));
	*more = key;
	if (!tsearch(more, &all->names, compare_names) ||
	    (key.uuid[0] && !tsearch(more, &all->uuids, compare_uuids)))
		abort();
	return more;
}

static void nothing(void *node)
{
	(void)node;
}

static void forget(struct comparison *all)
{
	tdestroy(all->names, nothing);
	tdestroy(all->uuids, nothing);
	for (size_t i = 0; i < all->nr; i++)
		free(all->guest[i]);
	free(all->guest);
}

static void add_guest(struct comparison *all, int side, const struct window_guest *guest,
		      uint32_t has, const struct thresholds *thresholds)
{
	struct compared *of = compared_of(all, guest);
	struct verdict verdict;

	for (enum column c = 0; c < COL_NR; c++)
		of->side[side].sum.v[c] += guest->sum.v[c];
	of->side[side].seconds += guest->seconds;
	if (of->side[side].bound && guest->seconds <= of->side[side].longest)
		return;
	verdict_judge(&verdict, guest, has, thresholds);
	of->side[side].bound = verdict_word(verdict.bound);
	of->side[side].longest = guest->seconds;
}

/* Adds all guests of @request as one side, host by host. */
static enum status add_side(struct comparison *all, int side, const struct request *request,
			    const struct thresholds *thresholds)
{
	struct session session;
	enum status status = session_open(&session, request, DEPTH_ALL);
	bool more = !status;
	double seconds = 0;

	for (; more && !status; more = session_next_host(&session)) {
		session_begin(&session, false);
		while (!status && !session.over)
			status = session_step(&session);
		for (size_t i = 0; i < session.window.nr; i++) {
			const struct window_guest *guest = session.window.guest[i];

			if (guest->chosen && guest->seconds > 0 && !window_guest_is_others(guest))
				add_guest(all, side, guest, session.window.has, thresholds);
		}
		seconds += session.window.seconds;
		window_warn(&session.window, stderr);
	}
	if (!status && seconds <= 0) {
		fprintf(stderr, "kvmstat: no two snapshots of one boot %s\n",
			side == BEFORE ? "before" : "after");
		status = STATUS_NO_DATA;
	}
	session_close(&session);
	return status;
}

static double rate_of(const struct compared *guest, int side, enum column column)
{
	return guest->side[side].bound ?
		       guest->side[side].sum.v[column] / guest->side[side].seconds :
		       0;
}

static struct cell rate_cell(const struct compared *guest, int side, enum column column)
{
	return guest->side[side].bound ? cell_rate(rate_of(guest, side, column)) :
					 (struct cell){ 0 };
}

static struct cell share_cell(const struct compared *guest, int side)
{
	const struct counts *sum = &guest->side[side].sum;

	return cell_share(sum->v[COL_guest_ns], counts_time(sum));
}

static struct cell bound_cell(const struct compared *guest, int side)
{
	return guest->side[side].bound ? cell_text(guest->side[side].bound) : (struct cell){ 0 };
}

static void add_row(struct grid *grid, const struct compared *guest)
{
	const double was = rate_of(guest, BEFORE, COL_exits), is = rate_of(guest, AFTER, COL_exits);
	struct cell *cell = grid_row(grid);

	cell[C_NAME] = cell_text(guest->name);
	if (guest->uuid[0])
		cell[C_UUID] = cell_text(guest->uuid);
	cell[C_EXITS_WAS] = rate_cell(guest, BEFORE, COL_exits);
	cell[C_EXITS] = rate_cell(guest, AFTER, COL_exits);
	cell[C_CHANGE] = cell_rate(is - was);
	if (guest->side[BEFORE].bound && guest->side[AFTER].bound)
		cell[C_OF_BEFORE] = cell_share(is * 1000, was * 1000);
	cell[C_TO_VMM_WAS] = rate_cell(guest, BEFORE, COL_kvm_qemu_switch_num);
	cell[C_TO_VMM] = rate_cell(guest, AFTER, COL_kvm_qemu_switch_num);
	cell[C_GUEST_WAS] = share_cell(guest, BEFORE);
	cell[C_GUEST] = share_cell(guest, AFTER);
	cell[C_BOUND_WAS] = bound_cell(guest, BEFORE);
	cell[C_BOUND] = bound_cell(guest, AFTER);
}

enum status compare_run(const struct options *options)
{
	struct grid grid = GRID(columns);
	struct request request = options->request;
	struct look look = options->look;
	struct comparison all = { 0 };
	struct thresholds thresholds;
	enum status status = grid_check(&grid, &look);

	grid.usual = "name,exits_s_before,exits_s,change_s,of_before,bound_before,bound";
	look.sort = look.sort ?: "change_s";
	if (!status)
		status = thresholds_load(&thresholds, options->config);
	if (status)
		return status;
	if (options->at)
		request.extract.to = options->at;
	else
		request.nr_files = 1;
	status = add_side(&all, BEFORE, &request, &thresholds);
	request.extract = options->request.extract;
	if (options->at)
		request.extract.from = options->at;
	else
		request.files++;
	if (!status)
		status = add_side(&all, AFTER, &request, &thresholds);
	for (size_t i = 0; !status && i < all.nr; i++)
		add_row(&grid, all.guest[i]);
	if (!status && !grid.nr && look.format == FORMAT_TEXT)
		puts("(no guests)");
	else if (!status)
		status = grid_show(&grid, &look, stdout);
	grid_free(&grid);
	forget(&all);
	return status;
}
