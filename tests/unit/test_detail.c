// SPDX-License-Identifier: GPL-2.0
/*
 * Tests the tables of debugfs: what is read, what is refused, and differences.
 */
#include "unit.h"

#include <string.h>

#include "data/detail.h"
#include "kvmstat.h"

/* Parses a copy in a block of exactly its size, so that ASan sees a read past its end. */
static const char *parse_bytes(enum table table, const char *text, size_t len,
			       struct detail *detail)
{
	char *copy = malloc(len ? len : 1);
	const char *wrong;

	memcpy(copy, text, len);
	*detail = (struct detail){ 0 };
	wrong = detail_parse(&detail_form[table], copy, len, &detail->table[table]);
	free(copy);
	if (wrong) {
		assert_false(detail->table[table].known);
		assert_null(detail->table[table].row);
		assert_int_equal(detail->table[table].nr, 0);
	} else {
		assert_true(detail->table[table].known);
	}
	return wrong;
}

static void refuse_bytes(enum table table, const char *text, size_t len, const char *want)
{
	struct detail detail;

	assert_string_equal(parse_bytes(table, text, len, &detail), want);
}

static void refuse(enum table table, const char *text, const char *want)
{
	refuse_bytes(table, text, strlen(text), want);
}

/* Returns the rows, which are valid until detail_free(). */
static void *accept(enum table table, const char *text, size_t nr, struct detail *detail)
{
	assert_null(parse_bytes(table, text, strlen(text), detail));
	assert_int_equal(detail->table[table].nr, nr);
	return detail->table[table].row;
}

static void reads_reasons(void **state)
{
	struct detail detail;
	const struct reason *r = accept(TABLE_REASONS,
					KVMSTAT_REASONS_COLUMNS
					"\n"
					"0x46 1 0 198289 7 198296 UD excp\n"
					"0xffffffffffffffff 2 1 3 4 5 unknown\n"
					"123 18446744073709551615 0 0 0 0 io\n",
					3, &detail);

	(void)state;
	assert_int_equal(r->code, 0x46);
	assert_int_equal(r->exits, 1);
	assert_int_equal(r->to_user, 0);
	assert_int_equal(r->kernel_ns, 198289);
	assert_int_equal(r->user_ns, 7);
	assert_int_equal(r->longest_ns, 198296);
	assert_string_equal(r->reason, "UD excp");
	assert_true(r[1].code == UINT64_MAX);
	assert_string_equal(r[2].reason, "io");
	assert_int_equal(r[2].code, 123);
	assert_true(r[2].exits == UINT64_MAX);
	detail_free(&detail);
	assert_null(detail.table[TABLE_REASONS].row);
}

static void reads_userspace(void **state)
{
	struct detail detail;
	const struct outcome *o = accept(TABLE_USERSPACE,
					 KVMSTAT_USERSPACE_COLUMNS "\nexit 2355 KVM_EXIT_IO\n"
								   "noexit 1 EINTR\n",
					 2, &detail);

	(void)state;
	assert_string_equal(o->kind, "exit");
	assert_int_equal(o->returns, 2355);
	assert_string_equal(o->name, "KVM_EXIT_IO");
	assert_string_equal(o[1].kind, "noexit");
	detail_free(&detail);
}

static void reads_histograms(void **state)
{
	struct detail detail;
	const struct histogram *h = accept(TABLE_HISTOGRAMS,
					   KVMSTAT_HISTOGRAMS_COLUMNS
					   " 512 1024 2048 4096 8192 16384 32768 65536 131072 "
					   "262144 524288 1048576 2097152 4194304 8388608 inf\n"
					   "io userspace 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\n",
					   1, &detail);

	(void)state;
	assert_string_equal(h->class, "io");
	assert_string_equal(h->through, "userspace");
	for (size_t i = 0; i < DETAIL_BUCKETS; i++)
		assert_int_equal(h->bucket[i], i + 1);
	detail_free(&detail);
}

static void reads_hot(void **state)
{
	struct detail detail;
	const struct spot *s = accept(TABLE_HOT,
				      KVMSTAT_HOT_COLUMNS "\nport write 0xcf8 679 758 12345\n"
							  "mmio read 0xfec00010 204 209 0\n",
				      2, &detail);

	(void)state;
	assert_string_equal(s->kind, "port");
	assert_string_equal(s->direction, "write");
	assert_int_equal(s->address, 0xcf8);
	assert_int_equal(s->count, 679);
	assert_int_equal(s->at_most, 758);
	assert_int_equal(s->ns, 12345);
	assert_int_equal(s[1].address, 0xfec00010);
	assert_int_equal(s[1].ns, 0);
	detail_free(&detail);

	/* A module before the times of hot spots. */
	s = accept(TABLE_HOT, "kind direction address count at_most\nport write 0xcf8 679 758\n", 1,
		   &detail);
	assert_int_equal(s->at_most, 758);
	assert_true(s->ns == DETAIL_UNKNOWN);
	detail_free(&detail);
}

static void reads_vcpus(void **state)
{
	struct detail detail;
	const struct vcpu *v = accept(
		TABLE_VCPUS, KVMSTAT_VCPUS_COLUMNS "\n1 2 3 4 5 6 7 8 9 kernel\n", 1, &detail);

	(void)state;
	assert_int_equal(v->vcpu, 1);
	assert_int_equal(v->exits, 2);
	assert_int_equal(v->to_user, 3);
	assert_int_equal(v->guest_ns, 4);
	assert_int_equal(v->kernel_ns, 5);
	assert_int_equal(v->user_ns, 6);
	assert_int_equal(v->polled_ns, 7);
	assert_int_equal(v->blocked_ns, 8);
	assert_int_equal(v->tid, 9);
	assert_string_equal(v->mode, "kernel");
	detail_free(&detail);
}

static void reads_cpus(void **state)
{
	struct detail detail;
	const struct cpu *c =
		accept(TABLE_CPUS, KVMSTAT_CPUS_COLUMNS "\n1 2 3 4 5 6 7\n", 1, &detail);

	(void)state;
	assert_int_equal(c->cpu, 1);
	assert_int_equal(c->exits, 2);
	assert_int_equal(c->to_user, 3);
	assert_int_equal(c->io_num, 4);
	assert_int_equal(c->mmio_num, 5);
	assert_int_equal(c->halt_num, 6);
	assert_int_equal(c->guest_ns, 7);
	detail_free(&detail);
}

/* A newer module has more columns, an older one fewer, in any order. */
static void finds_columns_by_name(void **state)
{
	struct detail detail;
	const struct reason *r = accept(TABLE_REASONS,
					"later exits\tcode  newest reason\n"
					" 9 5\t0x1 some first_one \n"
					"0x- 6 2 - second one\n",
					2, &detail);

	(void)state;
	assert_int_equal(r->exits, 5);
	assert_int_equal(r->code, 1);
	assert_int_equal(r->kernel_ns, 0);
	assert_string_equal(r->reason, "first_one ");
	assert_int_equal(r[1].exits, 6);
	assert_string_equal(r[1].reason, "second one");
	detail_free(&detail);

	accept(TABLE_REASONS, "reason\n", 0, &detail);
	detail_free(&detail);
	accept(TABLE_CPUS, "nothing that_we_know\n1 2\n", 1, &detail);
	assert_int_equal(((struct cpu *)detail.table[TABLE_CPUS].row)->cpu, 0);
	detail_free(&detail);
}

/* A text is one word unless it is in the last column. */
static void texts_have_a_place(void **state)
{
	struct detail detail;
	const struct reason *r = accept(TABLE_REASONS, "reason exits\nio 5\n", 1, &detail);

	(void)state;
	assert_string_equal(r->reason, "io");
	assert_int_equal(r->exits, 5);
	detail_free(&detail);
	refuse(TABLE_REASONS, "reason exits\nUD excp 5\n", "a field is not a number");
}

static void refuses_what_is_cut_off(void **state)
{
	static const char text[] = "code reason\n0x1 io\n0x2 UD excp\n";

	(void)state;
	for (size_t len = 0; len < sizeof(text) - 1; len++) {
		struct detail detail;
		bool whole = len && text[len - 1] == '\n';
		const char *wrong = parse_bytes(TABLE_REASONS, text, len, &detail);

		if (whole)
			assert_null(wrong);
		else
			assert_string_equal(wrong, "it is cut off");
		detail_free(&detail);
	}
	refuse(TABLE_REASONS, "code reason\n0x1\n", "a line is shorter than the header");
	refuse(TABLE_REASONS, "code reason\n\n", "a line is shorter than the header");
	refuse(TABLE_REASONS, "code reason\n0x1 \n", "a line is shorter than the header");
}

static void refuses_bad_numbers(void **state)
{
	static const char *const bad[] = { "-1",   "+1",
					   "x",	   "0x",
					   "0x0x", "0x-1",
					   "0xg",  "1.5",
					   "1e3",  "1,000",
					   "12a",  "18446744073709551616",
					   "inf",  "0x10000000000000000",
					   "1x5",  "99999999999999999999999",
					   "\xff", "000000000000000000000000000000001" };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		char text[80];

		snprintf(text, sizeof(text), "exits code\n%s 1\n", bad[i]);
		refuse(TABLE_REASONS, text, "a field is not a number");
	}
	refuse_bytes(TABLE_REASONS, "exits code\n1\0002 1\n", 17, "a field is not a number");
	/* The header has one column, but the line has two. */
	refuse(TABLE_REASONS, "exits\n1 2\n", "a line is longer than the header");
}

static void refuses_texts_that_are_not_names(void **state)
{
	(void)state;
	refuse(TABLE_REASONS, "reason\n\033[31mred\n", "a text is too long or not printable");
	refuse(TABLE_REASONS, "reason\nio\r\n", "a text is too long or not printable");
	refuse(TABLE_REASONS, "reason\ngr\xc3\xbc\n", "a text is too long or not printable");
	refuse(TABLE_REASONS, "reason\nDEL\x7f\n", "a text is too long or not printable");
	refuse_bytes(TABLE_REASONS, "reason\na\0b\n", 11, "a text is too long or not printable");
	refuse(TABLE_REASONS, "reason\n1234567890123456789012345678901234567890\n",
	       "a text is too long or not printable");
}

static void takes_the_longest_text(void **state)
{
	struct detail detail;
	const struct reason *r = accept(
		TABLE_REASONS, "reason\n123456789012345678901234567890123456789\n", 1, &detail);

	(void)state;
	assert_int_equal(strlen(r->reason), DETAIL_TEXT_SIZE - 1);
	detail_free(&detail);
}

static void refuses_what_is_too_much(void **state)
{
	const size_t room = 2 * (DETAIL_MAX_ROWS + 2) + 8;
	char *text = malloc(room), *at = text;
	struct detail detail;

	(void)state;
	at += sprintf(at, "cpu\n");
	for (size_t i = 0; i < DETAIL_MAX_ROWS; i++)
		at += sprintf(at, "1\n");
	accept(TABLE_CPUS, text, DETAIL_MAX_ROWS, &detail);
	detail_free(&detail);
	sprintf(at, "1\n");
	refuse(TABLE_CPUS, text, "too many lines");

	at = text;
	for (size_t i = 0; i < DETAIL_MAX_FIELDS; i++)
		at += sprintf(at, "x ");
	sprintf(at, "\n");
	accept(TABLE_CPUS, text, 0, &detail);
	detail_free(&detail);
	sprintf(at, "x\n");
	refuse(TABLE_CPUS, text, "it has too many columns");
	free(text);
}

static void parse(enum table table, const char *text, struct detail *detail)
{
	assert_null(parse_bytes(table, text, strlen(text), detail));
}

static void subtracts_row_by_row(void **state)
{
	struct detail was, now, diff;
	const struct reason *r;

	(void)state;
	parse(TABLE_REASONS,
	      KVMSTAT_REASONS_COLUMNS "\n1 10 5 100 200 50 io\n2 20 0 7 0 9 msr\n3 1 1 1 1 1 gone\n"
				      "4 9 9 9 9 9 back\n",
	      &was);
	parse(TABLE_REASONS,
	      KVMSTAT_REASONS_COLUMNS
	      "\n2 25 0 10 0 4 msr\n4 8 10 9 9 9 back\n1 30 6 900 250 60 io\n"
	      "5 3 1 2 4 6 new\n1 2 0 0 0 0 same code\n",
	      &now);
	detail_subtract(&diff, &was, &now);
	r = diff.table[TABLE_REASONS].row;
	assert_int_equal(diff.table[TABLE_REASONS].nr, 5);
	assert_true(diff.table[TABLE_REASONS].known);
	assert_false(diff.table[TABLE_HOT].known);

	/* Rows are in the later order. The longest time is a gauge. */
	assert_string_equal(r[0].reason, "msr");
	assert_int_equal(r[0].exits, 5);
	assert_int_equal(r[0].kernel_ns, 3);
	assert_int_equal(r[0].longest_ns, 4);
	/* A counter that went back is 0; the other counters of its row are not. */
	assert_string_equal(r[1].reason, "back");
	assert_int_equal(r[1].exits, 0);
	assert_int_equal(r[1].to_user, 1);
	assert_string_equal(r[2].reason, "io");
	assert_int_equal(r[2].code, 1);
	assert_int_equal(r[2].exits, 20);
	assert_int_equal(r[2].to_user, 1);
	assert_int_equal(r[2].kernel_ns, 800);
	assert_int_equal(r[2].user_ns, 50);
	assert_int_equal(r[2].longest_ns, 60);
	/* A new row is all new. All keys together identify a row. */
	assert_int_equal(r[3].exits, 3);
	assert_string_equal(r[4].reason, "same code");
	assert_int_equal(r[4].exits, 2);
	detail_free(&diff);

	/* These are from nothing, and from what was not known. */
	detail_subtract(&diff, NULL, &now);
	assert_int_equal(((struct reason *)diff.table[TABLE_REASONS].row)[2].exits, 30);
	detail_free(&diff);
	detail_subtract(&diff, &now, &(struct detail){ 0 });
	assert_false(diff.table[TABLE_REASONS].known);
	assert_null(diff.table[TABLE_REASONS].row);
	detail_free(&diff);
	detail_free(&was);
	detail_free(&now);
}

static void subtracts_each_form(void **state)
{
	struct detail was, now, diff;
	const struct spot *s;
	const struct vcpu *v;
	const struct histogram *h;
	const struct outcome *o;

	(void)state;
	/* The same address is read and written. Estimates can go back. */
	parse(TABLE_HOT, KVMSTAT_HOT_COLUMNS "\nport read 0x1f0 5 9 7\nport write 0x1f0 50 90 70\n",
	      &was);
	parse(TABLE_HOT,
	      KVMSTAT_HOT_COLUMNS "\nport write 0x1f0 60 80 75\nport read 0x1f0 6 12 2\n", &now);
	detail_subtract(&diff, &was, &now);
	s = diff.table[TABLE_HOT].row;
	assert_int_equal(s[0].count, 10);
	assert_int_equal(s[0].at_most, 0);
	assert_int_equal(s[0].ns, 5);
	assert_int_equal(s[1].count, 1);
	assert_int_equal(s[1].ns, 0);
	assert_int_equal(s[1].at_most, 3);
	assert_int_equal(s[1].address, 0x1f0);
	detail_free(&diff);
	detail_free(&was);
	detail_free(&now);

	parse(TABLE_VCPUS, KVMSTAT_VCPUS_COLUMNS "\n0 10 1 1 1 1 1 1 100 guest\n", &was);
	parse(TABLE_VCPUS, KVMSTAT_VCPUS_COLUMNS "\n0 12 1 2 1 1 1 1 200 blocked\n", &now);
	detail_subtract(&diff, &was, &now);
	v = diff.table[TABLE_VCPUS].row;
	assert_int_equal(v->exits, 2);
	assert_int_equal(v->guest_ns, 1);
	assert_int_equal(v->tid, 200);
	assert_string_equal(v->mode, "blocked");
	detail_free(&diff);
	detail_free(&was);
	detail_free(&now);

	parse(TABLE_HISTOGRAMS, "class through 512 inf\nio kernel 1 2\nio userspace 3 4\n", &was);
	parse(TABLE_HISTOGRAMS, "class through 512 inf\nio kernel 5 2\nio userspace 3 9\n", &now);
	detail_subtract(&diff, &was, &now);
	h = diff.table[TABLE_HISTOGRAMS].row;
	assert_int_equal(h[0].bucket[0], 4);
	assert_int_equal(h[0].bucket[15], 0);
	assert_int_equal(h[1].bucket[15], 5);
	detail_free(&diff);
	detail_free(&was);
	detail_free(&now);

	parse(TABLE_USERSPACE, KVMSTAT_USERSPACE_COLUMNS "\nerrno 5 EINTR\nnoexit 1 EINTR\n", &was);
	parse(TABLE_USERSPACE, KVMSTAT_USERSPACE_COLUMNS "\nerrno 6 EINTR\nnoexit 3 EINTR\n", &now);
	detail_subtract(&diff, &was, &now);
	o = diff.table[TABLE_USERSPACE].row;
	assert_int_equal(o[0].returns, 1);
	assert_int_equal(o[1].returns, 2);
	detail_free(&diff);
	detail_free(&was);
	detail_free(&now);
}

static void add_thread(struct detail *detail, uint64_t tid, uint64_t run_ns, uint64_t moves)
{
	struct thread *t =
		detail_new_row(&detail_form[TABLE_THREADS], &detail->table[TABLE_THREADS]);

	assert_int_equal(t->node, DETAIL_UNKNOWN);
	t->tid = tid;
	t->run_ns = run_ns;
	t->moves = moves;
}

static void what_is_not_known_stays_so(void **state)
{
	struct detail was = { 0 }, now = { 0 }, diff;
	const struct thread *t;

	(void)state;
	add_thread(&was, 7, 100, DETAIL_UNKNOWN);
	add_thread(&was, 8, DETAIL_UNKNOWN, 5);
	add_thread(&now, 7, 150, 5);
	add_thread(&now, 8, 70, DETAIL_UNKNOWN);
	add_thread(&now, 9, 30, 2);
	detail_subtract(&diff, &was, &now);
	t = diff.table[TABLE_THREADS].row;
	assert_int_equal(t[0].run_ns, 50);
	assert_int_equal(t[0].moves, DETAIL_UNKNOWN);
	assert_int_equal(t[1].run_ns, DETAIL_UNKNOWN);
	assert_int_equal(t[1].moves, DETAIL_UNKNOWN);
	assert_int_equal(t[2].run_ns, 30);
	assert_int_equal(t[2].moves, 2);
	assert_int_equal(t[2].voluntary, DETAIL_UNKNOWN);
	detail_free(&was);
	detail_free(&now);
	detail_free(&diff);
}

static void cleans_text(const char *raw, size_t room, const char *want)
{
	char *field = malloc(room);

	detail_clean_text(field, room, raw);
	assert_string_equal(field, want);
	free(field);
}

static void texts_are_made_harmless(void **state)
{
	(void)state;
	cleans_text("CPU 0/KVM", 40, "CPU 0/KVM");
	cleans_text("\033[31mevil\n", 40, "\\x1b[31mevil\\x0a");
	cleans_text("=1+1", 40, "\\x3d1+1");
	cleans_text("gr\xc3\xbcn", 40, "gr\\xc3\\xbcn");
	cleans_text("12345", 6, "12345");
	cleans_text("123456", 6, "1234+");
	cleans_text("12\xc3\xbc", 6, "12+");
	cleans_text("12\xc3\xbc", 10, "12\\xc3+");
	cleans_text("", 1, "");
}

static void what_is_missing_is_said_once(void **state)
{
	struct detail detail = { 0 };
	const struct missing *m;

	(void)state;
	detail_miss(&detail, "a", "first");
	detail_miss(&detail, "a", "again");
	detail_miss(&detail, "b", "\n");
	m = detail.table[TABLE_MISSING].row;
	assert_int_equal(detail.table[TABLE_MISSING].nr, 2);
	assert_string_equal(m[0].why, "first");
	assert_string_equal(m[1].why, "\\x0a");
	detail_free(&detail);
}

/* Every form is right about its struct. */
static void forms_fit_their_rows(void **state)
{
	static const size_t size[TABLE_NR] = {
		sizeof(struct reason),	  sizeof(struct outcome), sizeof(struct histogram),
		sizeof(struct spot),	  sizeof(struct vcpu),	  sizeof(struct cpu),
		sizeof(struct thread),	  sizeof(struct cgroup),  sizeof(struct memory),
		sizeof(struct node),	  sizeof(struct traffic), sizeof(struct host),
		sizeof(struct host_node), sizeof(struct process), sizeof(struct missing)
	};

	(void)state;
	for (enum table p = 0; p < TABLE_NR; p++) {
		size_t covered = 0;

		assert_int_equal(detail_form[p].size, size[p]);
		for (const struct field *f = detail_form[p].field; f->name; f++) {
			covered += f->text ?: sizeof(uint64_t);
			for (const struct field *g = detail_form[p].field; g != f; g++) {
				assert_int_not_equal(f->at, g->at);
				assert_string_not_equal(f->name, g->name);
			}
		}
		assert_int_equal(covered, size[p]);
	}
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(reads_reasons),
	cmocka_unit_test(reads_userspace),
	cmocka_unit_test(reads_histograms),
	cmocka_unit_test(reads_hot),
	cmocka_unit_test(reads_vcpus),
	cmocka_unit_test(reads_cpus),
	cmocka_unit_test(finds_columns_by_name),
	cmocka_unit_test(texts_have_a_place),
	cmocka_unit_test(refuses_what_is_cut_off),
	cmocka_unit_test(refuses_bad_numbers),
	cmocka_unit_test(refuses_texts_that_are_not_names),
	cmocka_unit_test(takes_the_longest_text),
	cmocka_unit_test(refuses_what_is_too_much),
	cmocka_unit_test(subtracts_row_by_row),
	cmocka_unit_test(subtracts_each_form),
	cmocka_unit_test(what_is_not_known_stays_so),
	cmocka_unit_test(texts_are_made_harmless),
	cmocka_unit_test(what_is_missing_is_said_once),
	cmocka_unit_test(forms_fit_their_rows),
};

UNIT_MAIN(tests)
