// SPDX-License-Identifier: GPL-2.0
/*
 * kvmstat list prints a line for each guest, once.
 */
#include "commands/options.h"
#include "data/session.h"
#include "text/guests.h"

enum status run_list(const struct options *options)
{
	struct grid grid = guests_grid(
		options->request.window > 0 ?
			"name,pid,exits_s,guest_share,kernel_share,user_share,halted_share,"
			"bound" :
			"name,pid,exits,guest_share,kernel_share,user_share,halted_share,"
			"bound");
	struct thresholds thresholds;
	struct session session;
	enum status status = grid_check(&grid, &options->look) ?:
				     thresholds_load(&thresholds, options->config);

	if (status)
		return status;
	status = session_observe(&session, &options->request, DEPTH_ALL, 0, false);
	if (!status) {
		guests_add_window(&grid, &session.window, &session.last.at, &thresholds);
		if (!grid.nr && options->look.format == FORMAT_TEXT)
			puts("(no guests)");
		else
			status = grid_show(&grid, &options->look, stdout);
	}
	grid_free(&grid);
	session_close(&session);
	return status;
}
