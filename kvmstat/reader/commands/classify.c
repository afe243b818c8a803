// SPDX-License-Identifier: GPL-2.0
/*
 * kvmstat classify says what each guest is bound by, why, and what would help.
 */
#include "commands/classify.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "commands/options.h"
#include "data/share.h"
#include "text/output.h"
#include "text/wrap.h"
#include "verdict/verdict.h"

#define USUAL_WINDOW INT64_C(5000000000)

/* What a verdict says, and then what it is made from. */
enum {
	V_NAME,
	V_PID,
	V_ID,
	V_BOUND,
	V_CONFIDENCE,
	V_RULE,
	V_WHY,
	V_ADVICE,
	V_BLIND,
	V_STATE,
	V_NR
};

static const struct grid_column columns[] = {
	[V_NAME] = { "name", "NAME", UNIT_TEXT, 17, 0 },
	[V_PID] = { "pid", "PID", UNIT_ID, 7, 0 },
	[V_ID] = { "id", "ID", UNIT_ID, 4, 0 },
	[V_BOUND] = { "bound", "BOUND", UNIT_TEXT, 15, 0 },
	[V_CONFIDENCE] = { "confidence", "CONF", UNIT_RATE, 4, 0 },
	[V_RULE] = { "rule", "RULE", UNIT_TEXT, 0, 0 },
	[V_WHY] = { "why", "WHY", UNIT_TEXT, 0, 0 },
	[V_ADVICE] = { "advice", "ADVICE", UNIT_TEXT, 0, 0 },
	[V_BLIND] = { "blind_spots", "BLIND SPOTS", UNIT_TEXT, 0, 0 },
	[V_STATE] = { "state", "STATE", UNIT_TEXT, 9, 0 },
#define FLAG(field) { #field, #field, UNIT_ID, 5, 0 },
#define COUNT(field) { #field, #field, UNIT_COUNT, 9, 0 },
#define NUMBER(field) { #field, #field, UNIT_RATE, 9, 0 },
#define TEXT(field) { #field, #field, UNIT_TEXT, 18, 0 },
	EVIDENCE(FLAG, COUNT, NUMBER, TEXT)
#undef FLAG
#undef COUNT
#undef NUMBER
#undef TEXT
};

static void add_row(struct grid *grid, const struct window_guest *guest,
		    const struct verdict *verdict)
{
	const struct evidence *e = &verdict->evidence;
	struct cell *cell = grid_row(grid);

	cell[V_NAME] = cell_text(guest->name);
	cell[V_PID] = cell_number(guest->key.pid);
	cell[V_ID] = cell_number(guest->key.id);
	cell[V_BOUND] = cell_text(verdict_word(verdict->bound));
	cell[V_CONFIDENCE] = cell_rate(verdict->confidence);
	cell[V_RULE] = cell_text(verdict->rule);
	cell[V_WHY] = cell_text(verdict->why);
	cell[V_ADVICE] = cell_text(verdict->advice);
	cell[V_BLIND] = cell_text(verdict->blind);
	cell[V_STATE] = cell_text(guest->ended ? "ended" : "running");
	cell += V_NR;
#define NUMBER(field) *cell++ = cell_rate(e->field);
#define COUNT(field) *cell++ = cell_number(e->field);
#define TEXT(field) *cell++ = cell_text(e->field);
	EVIDENCE(COUNT, COUNT, NUMBER, TEXT)
#undef NUMBER
#undef COUNT
#undef TEXT
}

static const struct cell *cell_of(const struct grid *grid, size_t row, const char *key)
{
	return &grid->cell[row * grid->nr_columns +
			   (grid_find(grid, key, strlen(key)) - grid->column)];
}

static const char *text_of(const struct grid *grid, size_t row, const char *key)
{
	return cell_of(grid, row, key)->text ?: "";
}

bool classify_rows(const struct grid *grid)
{
	bool any = false;

	for (size_t row = 0; row < grid->nr; row++) {
		const bool ended = !strcmp(text_of(grid, row, "state"), "ended");
		char shown[NAME_SHOWN_SIZE];

		if (!cell_of(grid, row, "bound")->known)
			continue;
		name_show(shown, text_of(grid, row, "name"), NAME_SIZE);
		printf("%s%s (pid %" PRIu64 "%s): %s, confidence %.2f (%s)\n", any ? "\n" : "",
		       shown, cell_of(grid, row, "pid")->number, ended ? ", ended" : "",
		       text_of(grid, row, "bound"), cell_of(grid, row, "confidence")->rate,
		       text_of(grid, row, "rule"));
		wrap("  ", text_of(grid, row, "why"));
		wrap("  What would help: ", text_of(grid, row, "advice"));
		wrap("  Not seen from here: ", text_of(grid, row, "blind_spots"));
		any = true;
	}
	return any;
}

/* The thesis truncates shares in its Table 3-17. */
static void print_thesis(const struct session *session)
{
	const struct window *window = &session->window;

	printf("%7s %14s %16s %10s  %s\n", "pid", "total", "in-kernel share", "I/O share",
	       "reading");
	for (size_t i = 0; i < window->nr; i++) {
		const struct window_guest *guest = window->guest[i];
		const uint64_t total = counts_total(&guest->sum);
		char kernel[32], io[32];

		if (!guest->chosen)
			continue;
		share_format(kernel, sizeof(kernel), guest->sum.v[COL_kvm_vm_switch_num], total, 5,
			     SHARE_TRUNCATE);
		share_format(io, sizeof(io), guest->sum.v[COL_io_num], total, 4, SHARE_TRUNCATE);
		printf("%7" PRIu64 " %14" PRIu64 " %16s %10s  %s\n", guest->key.pid, total, kernel,
		       io,
		       !total ? "no exits" :
		       guest->sum.v[COL_io_num] > total / 2 ?
				"I/O-intensive: virtio, passthrough or SR-IOV" :
		       guest->sum.v[COL_kvm_vm_switch_num] > total - total / 10 ?
				"close to the bare machine" :
				"not I/O-intensive by port I/O");
	}
}

static void move(json_t *from, json_t *to, const char *key, bool flag)
{
	json_t *value = json_object_get(from, key);

	if (value)
		json_object_set_new(to, key,
				    flag ? json_boolean(json_integer_value(value)) :
					   json_incref(value));
	json_object_del(from, key);
}

/* In JSON the evidence is an object, as show has it. */
static json_t *to_json(const struct grid *grid, const struct look *look)
{
	json_t *rows = grid_json(grid, look), *row;
	size_t i;

	json_array_foreach(rows, i, row) {
		json_t *evidence = json_object();

#define VALUE(field) move(row, evidence, #field, false);
#define FLAG(field) move(row, evidence, #field, true);
		EVIDENCE(FLAG, VALUE, VALUE, VALUE)
#undef FLAG
#undef VALUE
		if (json_object_size(evidence))
			json_object_set(row, "evidence", evidence);
		json_decref(evidence);
	}
	return rows;
}

/* As text, the columns that the user chose are a table; else each verdict is in words. */
static enum status print(const struct session *session, const struct options *options,
			 const struct thresholds *thresholds)
{
	const struct window *window = &session->window;
	const struct look *look = &options->look;
	struct grid grid = GRID(columns);
	char span[64];

	for (size_t i = 0; i < window->nr; i++) {
		const struct window_guest *guest = window->guest[i];
		struct verdict verdict;

		if (!guest->chosen || window_guest_is_others(guest))
			continue;
		verdict_judge(&verdict, guest, window->has, thresholds);
		add_row(&grid, guest, &verdict);
	}
	grid_arrange(&grid, look);
	session_span(window->seconds, span, sizeof(span));
	if (look->format == FORMAT_JSON) {
		output_json(to_json(&grid, look), stdout);
	} else if (look->format == FORMAT_CSV || look->columns) {
		grid_print(&grid, look, true, stdout);
	} else {
		if (grid.nr)
			printf("Verdicts by %s:\n\n", span);
		if (!classify_rows(&grid))
			puts("(no guests)");
	}
	grid_free(&grid);
	return STATUS_OK;
}

static enum status check_options(const struct options *options)
{
	const struct look *look = &options->look;

	if (options->thesis)
		return options_refuse(look->columns || look->sort || look->skip_zeros ||
					      look->raw || look->format != FORMAT_TEXT ||
					      options->config,
				      "another option for what is shown", "with --thesis");
	return options_refuse(look->raw && look->format == FORMAT_TEXT && !look->columns, "--raw",
			      "without -c");
}

enum status run_classify(const struct options *options)
{
	struct grid grid = GRID(columns);
	struct thresholds thresholds;
	struct session session;
	enum status status = check_options(options);

	if (!status)
		status = grid_check(&grid, &options->look);
	if (!status)
		status = thresholds_load(&thresholds, options->config);
	if (status)
		return status;
	status = session_observe(&session, &options->request, DEPTH_PROCESSES,
				 options->thesis ? 0 : USUAL_WINDOW, false);
	if (!status && options->thesis)
		print_thesis(&session);
	else if (!status)
		status = print(&session, options, &thresholds);
	session_close(&session);
	return status;
}
