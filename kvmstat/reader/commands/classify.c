// SPDX-License-Identifier: GPL-2.0
/*
 * kvmstat classify says what each guest is bound by, why, and what would help.
 */
#include "commands/classify.h"

#include <inttypes.h>
#include <stdio.h>

#include "data/share.h"
#include "text/grid.h"
#include "text/wrap.h"
#include "verdict/verdict.h"

#define USUAL_WINDOW INT64_C(5000000000)

static const struct grid_column columns[] = {
	{ "name", "NAME", UNIT_TEXT, 17, 0 },
	{ "pid", "PID", UNIT_ID, 7, 0 },
	{ "id", "ID", UNIT_ID, 4, 0 },
	{ "bound", "BOUND", UNIT_TEXT, 15, 0 },
	{ "confidence", "CONF", UNIT_RATE, 4, 0 },
	{ "rule", "RULE", UNIT_TEXT, 0, 0 },
	{ "why", "WHY", UNIT_TEXT, 0, 0 },
	{ "advice", "ADVICE", UNIT_TEXT, 0, 0 },
	{ "blind_spots", "BLIND SPOTS", UNIT_TEXT, 0, 0 },
};

static void add_row(struct grid *grid, const struct window_guest *guest,
		    const struct verdict *verdict)
{
	struct cell *cell = grid_row(grid);

	*cell++ = cell_text(guest->name);
	*cell++ = cell_number(guest->key.pid);
	*cell++ = cell_number(guest->key.id);
	*cell++ = cell_text(verdict_word(verdict->bound));
	*cell++ = cell_rate(verdict->confidence);
	*cell++ = cell_text(verdict->rule);
	*cell++ = cell_text(verdict->why);
	*cell++ = cell_text(verdict->advice);
	*cell++ = cell_text(verdict->blind);
}

static void print_verdict(const struct window_guest *guest, const struct verdict *verdict)
{
	char shown[NAME_SHOWN_SIZE];

	name_show(shown, guest->name, NAME_SIZE);
	printf("%s (pid %" PRIu64 "%s): %s, confidence %.2f (%s)\n", shown, guest->key.pid,
	       guest->ended ? ", ended" : "", verdict_word(verdict->bound), verdict->confidence,
	       verdict->rule);
	wrap("  ", verdict->why);
	wrap("  What would help: ", verdict->advice);
	wrap("  Not seen from here: ", verdict->blind);
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

enum status classify_print(const struct session *session, const struct options *options,
			   const struct thresholds *thresholds)
{
	const struct window *window = &session->window;
	struct grid grid = GRID(columns);
	char span[64];
	size_t shown = 0;

	session_span(session->window.seconds, span, sizeof(span));
	if (options->thesis) {
		print_thesis(session);
		return STATUS_OK;
	}
	for (size_t i = 0; i < window->nr; i++) {
		const struct window_guest *guest = window->guest[i];
		struct verdict verdict;

		if (!guest->chosen || window_guest_is_others(guest))
			continue;
		verdict_judge(&verdict, guest, window->has, thresholds);
		if (options->look.format == FORMAT_TEXT) {
			printf(shown++ ? "\n" : "Verdicts by %s:\n\n", span);
			print_verdict(guest, &verdict);
		} else {
			add_row(&grid, guest, &verdict);
		}
	}
	if (options->look.format != FORMAT_TEXT)
		return grid_show(&grid, &options->look, stdout);
	if (!shown)
		puts("(no guests)");
	return STATUS_OK;
}

enum status run_classify(const struct options *options)
{
	struct grid grid = GRID(columns);
	struct thresholds thresholds;
	struct session session;
	enum status status = grid_check(&grid, &options->look) ?:
				     thresholds_load(&thresholds, options->config);

	if (status)
		return status;
	status = session_observe(&session, &options->request, DEPTH_ALL,
				 options->thesis ? 0 : USUAL_WINDOW, false);
	if (!status)
		status = classify_print(&session, options, &thresholds);
	session_close(&session);
	return status;
}
