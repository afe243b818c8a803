// SPDX-License-Identifier: GPL-2.0
/*
 * Names of guests: where they come from, and that none does harm.
 */
#define _GNU_SOURCE
#include "unit.h"

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "name.h"

/* A command line given as a literal with its NULs. */
#define CMDLINE(text) text, sizeof(text)

static void named(const char *cmdline, size_t len, const char *want)
{
	char *copy = malloc(len);
	char name[NAME_SIZE];

	memcpy(copy, cmdline, len);
	assert_int_equal(name_from_cmdline(copy, len - 1, name), want != NULL);
	if (want)
		assert_string_equal(name, want);
	free(copy);
}

static void finds_qemu_names(void **state)
{
	(void)state;
	named(CMDLINE("qemu\0-name\0foo\0"), "foo");
	named(CMDLINE("qemu\0--name\0foo\0-m\0x\0"), "foo");
	named(CMDLINE("qemu\0-name\0guest=foo,debug-threads=on\0"), "foo");
	named(CMDLINE("qemu\0-name\0debug-threads=on,guest=foo\0"), "foo");
	named(CMDLINE("qemu\0-name\0foo,process=bar\0"), "foo");
	named(CMDLINE("qemu\0-name\0a,,b,debug-threads=on\0"), "a,b");
	named(CMDLINE("qemu\0-name\0guest=a,,guest=b,,\0"), "a,guest=b,");
	named(CMDLINE("qemu\0-name\0guest=a=b\0"), "a=b");
	named(CMDLINE("qemu\0-name\0one,guest=two\0"), "two");
	named(CMDLINE("qemu\0-name\0one\0-name\0two\0"), "two");
	named(CMDLINE("qemu\0-name\0no end"), "no end");
}

static void finds_no_name_where_there_is_none(void **state)
{
	(void)state;
	named(CMDLINE(""), NULL);
	named(CMDLINE("qemu\0-m\0x\0"), NULL);
	named(CMDLINE("qemu\0-name"), NULL);
	named(CMDLINE("qemu\0-name\0"), NULL);
	named(CMDLINE("qemu\0-name\0\0-m\0"), NULL);
	named(CMDLINE("qemu\0-name\0guest=\0"), NULL);
	named(CMDLINE("qemu\0-name\0process=bar,foo\0"), NULL);
	named(CMDLINE("qemu\0-named\0foo\0"), NULL);
}

static void cuts_long_names(void **state)
{
	char cmdline[10240] = "qemu\0-name";
	char name[NAME_SIZE];

	(void)state;
	memset(cmdline + 11, 'x', sizeof(cmdline) - 12);
	assert_true(name_from_cmdline(cmdline, sizeof(cmdline) - 1, name));
	assert_int_equal(strlen(name), NAME_SIZE - 1);
}

static void show(const char *name, int width, const char *want, int want_used)
{
	char shown[NAME_SHOWN_SIZE];

	assert_int_equal(name_show(shown, name, width), want_used);
	assert_string_equal(shown, want);
}

static void shows_names_harmlessly(void **state)
{
	(void)state;
	show("web1", 17, "web1", 4);
	show("", 17, "", 0);
	show("a b", 17, "a b", 3);
	show("\033[31mred", 17, "\\x1b[31mred", 11);
	show("two\nlines\t", 20, "two\\x0alines\\x09", 16);
	show("\x7f", 17, "\\x7f", 4);
	show("a\\x1b", 17, "a\\x5cx1b", 8);
	show("gr\xc3\xbc\xc3\x9f!", 17, "gr\xc3\xbc\xc3\x9f!", 5);
	show("\xe8\x99\x9a\xe6\x8b\x9f", 17, "\xe8\x99\x9a\xe6\x8b\x9f", 4);
	/* Invalid, overlong, cut off, C1 control, right-to-left override, combining. */
	show("a\xff-", 17, "a\\xff-", 6);
	show("\xc0\xaf", 17, "\\xc0\\xaf", 8);
	show("a\xc3", 17, "a\\xc3", 5);
	show("\xe8\x99", 17, "\\xe8\\x99", 8);
	show("\xc2\x9b", 17, "\\xc2\\x9b", 8);
	show("\xe2\x80\xae", 17, "\\xe2\\x80\\xae", 12);
	show("e\xcc\x81", 17, "e\\xcc\\x81", 9);
}

static void keeps_to_the_width(void **state)
{
	char name[NAME_SIZE];
	char shown[NAME_SHOWN_SIZE];

	(void)state;
	show("12345", 5, "12345", 5);
	show("123456", 5, "1234+", 5);
	show("123\033", 5, "123+", 4);
	show("1\033", 5, "1\\x1b", 5);
	show("\033\033", 5, "\\x1b+", 5);
	show("123\xe8\x99\x9a", 5, "123\xe8\x99\x9a", 5);
	show("1234\xe8\x99\x9a", 5, "1234+", 5);
	show("123\xe8\x99\x9a-", 5, "123+", 4);

	memset(name, '\033', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	assert_int_equal(name_show(shown, name, NAME_SIZE), NAME_SIZE - 3);
	assert_int_equal(name_show(shown, name, 4 * NAME_SIZE), 4 * (NAME_SIZE - 1));
}

static void escapes_bytes_that_the_locale_cannot_show(void **state)
{
	(void)state;
	setlocale(LC_CTYPE, "C");
	show("gr\xc3\xbc", 17, "gr\\xc3\\xbc", 10);
	setlocale(LC_CTYPE, "C.UTF-8");
}

static void write_proc(const char *root, const char *pid, const char *file, const char *text,
		       size_t len)
{
	char path[256];
	FILE *f;

	snprintf(path, sizeof(path), "%s/proc", root);
	mkdir(path, 0700);
	snprintf(path, sizeof(path), "%s/proc/%s", root, pid);
	mkdir(path, 0700);
	snprintf(path, sizeof(path), "%s/proc/%s/%s", root, pid, file);
	f = fopen(path, "w");
	assert_non_null(f);
	fwrite(text, 1, len, f);
	fclose(f);
}

static void check_name_of(const char *root, uint64_t pid, const char *want)
{
	char name[NAME_SIZE];

	memset(name, 'x', sizeof(name));
	name_of(root, pid, name);
	assert_string_equal(name, want);
}

static void looks_into_proc(void **state)
{
	char root[] = "/tmp/kvmstat-name-XXXXXX";
	char remove[64];

	(void)state;
	assert_non_null(mkdtemp(root));
	write_proc(root, "12", "cmdline", CMDLINE("qemu\0-name\0foo"));
	write_proc(root, "12", "comm", "bar\n", 4);
	write_proc(root, "13", "cmdline", CMDLINE("firecracker\0--id\0x"));
	write_proc(root, "13", "comm", "a\nb\n", 4);
	write_proc(root, "14", "comm", "\n", 1);
	check_name_of(root, 12, "foo");
	check_name_of(root, 13, "a\nb");
	check_name_of(root, 14, "?");
	check_name_of(root, 15, "?");
	snprintf(remove, sizeof(remove), "rm -r %s", root);
	assert_int_equal(system(remove), 0);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(finds_qemu_names),
	cmocka_unit_test(finds_no_name_where_there_is_none),
	cmocka_unit_test(cuts_long_names),
	cmocka_unit_test(shows_names_harmlessly),
	cmocka_unit_test(keeps_to_the_width),
	cmocka_unit_test(escapes_bytes_that_the_locale_cannot_show),
	cmocka_unit_test(looks_into_proc),
};

int main(void)
{
	if (!setlocale(LC_CTYPE, "C.UTF-8"))
		return 1;
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
