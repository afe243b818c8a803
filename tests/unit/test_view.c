// SPDX-License-Identifier: GPL-2.0
/*
 * Tests what the screen reads.
 */
#include "unit.h"

#include "screen/screen.h"
#include "screen/view.h"

static void reads_the_processes_of_its_guest_only(void **state)
{
	const struct guest_key web = { .id = 3, .pid = 2035 }, others = { 0 };
	struct view view = { .lost = true }; /* so that nothing is read */

	(void)state;
	view_enter(&view, &web);
	assert_int_equal(view.session.wanted.depth, DEPTH_PROCESSES);
	assert_int_equal(view.session.wanted.processes.pid, 2035);
	view_enter(&view, &others);
	assert_int_equal(view.session.wanted.depth, DEPTH_ALL);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(reads_the_processes_of_its_guest_only),
};

UNIT_MAIN(tests)
