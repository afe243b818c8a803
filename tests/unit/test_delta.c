// SPDX-License-Identifier: GPL-2.0
/*
 * Differences of snapshots, and their sums over a window.
 */
#include "unit.h"

#include "window.h"

/* A line with the counters at multiples of @exits; half of them to the VMM. */
static struct counts line(uint64_t pid, uint64_t id, uint64_t exits)
{
	struct counts guest = { 0 };

	guest.v[COL_pid] = pid;
	guest.v[COL_id] = id;
	guest.v[COL_exits] = exits;
	guest.v[COL_kvm_qemu_switch_num] = exits / 2;
	guest.v[COL_kvm_vm_switch_num] = exits - exits / 2;
	guest.v[COL_io_num] = exits / 4;
	guest.v[COL_vcpus] = 2;
	return guest;
}

#define SNAPSHOT(...)                                                                         \
	((struct snapshot){ (struct counts[]){ __VA_ARGS__ },                                 \
			    sizeof((struct counts[]){ __VA_ARGS__ }) / sizeof(struct counts), \
			    (1 << COL_NR) - 1 })

static struct delta compute(struct snapshot was, struct snapshot now)
{
	struct delta delta;

	assert_int_equal(delta_compute(&delta, &was, &now, 2.0), 0);
	assert_true(delta.seconds == 2.0);
	return delta;
}

static void check(const struct delta_row *row, enum delta_state state, uint64_t pid, uint64_t exits)
{
	assert_int_equal(row->state, state);
	assert_int_equal(row->key.pid, pid);
	assert_int_equal(row->diff.v[COL_exits], exits);
}

static void subtracts_every_counter(void **state)
{
	struct snapshot was = SNAPSHOT({ { 1, 7, 1, 2, 30, 10, 40, 5, 6, 7, 8, 1, 3 } });
	struct snapshot now = SNAPSHOT({ { 1, 7, 11, 22, 90, 50, 140, 55, 66, 77, 88, 2, 3 } });
	static const uint64_t want[] = { 0, 0, 10, 20, 60, 40, 100, 50, 60, 70, 80, 0, 0 };
	struct delta delta = compute(was, now);

	(void)state;
	assert_int_equal(delta.nr, 1);
	assert_int_equal(delta.row[0].state, DELTA_STAYED);
	assert_memory_equal(delta.row[0].diff.v, want, sizeof(want));
	assert_int_equal(delta.row[0].last.v[COL_vcpus], 2);
	delta_free(&delta);
}

static void matches_by_id_in_any_order(void **state)
{
	struct delta delta = compute(SNAPSHOT(line(5, 1, 100), line(5, 2, 1000), line(6, 3, 10)),
				     SNAPSHOT(line(6, 3, 11), line(5, 2, 1500), line(5, 1, 120)));

	(void)state;
	assert_int_equal(delta.nr, 3);
	check(&delta.row[0], DELTA_STAYED, 6, 1);
	check(&delta.row[1], DELTA_STAYED, 5, 500);
	check(&delta.row[2], DELTA_STAYED, 5, 20);
	delta_free(&delta);
}

static void matches_by_pid_without_ids(void **state)
{
	/* Two VMs in the process 5 are told apart by their order. */
	struct delta delta = compute(SNAPSHOT(line(5, 0, 100), line(6, 0, 10), line(5, 0, 1000)),
				     SNAPSHOT(line(6, 0, 11), line(5, 0, 120), line(5, 0, 1500)));

	(void)state;
	assert_int_equal(delta.nr, 3);
	check(&delta.row[0], DELTA_STAYED, 6, 1);
	check(&delta.row[1], DELTA_STAYED, 5, 20);
	check(&delta.row[2], DELTA_STAYED, 5, 500);
	delta_free(&delta);
}

static void shows_who_came_and_went(void **state)
{
	struct delta delta = compute(SNAPSHOT(line(5, 1, 100), line(6, 2, 200)),
				     SNAPSHOT(line(7, 3, 40), line(6, 2, 260)));

	(void)state;
	assert_int_equal(delta.nr, 3);
	check(&delta.row[0], DELTA_NEW, 7, 40);
	check(&delta.row[1], DELTA_STAYED, 6, 60);
	check(&delta.row[2], DELTA_ENDED, 5, 0);
	assert_int_equal(delta.row[2].last.v[COL_exits], 100);
	delta_free(&delta);
}

static void a_reused_pid_or_id_is_another_guest(void **state)
{
	struct delta delta = compute(SNAPSHOT(line(5, 1, 100), line(6, 2, 100)),
				     SNAPSHOT(line(5, 9, 300), line(8, 2, 300)));

	(void)state;
	assert_int_equal(delta.nr, 4);
	check(&delta.row[0], DELTA_NEW, 5, 300);
	check(&delta.row[1], DELTA_NEW, 8, 300);
	check(&delta.row[2], DELTA_ENDED, 5, 0);
	check(&delta.row[3], DELTA_ENDED, 6, 0);
	delta_free(&delta);
}

static void counters_that_went_back_start_from_zero(void **state)
{
	struct counts was = line(5, 1, 100), now = line(5, 1, 140);
	struct delta delta;

	(void)state;
	delta = compute(SNAPSHOT(was), SNAPSHOT(line(5, 1, 40)));
	check(&delta.row[0], DELTA_RESTARTED, 5, 40);
	assert_int_equal(delta.row[0].diff.v[COL_io_num], 10);
	delta_free(&delta);

	/* One of them is enough, whatever the others did. */
	was.v[COL_halt_num] = 7;
	delta = compute(SNAPSHOT(was), SNAPSHOT(now));
	check(&delta.row[0], DELTA_RESTARTED, 5, 140);
	delta_free(&delta);
}

static void in_kernel_exits_may_turn_out_not_to_be(void **state)
{
	struct counts was = line(5, 1, 100), now = line(5, 1, 100);
	struct delta delta;

	(void)state;
	now.v[COL_kvm_qemu_switch_num]++;
	now.v[COL_kvm_vm_switch_num]--;
	delta = compute(SNAPSHOT(was), SNAPSHOT(now));
	check(&delta.row[0], DELTA_STAYED, 5, 0);
	assert_int_equal(delta.row[0].diff.v[COL_kvm_vm_switch_num], 0);
	assert_int_equal(delta.row[0].diff.v[COL_kvm_qemu_switch_num], 1);
	delta_free(&delta);
}

static void columns_that_one_lacks_do_not_count(void **state)
{
	struct snapshot was = SNAPSHOT(line(5, 1, 100));
	struct snapshot now = SNAPSHOT(line(5, 1, 150));
	struct delta delta;

	(void)state;
	was.guest[0].v[COL_mmio_num] = 9;
	now.has &= ~COL_BIT(COL_mmio_num);
	delta = compute(was, now);
	assert_int_equal(delta.has, now.has);
	check(&delta.row[0], DELTA_STAYED, 5, 50);
	assert_int_equal(delta.row[0].diff.v[COL_mmio_num], 0);
	delta_free(&delta);

	delta = compute(now, was);
	assert_int_equal(delta.has, now.has);
	assert_int_equal(delta.row[0].diff.v[COL_mmio_num], 0);
	delta_free(&delta);

	delta = compute(SNAPSHOT_EMPTY, now);
	assert_int_equal(delta.has, now.has);
	check(&delta.row[0], DELTA_NEW, 5, 150);
	delta_free(&delta);
}

static void add(struct window *window, struct snapshot was, struct snapshot now)
{
	struct delta delta = compute(was, now);

	assert_int_equal(window_add(window, &delta), 0);
	delta_free(&delta);
}

static const struct window_guest *find(const struct window *window, uint64_t pid, uint64_t id)
{
	return window_find(window, &(struct guest_key){ .pid = pid, .id = id });
}

static void a_window_sums_up(void **state)
{
	struct snapshot one = SNAPSHOT(line(5, 1, 100), line(6, 2, 10));
	struct snapshot two = SNAPSHOT(line(5, 1, 150));
	struct snapshot three = SNAPSHOT(line(5, 1, 30), line(7, 3, 8));
	struct choice choice = { 0 };
	struct window window;

	(void)state;
	window_open(&window, NULL, &choice);
	add(&window, one, one);
	add(&window, one, two);
	add(&window, two, three);
	assert_int_equal(window.nr, 3);
	assert_true(window.seconds == 6.0);

	assert_ptr_equal(find(&window, 5, 1), window.guest[0]);
	assert_int_equal(find(&window, 5, 1)->sum.v[COL_exits], 50 + 30);
	assert_int_equal(find(&window, 5, 1)->last.v[COL_exits], 30);
	assert_true(find(&window, 5, 1)->restarted);
	assert_false(find(&window, 5, 1)->ended);
	assert_int_equal(find(&window, 6, 2)->sum.v[COL_exits], 0);
	assert_true(find(&window, 6, 2)->ended);
	assert_int_equal(find(&window, 7, 3)->sum.v[COL_exits], 8);
	assert_false(find(&window, 7, 3)->restarted);
	assert_null(find(&window, 7, 1));

	/* Gone for one reading only, as when the module was loaded again. */
	add(&window, two, one);
	assert_int_equal(find(&window, 6, 2)->sum.v[COL_exits], 10);
	assert_false(find(&window, 6, 2)->ended);
	assert_int_equal(window.nr, 3);
	window_close(&window);
}

static void an_exit_over_two_intervals_counts_once(void **state)
{
	struct counts idle = line(5, 1, 0), begun = line(5, 1, 0), done = line(5, 1, 0);
	struct choice choice = { 0 };
	struct window window;

	(void)state;
	begun.v[COL_exits] = begun.v[COL_kvm_vm_switch_num] = 1;
	done.v[COL_exits] = done.v[COL_kvm_qemu_switch_num] = 1;
	window_open(&window, NULL, &choice);
	add(&window, SNAPSHOT(idle), SNAPSHOT(begun));
	assert_int_equal(find(&window, 5, 1)->sum.v[COL_kvm_vm_switch_num], 1);
	add(&window, SNAPSHOT(begun), SNAPSHOT(done));
	assert_int_equal(find(&window, 5, 1)->sum.v[COL_kvm_vm_switch_num], 0);
	assert_int_equal(find(&window, 5, 1)->sum.v[COL_kvm_qemu_switch_num], 1);
	window_close(&window);
}

static void a_window_keeps_vms_of_one_process_apart(void **state)
{
	struct snapshot one = SNAPSHOT(line(5, 0, 100), line(5, 0, 1000));
	struct snapshot two = SNAPSHOT(line(5, 0, 110), line(5, 0, 1200));
	struct choice choice = { 0 };
	struct window window;

	(void)state;
	window_open(&window, NULL, &choice);
	add(&window, one, two);
	assert_int_equal(window.nr, 2);
	assert_int_equal(window.guest[0]->sum.v[COL_exits], 10);
	assert_int_equal(window.guest[1]->sum.v[COL_exits], 200);
	window_close(&window);
}

static void a_window_is_bounded(void **state)
{
	struct choice choice = { 0 };
	struct window window;

	(void)state;
	window_open(&window, NULL, &choice);
	for (int i = 0; i < WINDOW_MAX_GUESTS + 3; i++)
		add(&window, SNAPSHOT_EMPTY, SNAPSHOT(line(5, i + 1, 1)));
	assert_int_equal(window.nr, WINDOW_MAX_GUESTS);
	assert_int_equal(window.missed, 3);
	window_close(&window);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(subtracts_every_counter),
	cmocka_unit_test(matches_by_id_in_any_order),
	cmocka_unit_test(matches_by_pid_without_ids),
	cmocka_unit_test(shows_who_came_and_went),
	cmocka_unit_test(a_reused_pid_or_id_is_another_guest),
	cmocka_unit_test(counters_that_went_back_start_from_zero),
	cmocka_unit_test(in_kernel_exits_may_turn_out_not_to_be),
	cmocka_unit_test(columns_that_one_lacks_do_not_count),
	cmocka_unit_test(a_window_sums_up),
	cmocka_unit_test(an_exit_over_two_intervals_counts_once),
	cmocka_unit_test(a_window_keeps_vms_of_one_process_apart),
	cmocka_unit_test(a_window_is_bounded),
};

UNIT_MAIN(tests)
