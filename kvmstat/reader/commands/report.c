// SPDX-License-Identifier: GPL-2.0
/*
 * kvmstat report shows what happened during a recording, or a span of it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands/classify.h"
#include "commands/compare.h"
#include "commands/options.h"
#include "commands/show.h"
#include "data/choice.h"
#include "data/session.h"
#include "data/when.h"
#include "text/guests.h"
#include "text/output.h"

/* So many guests are shown, unless all are asked for. */
#define TOP 20

struct report {
	const struct options *options;
	struct thresholds thresholds;
	struct session session;
	struct moment first; /* of this host */
	struct grid rows; /* of all hosts, for CSV and JSON */
	json_t *pages; /* of all hosts, for JSON of one guest */
	bool one_host;
	bool header; /* was printed */
	size_t hosts; /* that had the chosen guest */
	char *missing; /* what was said of a host that had not */
};

/* The columns that people see: host and boot only where there are several. */
static struct grid new_rows(const struct report *report, const char *usual)
{
	static char with[160];

	snprintf(with, sizeof(with), "%s%s%s", report->one_host ? "" : "host,", usual,
		 report->session.boots > 1 ? ",boot" : "");
	return guests_grid(with);
}

static void print_head(const struct report *report)
{
	const struct session *session = &report->session;
	char from[32], to[32], host[NAME_SHOWN_SIZE], kernel[NAME_SHOWN_SIZE];

	when_format(from, sizeof(from), report->first.real_ns);
	when_format(to, sizeof(to), session->last.at.real_ns);
	name_show(host, session->last.at.host, NAME_SIZE);
	name_show(kernel, session->last.at.kernel, NAME_SIZE);
	printf("%sRecorded on %s, Linux %s: %zu snapshot%s%s, %s to %s, ",
	       report->hosts > 1 ? "\n" : "", host, kernel, session->snapshots,
	       session->snapshots == 1 ? "" : "s", session->boots > 1 ? " of several boots" : "",
	       from, to);
	if (session->window.seconds > 0)
		printf("%.1f s seen\n\n", session->window.seconds);
	else
		puts("no time between them\n");
}

/* Appends the rates of the last interval; as text, prints them. */
static void add_interval(struct report *report)
{
	const struct session *session = &report->session;
	const struct look *look = &report->options->look;
	const struct delta *delta = &session->delta;
	struct grid grid = new_rows(report, "time,name,pid,exits_s,to_vmm_s,io_s,mmio_s");
	struct grid *rows = look->format == FORMAT_JSON ? &report->rows : &grid;

	for (size_t i = 0; i < delta->nr; i++) {
		const struct delta_row *row = &delta->row[i];
		const struct window_guest *guest = window_find(&session->window, &row->key);

		if (guest && guest->chosen && row->state != DELTA_ENDED)
			guests_add_delta(rows, guest, delta, row, &session->last.at);
	}
	grid_arrange(&grid, look);
	if (rows == &grid)
		grid_print(&grid, look, !report->header, stdout);
	report->header = true;
	grid_free(&grid);
}

/* Says of how many guests there is each verdict. */
static void count_verdicts(const struct grid *rows)
{
	const struct grid_column *column = grid_find(rows, "bound", strlen("bound"));
	const char *separator = "";

	for (enum bound bound = 0; bound < BOUND_NR; bound++) {
		size_t nr = 0;

		for (size_t row = 0; row < rows->nr; row++) {
			const char *text =
				rows->cell[row * rows->nr_columns + (column - rows->column)].text;

			nr += text && !strcmp(text, verdict_word(bound));
		}
		if (nr)
			printf("%s%zu %s", separator, nr, verdict_word(bound));
		separator = nr ? ", " : separator;
	}
}

/* Shows all guests, or those with the most exits and how many more there are. */
static void show_rows(const struct report *report)
{
	const struct session *session = &report->session;
	struct look look = report->options->look;
	struct grid rows = new_rows(report, "name,pid,vcpus,exits,exits_s,guest_share,"
					    "kernel_share,user_share,halted_share");
	const size_t shown = report->options->all ? SIZE_MAX : TOP;
	char span[64];

	guests_add_window(&rows, &session->window, &session->last.at, &report->thresholds);
	if (rows.nr > shown)
		look.sort = look.sort ?: "exits";
	grid_arrange(&rows, &look);
	session_span(session->window.seconds, span, sizeof(span));
	if (rows.nr > shown) {
		printf("%zu guests: ", rows.nr);
		count_verdicts(&rows);
		printf("; these are the first %zu by %s, --all shows all:\n\n", shown, look.sort);
		grid_cut(&rows, shown);
	}
	grid_print(&rows, &look, true, stdout);
	if (rows.nr)
		printf("\nVerdicts by %s:\n\n", span);
	if (!classify_rows(&rows))
		puts("(no guests)");
	grid_free(&rows);
}

static enum status show_host(struct report *report)
{
	const struct options *options = report->options;
	const struct session *session = &report->session;

	if (options->look.format == FORMAT_TEXT)
		print_head(report);
	if (report->pages ||
	    (options->request.choice.guest && options->look.format == FORMAT_TEXT)) {
		show_pages(session, &report->thresholds, report->pages);
		return STATUS_OK;
	}
	if (options->look.format != FORMAT_TEXT) {
		guests_add_window(&report->rows, &session->window, &session->last.at,
				  &report->thresholds);
		return STATUS_OK;
	}
	show_rows(report);
	return STATUS_OK;
}

/* Reads all of a host, and prints each interval if that is asked for. */
static enum status read_host(struct report *report)
{
	struct session *session = &report->session;
	enum status status = STATUS_OK;

	report->first = session->last.at;
	session_begin(session, false);
	while (!status && !session->over) {
		status = session_step(session);
		if (!status && !session->over && report->options->rates &&
		    session->delta.seconds > 0)
			add_interval(report);
	}
	if (session->window.seconds > 0 || status)
		return status;
	session_begin_anew(session, true);
	return STATUS_OK;
}

/* A guest that this host did not have may be on another one. */
static enum status check_host(struct report *report)
{
	char *said;
	size_t len;
	FILE *err = open_memstream(&said, &len);
	enum status status =
		window_check(&report->session.window,
			     report->options->request.choice.guest && !report->options->rates, err);

	fclose(err);
	if (status == STATUS_NO_DATA) {
		free(report->missing);
		report->missing = said;
		return status;
	}
	fputs(said, stderr);
	free(said);
	report->hosts += !status;
	return status;
}

static enum status report_all(struct report *report)
{
	enum status status;

	do {
		status = read_host(report);
		if (status)
			return status;
		status = check_host(report);
		if (!status && !report->options->rates)
			status = show_host(report);
		if (status && status != STATUS_NO_DATA)
			return status;
	} while (session_next_host(&report->session));
	if (report->hosts)
		return STATUS_OK;
	fputs(report->missing, stderr);
	return STATUS_NO_DATA;
}

enum status run_report(const struct options *options)
{
	const bool json = options->look.format == FORMAT_JSON;
	const struct look *look = &options->look;
	/* Of one guest everything is shown, not rows. */
	const bool page = options->request.choice.guest && !options->rates && !options->compare &&
			  look->format != FORMAT_CSV && !look->columns;
	struct report report = { .options = options, .rows = guests_grid(NULL) };
	enum status status;

	if (json && page)
		report.pages = json_array();
	status = options_refuse(page && (look->sort || look->skip_zeros || look->raw),
				"-s, -z or --raw", "with -g, unless -c chooses columns");
	if (!status)
		status = options_refuse(options->all && (page || options->rates ||
							 look->format != FORMAT_TEXT),
					"--all", "here, as all guests are shown");
	if (!status)
		status = options_refuse(options->compare && (options->rates || options->all),
					"--rates or --all", "with --compare");
	if (!status)
		status = options_check_times(options);
	if (!status && options->compare && !options->at && options->request.nr_files != 2) {
		fprintf(stderr, "kvmstat: --compare takes two recordings, or a time with =\n");
		status = STATUS_BAD;
	}
	if (options->compare)
		return status ?: compare_run(options);
	if (!status)
		status = grid_check(&report.rows, &options->look);
	if (!status)
		status = thresholds_load(&report.thresholds, options->config);
	if (status)
		return status;
	status = session_open(&report.session, &options->request, DEPTH_ALL);
	if (!status) {
		report.one_host = archive_has_one_host(&report.session.archive);
		status = report_all(&report);
	}
	if (!status && report.pages)
		show_json(json_incref(report.pages));
	else if (!status && (json || (options->look.format == FORMAT_CSV && !options->rates)))
		grid_show(&report.rows, &options->look, stdout);
	json_decref(report.pages);
	grid_free(&report.rows);
	free(report.missing);
	session_close(&report.session);
	return status;
}
