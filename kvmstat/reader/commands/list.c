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
			"name,pid,vcpus,exits_s,guest_share,kernel_share,user_share,halted_share,"
			"ready_share" :
			"name,pid,vcpus,exits,guest_share,kernel_share,user_share,halted_share,"
			"ready_share");
	struct session session;
	enum status status = grid_check(&grid, &options->look);

	if (status)
		return status;
	status = session_observe(&session, &options->request, DEPTH_VCPUS, 0, false);
	if (!status) {
		guests_add_window(&grid, &session.window, &session.last.at);
		if (!grid.nr && options->look.format == FORMAT_TEXT)
			puts("(no guests)");
		else
			status = grid_show(&grid, &options->look, stdout);
	}
	grid_free(&grid);
	session_close(&session);
	return status;
}
