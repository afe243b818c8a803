// SPDX-License-Identifier: GPL-2.0
/*
 * kvmstat report shows what happened during a recording, or a span of it.
 */
#include <stdio.h>

#include "commands/classify.h"
#include "commands/options.h"
#include "commands/show.h"
#include "data/choice.h"
#include "data/session.h"
#include "data/when.h"
#include "text/guests.h"
#include "text/output.h"

static enum status check_time(const char *option, const char *text)
{
	int64_t ns;

	if (!text || when_parse(text, 0, &ns))
		return STATUS_OK;
	fprintf(stderr,
		"kvmstat: --%s must be '2026-11-21 14:00', 14:00, +90s, +5m, +2h after the "
		"start, or @SECONDS: '%s'\n",
		option, text);
	return STATUS_BAD;
}

static void print_head(const struct session *session, const struct moment *first)
{
	char from[32], to[32], host[NAME_SHOWN_SIZE], kernel[NAME_SHOWN_SIZE];

	when_format(from, sizeof(from), first->real_ns);
	when_format(to, sizeof(to), session->last.at.real_ns);
	name_show(host, session->last.at.host, NAME_SIZE);
	name_show(kernel, session->last.at.kernel, NAME_SIZE);
	printf("Recorded on %s, Linux %s: %zu snapshots, %s to %s, %.1f s seen\n\n", host, kernel,
	       session->snapshots, from, to, session->window.seconds);
}

/* Prints the rates of the last interval, or adds them to @rows if the format is JSON. */
static void print_interval(const struct session *session, const struct look *look, bool header,
			   json_t *rows)
{
	const struct delta *delta = &session->delta;
	struct grid grid = guests_grid("time,name,pid,exits_s,to_vmm_s,io_s,mmio_s");
	json_t *more;

	for (size_t i = 0; i < delta->nr; i++) {
		const struct delta_row *row = &delta->row[i];
		const struct window_guest *guest = window_find(&session->window, &row->key);

		if (guest && guest->chosen && row->state != DELTA_ENDED)
			guests_add_delta(&grid, guest, delta, row, &session->last.at);
	}
	grid_arrange(&grid, look);
	if (look->format == FORMAT_JSON) {
		more = grid_json(&grid);
		json_array_extend(rows, more);
		json_decref(more);
	} else {
		grid_print(&grid, look, header, stdout);
	}
	grid_free(&grid);
}

static enum status print_summary(const struct session *session, const struct options *options,
				 const struct thresholds *thresholds)
{
	struct grid grid = guests_grid("name,pid,vcpus,exits,exits_s,guest_share,kernel_share,"
				       "user_share,halted_share");

	if (options->look.format == FORMAT_JSON)
		return classify_print(session, options, thresholds);
	guests_add_window(&grid, &session->window, &session->last.at);
	grid_show(&grid, &options->look, stdout);
	if (options->look.format != FORMAT_TEXT)
		return STATUS_OK;
	putchar('\n');
	return classify_print(session, options, thresholds);
}

/* Reads to the end and prints each interval if options->rates. */
static enum status read_all(struct session *session, const struct options *options)
{
	json_t *rows = json_array();
	enum status status = STATUS_OK;
	bool header = true;

	while (!status && !session->over) {
		status = session_step(session);
		if (!status && !session->over && options->rates) {
			print_interval(session, &options->look, header, rows);
			header = false;
		}
	}
	if (!status && options->rates && options->look.format == FORMAT_JSON)
		output_json(json_incref(rows), stdout);
	json_decref(rows);
	return status;
}

enum status run_report(const struct options *options)
{
	struct grid columns = guests_grid(NULL);
	struct thresholds thresholds;
	struct session session;
	struct moment first;
	enum status status;

	status = check_time("from", options->request.from);
	if (!status)
		status = check_time("to", options->request.to);
	if (!status)
		status = grid_check(&columns, &options->look);
	if (!status)
		status = thresholds_load(&thresholds, options->config);
	if (status)
		return status;
	status = session_open(&session, &options->request, DEPTH_ALL);
	if (!status) {
		first = session.last.at;
		session_begin(&session, false);
		status = read_all(&session, options);
	}
	/* One snapshot has only totals. */
	if (!status && !session.window.seconds)
		session_begin_anew(&session);
	if (!status)
		status = window_check(&session.window,
				      options->request.choice.guest && !options->rates, stderr);
	if (!status && !options->rates) {
		if (options->look.format == FORMAT_TEXT)
			print_head(&session, &first);
		status = options->request.choice.guest && options->look.format != FORMAT_CSV ?
				 show_page(&session, options, &thresholds) :
				 print_summary(&session, options, &thresholds);
	}
	session_close(&session);
	return status;
}
