// SPDX-License-Identifier: GPL-2.0
/*
 * Tests what is read of a guest's memory, with the files of several kernels.
 */
#include "unit.h"

#include <sys/mman.h>

#include "data/footprint.h"
#include "data/thread.h"
#include "text/backing.h"
#include "tree.h"

#define U DETAIL_UNKNOWN
#define MIB (1024 * 1024)

static void take(struct detail *detail, const char *root, uint64_t pid, bool walk)
{
	const struct kthreads none = { 0 };

	*detail = (struct detail){ 0 };
	thread_take(root, pid, &none, detail);
	footprint_take(root, pid, walk, detail);
}

static void take_tree(struct detail *detail, const char *name, uint64_t pid, bool walk)
{
	char *root = tree_unpack(name);

	take(detail, root, pid, walk);
	tree_remove(root);
}

static void is(struct detail *detail, struct memory want)
{
	const struct memory *m = detail->table[TABLE_MEMORY].row;

	assert_true(detail->table[TABLE_MEMORY].known);
	assert_int_equal(detail->table[TABLE_MEMORY].nr, 1);
	assert_int_equal(m->resident_bytes, want.resident_bytes);
	assert_int_equal(m->hugetlb_bytes, want.hugetlb_bytes);
	assert_int_equal(m->thp_bytes, want.thp_bytes);
	assert_int_equal(m->small_bytes, want.small_bytes);
	assert_int_equal(m->swapped_bytes, want.swapped_bytes);
	assert_int_equal(m->minor_faults, want.minor_faults);
	assert_int_equal(m->major_faults, want.major_faults);
	assert_int_equal(m->vms, want.vms);
	assert_int_equal(m->pages_4k, want.pages_4k);
	assert_int_equal(m->pages_2m, want.pages_2m);
	assert_int_equal(m->pages_1g, want.pages_1g);
	assert_int_equal(m->ksm_bytes, want.ksm_bytes);
	assert_int_equal(m->ksm_profit, want.ksm_profit);
	assert_string_equal(m->balloon, want.balloon);
}

static void reads_5_10(void **state)
{
	struct detail detail;
	const struct node *n;

	(void)state;
	take_tree(&detail, "5.10", 2000, true);
	is(&detail, (struct memory){ .resident_bytes = 256 * MIB,
				     .hugetlb_bytes = 0,
				     .thp_bytes = 130 * MIB,
				     .small_bytes = 126 * MIB,
				     .swapped_bytes = 65536,
				     .minor_faults = 3000,
				     .major_faults = 5,
				     .vms = 1,
				     .pages_4k = U,
				     .pages_2m = U,
				     .pages_1g = U,
				     .ksm_bytes = U,
				     .ksm_profit = U,
				     .balloon = "unknown" });
	assert_string_equal(tree_why(&detail, "KSM"), "No such file or directory");
	assert_string_equal(tree_why(&detail, "pages that KVM maps"),
			    "this kernel does not count them");
	assert_non_null(strstr(tree_why(&detail, "balloon"), "dommemstat"));
	n = detail.table[TABLE_NODES].row;
	assert_int_equal(detail.table[TABLE_NODES].nr, 1);
	assert_int_equal(n->node, 0);
	assert_int_equal(n->bytes, 65090 * 4096);
	detail_free(&detail);
}

static void reads_6_1(void **state)
{
	struct detail detail;
	const struct node *n;

	(void)state;
	take_tree(&detail, "6.1", 2000, true);
	/* A directory of another process' thread does not count. */
	is(&detail, (struct memory){ .resident_bytes = 512 * MIB,
				     .hugetlb_bytes = 1024 * MIB,
				     .thp_bytes = 0,
				     .small_bytes = 512 * MIB,
				     .minor_faults = 7000,
				     .vms = 2,
				     .pages_4k = 705,
				     .pages_2m = 512,
				     .pages_1g = 0,
				     .ksm_bytes = 409600,
				     .ksm_profit = U,
				     .balloon = "none" });
	n = detail.table[TABLE_NODES].row;
	assert_int_equal(detail.table[TABLE_NODES].nr, 2);
	assert_int_equal(n[0].bytes, 600 * 4096);
	assert_int_equal(n[0].hugetlb_bytes, 0);
	assert_int_equal(n[1].node, 1);
	assert_int_equal(n[1].bytes, 400 * 4096 + 1024 * MIB);
	assert_int_equal(n[1].hugetlb_bytes, 1024 * MIB);
	detail_free(&detail);
}

static void reads_6_12_without_a_walk(void **state)
{
	struct detail detail;

	(void)state;
	take_tree(&detail, "6.12", 2000, false);
	is(&detail, (struct memory){ .resident_bytes = 1024000,
				     .thp_bytes = U,
				     .small_bytes = U,
				     .minor_faults = 7,
				     .major_faults = 1,
				     .vms = 0,
				     .pages_4k = U,
				     .pages_2m = U,
				     .pages_1g = U,
				     .ksm_bytes = 1024000,
				     .ksm_profit = (uint64_t)-4096,
				     .balloon = "none" });
	assert_false(detail.table[TABLE_NODES].known);
	assert_non_null(strstr(tree_why(&detail, "pages that KVM maps"), "has ended"));
	assert_non_null(
		strstr(tree_why(&detail, "transparent huge pages, memory by node"), "only"));
	detail_free(&detail);
}

static void reads_7_2_from_a_namespace(void **state)
{
	struct detail detail;
	const struct memory *m;

	(void)state;
	take_tree(&detail, "7.2", 7, true);
	m = detail.table[TABLE_MEMORY].row;
	assert_int_equal(m->ksm_profit, 8192);
	assert_int_equal(m->pages_4k, U);
	assert_string_equal(m->balloon, "unknown");
	assert_non_null(strstr(tree_why(&detail, "pages that KVM maps"), "namespace"));
	assert_string_equal(tree_why(&detail, "memory by node"), "No such file or directory");
	detail_free(&detail);
}

/* The memory of this process, on the kernel of this machine. */
static void sees_memory_that_was_touched(void **state)
{
	const size_t size = 32 * MIB;
	struct detail before, after;
	const struct memory *a, *b;
	char *memory;

	(void)state;
	take(&before, "", getpid(), true);
	memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	assert_ptr_not_equal(memory, MAP_FAILED);
	memset(memory, 1, size);
	take(&after, "", getpid(), true);
	a = before.table[TABLE_MEMORY].row;
	b = after.table[TABLE_MEMORY].row;
	assert_true(b->resident_bytes >= a->resident_bytes + size / 2);
	assert_true(b->thp_bytes + b->small_bytes >= a->thp_bytes + a->small_bytes + size / 2);
	assert_int_equal(b->resident_bytes, b->thp_bytes + b->small_bytes);
	assert_true(b->minor_faults > a->minor_faults);
	munmap(memory, size);
	detail_free(&before);
	detail_free(&after);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(reads_5_10),
	cmocka_unit_test(reads_6_1),
	cmocka_unit_test(reads_6_12_without_a_walk),
	cmocka_unit_test(reads_7_2_from_a_namespace),
	cmocka_unit_test(sees_memory_that_was_touched),
};

UNIT_MAIN(tests)
