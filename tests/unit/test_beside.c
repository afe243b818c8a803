// SPDX-License-Identifier: GPL-2.0
/*
 * Tests what is concluded from the tables of a process: what counts as known, and of which time.
 */
#include "unit.h"

#include <string.h>

#include "data/beside.h"
#include "data/traffic.h"

#define SECOND INT64_C(1000000000)

static void *row(struct about *about, enum table table)
{
	about->detail.table[table].known = true;
	return detail_new_row(&detail_form[table], &about->detail.table[table]);
}

static struct thread *add_thread(struct about *about, const char *role, const char *name,
				 const char *cgroup)
{
	struct thread *thread = row(about, TABLE_THREADS);

	thread->tid = about->detail.table[TABLE_THREADS].nr;
	thread->run_ns = thread->ready_ns = 0;
	strcpy(thread->role, role);
	strcpy(thread->name, name);
	strcpy(thread->cgroup, cgroup);
	return thread;
}

static void add_cgroup(struct about *about, const char *path, uint64_t quota, uint64_t throttled)
{
	struct cgroup *cgroup = row(about, TABLE_CGROUPS);

	strcpy(cgroup->cgroup, path);
	cgroup->version = 2;
	cgroup->quota_ns = quota;
	cgroup->period_ns = 100;
	cgroup->throttled_ns = throttled;
}

/* A guest that was read so many seconds after the boot. */
static struct about *begin(int64_t seconds)
{
	struct about *about = about_new();

	about->boot_ns = seconds * SECOND;
	for (enum table t = 0; t < TABLE_NR; t++)
		about->detail.table[t].known = t != TABLE_MISSING;
	return about;
}

static struct beside end(struct about *was, struct about *now)
{
	struct detail diff = { 0 };
	struct beside beside;

	detail_subtract(&diff, was ? &was->detail : NULL, &now->detail);
	beside_of(&beside, was, now, &diff);
	detail_free(&diff);
	about_put(was);
	about_put(now);
	return beside;
}

static bool near(double value, double want)
{
	return value > want - 1e-9 && value < want + 1e-9;
}

static void knows_nothing_of_what_was_not_read(void **state)
{
	const struct detail nothing = { 0 };
	struct about *was, *now;
	struct beside beside;

	(void)state;
	beside_of(&beside, NULL, NULL, &nothing);
	assert_false(beside.throttled_known || beside.maps_known || beside.swap_known ||
		     beside.vhost.known || beside.iothread.known || beside.storage_known ||
		     beside.network_known || beside.passed_known);
	/* What had not been read when the window opened has no difference. */
	for (enum table t = TABLE_THREADS; t <= TABLE_TRAFFIC; t++) {
		was = begin(100);
		now = begin(110);
		was->detail.table[t].known = false;
		add_thread(now, "main", "qemu", "/a");
		add_thread(now, "vCPU 0", "CPU 0/KVM", "/a");
		add_thread(now, "vhost", "vhost-1", "/");
		add_cgroup(now, "/a", 50, 7);
		((struct memory *)row(now, TABLE_MEMORY))->swapped_bytes = 0;
		((struct memory *)now->detail.table[TABLE_MEMORY].row)->major_faults = 0;
		beside = end(was, now);
		assert_int_equal(beside.throttled_known, t != TABLE_THREADS && t != TABLE_CGROUPS);
		assert_int_equal(beside.swap_known, t != TABLE_MEMORY);
		assert_int_equal(beside.vhost.known, t != TABLE_THREADS);
		assert_int_equal(beside.passed_known, t != TABLE_THREADS && t != TABLE_TRAFFIC);
	}
}

static void quotas_are_those_that_limit_vcpus_most(void **state)
{
	struct about *now = begin(100);
	struct beside beside;

	(void)state;
	add_thread(now, "main", "qemu", "/m/vm/emulator");
	add_thread(now, "vCPU 0", "CPU 0/KVM", "/m/vm/vcpu0");
	add_thread(now, "vCPU 1", "CPU 1/KVM", "/m/vm/vcpu1");
	add_thread(now, "vCPU 2", "CPU 2/KVM", "/m/vm/vcpu2");
	add_cgroup(now, "/m/vm/emulator", 10, 1000);
	add_cgroup(now, "/m/vm/vcpu0", 50, 20);
	add_cgroup(now, "/m/vm/vcpu1", 50, 300);
	add_cgroup(now, "/m/vm/vcpu2", 0, 4000);
	add_cgroup(now, "/m/vm", 80, 50000);
	add_cgroup(now, "/m", 900, 600000);
	add_cgroup(now, "/m/v", 1, 7000000);
	beside = end(NULL, now);
	assert_true(beside.throttled_known);
	assert_int_equal(beside.throttled_ns, 20 + 300 + 50000);
	assert_string_equal(beside.quota_cgroup, "/m/vm");
	assert_int_equal(beside.quota_version, 2);

	/* No quota is known, too. */
	now = begin(100);
	add_thread(now, "vCPU 0", "CPU 0/KVM", "/m");
	add_cgroup(now, "/m", DETAIL_UNKNOWN, DETAIL_UNKNOWN);
	beside = end(NULL, now);
	assert_true(beside.throttled_known);
	assert_int_equal(beside.throttled_ns, 0);
	assert_string_equal(beside.quota_cgroup, "");
}

static void does_not_guess_quotas(void **state)
{
	static const char *const missing[] = { "cgroups", "cgroup limits" };
	struct about *now;

	(void)state;
	for (int i = 0; i < 5; i++) {
		now = begin(100);
		add_thread(now, i == 4 ? "worker" : "vCPU 0", "CPU 0/KVM", i == 2 ? "" : "/m");
		add_cgroup(now, "/m", 50, i == 3 ? DETAIL_UNKNOWN : 7);
		if (i < 2)
			detail_miss(&now->detail, missing[i], "why");
		if (end(NULL, now).throttled_known)
			fail_msg("%d", i);
	}
}

/* In all the time of a process its faults are more than those of its guest's counters. */
/* The vCPU that is ready longest is told, with what it gets of what it wants. */
static void finds_the_vcpu_that_waits_most(void **state)
{
	static const uint64_t ready[] = { 1, 6, 2 }, run[] = { 9, 2, 0 };
	struct about *was = begin(100), *now = begin(110);
	struct beside beside;
	char role[32];

	(void)state;
	for (int i = 0; i < 3; i++) {
		struct thread *thread;

		sprintf(role, "vCPU %d", i);
		add_thread(was, role, "CPU/KVM", "/");
		thread = add_thread(now, role, "CPU/KVM", "/");
		thread->ready_ns = ready[i] * SECOND;
		thread->run_ns = run[i] * SECOND;
	}
	beside = end(was, now);
	assert_int_equal(beside.worst_vcpu, 1);
	assert_int_equal(beside.worst_tid, 2);
	assert_true(near(beside.worst_ready, 0.6));
	assert_true(near(beside.worst_starving, 0.75));
}

static void swap_ins_are_of_a_window(void **state)
{
	struct about *was = begin(100), *now = begin(110);
	struct beside beside;

	(void)state;
	*(struct memory *)row(was, TABLE_MEMORY) = (struct memory){ .major_faults = 900 };
	*(struct memory *)row(now, TABLE_MEMORY) =
		(struct memory){ .major_faults = 930, .swapped_bytes = 7 };
	beside = end(was, now);
	assert_true(beside.swap_known);
	assert_int_equal(beside.swap_ins, 30);
	assert_int_equal(beside.swapped_bytes, 7);
	for (uint64_t faults = 0; faults < 2; faults++) {
		now = begin(110);
		*(struct memory *)row(now, TABLE_MEMORY) =
			(struct memory){ .major_faults = faults };
		assert_int_equal(end(NULL, now).swap_known, !faults);
	}
}

static void shares_are_of_the_time_that_was_watched(void **state)
{
	struct about *was = begin(100), *now = begin(110);
	struct thread *thread;
	struct beside beside;

	(void)state;
	/* One ran before, one began 4 seconds ago. */
	add_thread(was, "vhost", "vhost-1", "/")->run_ns = 90 * SECOND;
	thread = add_thread(now, "vhost", "vhost-1", "/");
	thread->run_ns = 93 * SECOND;
	thread = add_thread(now, "I/O thread", "IO io1", "/");
	thread->run_ns = 1 * SECOND;
	thread->ready_ns = 2 * SECOND;
	thread->start = 10600;
	thread = add_thread(now, "I/O thread", "IO io2", "/");
	thread->run_ns = 1 * SECOND;
	thread->start = 10600;
	beside = end(was, now);
	assert_true(beside.vhost.known && beside.iothread.known);
	assert_int_equal(beside.vhost.nr, 1);
	assert_true(near(beside.vhost.busy, 0.3));
	assert_int_equal(beside.iothread.nr, 2);
	assert_true(near(beside.iothread.busy, 0.75));

	/* In all, since it began. */
	now = begin(110);
	thread = add_thread(now, "vhost", "vhost-1", "/");
	thread->start = 9000;
	thread->run_ns = 5 * SECOND;
	assert_true(near(end(NULL, now).vhost.busy, 0.25));
	/* A recording can lack the time. */
	now = begin(0);
	add_thread(now, "vhost", "vhost-1", "/");
	assert_true(end(NULL, now).vhost.busy < 0);
	/* Or have any number. */
	now = begin(110);
	add_thread(now, "vhost", "vhost-1", "/")->start = INT64_MAX;
	assert_true(end(NULL, now).vhost.busy < 0);
}

static void knows_who_could_not_be_seen(void **state)
{
	struct about *now = begin(100);
	struct beside beside;

	(void)state;
	add_thread(now, "main", "qemu", "/");
	add_thread(now, "vCPU 0", "qemu", "/");
	detail_miss(&now->detail, "threads of the kernel for this guest", "why");
	beside = end(NULL, now);
	assert_false(beside.vhost.known || beside.iothread.known);

	now = begin(100);
	add_thread(now, "main", "qemu", "/");
	add_thread(now, "vCPU 0", "CPU 0/KVM", "/");
	beside = end(NULL, now);
	assert_true(beside.vhost.known && beside.iothread.known);
	assert_int_equal(beside.vhost.nr + beside.iothread.nr, 0);
}

static void add_interface(struct about *about, const char *name, uint64_t packets)
{
	struct traffic *traffic = row(about, TABLE_TRAFFIC);

	strcpy(traffic->kind, TRAFFIC_NETWORK);
	strcpy(traffic->name, name);
	traffic->in = packets;
	traffic->out = 3 * packets;
}

static void packets_are_all_or_unknown(void **state)
{
	struct about *was = begin(100), *now = begin(110);
	struct beside beside;

	(void)state;
	add_thread(was, "main", "qemu", "/");
	add_thread(now, "main", "qemu", "/");
	add_interface(was, "tap0", 500);
	add_interface(now, "tap0", 600);
	add_interface(now, "tap1", 25);
	beside = end(was, now);
	assert_true(beside.network_known);
	assert_true(near(beside.network_rate, (4 * 100 + 4 * 25) / 10.0));
	assert_true(near(beside.network_in, (100 + 25) / 10.0));

	now = begin(110);
	add_thread(now, "main", "qemu", "/");
	add_interface(now, "tap0", 600);
	add_interface(now, "tap1", DETAIL_UNKNOWN);
	assert_false(end(NULL, now).network_known);

	/* Without an interface that is counted, others can be there. */
	now = begin(110);
	add_thread(now, "main", "qemu", "/");
	assert_false(end(NULL, now).network_known);
}

static void is_stopped_if_all_vcpus_are(void **state)
{
	struct about *now;

	(void)state;
	for (int stopped = 0; stopped < 4; stopped++) {
		now = begin(100);
		for (int i = 0; i < 3; i++)
			strcpy(add_thread(now, "vCPU 0", "", "/")->state, i < stopped ? "T" : "S");
		assert_int_equal(end(NULL, now).stopped, stopped == 3);
	}
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(knows_nothing_of_what_was_not_read),
	cmocka_unit_test(quotas_are_those_that_limit_vcpus_most),
	cmocka_unit_test(does_not_guess_quotas),
	cmocka_unit_test(finds_the_vcpu_that_waits_most),
	cmocka_unit_test(swap_ins_are_of_a_window),
	cmocka_unit_test(shares_are_of_the_time_that_was_watched),
	cmocka_unit_test(knows_who_could_not_be_seen),
	cmocka_unit_test(packets_are_all_or_unknown),
	cmocka_unit_test(is_stopped_if_all_vcpus_are),
};

UNIT_MAIN(tests)
