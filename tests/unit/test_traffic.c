// SPDX-License-Identifier: GPL-2.0
/*
 * Tests what is read of a guest's I/O without exits, with the files of several kernels.
 */
#include "unit.h"

#include <fcntl.h>

#include "data/traffic.h"
#include "tree.h"

#define U DETAIL_UNKNOWN

static void take_tree(struct detail *detail, const char *name, uint64_t pid)
{
	char *root = tree_unpack(name);

	*detail = (struct detail){ 0 };
	traffic_take(root, pid, detail);
	tree_remove(root);
}

static const struct traffic *find(const struct detail *detail, const char *kind, const char *name)
{
	const struct traffic *t;

	detail_for_each(t, detail, TABLE_TRAFFIC)
		if (!strcmp(t->kind, kind) && !strcmp(t->name, name))
			return t;
	fail_msg("no %s %s", kind, name);
	return NULL;
}

static void has(const struct detail *detail, struct traffic want)
{
	const struct traffic *t = find(detail, want.kind, want.name);

	assert_int_equal(t->in, want.in);
	assert_int_equal(t->out, want.out);
	assert_int_equal(t->in_bytes, want.in_bytes);
	assert_int_equal(t->out_bytes, want.out_bytes);
	assert_int_equal(t->interrupts, want.interrupts);
}

static void reads_6_1(void **state)
{
	struct detail detail;

	(void)state;
	take_tree(&detail, "6.1", 2000);
	assert_true(detail.table[TABLE_TRAFFIC].known);
	assert_int_equal(detail.table[TABLE_MISSING].nr, 0);
	/* Two queues of one interface are one row, and the bridge is the host's. */
	assert_int_equal(detail.table[TABLE_TRAFFIC].nr, 5);
	has(&detail, (struct traffic){ "storage", "process", 900, 700, 8192000, 4096000, U });
	has(&detail, (struct traffic){ "network", "vnet3", 9000, 7000, 9000000, 7000000, U });
	has(&detail, (struct traffic){ "network", "vnet33", 6, 5, 60, 50, U });
	has(&detail, (struct traffic){ "passthrough", "0000:01:00.0", U, U, U, U, 1234 });
	has(&detail, (struct traffic){ "passthrough", "0000:01:00.1", U, U, U, U, 0 });
	detail_free(&detail);
}

static void reads_7_2_from_a_namespace(void **state)
{
	struct detail detail;

	(void)state;
	take_tree(&detail, "7.2", 7);
	assert_int_equal(detail.table[TABLE_TRAFFIC].nr, 4);
	has(&detail, (struct traffic){ "passthrough", "0000:3b:00.1", U, U, U, U, U });
	has(&detail, (struct traffic){ "passthrough", "vhost-vdpa-0", U, U, U, U, U });
	has(&detail, (struct traffic){ "passthrough", "group 9", U, U, U, U, U });
	has(&detail, (struct traffic){ "network", "tap0", U, U, U, U, U });
	assert_string_equal(tree_why(&detail, "block I/O"), "No such file or directory");
	assert_string_equal(tree_why(&detail, "interrupts of passed-through devices"),
			    "No such file or directory");
	/* Said once for both devices, whichever descriptor comes first. */
	assert_true(strstr(tree_why(&detail, "packets"), "macvtap") ||
		    strstr(tree_why(&detail, "packets"), "network namespace"));
	detail_free(&detail);
}

static void says_what_it_cannot_read(void **state)
{
	struct detail detail;

	(void)state;
	take_tree(&detail, "6.12", 2000);
	assert_int_equal(detail.table[TABLE_TRAFFIC].nr, 0);
	assert_string_equal(tree_why(&detail, "block I/O"), "No such file or directory");
	assert_string_equal(tree_why(&detail, "packets, passed-through devices"),
			    "No such file or directory");
	detail_free(&detail);
}

/* The calls of this process, on the kernel of this machine. */
static void sees_what_was_written(void **state)
{
	struct detail before = { 0 }, after = { 0 };
	const int null = open("/dev/null", O_WRONLY);

	(void)state;
	assert_true(null >= 0);
	traffic_take("", getpid(), &before);
	if (!before.table[TABLE_TRAFFIC].nr)
		skip(); /* without CONFIG_TASK_IO_ACCOUNTING */
	for (int i = 0; i < 100; i++)
		assert_int_equal(write(null, "x", 1), 1);
	traffic_take("", getpid(), &after);
	assert_true(find(&after, "storage", "process")->out >=
		    find(&before, "storage", "process")->out + 100);
	close(null);
	detail_free(&before);
	detail_free(&after);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(reads_6_1),
	cmocka_unit_test(reads_7_2_from_a_namespace),
	cmocka_unit_test(says_what_it_cannot_read),
	cmocka_unit_test(sees_what_was_written),
};

UNIT_MAIN(tests)
