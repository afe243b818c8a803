// SPDX-License-Identifier: GPL-2.0
/*
 * kvmstat top shows the guests live or in a recording, full screen, and any one of them in
 * detail.
 */
#include "commands/options.h"
#include "data/nsec.h"
#include "screen/drawing.h"
#include "screen/keys.h"
#include "screen/screen.h"

#define USUAL_INTERVAL NSEC_PER_SEC
#define FIRST_INTERVAL (NSEC_PER_SEC / 4) /* so that rates appear soon */

static void run(struct view *view)
{
	while (!view->quit) {
		int64_t until;
		int key;

		drawing_show(view);
		/* Messages disappear in time, also while paused. */
		until = view->paused ? session_now() + NSEC_PER_SEC : view->next;
		key = screen_key(until);
		if (key == SCREEN_STOP)
			return;
		if (key != SCREEN_TIME_UP)
			keys_use(view, key);
		if (!view->paused && session_now() >= view->next)
			view_tick(view);
	}
}

enum status run_top(const struct options *options)
{
	struct view view = {
		.interval = options->interval ?: USUAL_INTERVAL,
		.list = drawing_list(),
	};
	const struct extract *extract = &options->request.extract;
	enum status status = options_check_times(options) ?:
				     thresholds_load(&view.thresholds, options->config);

	if (status)
		return status;
	status = session_open(&view.session, &options->request, DEPTH_ALL);
	view.paused = session_is_recorded(&view.session);
	if (!status)
		status = options_refuse(!view.paused &&
						(extract->host || extract->from || extract->to),
					"--host, --from or --to", "without a recording");
	if (!status && view.paused) {
		view_go(&view, 0);
	} else if (!status) {
		session_begin(&view.session, false);
		status = window_check(&view.session.window, false, stderr);
	}
	if (!status)
		status = screen_open();
	if (!status) {
		panes_open(&view.panes);
		ground_open(&view.ground);
		view_leave(&view);
		view.next = session_now() + FIRST_INTERVAL;
		run(&view);
		screen_close();
		panes_close(&view.panes);
		ground_close(&view.ground);
	}
	view_close(&view);
	screen_end_by_signal();
	return status;
}
