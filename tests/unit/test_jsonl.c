// SPDX-License-Identifier: GPL-2.0
/*
 * Tests that a snapshot in JSON is read as it was written, and that all else is refused.
 */
#include "unit.h"

#include <string.h>

#include "data/about.h"
#include "data/jsonl.h"

#define ALL ((UINT32_C(1) << COL_NR) - 1)

/* Each field of each row is a different number or text. */
static void fill(struct detail *detail)
{
	uint64_t number = 1000;

	for (enum table p = 0; p < TABLE_NR; p++) {
		detail->table[p].known = true;
		for (size_t i = 0; i <= p % 3; i++) {
			char *row = detail_new_row(&detail_form[p], &detail->table[p]);

			for (const struct field *f = detail_form[p].field; f->name; f++)
				if (f->text)
					sprintf(row + f->at, "a \"%ju\"", (uintmax_t)number++);
				else
					*(uint64_t *)(row + f->at) = number++;
		}
	}
	detail->table[TABLE_CPUS].nr = 0;
}

/* There are two guests, one with everything and one with its line only. */
static struct snapshot make(void)
{
	struct snapshot snap = { .nr = 2,
				 .has = ALL,
				 .at = { .real_ns = 1795239202302514187,
					 .boot_ns = 7000000001,
					 .boot_id = "465e131a",
					 .host = "h\xc3\xb6st",
					 .kernel = "6.1.0-1",
					 .isa = "arm64 (VHE)",
					 .cpus = 2 } };

	snap.guest = calloc(2, sizeof(*snap.guest));
	snap.about = calloc(2, sizeof(*snap.about));
	for (size_t i = 0; i < 2; i++) {
		for (enum column c = 0; c < COL_NR; c++)
			snap.guest[i].v[c] = 100 * (i + 1) + c;
		snap.guest[i].v[COL_exits] = snap.guest[i].v[COL_kvm_vm_switch_num] +
					     snap.guest[i].v[COL_kvm_qemu_switch_num];
		snap.about[i] = about_new();
		strcpy(snap.about[i]->name, i ? "-" : "we\\x5cb");
	}
	strcpy(snap.about[0]->vmm, "qemu");
	strcpy(snap.about[0]->cgroup, "/machine.slice/\xe8\x99\x9a");
	snap.about[0]->has_ready = true;
	snap.about[0]->ready_ns = 12345;
	fill(&snap.about[0]->detail);
	return snap;
}

static char *dump(const struct snapshot *snap)
{
	char *text = jsonl_line(snap), *end = strchr(text, '\n');

	assert_non_null(end);
	assert_int_equal(end[1], 0);
	*end = '\0';
	return text;
}

/* Parses a copy in a block of exactly its size, so that ASan sees a read past its end. */
static enum source_status parse(const char *text, size_t len, struct snapshot *snap,
				struct source_error *err)
{
	char *copy = malloc(len ? len : 1);
	enum source_status status;

	memcpy(copy, text, len);
	status = jsonl_parse(copy, len, 7, snap, err);
	assert_int_equal(err->status, status);
	if (status) {
		assert_int_equal(err->line, 7);
		assert_int_not_equal(err->what[0], '\0');
		assert_null(snap->guest);
		assert_null(snap->about);
		assert_int_equal(snap->nr, 0);
	}
	free(copy);
	return status;
}

static void reads_what_it_writes(void **state)
{
	struct snapshot snap = make(), again;
	struct source_error err;
	char *text = dump(&snap), *second;

	(void)state;
	assert_null(strchr(text, '\n'));
	assert_int_equal(parse(text, strlen(text), &again, &err), SOURCE_OK);
	assert_int_equal(again.nr, 2);
	assert_int_equal(again.has & ALL, ALL);
	assert_memory_equal(again.guest, snap.guest, 2 * sizeof(*snap.guest));
	assert_true(again.at.real_ns == snap.at.real_ns);
	assert_true(again.at.boot_ns == snap.at.boot_ns);
	assert_string_equal(again.at.boot_id, snap.at.boot_id);
	assert_string_equal(again.at.host, snap.at.host);
	assert_string_equal(again.at.kernel, snap.at.kernel);
	assert_string_equal(again.at.isa, snap.at.isa);
	assert_int_equal(again.about[1]->detail.isa, ISA_ARM64);
	assert_int_equal(again.at.cpus, 2);
	for (size_t i = 0; i < 2; i++) {
		const struct about *a = again.about[i], *b = snap.about[i];

		assert_string_equal(a->name, b->name);
		assert_string_equal(a->vmm, b->vmm);
		assert_string_equal(a->cgroup, b->cgroup);
		assert_int_equal(a->has_ready, b->has_ready);
		assert_int_equal(a->ready_ns, b->ready_ns);
		for (enum table p = 0; p < TABLE_NR; p++) {
			const struct rows *x = &a->detail.table[p], *y = &b->detail.table[p];

			assert_int_equal(x->known, y->known);
			assert_int_equal(x->nr, y->nr);
			if (x->nr)
				assert_memory_equal(x->row, y->row, x->nr * detail_form[p].size);
		}
	}
	second = dump(&again);
	assert_string_equal(second, text);
	free(second);
	free(text);
	snapshot_free(&again);
	snapshot_free(&snap);
}

static void writes_only_what_is_known(void **state)
{
	struct snapshot snap = make(), again;
	struct source_error err;
	char *text;

	(void)state;
	snap.has = COL_BIT(COL_NEEDED) - 1;
	about_put(snap.about[0]);
	about_put(snap.about[1]);
	free(snap.about);
	snap.about = NULL;
	text = dump(&snap);
	assert_null(strstr(text, "detail"));
	assert_null(strstr(text, "name"));
	assert_null(strstr(text, "mmio_num"));
	assert_int_equal(parse(text, strlen(text), &again, &err), SOURCE_OK);
	assert_int_equal(again.has & ALL, COL_BIT(COL_NEEDED) - 1);
	assert_int_equal(again.guest[0].v[COL_exits], snap.guest[0].v[COL_exits]);
	assert_int_equal(again.guest[0].v[COL_mmio_num], 0);
	assert_string_equal(again.about[0]->name, "-");
	assert_false(again.about[0]->has_ready);
	assert_false(again.about[0]->detail.table[TABLE_REASONS].known);
	free(text);
	snapshot_free(&again);
	snapshot_free(&snap);
}

/* Numbers end at 2^63 - 1 in jansson. Larger ones are written as that, and can be read. */
static void numbers_end_where_they_must(void **state)
{
	struct snapshot snap = make(), again;
	struct source_error err;
	struct counts *counts = &snap.guest[0];
	char *text;

	(void)state;
	counts->v[COL_io_num] = UINT64_MAX;
	counts->v[COL_guest_ns] = (uint64_t)INT64_MAX + 1;
	counts->v[COL_kvm_vm_switch_num] = UINT64_MAX - 9;
	counts->v[COL_kvm_qemu_switch_num] = 9;
	counts->v[COL_exits] = UINT64_MAX;
	snap.guest[1].v[COL_io_num] = INT64_MAX;
	text = dump(&snap);
	assert_int_equal(parse(text, strlen(text), &again, &err), SOURCE_OK);
	assert_int_equal(again.guest[0].v[COL_io_num], INT64_MAX);
	assert_int_equal(again.guest[0].v[COL_guest_ns], INT64_MAX);
	assert_int_equal(again.guest[0].v[COL_exits], INT64_MAX);
	assert_int_equal(again.guest[0].v[COL_kvm_qemu_switch_num], 9);
	assert_int_equal(again.guest[1].v[COL_io_num], INT64_MAX);
	free(text);
	snapshot_free(&again);
	snapshot_free(&snap);
}

#define HEAD "\"kvmstat\":\"0.1.0\",\"format\":1"
#define COUNTS                                                                         \
	"\"no\":1,\"pid\":5,\"io_num\":0,\"exception_num\":0,\"kvm_vm_switch_num\":3," \
	"\"kvm_qemu_switch_num\":4,\"exits\":7"
#define GUESTS(...) "{" HEAD ",\"guests\":[" __VA_ARGS__ "]}"
#define GUEST(more) GUESTS("{" COUNTS more "}")

static void takes_the_least(void **state)
{
	struct source_error err;
	struct snapshot snap;

	(void)state;
	assert_int_equal(parse(GUESTS(""), strlen(GUESTS("")), &snap, &err), SOURCE_OK);
	assert_int_equal(snap.nr, 0);
	assert_int_equal(snap.at.real_ns, 0);
	snapshot_free(&snap);
	assert_int_equal(parse(GUEST(""), strlen(GUEST("")), &snap, &err), SOURCE_OK);
	assert_int_equal(snap.nr, 1);
	assert_int_equal(snap.guest[0].v[COL_pid], 5);
	assert_string_equal(snap.about[0]->name, "-");
	snapshot_free(&snap);
}

/* A later kvmstat may add this. */
static void skips_keys_that_it_does_not_know(void **state)
{
	static const char text[] =
		"{" HEAD ",\"later\":[1,{\"x\":null}],\"guests\":[{" COUNTS ",\"newer_num\":-1.5,"
		"\"detail\":{\"reasons\":[{\"exits\":3,\"colour\":\"red\"}],\"newer\":{}}}]}";
	struct source_error err;
	struct snapshot snap;

	(void)state;
	assert_int_equal(parse(text, sizeof(text) - 1, &snap, &err), SOURCE_OK);
	assert_int_equal(snap.about[0]->detail.table[TABLE_REASONS].nr, 1);
	assert_int_equal(((struct reason *)snap.about[0]->detail.table[TABLE_REASONS].row)->exits,
			 3);
	snapshot_free(&snap);
}

static void refuse(const char *text, enum source_status status, const char *what)
{
	struct source_error err;
	struct snapshot snap;

	if (parse(text, strlen(text), &snap, &err) != status)
		fail_msg("%s: status %d: %s", text, err.status, err.what);
	if (strncmp(err.what, what, strlen(what)) != 0)
		fail_msg("%s: '%s', not '%s'", text, err.what, what);
}

static void refuses_what_is_not_json(void **state)
{
	(void)state;
	refuse("", SOURCE_MALFORMED, "not JSON: '[' or '{' expected near end of file");
	refuse("{", SOURCE_MALFORMED, "not JSON: ");
	refuse("{}}", SOURCE_MALFORMED, "not JSON: end of file expected near '}'");
	refuse("{\"a\":1,\"a\":2}", SOURCE_MALFORMED, "not JSON: duplicate object key");
	refuse("1", SOURCE_MALFORMED, "not JSON: ");
	refuse("{\"a\":9223372036854775808}", SOURCE_MALFORMED, "not JSON: too big integer");
	refuse("{\"a\":\"\\u0000\"}", SOURCE_MALFORMED, "not JSON: \\u0000 is not allowed");
	refuse("{\"a\":\"\xff\"}", SOURCE_MALFORMED, "not JSON: unable to decode byte 0xff");
	refuse("{\"a\":\"\n\"}", SOURCE_MALFORMED, "not JSON: ");
}

/* The message quotes a piece of the line, which can be anything. */
static void its_messages_are_harmless(void **state)
{
	(void)state;
	refuse("{\033]0;x\007}", SOURCE_MALFORMED, "not JSON: string or '}' expected near '\\x1b'");
	refuse("{\"\xc2\x9b"
	       "31mred\" x}",
	       SOURCE_MALFORMED, "not JSON: ':' expected near 'x'");
	refuse("{\"\xc2\x9b"
	       "31mred\"\"\xe2\x80\xae\"}",
	       SOURCE_MALFORMED, "not JSON: ':' expected near '\"\\xe2\\x80\\xae\"'");
}

static void refuses_what_is_no_snapshot(void **state)
{
	(void)state;
	refuse("[]", SOURCE_FOREIGN, "not a snapshot");
	refuse("{}", SOURCE_FOREIGN, "not a snapshot");
	refuse("{\"name\":\"x\"}", SOURCE_FOREIGN, "not a snapshot");
	refuse("{" HEAD "}", SOURCE_FOREIGN, "not a snapshot");
	refuse("{" HEAD ",\"guests\":{}}", SOURCE_FOREIGN, "not a snapshot");
	refuse("{\"format\":1,\"guests\":[]}", SOURCE_FOREIGN, "not a snapshot");
	refuse("{\"kvmstat\":\"9\",\"guests\":[]}", SOURCE_FOREIGN,
	       "a format that this version does not know");
	refuse("{\"kvmstat\":\"9\",\"format\":2,\"guests\":[]}", SOURCE_FOREIGN,
	       "a format that this version does not know");
	refuse("{\"kvmstat\":\"9\",\"format\":\"1\",\"guests\":[]}", SOURCE_MALFORMED,
	       "not a count: format");
}

static void refuses_bad_values(void **state)
{
	(void)state;
	refuse("{" HEAD ",\"time_ns\":-1,\"guests\":[]}", SOURCE_MALFORMED, "not a count: time_ns");
	refuse("{" HEAD ",\"uptime_ns\":1.5,\"guests\":[]}", SOURCE_MALFORMED,
	       "not a count: uptime_ns");
	refuse("{" HEAD ",\"cpus\":\"2\",\"guests\":[]}", SOURCE_MALFORMED, "not a count: cpus");
	refuse("{" HEAD ",\"host\":1,\"guests\":[]}", SOURCE_MALFORMED, "not a text: host");
	refuse("{" HEAD ",\"kernel\":null,\"guests\":[]}", SOURCE_MALFORMED, "not a text: kernel");
	refuse("{" HEAD ",\"boot_id\":[],\"guests\":[]}", SOURCE_MALFORMED, "not a text: boot_id");
	refuse(GUESTS("1"), SOURCE_MALFORMED, "a guest is not an object");
	refuse(GUESTS("[]"), SOURCE_MALFORMED, "a guest is not an object");
	refuse(GUESTS("{}"), SOURCE_MALFORMED, "a guest lacks a column");
	refuse(GUESTS("{\"pid\":5}"), SOURCE_MALFORMED, "a guest lacks a column");
	refuse(GUESTS("{\"pid\":-5}"), SOURCE_MALFORMED, "not a count: pid");
	refuse(GUESTS("{\"pid\":5.0}"), SOURCE_MALFORMED, "not a count: pid");
	refuse(GUESTS("{\"pid\":true}"), SOURCE_MALFORMED, "not a count: pid");
	refuse(GUEST(",\"mmio_num\":\"1\""), SOURCE_MALFORMED, "not a count: mmio_num");
	refuse(GUEST(",\"ready_ns\":null"), SOURCE_MALFORMED, "not a count: ready_ns");
	refuse(GUEST(",\"name\":5"), SOURCE_MALFORMED, "not a text: name");
	refuse(GUEST(",\"vmm\":{}"), SOURCE_MALFORMED, "not a text: vmm");
	refuse(GUEST(",\"cgroup\":false"), SOURCE_MALFORMED, "not a text: cgroup");
	/* The second of two guests is checked, too. */
	refuse(GUESTS("{" COUNTS "},{}"), SOURCE_MALFORMED, "a guest lacks a column");
}

static void refuses_counts_that_cannot_be(void **state)
{
	static const char text[] =
		GUESTS("{\"no\":1,\"pid\":%s,\"io_num\":0,\"exception_num\":0,"
		       "\"kvm_vm_switch_num\":%s,\"kvm_qemu_switch_num\":%s,\"exits\":%s}");
	char line[400];

	(void)state;
	snprintf(line, sizeof(line), text, "2147483648", "3", "4", "7");
	refuse(line, SOURCE_MALFORMED, "the pid is out of range");
	snprintf(line, sizeof(line), text, "5", "3", "4", "8");
	refuse(line, SOURCE_MALFORMED, "exits is not the sum of the two switches");
	snprintf(line, sizeof(line), text, "5", "8", "0", "7");
	refuse(line, SOURCE_MALFORMED, "exits is not the sum of the two switches");
	snprintf(line, sizeof(line), text, "5", "9223372036854775807", "9223372036854775807", "5");
	refuse(line, SOURCE_MALFORMED, "exits is not the sum of the two switches");
}

static void refuses_bad_details(void **state)
{
	(void)state;
	refuse(GUEST(",\"detail\":{\"reasons\":{}}"), SOURCE_MALFORMED, "not a list: reasons");
	refuse(GUEST(",\"detail\":{\"hot\":5}"), SOURCE_MALFORMED, "not a list: hot");
	refuse(GUEST(",\"detail\":{\"hot\":[5]}"), SOURCE_MALFORMED,
	       "a bad list, or one that is too long: hot");
	refuse(GUEST(",\"detail\":{\"reasons\":[{\"exits\":-1}]}"), SOURCE_MALFORMED,
	       "not a count: exits");
	refuse(GUEST(",\"detail\":{\"reasons\":[{\"reason\":1}]}"), SOURCE_MALFORMED,
	       "not a short text: reason");
	refuse(GUEST(",\"detail\":{\"reasons\":[{\"reason\":\"gr\xc3\xbc\"}]}"), SOURCE_MALFORMED,
	       "not a short text: reason");
	refuse(GUEST(",\"detail\":{\"reasons\":[{\"reason\":\"\\u001b[31m\"}]}"), SOURCE_MALFORMED,
	       "not a short text: reason");
	refuse(GUEST(",\"detail\":{\"reasons\":"
		     "[{\"reason\":\"1234567890123456789012345678901234567890\"}]}"),
	       SOURCE_MALFORMED, "not a short text: reason");
	refuse(GUEST(",\"detail\":{\"vcpus\":[{},{\"mode\":\"\\n\"}]}"), SOURCE_MALFORMED,
	       "not a short text: mode");
}

/* Texts are clean, whatever is in the file. */
static void hostile_names_come_in_clean(void **state)
{
	static const char text[] =
		"{" HEAD ",\"host\":\"h\\u001b[2J\",\"kernel\":\"\\u202e1.6\",\"guests\":[{" COUNTS
		",\"name\":\"\\u001b[31mred\\n\",\"vmm\":\"\xc2\x9b\",\"cgroup\":\"/a\\u0007b\"}]}";
	char *line = malloc(20000);
	struct source_error err;
	struct snapshot snap;
	int len;

	(void)state;
	assert_int_equal(parse(text, sizeof(text) - 1, &snap, &err), SOURCE_OK);
	assert_string_equal(snap.at.host, "h\\x1b[2J");
	assert_string_equal(snap.at.kernel, "\\xe2\\x80\\xae1.6");
	assert_string_equal(snap.about[0]->name, "\\x1b[31mred\\x0a");
	assert_string_equal(snap.about[0]->vmm, "\\xc2\\x9b");
	assert_string_equal(snap.about[0]->cgroup, "/a\\x07b");
	snapshot_free(&snap);

	len = sprintf(line, "{" HEAD ",\"guests\":[{" COUNTS ",\"name\":\"");
	memset(line + len, 'x', 10240);
	len += 10240;
	len += sprintf(line + len, "\"}]}");
	assert_int_equal(parse(line, len, &snap, &err), SOURCE_OK);
	assert_int_equal(strlen(snap.about[0]->name), NAME_SIZE - 1);
	assert_string_equal(snap.about[0]->name + NAME_SIZE - 2, "+");
	snapshot_free(&snap);
	free(line);
}

/* A line that is cut anywhere is no snapshot, and leaves nothing behind. */
static void refuses_every_cut(void **state)
{
	struct snapshot snap = make(), cut;
	char *text = dump(&snap);
	struct source_error err;

	(void)state;
	for (size_t len = 0; len < strlen(text); len++)
		assert_int_equal(parse(text, len, &cut, &err), SOURCE_MALFORMED);
	free(text);
	snapshot_free(&snap);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(reads_what_it_writes),
	cmocka_unit_test(writes_only_what_is_known),
	cmocka_unit_test(numbers_end_where_they_must),
	cmocka_unit_test(takes_the_least),
	cmocka_unit_test(skips_keys_that_it_does_not_know),
	cmocka_unit_test(refuses_what_is_not_json),
	cmocka_unit_test(its_messages_are_harmless),
	cmocka_unit_test(refuses_what_is_no_snapshot),
	cmocka_unit_test(refuses_bad_values),
	cmocka_unit_test(refuses_counts_that_cannot_be),
	cmocka_unit_test(refuses_bad_details),
	cmocka_unit_test(hostile_names_come_in_clean),
	cmocka_unit_test(refuses_every_cut),
};

UNIT_MAIN(tests)
