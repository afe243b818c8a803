// SPDX-License-Identifier: GPL-2.0
/*
 * The table as it is printed: columns, widths, headers, events.
 */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "choice.h"
#include "verdict.h"
#include "view_table.h"

static const char header[] =
	"NAME                  PID VCPUS EXITS/s TO-VMM/s   IO/s MMIO/s IN-KERNEL%   IO%\n";

static const uint32_t all = (1 << COL_NR) - 1;
static const uint32_t seven = (1 << COL_NEEDED) - 1;

/* The largest numbers that a file can hold, and the others. */
static struct counts rows[] = {
	{ { 1, 2147483647, UINT64_MAX, 0, UINT64_MAX - 9, 9, UINT64_MAX, 0, UINT64_MAX, 0, 0,
	    UINT64_MAX, 4 } },
	{ { 2, 42, 1000, 0, 1000, 1000, 2000, 0, 100, 0, 0, 2, 5 } },
	{ { 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 } },
};

static struct window observe(const struct choice *choice, struct delta *delta, uint32_t has,
			     struct snapshot was, size_t nr)
{
	struct snapshot now = { rows, nr, has };
	struct window window;

	window_open(&window, NULL, choice);
	assert_int_equal(delta_compute(delta, &was, &now, 0.5), 0);
	assert_int_equal(window_add(&window, delta), 0);
	return window;
}

static void totals(uint32_t has, size_t nr, const char *want)
{
	struct choice choice = { 0 };
	struct delta delta;
	struct window window = observe(&choice, &delta, has, SNAPSHOT_EMPTY, nr);
	char *text;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	view_table_totals(out, &window);
	fclose(out);
	assert_string_equal(text, want);
	free(text);
	delta_free(&delta);
	window_close(&window);
}

#define TOTALS_HEADER \
	"NAME                  PID VCPUS        EXITS      TO-VMM IN-KERNEL%   IO% MMIO%\n"

static void prints_totals(void **state)
{
	(void)state;
	totals(all, 3,
	       TOTALS_HEADER
	       "-                 2147483647 18.4E  18446744.1T           9      99.99 100.0 100.0\n"
	       "-                      42     2         2000        1000      50.00  50.0   5.0\n"
	       "(others)                -     0            0           0          -     -     -\n");
	totals(all, 0, TOTALS_HEADER "(no guests)\n");
}

static void absent_columns_are_dashes(void **state)
{
	(void)state;
	rows[0].v[COL_id] = 0;
	totals(seven, 1,
	       TOTALS_HEADER
	       "-                 2147483647     -  18446744.1T           9      99.99 100.0     -\n");
	rows[0].v[COL_id] = 4;
}

static void prints_rates_with_events(void **state)
{
	struct counts old[] = {
		{ { 1, 42, 500, 0, 800, 700, 1500, 0, 90, 0, 0, 2, 5 } },
		{ { 2, 43, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 6 } },
	};
	struct view_table table = { 0 };
	struct choice choice = { .pid = 0 };
	struct delta delta;
	struct window window = observe(&choice, &delta, all, (struct snapshot){ old, 2, all }, 2);
	char *text;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	(void)state;
	view_table_rates(&table, out, &window, &delta);
	fclose(out);
	assert_memory_equal(text, header, sizeof(header) - 1);
	assert_string_equal(
		text + sizeof(header) - 1,
		"-                 2147483647 new\n"
		"-                 2147483647 18.4E   36.9E       18  36.9E  36.9E      99.99 100.0\n"
		"-                      42     2    1000      600   1000     20      40.00 100.0\n"
		"-                      43 ended\n");
	free(text);
	delta_free(&delta);
	window_close(&window);
}

static void repeats_the_header_every_20_lines(void **state)
{
	struct view_table table = { 0 };
	struct choice choice = { .pid = 42 };
	struct delta delta;
	struct window window = observe(&choice, &delta, all, (struct snapshot){ rows, 2, all }, 2);
	char *text;
	size_t len;
	FILE *out = open_memstream(&text, &len);
	size_t lines = 0;

	(void)state;
	for (int i = 0; i < 41; i++)
		view_table_rates(&table, out, &window, &delta);
	fclose(out);
	for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n"), lines++) {
		assert_true(strlen(line) < 80);
		if (lines % 21)
			assert_memory_equal(line, "-                      42     2", 31);
		else
			assert_memory_equal(line, header, sizeof(header) - 2);
	}
	assert_int_equal(lines, 41 + 3);
	free(text);
	delta_free(&delta);
	window_close(&window);
}

static void reads_each_guest(void **state)
{
	struct counts old[] = {
		{ { 1, 41, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 3 } },
		{ { 2, 42, 9999, 0, 8999, 1000, 9999, 0, 100, 0, 0, 2, 5 } },
	};
	struct counts others = { .v = { [COL_kvm_vm_switch_num] = 5000, [COL_exits] = 5000 } };
	struct choice choice = { .pid = 0 };
	struct delta delta;
	struct window window = observe(&choice, &delta, all, (struct snapshot){ old, 2, all }, 2);
	struct snapshot nothing = { .has = all }, last = { &others, 1, all };
	char *text;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	(void)state;
	delta_free(&delta);
	window.guest[0]->chosen = false;
	window.missed = 2;
	assert_int_equal(delta_compute(&delta, &nothing, &last, 0.5), 0);
	assert_int_equal(window_add(&window, &delta), 0);
	view_table_reading(out, &window, "a while");
	fclose(out);
	assert_string_equal(
		text,
		"\nReading of a while:\n"
		"- (pid 42, restarted): not I/O-bound: 50.00% of 2000 exits are port I/O, but 50.00% "
		"of all go to the VMM, up to 100.00% of these for port I/O: virtio, passthrough or "
		"SR-IOV would help with those\n"
		"- (pid 41, ended): few exits: 0 seen, a reading needs 1000: it is idle, or was "
		"watched for too short a time\n"
		"(others): 5000 exits of all VMs past the module's cap: too mixed for a reading; "
		"load the module with a higher max_vms\n"
		"Port I/O is not all I/O: kicks of virtio, vhost and ioeventfd are none, so a guest "
		"that is not I/O-bound by it need not be a computing one.\n"
		"2 more guests came than the 65536 that can be followed\n");
	free(text);

	/* The others alone get no verdict, so none that would need a warning. */
	window.guest[1]->chosen = window.guest[2]->chosen = false;
	window.missed = 0;
	out = open_memstream(&text, &len);
	view_table_reading(out, &window, "a while");
	fclose(out);
	assert_null(strstr(text, verdict_blind_spot));
	free(text);
	delta_free(&delta);
	window_close(&window);
}

static void chooses_or_says_why_not(void **state)
{
	struct choice choice = { .name = "-" };
	struct delta delta;
	struct window window = observe(&choice, &delta, all, SNAPSHOT_EMPTY, 3);
	char *text;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	(void)state;
	assert_int_equal(choice_check(&window, out), STATUS_BAD);
	fclose(out);
	assert_string_equal(text, "kvmstat: several guests have this name, choose one with "
				  "-p PID:\n  2147483647\t-\n  42\t-\n");
	free(text);
	delta_free(&delta);
	window_close(&window);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(prints_totals),
	cmocka_unit_test(absent_columns_are_dashes),
	cmocka_unit_test(prints_rates_with_events),
	cmocka_unit_test(repeats_the_header_every_20_lines),
	cmocka_unit_test(reads_each_guest),
	cmocka_unit_test(chooses_or_says_why_not),
};

UNIT_MAIN(tests)
