// SPDX-License-Identifier: GPL-2.0
/*
 * Tests the arithmetic with the thesis' Tables 3-17 and 7-4, digit for digit. The first
 * table truncates shares, the second rounds them.
 */
#include "unit.h"

#include "data/counts.h"
#include "data/share.h"

struct row {
	uint64_t io, vm, qemu, total;
	const char *in_kernel;
	const char *io_share;
};

static const struct row table_3_17[] = {
	{ 172666, 8132965, 174197, 8307162, "0.97903", "0.0207" },
	{ 19738809, 19523186, 19655793, 39178979, "0.49830", "0.5038" },
	{ 1790029, 59107343, 22772082, 81879425, "0.72188", "0.0218" },
	{ 1497176, 38492507, 22050122, 60542629, "0.63579", "0.0247" },
	{ 230926, 10697798, 251194, 10948992, "0.97705", "0.0210" },
	{ 299097, 10995347, 301210, 11296557, "0.97333", "0.0264" },
	{ 14147604, 11433987, 14172128, 25606115, "0.44653", "0.5525" },
	{ 14418019, 11269126, 14435663, 25704789, "0.43840", "0.5609" },
	{ 13750531, 10910633, 13782007, 24692640, "0.44185", "0.5568" },
	{ 13916885, 10997062, 13946096, 24943158, "0.44088", "0.5579" },
};

static const struct row table_7_4[] = {
	{ 2336976, 30511935, 217136, 30729071, "0.992934", "0.076051" },
	{ 15146219, 34481937, 22130431, 56612368, "0.609088", "0.267543" },
};

static void check(const struct row *row, unsigned int kernel_digits, unsigned int io_digits,
		  enum share_mode mode)
{
	struct counts guest = { 0 };
	char text[32];

	guest.v[COL_kvm_vm_switch_num] = row->vm;
	guest.v[COL_kvm_qemu_switch_num] = row->qemu;
	assert_int_equal(counts_total(&guest), row->total);
	share_format(text, sizeof(text), row->vm, row->total, kernel_digits, mode);
	assert_string_equal(text, row->in_kernel);
	share_format(text, sizeof(text), row->io, row->total, io_digits, mode);
	assert_string_equal(text, row->io_share);
}

static void reproduces_table_3_17(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(table_3_17) / sizeof(*table_3_17); i++)
		check(&table_3_17[i], 5, 4, SHARE_TRUNCATE);
}

static void reproduces_table_7_4(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(table_7_4) / sizeof(*table_7_4); i++)
		check(&table_7_4[i], 6, 6, SHARE_ROUND);
}

static void share(uint64_t num, uint64_t den, unsigned int digits, enum share_mode mode,
		  const char *want)
{
	char text[32];

	share_format(text, sizeof(text), num, den, digits, mode);
	assert_string_equal(text, want);
}

static void percent(uint64_t num, uint64_t den, unsigned int digits, const char *want)
{
	char text[32];

	share_percent(text, sizeof(text), num, den, digits);
	assert_string_equal(text, want);
}

static void is_exact_at_the_edges(void **state)
{
	(void)state;
	share(0, 0, 4, SHARE_ROUND, "-");
	share(5, 0, 4, SHARE_TRUNCATE, "-");
	share(0, 7, 4, SHARE_ROUND, "0.0000");
	share(7, 7, 4, SHARE_TRUNCATE, "1.0000");
	share(1, 2, 1, SHARE_ROUND, "0.5");
	share(1, 20, 1, SHARE_ROUND, "0.1");
	share(1, 20, 1, SHARE_TRUNCATE, "0.0");
	share(2, 3, 3, SHARE_ROUND, "0.667");
	share(2, 3, 3, SHARE_TRUNCATE, "0.666");
	share(999999, 1000000, 5, SHARE_ROUND, "1.00000");
	share(UINT64_MAX - 1, UINT64_MAX, 9, SHARE_TRUNCATE, "0.999999999");
	share(UINT64_MAX, UINT64_MAX, 9, SHARE_ROUND, "1.000000000");
	percent(UINT64_MAX, UINT64_MAX, 2, "100.00");
	percent(UINT64_MAX - 1, UINT64_MAX, 2, "99.99");
	percent(1, 3, 1, "33.3");
	percent(1, 0, 1, "-");
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(reproduces_table_3_17),
	cmocka_unit_test(reproduces_table_7_4),
	cmocka_unit_test(is_exact_at_the_edges),
};

UNIT_MAIN(tests)
