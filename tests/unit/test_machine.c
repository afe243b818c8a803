// SPDX-License-Identifier: GPL-2.0
/*
 * Tests what is read of the host, with the files of several kernels.
 */
#include "unit.h"

#include <unistd.h>

#include "data/machine.h"
#include "data/memory.h"
#include "data/window.h"
#include "tree.h"

#define U DETAIL_UNKNOWN
#define KB UINT64_C(1024)

static void take_tree(struct detail *detail, const char *name)
{
	const struct snapshot none = { 0 };
	char *root = tree_unpack(name);

	*detail = (struct detail){ 0 };
	machine_take(root, &none, 0, detail);
	tree_remove(root);
}

static const struct host *is(const struct detail *detail)
{
	const uint64_t tick = 1000000000 / sysconf(_SC_CLK_TCK), page = sysconf(_SC_PAGESIZE);
	const struct host *h = detail->table[TABLE_HOST].row;

	assert_int_equal(detail->table[TABLE_HOST].nr, 1);
	assert_int_equal(h->tasks, 345);
	assert_int_equal(h->running, 2);
	assert_int_equal(h->blocked, 1);
	assert_int_equal(h->busy_ns, 420 * tick);
	assert_int_equal(h->idle_ns, 520 * tick);
	assert_int_equal(h->iowait_ns, 20 * tick);
	assert_int_equal(h->steal_ns, 60 * tick);
	assert_int_equal(h->switches, 20789269);
	assert_int_equal(h->memory_bytes, 4028832 * KB);
	assert_int_equal(h->available_bytes, 3000000 * KB);
	assert_int_equal(h->swap_bytes, 1000000 * KB);
	assert_int_equal(h->swap_free_bytes, 900000 * KB);
	assert_int_equal(h->hugepages, 512);
	assert_int_equal(h->hugepages_free, 100);
	assert_int_equal(h->hugepage_bytes, 2048 * KB);
	assert_int_equal(h->hugetlb_bytes, 1048576 * KB);
	assert_string_equal(h->thp, "madvise");
	assert_int_equal(h->thp_bytes, 409600 * KB);
	assert_int_equal(h->ksm_run, 1);
	assert_int_equal(h->ksm_shared_bytes, 10 * page);
	assert_int_equal(h->ksm_sharing_bytes, 250 * page);
	assert_int_equal(h->halt_poll_ns, 200000);
	return h;
}

static void reads_5_10(void **state)
{
	struct detail detail;
	const struct host *h;

	(void)state;
	take_tree(&detail, "5.10");
	h = is(&detail);
	assert_int_equal(h->ksm_profit, U);
	assert_int_equal(h->cpu_some_ns, 5000000);
	assert_int_equal(h->memory_some_ns, 7000);
	assert_int_equal(h->memory_full_ns, 3000);
	assert_int_equal(h->io_full_ns, 4000);
	assert_string_equal(tree_why(&detail, "KSM's profit"), "this kernel does not tell it");
	detail_free(&detail);
}

static void reads_the_nodes(void **state)
{
	struct detail detail;
	const struct host_node *n;

	(void)state;
	take_tree(&detail, "6.1");
	is(&detail);
	n = detail.table[TABLE_HOST_NODES].row;
	assert_int_equal(detail.table[TABLE_HOST_NODES].nr, 2);
	assert_int_equal(n[1].node, 1);
	assert_string_equal(n[1].cpus, "2-3");
	assert_int_equal(n[1].memory_bytes, 2014416 * KB);
	assert_int_equal(n[1].free_bytes, 50000 * KB);
	assert_int_equal(n[1].hugepages, 256);
	assert_int_equal(n[1].hugepages_free, 50);
	detail_free(&detail);
}

static void says_what_is_missing(void **state)
{
	struct detail detail;
	const struct host *h;

	(void)state;
	take_tree(&detail, "6.12");
	h = is(&detail);
	assert_true((int64_t)h->ksm_profit == -128);
	assert_int_equal(h->cpu_some_ns, U);
	assert_string_equal(tree_why(&detail, "pressure"), "No such file or directory");
	detail_free(&detail);
	take_tree(&detail, "7.2");
	h = detail.table[TABLE_HOST].row;
	assert_int_equal(h->busy_ns, U);
	assert_int_equal(h->memory_bytes, U);
	assert_string_equal(h->thp, "");
	assert_string_equal(tree_why(&detail, "CPU time"), "No such file or directory");
	assert_string_equal(tree_why(&detail, "halt_poll_ns"), "No such file or directory");
	detail_free(&detail);
}

/* This process is one of the machine's, unless it is a guest. */
static void processes_are_those_beside_the_guests(void **state)
{
	struct counts guest = { .v[COL_pid] = getpid() };
	const struct snapshot none = { 0 }, guests = { .guest = &guest, .nr = 1 };
	struct detail detail = { 0 };
	const struct process *p;
	size_t found = 0, nr;

	(void)state;
	machine_take("", &none, 0, &detail);
	nr = detail.table[TABLE_PROCESSES].nr;
	detail_for_each(p, &detail, TABLE_PROCESSES)
		if (p->pid == (uint64_t)getpid()) {
			found++;
			assert_string_equal(p->policy, "OTHER");
			assert_true(p->resident_bytes > 1000000);
			assert_int_equal(p->threads, 1);
			assert_int_not_equal(p->voluntary, U);
		}
	assert_int_equal(found, 1);
	detail_free(&detail);
	machine_take("", &guests, 2, &detail);
	assert_true(nr < 3 || detail.table[TABLE_PROCESSES].nr == 2);
	detail_for_each(p, &detail, TABLE_PROCESSES)
		assert_int_not_equal(p->pid, getpid());
	detail_free(&detail);
}

static struct snapshot snapshot_of(uint64_t busy, uint64_t idle, uint64_t pid, uint64_t cpu_ns)
{
	struct snapshot snap = { .has = UINT32_MAX, .host = about_new() };
	struct detail *detail = &snap.host->detail;
	struct host *host = detail_new_row(&detail_form[TABLE_HOST], &detail->table[TABLE_HOST]);
	struct process *p =
		detail_new_row(&detail_form[TABLE_PROCESSES], &detail->table[TABLE_PROCESSES]);

	host->busy_ns = busy;
	host->idle_ns = idle;
	host->steal_ns = 0;
	p->pid = pid;
	p->cpu_ns = cpu_ns;
	return snap;
}

/* Average and peak; and a process that was not recorded before did nobody knows what. */
static void a_window_has_the_host(void **state)
{
	const struct choice all = { 0 };
	struct snapshot snap[3] = { snapshot_of(100, 100, 7, 50), snapshot_of(190, 110, 7, 60),
				    snapshot_of(200, 200, 8, 70) };
	struct window window;
	struct detail diff;
	const struct process *p;

	(void)state;
	window_open(&window, &all);
	for (size_t i = 0; i < 3; i++) {
		struct delta delta;

		delta_compute(&delta, &snap[i ? i - 1 : 0], &snap[i], i ? 1 : 0);
		window_add(&window, &delta);
		delta_free(&delta);
	}
	window_host(&window, &diff);
	assert_int_equal(((struct host *)diff.table[TABLE_HOST].row)->busy_ns, 100);
	assert_int_equal(((struct host *)diff.table[TABLE_HOST].row)->idle_ns, 100);
	assert_true(window.host_peak > 0.899 && window.host_peak < 0.901);
	p = diff.table[TABLE_PROCESSES].row;
	assert_int_equal(p->pid, 8);
	assert_int_equal(p->cpu_ns, U);
	detail_free(&diff);
	window_close(&window);
	for (size_t i = 0; i < 3; i++)
		snapshot_free(&snap[i]);
}

/* The host can be read for a part of the window only, and again later. */
static void a_window_has_the_host_while_it_is_read(void **state)
{
	const struct choice all = { 0 };
	const struct snapshot without = { .has = UINT32_MAX };
	struct snapshot snap[5] = { without, snapshot_of(1000, 1000, 7, 50),
				    snapshot_of(1090, 1010, 7, 60), without,
				    snapshot_of(1200, 1200, 7, 60) };
	struct window window;
	struct detail diff;
	struct delta delta;

	(void)state;
	window_open(&window, &all);
	for (size_t i = 0; i < 5; i++) {
		delta_compute(&delta, &snap[i ? i - 1 : 0], &snap[i], i ? 1 : 0);
		window_add(&window, &delta);
		delta_free(&delta);
		if (i != 2)
			continue;
		window_host(&window, &diff);
		assert_int_equal(((struct host *)diff.table[TABLE_HOST].row)->busy_ns, 90);
		assert_true(window.host_peak > 0.899 && window.host_peak < 0.901);
		detail_free(&diff);
	}
	window_host(&window, &diff);
	assert_int_equal(((struct host *)diff.table[TABLE_HOST].row)->busy_ns, 0);
	assert_true(window.host_peak < 0);
	detail_free(&diff);
	window_close(&window);
	for (size_t i = 0; i < 5; i++)
		snapshot_free(&snap[i]);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(reads_5_10),
	cmocka_unit_test(reads_the_nodes),
	cmocka_unit_test(says_what_is_missing),
	cmocka_unit_test(processes_are_those_beside_the_guests),
	cmocka_unit_test(a_window_has_the_host),
	cmocka_unit_test(a_window_has_the_host_while_it_is_read),
};

UNIT_MAIN(tests)
