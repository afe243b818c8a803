// SPDX-License-Identifier: GPL-2.0
/*
 * Tests where the names of guests come from, and that no name does harm.
 */
#define _GNU_SOURCE
#include "unit.h"

#include <string.h>

#include "data/name.h"

/* Finds the name in the arguments. NULL ends them; "" means no name. */
static void named(char *const *argv, const char *vmm, const char *want)
{
	struct name_found found;

	memset(&found, 'x', sizeof(found));
	name_find(argv, &found);
	if (vmm)
		assert_string_equal(found.vmm, vmm);
	else
		assert_null(found.vmm);
	assert_string_equal(found.name, want);
}

#define NAMED(vmm, want, ...) named((char *[]){ __VA_ARGS__, NULL }, vmm, want)

static void finds_qemu_names(void **state)
{
	(void)state;
	NAMED("qemu", "foo", "qemu", "-name", "foo");
	NAMED("qemu", "foo", "qemu", "--name", "foo", "-m", "x");
	NAMED("qemu", "foo", "qemu", "-name", "guest=foo,debug-threads=on");
	NAMED("qemu", "foo", "qemu", "-name", "debug-threads=on,guest=foo");
	NAMED("qemu", "foo", "qemu", "-name", "foo,process=bar");
	NAMED("qemu", "a,b", "qemu", "-name", "a,,b,debug-threads=on");
	NAMED("qemu", "a,guest=b,", "qemu", "-name", "guest=a,,guest=b,,");
	NAMED("qemu", "a=b", "qemu", "-name", "guest=a=b");
	NAMED("qemu", "two", "qemu", "-name", "one,guest=two");
	NAMED("qemu", "two", "qemu", "-name", "one", "-name", "two");
	NAMED("qemu", "a b", "/usr/bin/kvm", "-name", "a b");
	NAMED("qemu", "foo", "/usr/libexec/qemu-kvm", "-name", "guest=foo");
	/* QEMU runs through a loader, or under another name. */
	NAMED("qemu", "foo", "/lib64/ld-linux-x86-64.so.2", "/bin/qemu-system-x86_64", "-name",
	      "foo");
	NAMED("qemu", "foo", "my-vmm", "-name", "foo");
}

/* This is how libvirt 9 starts a guest. */
static void finds_libvirt_names(void **state)
{
	(void)state;
	NAMED("qemu", "web1", "/usr/bin/qemu-system-x86_64", "-name", "guest=web1,debug-threads=on",
	      "-S", "-object", "{\"qom-type\":\"secret\",\"id\":\"masterKey0\"}", "-machine",
	      "pc-q35-7.2,usb=off,dump-guest-core=off", "-accel", "kvm");
	NAMED("qemu", "my,guest", "/usr/bin/qemu-system-x86_64", "-name",
	      "guest=my,,guest,debug-threads=on", "-S");
}

static void finds_no_name_where_there_is_none(void **state)
{
	(void)state;
	named((char *[]){ NULL }, NULL, "");
	NAMED(NULL, "", "");
	NAMED(NULL, "", "cat", "file");
	NAMED("qemu", "", "qemu", "-m", "x");
	NAMED("qemu", "", "qemu", "-name");
	NAMED("qemu", "", "qemu", "-name", "");
	NAMED("qemu", "", "qemu", "-name", "", "-m");
	NAMED("qemu", "", "qemu", "-name", "guest=");
	NAMED("qemu", "", "qemu", "-name", "process=bar,foo");
	NAMED("qemu", "", "qemu", "-named", "foo");
	NAMED("qemu", "", "qemu", "---name", "foo");
	NAMED(NULL, "", "-name", "qemu");
}

static void finds_firecracker_names(void **state)
{
	(void)state;
	NAMED("firecracker", "vm-1", "firecracker", "--id", "vm-1", "--api-sock", "/x");
	NAMED("firecracker", "vm-1", "/usr/bin/firecracker", "--id=vm-1");
	NAMED("firecracker", "", "firecracker", "--id");
	NAMED("firecracker", "", "firecracker", "--id=");
	NAMED("firecracker", "", "firecracker", "--identity", "x", "-id", "y");
	NAMED("firecracker", "", "firecracker", "-name", "not-its-option");
	NAMED("firecracker", "a=b", "firecracker-v1.7", "--id=a=b");
}

static void finds_cloud_hypervisor_names(void **state)
{
	(void)state;
	NAMED("cloud-hypervisor", "web1", "cloud-hypervisor", "--api-socket", "/run/web1.sock");
	NAMED("cloud-hypervisor", "web1", "cloud-hypervisor", "--api-socket=/run/web1.sock");
	NAMED("cloud-hypervisor", "web1", "cloud-hypervisor", "--api-socket",
	      "path=/run/web1.sock");
	NAMED("cloud-hypervisor", "web1", "cloud-hypervisor", "--api-socket", "/run/web1-socket");
	NAMED("cloud-hypervisor", "web1", "cloud-hypervisor", "--api-socket", "web1.sock");
	NAMED("cloud-hypervisor", "web.1", "cloud-hypervisor", "--api-socket", "/run/web.1.sock");
	/* If the name of the file is generic, the folder has the name. */
	NAMED("cloud-hypervisor", "web1", "cloud-hypervisor", "--api-socket", "/run/web1/api.sock");
	NAMED("cloud-hypervisor", "web1", "cloud-hypervisor", "--api-socket",
	      "/run/web1/clh-api.sock");
	NAMED("cloud-hypervisor", "web1", "cloud-hypervisor", "--api-socket", "web1/ch.sock");
	NAMED("cloud-hypervisor", "api", "cloud-hypervisor", "--api-socket", "api.sock");
	NAMED("cloud-hypervisor", "api", "cloud-hypervisor", "--api-socket", "/api.sock");
	NAMED("cloud-hypervisor", "", "cloud-hypervisor", "--api-socket", "");
	NAMED("cloud-hypervisor", "", "cloud-hypervisor", "--api-socket", "/");
	NAMED("cloud-hypervisor", ".sock", "cloud-hypervisor", "--api-socket", "/run/.sock");
	NAMED("cloud-hypervisor", "", "cloud-hypervisor", "--kernel", "x");
}

static void finds_crosvm_names(void **state)
{
	(void)state;
	NAMED("crosvm", "web1", "crosvm", "run", "--name", "web1", "--cpus", "2");
	NAMED("crosvm", "web1", "crosvm", "run", "--name=web1");
	NAMED("crosvm", "web1", "crosvm", "run", "-s", "/run/web1.sock");
	NAMED("crosvm", "web1", "crosvm", "run", "--socket", "/run/web1/crosvm.sock");
	/* --name wins over the socket, in any order. */
	NAMED("crosvm", "web1", "crosvm", "run", "--name", "web1", "-s", "/run/x.sock");
	NAMED("crosvm", "web1", "crosvm", "run", "-s", "/run/x.sock", "--name", "web1");
	NAMED("crosvm", "", "crosvm", "run");
}

static void finds_kvmtool_names(void **state)
{
	(void)state;
	NAMED("kvmtool", "web1", "lkvm", "run", "--name", "web1");
	NAMED("kvmtool", "web1", "/usr/bin/lkvm", "run", "-n", "mode=tap", "--name", "web1");
	NAMED("kvmtool", "web1", "lkvm", "run", "--name", "web1", "-n", "mode=tap"); /* --network */
	NAMED("kvmtool", "web1", "kvmtool", "run", "--name=web1");
	NAMED("kvmtool", "", "lkvm", "run", "-k", "bzImage");
}

static void cuts_long_names(void **state)
{
	char text[10240], option[10240 + 8] = "guest=", id[10240 + 8] = "--id=";
	struct name_found found;
	char clean[NAME_SIZE];

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	strcat(option, text);
	strcat(id, text);
	name_find((char *[]){ "qemu", "-name", option, NULL }, &found);
	assert_int_equal(strlen(found.name), NAME_SIZE - 1);
	name_find((char *[]){ "firecracker", id, NULL }, &found);
	assert_int_equal(strlen(found.name), NAME_SIZE - 1);
	name_find((char *[]){ "cloud-hypervisor", "--api-socket", text, NULL }, &found);
	assert_int_equal(strlen(found.name), NAME_SIZE - 1);

	name_clean(clean, text, false);
	assert_int_equal(strlen(clean), NAME_SIZE - 1);
	assert_int_equal(strspn(clean, "x"), NAME_SIZE - 2);
	assert_string_equal(clean + NAME_SIZE - 2, "+");
	memset(text, '\033', 100);
	name_clean(clean, text, false);
	assert_int_equal(strlen(clean), 63 * 4 + 1);
	assert_string_equal(clean + 62 * 4, "\\x1b+");
}

static void clean(const char *raw, const char *want)
{
	char out[NAME_SIZE], again[NAME_SIZE];

	memset(out, 'x', sizeof(out));
	name_clean(out, raw, false);
	assert_string_equal(out, want);
	/* Clean names do not change. */
	name_clean(again, out, true);
	assert_string_equal(again, want);
}

static void cleans_hostile_names(void **state)
{
	(void)state;
	clean("", "");
	clean("web1", "web1");
	clean("a b", "a b");
	clean("\033[31mred", "\\x1b[31mred");
	clean("\033]0;title\a", "\\x1b]0;title\\x07");
	clean("two\nlines\r\t", "two\\x0alines\\x0d\\x09");
	clean("\x7f", "\\x7f");
	clean("a\\x1b", "a\\x5cx1b");
	clean("\\", "\\x5c");
	clean("gr\xc3\xbc\xc3\x9f!", "gr\xc3\xbc\xc3\x9f!");
	clean("\xe8\x99\x9a\xe6\x8b\x9f", "\xe8\x99\x9a\xe6\x8b\x9f");
	/* Invalid, overlong, cut off, a surrogate, past Unicode, C1 control. */
	clean("a\xff-", "a\\xff-");
	clean("\xc0\xaf", "\\xc0\\xaf");
	clean("a\xc3", "a\\xc3");
	clean("\xc3(", "\\xc3(");
	clean("\xe8\x99", "\\xe8\\x99");
	clean("\xed\xa0\x80", "\\xed\\xa0\\x80");
	clean("\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80");
	clean("\xc2\x9b", "\\xc2\\x9b");
	/* Right-to-left override, isolate, zero width space, byte order mark, combining. */
	clean("a\xe2\x80\xae"
	      "b",
	      "a\\xe2\\x80\\xaeb");
	clean("\xe2\x81\xa6", "\\xe2\\x81\\xa6");
	clean("\xe2\x80\x8b", "\\xe2\\x80\\x8b");
	clean("\xef\xbb\xbf", "\\xef\\xbb\\xbf");
	clean("e\xcc\x81", "e\\xcc\\x81");
	/* These separate lines and paragraphs. */
	clean("\xe2\x80\xa8\xe2\x80\xa9", "\\xe2\\x80\\xa8\\xe2\\x80\\xa9");
}

static void every_byte_is_clean(void **state)
{
	(void)state;
	for (int c = 1; c < 256; c++) {
		char raw[3] = { 'a', c, '\0' }, want[8];

		if (c >= ' ' && c <= '~' && c != '\\')
			snprintf(want, sizeof(want), "a%c", c);
		else
			snprintf(want, sizeof(want), "a\\x%02x", c);
		clean(raw, want);
		clean(raw + 1, want + 1);
	}
}

/* A spreadsheet would compute these. A dash alone stands for an unknown name. */
static void no_name_is_a_formula(void **state)
{
	(void)state;
	clean("=1+1", "\\x3d1+1");
	clean("+1", "\\x2b1");
	clean("-1", "\\x2d1");
	clean("@SUM(A1)", "\\x40SUM(A1)");
	clean("-", "-");
	clean("=", "=");
	clean("a=1", "a=1");
	clean("\xc3\xbc=", "\xc3\xbc=");
}

/* No two names of up to three bytes, of those that have a meaning, become the same. */
static void different_names_stay_different(void **state)
{
	static const char bytes[] = "\\x23d=5c\033\xc3\xbc";
	enum { NR = sizeof(bytes) - 1, ALL = NR + NR * NR + NR * NR * NR };
	static char out[ALL][NAME_SIZE];
	size_t nr = 0;

	(void)state;
	for (int len = 1, all = NR; len <= 3; len++, all *= NR)
		for (int i = 0; i < all; i++) {
			char raw[4] = "";

			for (int at = 0, n = i; at < len; at++, n /= NR)
				raw[at] = bytes[n % NR];
			name_clean(out[nr++], raw, false);
		}
	assert_int_equal(nr, ALL);
	qsort(out, nr, NAME_SIZE, (int (*)(const void *, const void *))strcmp);
	for (size_t i = 1; i < nr; i++)
		assert_string_not_equal(out[i - 1], out[i]);
}

static void a_name_is_the_same_in_every_locale(void **state)
{
	(void)state;
	setlocale(LC_CTYPE, "C");
	clean("gr\xc3\xbc\033", "gr\xc3\xbc\\x1b");
	/* The locale is still the user's. */
	assert_int_equal(MB_CUR_MAX, 1);
	setlocale(LC_CTYPE, "C.UTF-8");
}

static void show(const char *name, int width, const char *want, int want_used)
{
	char shown[NAME_SHOWN_SIZE];

	assert_int_equal(name_show(shown, name, width), want_used);
	assert_string_equal(shown, want);
}

/* This also holds for names that nobody has cleaned. */
static void shows_names_harmlessly(void **state)
{
	(void)state;
	show("web1", 17, "web1", 4);
	show("", 17, "", 0);
	show("a b", 17, "a b", 3);
	show("\033[31mred", 17, "\\x1b[31mred", 11);
	show("two\nlines\t", 20, "two\\x0alines\\x09", 16);
	show("\x7f", 17, "\\x7f", 4);
	/* A clean name is shown as it is. */
	show("a\\x5cx1b", 17, "a\\x5cx1b", 8);
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

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(finds_qemu_names),
	cmocka_unit_test(finds_libvirt_names),
	cmocka_unit_test(finds_no_name_where_there_is_none),
	cmocka_unit_test(finds_firecracker_names),
	cmocka_unit_test(finds_cloud_hypervisor_names),
	cmocka_unit_test(finds_crosvm_names),
	cmocka_unit_test(finds_kvmtool_names),
	cmocka_unit_test(cuts_long_names),
	cmocka_unit_test(cleans_hostile_names),
	cmocka_unit_test(every_byte_is_clean),
	cmocka_unit_test(no_name_is_a_formula),
	cmocka_unit_test(different_names_stay_different),
	cmocka_unit_test(a_name_is_the_same_in_every_locale),
	cmocka_unit_test(shows_names_harmlessly),
	cmocka_unit_test(keeps_to_the_width),
	cmocka_unit_test(escapes_bytes_that_the_locale_cannot_show),
};

UNIT_MAIN(tests)
