// SPDX-License-Identifier: GPL-2.0
/*
 * The verdicts: the thesis' reading of its tables, and each sentence.
 */
#include "unit.h"

#include "verdict.h"

#define HAS_ALL UINT32_MAX
#define HAS_SEVEN ((1 << COL_NEEDED) - 1)

static struct counts guest(uint64_t io, uint64_t vm, uint64_t qemu, uint64_t mmio)
{
	struct counts guest = { 0 };

	guest.v[COL_io_num] = io;
	guest.v[COL_kvm_vm_switch_num] = vm;
	guest.v[COL_kvm_qemu_switch_num] = qemu;
	guest.v[COL_exits] = vm + qemu;
	guest.v[COL_mmio_num] = mmio;
	return guest;
}

static void judge(uint64_t io, uint64_t vm, uint64_t qemu, enum verdict want)
{
	struct counts counts = guest(io, vm, qemu, 0);

	assert_int_equal(verdict_of(&counts), want);
}

static void explain(struct counts counts, uint32_t has, const char *want)
{
	char text[VERDICT_TEXT_SIZE];

	verdict_explain(text, &counts, has);
	assert_string_equal(text, want);
}

static void reads_the_thesis_as_its_author(void **state)
{
	(void)state;
	judge(172666, 8132965, 174197, VERDICT_NOT_IO_BOUND);
	judge(19738809, 19523186, 19655793, VERDICT_IO_BOUND);
	judge(1790029, 59107343, 22772082, VERDICT_NOT_IO_BOUND);
	judge(1497176, 38492507, 22050122, VERDICT_NOT_IO_BOUND);
	judge(230926, 10697798, 251194, VERDICT_NOT_IO_BOUND);
	judge(299097, 10995347, 301210, VERDICT_NOT_IO_BOUND);
	judge(14147604, 11433987, 14172128, VERDICT_IO_BOUND);
	judge(14418019, 11269126, 14435663, VERDICT_IO_BOUND);
	judge(13750531, 10910633, 13782007, VERDICT_IO_BOUND);
	judge(13916885, 10997062, 13946096, VERDICT_IO_BOUND);
	judge(2336976, 30511935, 217136, VERDICT_NOT_IO_BOUND);
	judge(15146219, 34481937, 22130431, VERDICT_NOT_IO_BOUND);
}

static void draws_its_lines_exactly(void **state)
{
	(void)state;
	judge(500, 0, 999, VERDICT_FEW_EXITS);
	judge(500, 0, 1000, VERDICT_NOT_IO_BOUND);
	judge(501, 0, 1000, VERDICT_IO_BOUND);
	judge(501, 2, 1000, VERDICT_NOT_IO_BOUND);
	judge(0, 0, 0, VERDICT_FEW_EXITS);
	judge(UINT64_MAX, UINT64_MAX, 0, VERDICT_IO_BOUND);
	judge(UINT64_MAX / 2, UINT64_MAX, 0, VERDICT_NOT_IO_BOUND);
}

static void has_a_word_for_each(void **state)
{
	(void)state;
	assert_string_equal(verdict_word(VERDICT_FEW_EXITS), "few exits");
	assert_string_equal(verdict_word(VERDICT_IO_BOUND), "I/O-bound");
	assert_string_equal(verdict_word(VERDICT_NOT_IO_BOUND), "not I/O-bound");
}

static void explains_too_few(void **state)
{
	(void)state;
	explain(guest(0, 3, 9, 0), HAS_ALL,
		"12 seen, a reading needs 1000: it is idle, or was watched for too short a time");
}

static void explains_io(void **state)
{
	(void)state;
	explain(guest(14147604, 11433987, 14172128, 0), HAS_ALL,
		"55.25% of 25606115 exits are port I/O, over half, and 55.34% of all go to the "
		"VMM: virtio, passthrough or SR-IOV would help");
	explain(guest(6000, 9001, 999, 0), HAS_ALL,
		"60.00% of 10000 exits are port I/O, over half, but the kernel handles 90.01% of "
		"all: legacy virtio, timer or interrupt controller rather than an emulated disk; "
		"modern virtio, passthrough or SR-IOV would help");
}

static void explains_a_guest_close_to_the_machine(void **state)
{
	(void)state;
	explain(guest(172666, 8132965, 174197, 0), HAS_ALL,
		"2.07% of 8307162 exits are port I/O; the kernel handles 97.90% of all: close to "
		"the bare machine");
}

static void explains_exits_to_the_vmm(void **state)
{
	(void)state;
	/* One in ten is the line. */
	explain(guest(0, 9000, 1000, 0), HAS_ALL,
		"0.00% of 10000 exits are port I/O, but 10.00% of all go to the VMM, at least "
		"100.00% of these for other reasons: look at emulated devices in memory (video, "
		"network, timers)");
	explain(guest(1790029, 59107343, 22772082, 0), HAS_ALL,
		"2.18% of 81879425 exits are port I/O, but 27.81% of all go to the VMM, at least "
		"92.13% of these for other reasons: look at emulated devices in memory (video, "
		"network, timers)");
	explain(guest(15146219, 34481937, 22130431, 0), HAS_ALL,
		"26.75% of 56612368 exits are port I/O, but 39.09% of all go to the VMM, up to "
		"68.44% of these for port I/O: virtio, passthrough or SR-IOV would help with "
		"those");
	explain(guest(0, 9001, 1000, 0), HAS_ALL,
		"0.00% of 10001 exits are port I/O; the kernel handles 90.00% of all: close to the "
		"bare machine");
	/* Port I/O handled in the kernel cannot be more than what went to the VMM. */
	explain(guest(3000, 8000, 2000, 0), HAS_ALL,
		"30.00% of 10000 exits are port I/O, but 20.00% of all go to the VMM, up to "
		"100.00% of these for port I/O: virtio, passthrough or SR-IOV would help with "
		"those");
}

static void mentions_device_memory_where_it_is_known(void **state)
{
	static const char close[] = "1.00% of 10000 exits are port I/O; the kernel handles 99.00% "
				    "of all: close to the bare machine";

	(void)state;
	explain(guest(100, 9900, 100, 1000), HAS_ALL,
		"1.00% of 10000 exits are port I/O; the kernel handles 99.00% of all: close to "
		"the bare machine; 10.00% touch device memory: it may do its I/O there");
	explain(guest(100, 9900, 100, 999), HAS_ALL, close);
	explain(guest(100, 9900, 100, 1000), HAS_SEVEN, close);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(reads_the_thesis_as_its_author),
	cmocka_unit_test(draws_its_lines_exactly),
	cmocka_unit_test(has_a_word_for_each),
	cmocka_unit_test(explains_too_few),
	cmocka_unit_test(explains_io),
	cmocka_unit_test(explains_a_guest_close_to_the_machine),
	cmocka_unit_test(explains_exits_to_the_vmm),
	cmocka_unit_test(mentions_device_memory_where_it_is_known),
};

UNIT_MAIN(tests)
