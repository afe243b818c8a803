// SPDX-License-Identifier: GPL-2.0
/*
 * kvmstat export prints all that is known now, for other programs.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands/options.h"
#include "data/choice.h"
#include "data/jsonl.h"
#include "data/session.h"
#include "text/guests.h"
#include "text/prometheus.h"
#include "text/replace.h"

/* The first columns of each row of a table. */
enum { OF_TIME, OF_GUEST, OF_PID, OF_ID, OF_NR };

static const struct grid_column of_columns[OF_NR] = {
	[OF_TIME] = { "time", "", UNIT_TEXT, 0, 0 },
	[OF_GUEST] = { "guest", "", UNIT_TEXT, 0, 0 },
	[OF_PID] = { "pid", "", UNIT_ID, 0, 0 },
	[OF_ID] = { "id", "", UNIT_ID, 0, 0 },
};

/* The other tables are of the host, which no guest has. */
static bool is_of_guest(enum table table)
{
	return table < TABLE_HOST || table == TABLE_MISSING;
}

/* Finds the table that the user wants. TABLE_NR stands for the guests themselves. */
static enum status find_table(const struct options *options, enum table *table)
{
	const char *name = options->table;

	*table = TABLE_NR;
	if (!name || (options->look.format == FORMAT_CSV && !strcmp(name, "guests")))
		return STATUS_OK;
	if (options->look.format != FORMAT_CSV) {
		fprintf(stderr, "kvmstat: --table needs --format csv\n");
		return STATUS_BAD;
	}
	for (*table = 0; *table < TABLE_NR; ++*table)
		if (is_of_guest(*table) && !strcmp(name, detail_form[*table].name))
			return STATUS_OK;
	fprintf(stderr, "kvmstat: no such table; there are: guests");
	for (enum table t = 0; t < TABLE_NR; t++)
		if (is_of_guest(t))
			fprintf(stderr, ", %s", detail_form[t].name);
	fputc('\n', stderr);
	return STATUS_BAD;
}

static struct cell cell_of(const struct field *field, const char *row)
{
	const uint64_t number = *(const uint64_t *)(row + field->at);

	if (field->text)
		return cell_text(row + field->at);
	return field->optional ? cell_maybe(number) : cell_number(number);
}

static void add_rows(struct grid *grid, enum table table, const struct window_guest *guest,
		     const struct moment *at)
{
	const struct form *form = &detail_form[table];
	const struct rows *rows = &guest->now->detail.table[table];

	for (size_t i = 0; i < rows->nr; i++) {
		const char *row = (const char *)rows->row + i * form->size;
		struct cell *cell = grid_row(grid);

		cell[OF_TIME] = cell_time(at);
		cell[OF_GUEST] = cell_text(guest->name);
		if (!window_guest_is_others(guest))
			cell[OF_PID] = cell_number(guest->last.v[COL_pid]);
		cell[OF_ID] = cell_number(guest->key.id);
		cell += OF_NR;
		for (const struct field *field = form->field; field->name; field++)
			*cell++ = cell_of(field, row);
	}
}

static enum status put_details(FILE *out, const struct session *session, const struct look *look,
			       enum table table)
{
	const struct window *window = &session->window;
	struct grid_column columns[OF_NR + DETAIL_MAX_FIELDS];
	struct grid grid = { .column = columns, .nr_columns = OF_NR };
	size_t chosen = 0, known = 0;

	memcpy(columns, of_columns, sizeof(of_columns));
	for (const struct field *field = detail_form[table].field; field->name; field++)
		columns[grid.nr_columns++] =
			(struct grid_column){ .key = field->name,
					      .unit = field->text      ? UNIT_TEXT :
						      field->is_signed ? UNIT_SIGNED :
									 UNIT_COUNT };
	for (size_t i = 0; i < window->nr; i++) {
		const struct window_guest *guest = window->guest[i];

		if (!guest->chosen)
			continue;
		chosen++;
		if (!guest->now || !guest->now->detail.table[table].known)
			continue;
		known++;
		add_rows(&grid, table, guest, &session->last.at);
	}
	grid_print(&grid, look, true, out);
	grid_free(&grid);
	if (known || !chosen)
		return STATUS_OK;
	if (session->request->file)
		fprintf(stderr, "kvmstat: %s has no guest's %s\n", session->request->file,
			detail_form[table].name);
	else
		fprintf(stderr, "kvmstat: no guest's %s could be read from %s, which needs root\n",
			detail_form[table].name,
			table < TABLE_MODULE_NR ? "debugfs" : "its VMM's /proc/PID");
	return STATUS_NO_DATA;
}

static enum status put_csv(FILE *out, const struct session *session, const struct look *look,
			   const struct thresholds *thresholds, enum table table)
{
	struct grid grid = guests_grid(NULL);

	if (table != TABLE_NR)
		return put_details(out, session, look, table);
	guests_add_window(&grid, &session->window, &session->last.at, thresholds);
	grid_print(&grid, look, true, out);
	grid_free(&grid);
	return STATUS_OK;
}

/* Prints the chosen guests in a line as `kvmstat record` writes it. */
static void put_json(FILE *out, struct session *session)
{
	struct snapshot *snap = &session->last;
	size_t kept = 0;
	char *line;

	for (size_t i = 0; i < snap->nr; i++) {
		const struct counts *guest = &snap->guest[i];
		const struct guest_key key = { .id = guest->v[COL_id], .pid = guest->v[COL_pid] };
		struct about *about = snap->about ? snap->about[i] : NULL;

		if (!choice_means(&session->request->choice, &key, about ? about->name : "-")) {
			about_put(about);
			continue;
		}
		snap->guest[kept] = *guest;
		if (snap->about)
			snap->about[kept] = about;
		kept++;
	}
	snap->nr = kept;
	line = jsonl_line(snap);
	fputs(line, out);
	free(line);
}

/* Reads how many exits the module could not attribute to a guest. */
static bool read_unattributed(const char *root, uint64_t *exits)
{
	char *info = live_info(root), value[NAME_SIZE];
	bool found = live_info_value(info, "exits_unattributed", value) &&
		     sscanf(value, "%" SCNu64, exits) == 1;

	free(info);
	return found;
}

static enum status put_prometheus(FILE *out, const struct session *session,
				  const struct metrics *metrics)
{
	const struct request *request = session->request;
	uint64_t unattributed;
	bool known;

	if (!session->last.has) {
		prometheus_write(out, NULL, metrics, NULL);
		return STATUS_OK;
	}
	if (!(session->last.has & COL_BIT(COL_id))) {
		fprintf(stderr, "kvmstat: %s: guests without ids cannot be metrics\n",
			request->file);
		return STATUS_BAD;
	}
	known = !request->file && read_unattributed(request->root, &unattributed);
	prometheus_write(out, &session->window, metrics, known ? &unattributed : NULL);
	return STATUS_OK;
}

static enum status put(FILE *out, struct session *session, const struct look *look,
		       const struct metrics *metrics, enum table table)
{
	switch (look->format) {
	case FORMAT_CSV:
		return put_csv(out, session, look, metrics->thresholds, table);
	case FORMAT_JSON:
		put_json(out, session);
		return STATUS_OK;
	default:
		return put_prometheus(out, session, metrics);
	}
}

static enum status deliver(const struct options *options, const char *text, size_t len)
{
	if (!options->output) {
		fwrite(text, 1, len, stdout);
		return STATUS_OK;
	}
	if (replace_file(options->output, text, len))
		return STATUS_OK;
	fprintf(stderr, "kvmstat: cannot write %s: %s\n", options->output,
		errno == EINVAL ? "not a regular file" : strerror(errno));
	return STATUS_NO_DATA;
}

/*
 * Metrics also say that there are none, or whoever watches them would go on with the last
 * ones. But if the choice of guests is to blame, the user is there to read the message.
 */
static bool is_reported(const struct session *session, enum format format, enum status status)
{
	return !status || (format != FORMAT_CSV && format != FORMAT_JSON &&
			   (status == STATUS_NO_DATA || !session->last.has));
}

enum status run_export(const struct options *options)
{
	enum status status, written;
	struct thresholds thresholds;
	const struct metrics metrics = { options->families ?: METRICS_USUAL, options->top,
					 &thresholds };
	const bool is_metrics = options->look.format != FORMAT_CSV &&
				options->look.format != FORMAT_JSON;
	struct session session;
	char *text = NULL;
	enum table table;
	size_t len;
	FILE *out;

	status = options_refuse(!is_metrics && (options->families || options->top),
				"--families or --top", "but for Prometheus");
	if (!status)
		status = find_table(options, &table);
	if (!status)
		status = thresholds_load(&thresholds, options->config);
	if (status)
		return status;
	/* Metrics have nothing of the processes. Only the nodes need a walk of page tables. */
	status = session_observe(&session, &options->request,
				 is_metrics	      ? DEPTH_ALL :
				 table == TABLE_NODES ? DEPTH_PAGES :
							DEPTH_PROCESSES,
				 0, false);
	if (is_reported(&session, options->look.format, status)) {
		out = open_memstream(&text, &len);
		written = put(out, &session, &options->look, &metrics, table);
		if (fclose(out)) {
			fprintf(stderr, "kvmstat: %s\n", strerror(errno));
			written = STATUS_NO_DATA;
		}
		if (!written)
			written = deliver(options, text, len);
		status = status ?: written;
		free(text);
	}
	session_close(&session);
	return status;
}
