// SPDX-License-Identifier: GPL-2.0
/*
 * Tests what the parser of /proc/kvminfo accepts, and how it refuses the rest.
 */
#define _GNU_SOURCE
#include "unit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "data/source.h"

#define SEVEN "no pid io_num exception_num kvm_vm_switch_num kvm_qemu_switch_num exits"

/* Parses a copy in a block of exactly its size, so that ASan sees a read past its end. */
static enum source_status parse(const char *text, size_t len, struct snapshot *snap,
				struct source_error *err)
{
	char *copy = malloc(len ? len : 1);
	enum source_status status;

	memcpy(copy, text, len);
	status = source_parse(copy, len, snap, err);
	free(copy);
	return status;
}

static void refuse_bytes(const char *text, size_t len, enum source_status status, size_t line,
			 const char *what)
{
	struct source_error err;
	struct snapshot snap;

	assert_int_equal(parse(text, len, &snap, &err), status);
	assert_int_equal(err.status, status);
	assert_string_equal(err.what, what);
	assert_int_equal(err.line, line);
	assert_null(snap.guest);
	assert_int_equal(snap.nr, 0);
}

static void refuse(const char *text, enum source_status status, size_t line, const char *what)
{
	refuse_bytes(text, strlen(text), status, line, what);
}

static void accept(const char *text, struct snapshot *snap)
{
	struct source_error err;

	assert_int_equal(parse(text, strlen(text), snap, &err), SOURCE_OK);
}

static void takes_the_seven_columns(void **state)
{
	static const uint64_t want[] = { 1, 2035, 172666, 9, 8132965, 174197, 8307162 };
	struct snapshot snap;

	(void)state;
	accept(SEVEN "\n1 2035 172666 9 8132965 174197 8307162\n", &snap);
	assert_int_equal(snap.nr, 1);
	assert_int_equal(snap.has, (1 << 7) - 1);
	assert_memory_equal(snap.guest[0].v, want, sizeof(want));
	assert_int_equal(snap.guest[0].v[COL_id], 0);
	snapshot_free(&snap);
}

static void finds_columns_by_name(void **state)
{
	struct snapshot snap;

	(void)state;
	accept("exits later_num pid id io_num exception_num\tkvm_vm_switch_num "
	       "kvm_qemu_switch_num no\n\t7 1000 42  5 3 2 4 3 1 \n8 0 43 6 3 2 5 3 2\n",
	       &snap);
	assert_int_equal(snap.nr, 2);
	assert_int_equal(snap.has, ((1 << 7) - 1) | COL_BIT(COL_id));
	assert_int_equal(snap.guest[0].v[COL_no], 1);
	assert_int_equal(snap.guest[0].v[COL_pid], 42);
	assert_int_equal(snap.guest[0].v[COL_io_num], 3);
	assert_int_equal(snap.guest[0].v[COL_exits], 7);
	assert_int_equal(snap.guest[0].v[COL_id], 5);
	assert_int_equal(snap.guest[1].v[COL_id], 6);
	snapshot_free(&snap);
}

static void takes_no_guests(void **state)
{
	struct snapshot snap;

	(void)state;
	accept(SEVEN "\n", &snap);
	assert_int_equal(snap.nr, 0);
	snapshot_free(&snap);
}

static void takes_the_largest_number(void **state)
{
	struct snapshot snap;

	(void)state;
	accept(SEVEN "\n1 1 18446744073709551615 0 0 0 0\n", &snap);
	assert_true(snap.guest[0].v[COL_io_num] == UINT64_MAX);
	snapshot_free(&snap);
}

static void refuses_headers_it_does_not_know(void **state)
{
	(void)state;
	refuse("", SOURCE_FOREIGN, 1, "the file is empty");
	refuse("\n", SOURCE_FOREIGN, 1, "the column no is missing");
	refuse("no pid io_num exception_num kvm_vm_switch_num kvm_qemu_switch_num\n",
	       SOURCE_FOREIGN, 1, "the column exits is missing");
	refuse("no pids io_num exception_num kvm_vm_switch_num kvm_qemu_switch_num exits\n",
	       SOURCE_FOREIGN, 1, "the column pid is missing");
	refuse(SEVEN " pid\n", SOURCE_FOREIGN, 1, "the column pid appears twice");
	refuse("\x7f"
	       "ELF\x02\x01\n",
	       SOURCE_FOREIGN, 1, "no column names, not even text");
	refuse(SEVEN " \xff\n", SOURCE_FOREIGN, 1, "no column names, not even text");
	refuse(SEVEN "\r\n", SOURCE_FOREIGN, 1, "no column names, not even text");
	refuse_bytes("no\0pid\n", 7, SOURCE_FOREIGN, 1, "no column names, not even text");
}

static void refuses_truncation(void **state)
{
	(void)state;
	refuse(SEVEN, SOURCE_MALFORMED, 1, "cut off before its end");
	refuse("no pid io_n", SOURCE_FOREIGN, 1, "the column io_num is missing");
	refuse(SEVEN "\n1 1 0 0 0 0 0", SOURCE_MALFORMED, 2, "cut off before its end");
	refuse(SEVEN "\n1 1 0 0 0 0 0\n2 1", SOURCE_MALFORMED, 3, "cut off before its end");
	refuse(SEVEN "\n1 1 0 0 0 0\n", SOURCE_MALFORMED, 2, "6 fields, but the header has 7");
	refuse(SEVEN "\n\n", SOURCE_MALFORMED, 2, "0 fields, but the header has 7");
}

static void refuses_bad_lines(void **state)
{
	(void)state;
	refuse(SEVEN "\n1 1 0 0 0 0 0 0\n", SOURCE_MALFORMED, 2, "more fields than the header's 7");
	refuse(SEVEN "\n1 1 -1 0 0 0 0\n", SOURCE_MALFORMED, 2, "field 3 is not a decimal number");
	refuse(SEVEN "\n1 1 1: 0 0 0 0\n", SOURCE_MALFORMED, 2, "field 3 is not a decimal number");
	refuse(SEVEN "\n1 1 1/ 0 0 0 0\n", SOURCE_MALFORMED, 2, "field 3 is not a decimal number");
	refuse(SEVEN "\n1 1 0x1 0 0 0 0\n", SOURCE_MALFORMED, 2, "field 3 is not a decimal number");
	refuse(SEVEN "\n1 1 0 0 0 0 0\n1 1 0 0 0 0 0\r\n", SOURCE_MALFORMED, 3,
	       "field 7 is not a decimal number");
	refuse_bytes(SEVEN "\n1 1 0\0 0 0 0 0\n", sizeof(SEVEN) + 16, SOURCE_MALFORMED, 2,
		     "field 3 is not a decimal number");
	refuse(SEVEN "\n1 1 18446744073709551616 0 0 0 0\n", SOURCE_MALFORMED, 2,
	       "field 3 does not fit in 64 bits");
	refuse(SEVEN "\n1 1 99999999999999999999 0 0 0 0\n", SOURCE_MALFORMED, 2,
	       "field 3 does not fit in 64 bits");
	refuse(SEVEN "\n1 2147483648 0 0 0 0 0\n", SOURCE_MALFORMED, 2, "the pid is out of range");
	refuse(SEVEN "\n1 1 0 0 3 4 8\n", SOURCE_MALFORMED, 2,
	       "exits is not the sum of the two switches");
	refuse(SEVEN "\n1 1 0 0 18446744073709551615 1 0\n", SOURCE_MALFORMED, 2,
	       "exits is not the sum of the two switches");
	/* An unknown column can mean anything, but it must be a number. */
	refuse(SEVEN " later\n1 1 0 0 0 0 0 x\n", SOURCE_MALFORMED, 2,
	       "field 8 is not a decimal number");
}

static void refuses_what_is_too_large(void **state)
{
	static const char guest[] = "1 1 0 0 0 0 0\n";
	const size_t len = sizeof(SEVEN) + (SNAPSHOT_MAX_GUESTS + 1) * (sizeof(guest) - 1);
	struct source_error err;
	struct snapshot snap;
	char *text = malloc(len);
	char *at = mempcpy(text, SEVEN "\n", sizeof(SEVEN));

	(void)state;
	for (int i = 0; i <= SNAPSHOT_MAX_GUESTS; i++)
		at = mempcpy(at, guest, sizeof(guest) - 1);
	refuse_bytes(text, len, SOURCE_MALFORMED, SNAPSHOT_MAX_GUESTS + 2,
		     "more than 65536 guests");
	assert_int_equal(parse(text, len - sizeof(guest) + 1, &snap, &err), SOURCE_OK);
	assert_int_equal(snap.nr, SNAPSHOT_MAX_GUESTS);
	snapshot_free(&snap);

	memset(text, ' ', len);
	memcpy(text, SEVEN, sizeof(SEVEN) - 1);
	text[SOURCE_MAX_LINE + 1] = '\n';
	refuse_bytes(text, SOURCE_MAX_LINE + 2, SOURCE_FOREIGN, 1, "longer than 8192 bytes");
	for (int i = 0; i <= SOURCE_MAX_FIELDS; i++)
		memcpy(text + i * 2, "x ", 2);
	refuse_bytes(text, SOURCE_MAX_LINE, SOURCE_FOREIGN, 1, "more than 512 columns");
	free(text);
}

static void reads_a_stream_of_any_size(void **state)
{
	struct source_error err;
	struct snapshot snap;
	FILE *file = tmpfile();

	(void)state;
	fputs(SEVEN "\n", file);
	for (int i = 0; i < 10000; i++)
		fprintf(file, "%d 1 0 0 %d 0 %d\n", i, i, i);
	rewind(file);
	assert_int_equal(source_read(file, &snap, &err), SOURCE_OK);
	assert_int_equal(snap.nr, 10000);
	assert_int_equal(snap.guest[9999].v[COL_exits], 9999);
	snapshot_free(&snap);
	fclose(file);

	file = fopen("/dev/zero", "r");
	assert_int_equal(source_read(file, &snap, &err), SOURCE_FOREIGN);
	assert_string_equal(err.what, "the file is larger than 16 MiB");
	fclose(file);
}

static void tells_files_that_cannot_be_read(void **state)
{
	struct source_error err;
	struct snapshot snap;

	(void)state;
	assert_int_equal(source_load("/nonexistent/file", &snap, &err), SOURCE_UNREADABLE);
	assert_int_equal(err.err, ENOENT);
	assert_int_equal(source_load("/", &snap, &err), SOURCE_UNREADABLE);
	assert_int_equal(err.err, EISDIR);
}

static void explain(const struct source_error *err, const char *path, bool live, const char *want)
{
	char text[512];

	source_explain(text, sizeof(text), err, path, live);
	assert_string_equal(text, want);
}

static void explains_what_to_do(void **state)
{
	struct source_error none = { .status = SOURCE_UNREADABLE, .err = ENOENT };
	struct source_error denied = { .status = SOURCE_UNREADABLE, .err = EACCES };
	struct source_error foreign = { .status = SOURCE_FOREIGN,
					.line = 1,
					.what = "the column exits is missing" };
	struct source_error cut = { .status = SOURCE_MALFORMED,
				    .line = 3,
				    .what = "cut off before its end" };

	(void)state;
	explain(&none, "/proc/kvminfo", true,
		"cannot read /proc/kvminfo: No such file or directory; the kvmstat module is not "
		"loaded, so try 'sudo modprobe kvmstat'");
	explain(&none, "x", false, "cannot read x: No such file or directory");
	explain(&denied, "/proc/kvminfo", true,
		"cannot read /proc/kvminfo: Permission denied; run as root, or load the module "
		"with the parameters mode=0440 group=GID");
	explain(&denied, "x", false, "cannot read x: Permission denied");
	explain(&foreign, "/proc/kvminfo", true,
		"/proc/kvminfo: line 1: the column exits is missing; the versions of the module "
		"and of this command (" KVMSTAT_VERSION
		") differ, so install both from one release");
	explain(&foreign, "-", false,
		"standard input: line 1: the column exits is missing; it is not a recording or copy "
		"of /proc/kvminfo, or from a version that this command (" KVMSTAT_VERSION
		") does not know");
	explain(&cut, "x", false,
		"x: line 3: cut off before its end; it is damaged, so take a new one");
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(takes_the_seven_columns),
	cmocka_unit_test(finds_columns_by_name),
	cmocka_unit_test(takes_no_guests),
	cmocka_unit_test(takes_the_largest_number),
	cmocka_unit_test(refuses_headers_it_does_not_know),
	cmocka_unit_test(refuses_truncation),
	cmocka_unit_test(refuses_bad_lines),
	cmocka_unit_test(refuses_what_is_too_large),
	cmocka_unit_test(reads_a_stream_of_any_size),
	cmocka_unit_test(tells_files_that_cannot_be_read),
	cmocka_unit_test(explains_what_to_do),
};

UNIT_MAIN(tests)
