// SPDX-License-Identifier: GPL-2.0
/*
 * kvmstat without a command prints the totals once, or rates like vmstat, and then the
 * reading.
 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "commands/options.h"
#include "data/session.h"
#include "text/guests.h"
#include "text/output.h"
#include "verdict/verdict.h"

#define HEADER_EVERY 20

struct watch {
	const struct options *options;
	struct thresholds thresholds;
	struct session session;
	unsigned int lines; /* that were printed */
};

static void print_reading(const struct watch *watch, const struct window_guest *guest)
{
	char shown[NAME_SHOWN_SIZE];
	struct verdict verdict;

	name_show(shown, guest->name, NAME_SIZE);
	if (window_guest_is_others(guest)) {
		printf("%s: %" PRIu64 " exits of all VMs past the module's cap, too mixed for a "
		       "reading; load the module with a higher max_vms\n",
		       shown, guest->sum.v[COL_exits]);
		return;
	}
	verdict_judge(&verdict, guest, watch->session.window.has, &watch->thresholds);
	printf("%s (pid %" PRIu64 "%s%s): %s (%s)%s%s\n", shown, guest->key.pid,
	       guest->ended ? ", ended" : "", guest->restarted ? ", restarted" : "",
	       verdict_word(verdict.bound), verdict.rule, verdict.advice[0] ? ": " : "",
	       verdict.advice);
}

static void print_readings(const struct watch *watch)
{
	const struct window *window = &watch->session.window;
	bool any = false;
	char span[64];

	if (watch->options->look.format != FORMAT_TEXT)
		return;
	session_span(watch->session.window.seconds, span, sizeof(span));
	for (size_t i = 0; i < window->nr; i++) {
		if (!window->guest[i]->chosen)
			continue;
		if (!any)
			printf("\nReading of %s:\n", span);
		any = true;
		print_reading(watch, window->guest[i]);
	}
	if (window->forgotten)
		printf("%zu more guests ended before\n", window->forgotten);
	if (window->missed)
		printf("%zu more guests came than the %d that can be followed\n", window->missed,
		       WINDOW_MAX_GUESTS);
}

static enum status print_totals(struct watch *watch)
{
	struct session *session = &watch->session;
	struct grid grid = guests_grid("name,pid,vcpus,exits,to_vmm,in_kernel,io_share,mmio_share");
	enum status status;

	guests_add_window(&grid, &session->window, &session->last.at, &watch->thresholds);
	status = grid_show(&grid, &watch->options->look, stdout);
	if (!session->window.nr && watch->options->look.format == FORMAT_TEXT)
		puts("(no guests)");
	print_readings(watch);
	return status;
}

/* Prints one line, with the header first if it is due. */
static void print_line(struct watch *watch, struct grid *grid, size_t row)
{
	struct grid line = *grid;

	line.cell += row * grid->nr_columns;
	line.nr = 1;
	grid_print(&line, &watch->options->look,
		   watch->options->look.format == FORMAT_CSV ? !watch->lines :
							       !(watch->lines % HEADER_EVERY),
		   stdout);
	watch->lines++;
}

static void print_event(struct watch *watch, const struct window_guest *guest,
			enum delta_state state)
{
	static const char *const event[] = {
		[DELTA_NEW] = "new",
		[DELTA_ENDED] = "ended",
		[DELTA_RESTARTED] = "counters restarted: counted from zero",
	};
	char shown[NAME_SHOWN_SIZE];

	if (state == DELTA_STAYED || watch->options->look.format != FORMAT_TEXT)
		return;
	name_show(shown, guest->name, NAME_SIZE);
	printf("%s (pid %" PRIu64 "): %s\n", shown, guest->key.pid, event[state]);
}

static void print_rates(struct watch *watch)
{
	const struct window *window = &watch->session.window;
	const struct delta *delta = &watch->session.delta;
	struct grid grid =
		guests_grid("name,pid,vcpus,exits_s,to_vmm_s,io_s,mmio_s,in_kernel,io_share");

	for (size_t i = 0; i < delta->nr; i++) {
		const struct delta_row *row = &delta->row[i];
		const struct window_guest *guest = window_find(window, &row->key);

		if (!guest || !guest->chosen)
			continue;
		print_event(watch, guest, row->state);
		if (row->state != DELTA_ENDED || watch->options->look.format != FORMAT_TEXT)
			guests_add_delta(&grid, guest, delta, row, &watch->session.last.at);
	}
	grid_arrange(&grid, &watch->options->look);
	for (size_t row = 0; row < grid.nr; row++)
		print_line(watch, &grid, row);
	if (!delta->nr && watch->options->look.format == FORMAT_TEXT)
		puts("(no guests)");
	grid_free(&grid);
}

static enum status print_intervals(struct watch *watch)
{
	const struct options *options = watch->options;
	struct session *session = &watch->session;
	const enum depth usual = options->look.columns && strstr(options->look.columns, "ready") ?
					 DEPTH_VCPUS :
					 DEPTH_COUNTS;
	const int64_t start = session_now();
	enum status status;
	bool go_on = true;

	if (session_is_recorded(session)) {
		fprintf(stderr,
			"kvmstat: a recording has its own intervals; see 'kvmstat report "
			"--rates %s'\n",
			options->request.file);
		return STATUS_BAD;
	}
	session_begin(session, false);
	status = window_check(&session->window, false, stderr);
	if (status)
		return status;
	session_catch_signals(0);
	for (uint64_t done = 0; go_on && !status && (!options->count || done < options->count);
	     done++) {
		int64_t ticks = (session_now() - start) / options->interval + 1;

		go_on = !session_wait(start + ticks * options->interval);
		/* The reading needs all of the first and the last snapshot. */
		session->wanted.depth = !go_on || done + 1 == options->count ? DEPTH_PROCESSES :
									       usual;
		status = session_step(session);
		if (go_on && !status)
			print_rates(watch);
		window_forget(&session->window, INFINITY, NULL, NULL, NULL);
		if (output_flush())
			return STATUS_NO_DATA;
	}
	print_readings(watch);
	return status;
}

enum status run_watch(const struct options *options)
{
	struct watch watch = { .options = options };
	struct grid columns = guests_grid(NULL);
	enum status status = grid_check(&columns, &options->look);

	if (!status)
		status = thresholds_load(&watch.thresholds, options->config);
	if (status)
		return status;
	if (options->interval)
		status = session_open(&watch.session, &options->request, DEPTH_PROCESSES);
	else
		status = session_observe(&watch.session, &options->request, DEPTH_PROCESSES, 0,
					 false);
	if (!status)
		status = options->interval ? print_intervals(&watch) : print_totals(&watch);
	session_close(&watch.session);
	return status;
}
