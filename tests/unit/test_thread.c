// SPDX-License-Identifier: GPL-2.0
/*
 * Tests what is read of a guest's threads and cgroups, with the files of several kernels.
 */
#define _GNU_SOURCE
#include "unit.h"

#include <sched.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "data/memory.h"
#include "data/thread.h"
#include "data/tree.h"
#include "text/backing.h"
#include "tree.h"

#define U DETAIL_UNKNOWN

static void add_vcpu(struct detail *detail, uint64_t vcpu, uint64_t tid)
{
	struct vcpu *row = detail_new_row(&detail_form[TABLE_VCPUS], &detail->table[TABLE_VCPUS]);

	row->vcpu = vcpu;
	row->tid = tid;
}

static void take(struct detail *detail, const char *root, uint64_t pid)
{
	struct kthreads kthreads;

	thread_find_kernels(root, &kthreads);
	thread_take(root, pid, &kthreads, detail);
	thread_free_kernels(&kthreads);
}

static void take_tree(struct detail *detail, const char *name, uint64_t pid)
{
	char *root = tree_unpack(name);

	take(detail, root, pid);
	tree_remove(root);
}

static const char *manager_of(const char *cgroup)
{
	struct about about = { 0 };

	strcpy(about.cgroup, cgroup);
	return thread_manager(&about);
}

/* What must be known of a thread. */
struct want {
	uint64_t tid;
	const char *role, *policy;
	int64_t nice;
	uint64_t rt, cpu, node, run, ready, moves, voluntary, involuntary;
	const char *allowed;
};

static void are(const struct detail *detail, const struct want *want, size_t nr)
{
	const struct thread *t = detail->table[TABLE_THREADS].row;

	assert_true(detail->table[TABLE_THREADS].known);
	assert_int_equal(detail->table[TABLE_THREADS].nr, nr);
	for (size_t i = 0; i < nr; i++) {
		assert_int_equal(t[i].tid, want[i].tid);
		assert_string_equal(t[i].role, want[i].role);
		assert_string_equal(t[i].policy, want[i].policy);
		assert_true((int64_t)t[i].nice == want[i].nice);
		assert_int_equal(t[i].rt_priority, want[i].rt);
		assert_int_equal(t[i].cpu, want[i].cpu);
		assert_int_equal(t[i].node, want[i].node);
		assert_int_equal(t[i].run_ns, want[i].run);
		assert_int_equal(t[i].ready_ns, want[i].ready);
		assert_int_equal(t[i].moves, want[i].moves);
		assert_int_equal(t[i].voluntary, want[i].voluntary);
		assert_int_equal(t[i].involuntary, want[i].involuntary);
		assert_string_equal(t[i].allowed, want[i].allowed);
		assert_int_equal(t[i].start, 5000);
	}
}

static const char *why(const struct detail *detail, const char *what)
{
	const struct missing *m;

	detail_for_each(m, detail, TABLE_MISSING)
		if (!strcmp(m->what, what))
			return m->why;
	return NULL;
}

static const struct cgroup *find(const struct detail *detail, const char *path)
{
	const struct cgroup *c;

	detail_for_each(c, detail, TABLE_CGROUPS)
		if (!strcmp(c->cgroup, path))
			return c;
	fail_msg("no cgroup %s", path);
	return NULL;
}

static void has_limits(const struct detail *detail, const char *path, uint64_t version,
		       uint64_t weight, uint64_t quota, uint64_t period, uint64_t throttled,
		       uint64_t throttled_ns)
{
	const struct cgroup *c = find(detail, path);

	assert_int_equal(c->version, version);
	assert_int_equal(c->weight, weight);
	assert_int_equal(c->quota_ns, quota);
	assert_int_equal(c->period_ns, period);
	assert_int_equal(c->throttled, throttled);
	assert_int_equal(c->throttled_ns, throttled_ns);
}

/* Returns the cell of a thread as text. */
static const char *cell(const struct detail *detail, const char *role, const char *key)
{
	static char text[64];
	struct grid grid = backing_grid(TABLE_THREADS, detail, 10);
	const struct grid_column *column = grid_find(&grid, key, strlen(key));

	strcpy(text, "no such thread");
	for (size_t row = 0; row < grid.nr; row++)
		if (!strcmp(grid.cell[row * grid.nr_columns].text, role))
			grid_format(text, sizeof(text), column,
				    &grid.cell[row * grid.nr_columns + (column - grid.column)],
				    false);
	grid_free(&grid);
	return text;
}

#define LIBVIRT_V1 "/machine/qemu-1-web.libvirt-qemu"

static void reads_5_10(void **state)
{
	static const struct want want[] = {
		{ 2000, "main", "OTHER", 0, 0, 1, 0, 150000000, 40000000, U, 700, 30, "0-3" },
		{ 2004, "vCPU 3", "OTHER", -5, 0, 2, 0, 9000000000, 1200000000, U, 5000, 400, "2" },
		{ 2005, "I/O thread", "OTHER", 0, 0, 0, 0, 150000000, 40000000, U, 700, 30, "0-3" },
		{ 2010, "vhost", "OTHER", 0, 0, 0, 0, 77000000, 1000000, U, 700, 30, "0-3" },
		{ 2011, "kvm-pit", "OTHER", 0, 0, 0, 0, 150000000, 40000000, U, 700, 30, "0-3" },
	};
	struct detail detail = { 0 };

	(void)state;
	/* The module knows better than the name. */
	add_vcpu(&detail, 3, 2004);
	take_tree(&detail, "5.10", 2000);
	are(&detail, want, 5);
	has_limits(&detail, "/machine", 1, 1024, 0, 100000000, U, U);
	has_limits(&detail, LIBVIRT_V1, 1, 2048, 150000000, 100000000, 40, 2300000000);
	has_limits(&detail, LIBVIRT_V1 "/vcpu0", 1, 512, 50000000, 100000000, U, U);
	assert_string_equal(cell(&detail, "vCPU 3", "quota_share"), "50.0");
	assert_string_equal(cell(&detail, "vCPU 3", "weight"), "512");
	assert_string_equal(cell(&detail, "main", "quota_share"), "150.0");
	assert_string_equal(cell(&detail, "main", "weight"), "-");
	assert_string_equal(cell(&detail, "vCPU 3", "run_share"), "90.0");
	assert_string_equal(cell(&detail, "vCPU 3", "ready_share"), "12.0");
	assert_string_equal(cell(&detail, "vCPU 3", "voluntary_s"), "500");
	assert_string_equal(cell(&detail, "vCPU 3", "moves_s"), "-");
	assert_string_equal(cell(&detail, "vCPU 3", "nice"), "-5");
	assert_string_equal(why(&detail, "moves between CPUs"), "No such file or directory");
	assert_null(why(&detail, "ready time"));
	assert_string_equal(manager_of(find(&detail, LIBVIRT_V1)->cgroup), "libvirt");
	detail_free(&detail);
}

#define SCOPE "/machine.slice/machine-qemu\\x2d2\\x2dweb.scope"

static void reads_6_1(void **state)
{
	static const struct want want[] = {
		{ 2000, "main", "OTHER", 0, 0, 0, 0, 150000000, 40000000, 12, 700, 30, "0-3" },
		{ 2004, "vCPU 0", "OTHER", 0, 0, 1, 0, 9000000000, 1200000000, 3, 5000, 400,
		  "0-1" },
		{ 2006, "vCPU 1", "RR", 0, 1, 3, 1, 150000000, 40000000, 9, 700, 30, "0-3" },
		{ 2007, "worker", "OTHER", 0, 0, 0, 0, 150000000, 40000000, 1, 700, 30, "0-3" },
		{ 2008, "migration", "OTHER", 0, 0, 0, 0, 150000000, 40000000, 1, 700, 30, "0-3" },
		{ 2009, "io_uring", "OTHER", 0, 0, 0, 0, 150000000, 40000000, 1, 700, 30, "0-3" },
		{ 2010, "vhost", "OTHER", 0, 0, 0, 0, 150000000, 40000000, 2, 700, 30, "0-3" },
		{ 2011, "nx-recovery", "BATCH", 19, 0, 0, 0, 150000000, 40000000, 0, 700, 30,
		  "0-3" },
	};
	struct detail detail = { 0 };
	const struct thread *t;

	(void)state;
	take_tree(&detail, "6.1", 2000);
	are(&detail, want, 8);
	t = detail.table[TABLE_THREADS].row;
	assert_string_equal(t[3].name, "x) R 1 (\\x1b[31m");
	assert_string_equal(t[1].cgroup, SCOPE "/libvirt/vcpu0");
	has_limits(&detail, "/machine.slice", 2, 100, 0, 100000000, 0, 0);
	has_limits(&detail, SCOPE, 2, 200, 120000000, 100000000, 20, 330000000);
	has_limits(&detail, SCOPE "/libvirt/vcpu0", 2, 50, 80000000, 100000000, U, U);
	assert_string_equal(cell(&detail, "vCPU 0", "quota_share"), "80.0");
	assert_string_equal(cell(&detail, "vCPU 1", "quota_share"), "120.0");
	assert_string_equal(cell(&detail, "vhost", "quota_share"), "-");
	assert_string_equal(manager_of(t[1].cgroup), "libvirt");
	detail_free(&detail);
}

static void reads_6_12(void **state)
{
	static const struct want want[] = {
		{ 2000, "main", "OTHER", 0, 0, 0, 0, 150000000, 40000000, 12, 700, 30, "0-3" },
		{ 2004, "vCPU 0", "BATCH", 0, 0, 0, 0, 150000000, 40000000, 3, 700, 30, "0-3" },
		{ 2010, "vhost", "OTHER", 0, 0, 0, 0, 150000000, 40000000, 1, 700, 30, "0-3" },
		{ 2011, "nx-recovery", "OTHER", 0, 0, 0, 0, 150000000, 40000000, 1, 700, 30,
		  "0-3" },
		{ 2012, "worker", "OTHER", 0, 0, 0, 0, 150000000, 40000000, 1, 700, 30, "0-3" },
	};
	struct detail detail = { 0 };

	(void)state;
	take_tree(&detail, "6.12", 2000);
	are(&detail, want, 5);
	has_limits(&detail, "/qemu.slice/100.scope", 2, 10, 0, 100000000, U, U);
	assert_string_equal(manager_of("/qemu.slice/100.scope"), "Proxmox VE");
	detail_free(&detail);
}

static void reads_7_2_from_a_namespace(void **state)
{
	static const struct want want[] = {
		{ 7, "main", "OTHER", 0, 0, 0, 0, 150000000, 40000000, 2, 700, 30, "0-3" },
		{ 12, "vCPU 0", "EXT", 0, 0, 0, 0, 150000000, 40000000, 3, 700, 30, "0-3" },
		{ 13, "vCPU 1", "OTHER", 0, 0, 0, 0, 150000000, 40000000, 3, 700, 30, "0-3" },
	};
	struct detail detail = { 0 };
	const struct thread *t;

	(void)state;
	/* The module tells thread ids of the initial namespace, where 13 is another thread. */
	add_vcpu(&detail, 5, 13);
	take_tree(&detail, "7.2", 7);
	are(&detail, want, 3);
	t = detail.table[TABLE_THREADS].row;
	assert_string_equal(manager_of(t->cgroup), "Kubernetes");
	assert_non_null(why(&detail, "threads of the kernel for this guest"));
	assert_non_null(why(&detail, "cgroup limits"));
	detail_free(&detail);
}

static void says_that_a_process_has_gone(void **state)
{
	struct detail detail = { 0 };

	(void)state;
	take_tree(&detail, "6.1", 4711);
	assert_false(detail.table[TABLE_THREADS].known);
	assert_non_null(why(&detail, "threads"));
	detail_free(&detail);
}

/* Every file can vanish in the moment before it is read; what is known stays. */
static void a_thread_can_end_at_any_time(void **state)
{
	static const char *const files[] = { "status", "schedstat", "sched", "cgroup", "stat" };
	char *root = tree_unpack("6.12"), path[256];

	(void)state;
	for (size_t i = 0; i < 5; i++) {
		struct detail detail = { 0 };
		const struct thread *t;

		snprintf(path, sizeof(path), "%s/proc/2000/task/2004/%s", root, files[i]);
		assert_int_equal(unlink(path), 0);
		take(&detail, root, 2000);
		assert_int_equal(detail.table[TABLE_THREADS].nr, i < 4 ? 5 : 4);
		t = detail.table[TABLE_THREADS].row;
		assert_string_equal(t[1].role, i < 4 ? "vCPU 0" : "vhost");
		if (i < 4) {
			assert_int_equal(t[1].voluntary, U);
			assert_int_equal(t[1].ready_ns, i < 1 ? 40000000 : U);
			assert_int_equal(t[1].run_ns, i < 1 ? 150000000 : 1500000000);
			assert_int_equal(t[1].moves, i < 2 ? 3 : U);
			assert_string_equal(t[1].cgroup, i < 3 ? "/qemu.slice/100.scope" : "");
		}
		/* The other threads have the files, so no source is missing. */
		assert_null(why(&detail, "ready time"));
		detail_free(&detail);
	}
	tree_remove(root);
}

static void managers_are_known_by_the_cgroup(void **state)
{
	(void)state;
	assert_string_equal(manager_of("/system.slice/vm.service"), "systemd");
	assert_string_equal(manager_of("/user.slice/user-0.slice/user@0.service/app.slice/a.scope"),
			    "systemd");
	assert_string_equal(manager_of("/user.slice/user-0.slice/session-1.scope"), "none");
	assert_string_equal(manager_of("/init.scope"), "none");
	assert_string_equal(manager_of("/"), "none");
	assert_string_equal(manager_of(""), "unknown");
	assert_string_equal(thread_manager(NULL), "unknown");
	assert_string_equal(manager_of("/my.vms"), "none");
}

/* A real child, whose scheduling was changed, on the kernel of this machine. */
static void shows_what_was_set(void **state)
{
	const struct sched_param param = { 0 };
	struct detail detail = { 0 };
	const struct thread *t;
	cpu_set_t set;
	pid_t child = fork();

	(void)state;
	if (!child) {
		CPU_ZERO(&set);
		CPU_SET(0, &set);
		if (sched_setaffinity(0, sizeof(set), &set) ||
		    sched_setscheduler(0, SCHED_BATCH, &param) || setpriority(PRIO_PROCESS, 0, 7))
			_exit(1);
		raise(SIGSTOP);
		_exit(0);
	}
	assert_int_equal(waitpid(child, NULL, WUNTRACED), child);
	take(&detail, "", child);
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	assert_int_equal(detail.table[TABLE_THREADS].nr, 1);
	t = detail.table[TABLE_THREADS].row;
	assert_int_equal(t->tid, child);
	assert_string_equal(t->role, "main");
	assert_string_equal(t->policy, "BATCH");
	assert_int_equal(t->nice, 7);
	assert_string_equal(t->allowed, "0");
	assert_int_equal(t->cpu, 0);
	detail_free(&detail);
}

/* What is found of a key in a file. */
static void values_are_found_by_their_whole_key(void **state)
{
	const char text[] = "nonvoluntary_ctxt_switches:\t5\nvoluntary_ctxt_switches:\t7\n"
			    "se.nr_migrations        :     9\nprofit -4096\nbad x\nlast";
	uint64_t number = 1;
	char *rest;

	(void)state;
	assert_true(tree_number(text, "voluntary_ctxt_switches", &number));
	assert_int_equal(number, 7);
	assert_true(tree_number(text, "se.nr_migrations", &number));
	assert_int_equal(number, 9);
	assert_true(tree_number(text, "profit", &number));
	assert_true((int64_t)number == -4096);
	assert_false(tree_number(text, "bad", &number));
	assert_false(tree_number(text, "last", &number));
	assert_false(tree_number(text, "voluntary", &number));
	assert_false(tree_number(NULL, "bad", &number));
	assert_true((int64_t)number == -4096);
	rest = tree_text(text, "bad");
	assert_string_equal(rest, "x");
	free(rest);
	assert_null(tree_text(text, "worse"));
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(reads_5_10),
	cmocka_unit_test(reads_6_1),
	cmocka_unit_test(reads_6_12),
	cmocka_unit_test(reads_7_2_from_a_namespace),
	cmocka_unit_test(says_that_a_process_has_gone),
	cmocka_unit_test(a_thread_can_end_at_any_time),
	cmocka_unit_test(managers_are_known_by_the_cgroup),
	cmocka_unit_test(shows_what_was_set),
	cmocka_unit_test(values_are_found_by_their_whole_key),
};

UNIT_MAIN(tests)
