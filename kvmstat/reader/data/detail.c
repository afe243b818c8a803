// SPDX-License-Identifier: GPL-2.0
/*
 * Parses and subtracts the tables of a guest, by their forms.
 */
#define _GNU_SOURCE
#include "data/detail.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "data/memory.h"
#include "data/name.h"
#include "data/word.h"

/* clang-format off */
#define FIELD(type, member, of_kind, ...) \
	{ .name = #member, .at = offsetof(struct type, member), .kind = of_kind, __VA_ARGS__ }
#define TEXT(type, name, kind) FIELD(type, name, kind, .text = sizeof(((struct type *)0)->name))
#define TEXT_KEY(type, name) TEXT(type, name, FIELD_KEY)
#define TEXT_GAUGE(type, name) TEXT(type, name, FIELD_GAUGE)
#define KEY(type, name) FIELD(type, name, FIELD_KEY)
#define COUNTER(type, name) FIELD(type, name, FIELD_COUNTER)
#define GAUGE(type, name) FIELD(type, name, FIELD_GAUGE)
#define MAYBE_COUNTER(type, name) FIELD(type, name, FIELD_COUNTER, .optional = true)
#define MAYBE_GAUGE(type, name) FIELD(type, name, FIELD_GAUGE, .optional = true)
#define SIGNED_GAUGE(type, name) FIELD(type, name, FIELD_GAUGE, .is_signed = true)
#define BUCKET(title, i) \
	{ .name = title, .at = offsetof(struct histogram, bucket[i]), .kind = FIELD_COUNTER }
/* clang-format on */

static const struct field reasons[] = {
	KEY(reason, code),	  COUNTER(reason, exits),
	COUNTER(reason, to_user), COUNTER(reason, kernel_ns),
	COUNTER(reason, user_ns), GAUGE(reason, longest_ns),
	TEXT_KEY(reason, reason), { 0 },
};

static const struct field userspace[] = {
	TEXT_KEY(outcome, kind),
	COUNTER(outcome, returns),
	TEXT_KEY(outcome, name),
	{ 0 },
};

static const struct field histograms[] = {
	TEXT_KEY(histogram, class),
	TEXT_KEY(histogram, through),
	BUCKET("512", 0),
	BUCKET("1024", 1),
	BUCKET("2048", 2),
	BUCKET("4096", 3),
	BUCKET("8192", 4),
	BUCKET("16384", 5),
	BUCKET("32768", 6),
	BUCKET("65536", 7),
	BUCKET("131072", 8),
	BUCKET("262144", 9),
	BUCKET("524288", 10),
	BUCKET("1048576", 11),
	BUCKET("2097152", 12),
	BUCKET("4194304", 13),
	BUCKET("8388608", 14),
	BUCKET("inf", 15),
	{ 0 },
};

static const struct field hot[] = {
	TEXT_KEY(spot, kind),
	TEXT_KEY(spot, direction),
	KEY(spot, address),
	COUNTER(spot, count),
	COUNTER(spot, at_most),
	MAYBE_COUNTER(spot, ns),
	{ 0 },
};

static const struct field vcpus[] = {
	KEY(vcpu, vcpu),	  COUNTER(vcpu, exits),
	COUNTER(vcpu, to_user),	  COUNTER(vcpu, guest_ns),
	COUNTER(vcpu, kernel_ns), COUNTER(vcpu, user_ns),
	COUNTER(vcpu, polled_ns), COUNTER(vcpu, blocked_ns),
	GAUGE(vcpu, tid),	  MAYBE_COUNTER(vcpu, ready_ns),
	TEXT_GAUGE(vcpu, mode),	  { 0 },
};

static const struct field cpus[] = {
	KEY(cpu, cpu),		COUNTER(cpu, exits),
	COUNTER(cpu, to_user),	COUNTER(cpu, io_num),
	COUNTER(cpu, mmio_num), COUNTER(cpu, halt_num),
	COUNTER(cpu, guest_ns), { 0 },
};

static const struct field threads[] = {
	KEY(thread, tid),
	KEY(thread, start),
	TEXT_GAUGE(thread, role),
	TEXT_GAUGE(thread, name),
	TEXT_GAUGE(thread, policy),
	SIGNED_GAUGE(thread, nice),
	GAUGE(thread, rt_priority),
	MAYBE_GAUGE(thread, slice_ns),
	TEXT_GAUGE(thread, allowed),
	GAUGE(thread, cpu),
	MAYBE_GAUGE(thread, node),
	MAYBE_COUNTER(thread, run_ns),
	MAYBE_COUNTER(thread, ready_ns),
	MAYBE_COUNTER(thread, moves),
	MAYBE_COUNTER(thread, voluntary),
	MAYBE_COUNTER(thread, involuntary),
	TEXT_GAUGE(thread, cgroup),
	TEXT_GAUGE(thread, state),
	{ 0 },
};

static const struct field cgroups[] = {
	TEXT_KEY(cgroup, cgroup),
	GAUGE(cgroup, version),
	MAYBE_GAUGE(cgroup, weight),
	MAYBE_GAUGE(cgroup, quota_ns),
	MAYBE_GAUGE(cgroup, period_ns),
	MAYBE_COUNTER(cgroup, periods),
	MAYBE_COUNTER(cgroup, throttled),
	MAYBE_COUNTER(cgroup, throttled_ns),
	{ 0 },
};

static const struct field memory[] = {
	MAYBE_GAUGE(memory, resident_bytes),
	MAYBE_GAUGE(memory, thp_bytes),
	MAYBE_GAUGE(memory, small_bytes),
	MAYBE_GAUGE(memory, hugetlb_bytes),
	MAYBE_GAUGE(memory, swapped_bytes),
	MAYBE_GAUGE(memory, vms),
	MAYBE_GAUGE(memory, pages_4k),
	MAYBE_GAUGE(memory, pages_2m),
	MAYBE_GAUGE(memory, pages_1g),
	MAYBE_COUNTER(memory, minor_faults),
	MAYBE_COUNTER(memory, major_faults),
	MAYBE_GAUGE(memory, ksm_bytes),
	FIELD(memory, ksm_profit, FIELD_GAUGE, .optional = true, .is_signed = true),
	TEXT_GAUGE(memory, balloon),
	{ 0 },
};

static const struct field nodes[] = {
	KEY(node, node),
	GAUGE(node, bytes),
	GAUGE(node, hugetlb_bytes),
	{ 0 },
};

static const struct field traffic[] = {
	TEXT_KEY(traffic, kind),
	TEXT_KEY(traffic, name),
	MAYBE_COUNTER(traffic, in),
	MAYBE_COUNTER(traffic, out),
	MAYBE_COUNTER(traffic, in_bytes),
	MAYBE_COUNTER(traffic, out_bytes),
	MAYBE_COUNTER(traffic, interrupts),
	{ 0 },
};

static const struct field host[] = {
	MAYBE_GAUGE(host, tasks),
	MAYBE_GAUGE(host, running),
	MAYBE_GAUGE(host, blocked),
	MAYBE_COUNTER(host, busy_ns),
	MAYBE_COUNTER(host, idle_ns),
	MAYBE_COUNTER(host, iowait_ns),
	MAYBE_COUNTER(host, steal_ns),
	MAYBE_COUNTER(host, switches),
	MAYBE_GAUGE(host, memory_bytes),
	MAYBE_GAUGE(host, available_bytes),
	MAYBE_GAUGE(host, swap_bytes),
	MAYBE_GAUGE(host, swap_free_bytes),
	MAYBE_GAUGE(host, hugepages),
	MAYBE_GAUGE(host, hugepages_free),
	MAYBE_GAUGE(host, hugepage_bytes),
	MAYBE_GAUGE(host, hugetlb_bytes),
	TEXT_GAUGE(host, thp),
	MAYBE_GAUGE(host, thp_bytes),
	MAYBE_GAUGE(host, ksm_run),
	MAYBE_GAUGE(host, ksm_shared_bytes),
	MAYBE_GAUGE(host, ksm_sharing_bytes),
	FIELD(host, ksm_profit, FIELD_GAUGE, .optional = true, .is_signed = true),
	MAYBE_COUNTER(host, cpu_some_ns),
	MAYBE_COUNTER(host, memory_some_ns),
	MAYBE_COUNTER(host, memory_full_ns),
	MAYBE_COUNTER(host, io_some_ns),
	MAYBE_COUNTER(host, io_full_ns),
	MAYBE_GAUGE(host, halt_poll_ns),
	{ 0 },
};

static const struct field host_nodes[] = {
	KEY(host_node, node),
	TEXT_GAUGE(host_node, cpus),
	MAYBE_GAUGE(host_node, memory_bytes),
	MAYBE_GAUGE(host_node, free_bytes),
	MAYBE_GAUGE(host_node, hugepages),
	MAYBE_GAUGE(host_node, hugepages_free),
	{ 0 },
};

static const struct field processes[] = {
	KEY(process, pid),
	KEY(process, start),
	TEXT_GAUGE(process, name),
	TEXT_GAUGE(process, user),
	TEXT_GAUGE(process, policy),
	SIGNED_GAUGE(process, nice),
	GAUGE(process, rt_priority),
	GAUGE(process, cpu),
	GAUGE(process, threads),
	MAYBE_COUNTER(process, cpu_ns),
	GAUGE(process, resident_bytes),
	MAYBE_COUNTER(process, voluntary),
	MAYBE_COUNTER(process, involuntary),
	{ 0 },
};

static const struct field missing[] = {
	TEXT_KEY(missing, what),
	TEXT_GAUGE(missing, why),
	{ 0 },
};

/* clang-format off */
const struct form detail_form[TABLE_NR] = {
	[TABLE_REASONS] = { .name = "reasons", .size = sizeof(struct reason), .field = reasons },
	[TABLE_USERSPACE] = { .name = "userspace", .size = sizeof(struct outcome), .field = userspace },
	[TABLE_HISTOGRAMS] = { .name = "histograms", .size = sizeof(struct histogram), .field = histograms },
	[TABLE_HOT] = { .name = "hot", .size = sizeof(struct spot), .field = hot },
	[TABLE_VCPUS] = { .name = "vcpus", .size = sizeof(struct vcpu), .field = vcpus },
	[TABLE_CPUS] = { .name = "cpus", .size = sizeof(struct cpu), .field = cpus },
	[TABLE_THREADS] = { .name = "threads", .size = sizeof(struct thread), .field = threads },
	[TABLE_CGROUPS] = { .name = "cgroups", .size = sizeof(struct cgroup), .field = cgroups },
	[TABLE_MEMORY] = { .name = "memory", .size = sizeof(struct memory), .field = memory },
	[TABLE_NODES] = { .name = "nodes", .size = sizeof(struct node), .field = nodes },
	[TABLE_TRAFFIC] = { .name = "traffic", .size = sizeof(struct traffic), .field = traffic },
	[TABLE_HOST] = { .name = "host", .size = sizeof(struct host), .field = host },
	[TABLE_HOST_NODES] = { .name = "host_nodes", .size = sizeof(struct host_node), .field = host_nodes },
	[TABLE_PROCESSES] = { .name = "processes", .size = sizeof(struct process), .field = processes, .partial = true },
	[TABLE_MISSING] = { .name = "missing", .size = sizeof(struct missing), .field = missing },
};
/* clang-format on */

static uint64_t *number_of(void *row, const struct field *field)
{
	return (uint64_t *)((char *)row + field->at);
}

static char *text_of(void *row, const struct field *field)
{
	return (char *)row + field->at;
}

void *detail_new_row(const struct form *form, struct rows *rows)
{
	void *row;

	if (rows->nr == DETAIL_MAX_ROWS)
		return NULL;
	/* Double the room whenever it is used up, at powers of two. */
	if (!(rows->nr & (rows->nr - 1)))
		rows->row = xreallocarray(rows->row, rows->nr ? 2 * rows->nr : 1, form->size);
	row = memset((char *)rows->row + rows->nr++ * form->size, 0, form->size);
	for (const struct field *field = form->field; field->name; field++)
		if (field->optional)
			*number_of(row, field) = DETAIL_UNKNOWN;
	return row;
}

bool detail_set_text(char *field, size_t room, const char *text, size_t len)
{
	if (len >= room)
		return false;
	for (size_t i = 0; i < len; i++)
		if (text[i] < ' ' || text[i] > '~')
			return false;
	memcpy(field, text, len);
	field[len] = '\0';
	return true;
}

static void clean_text(char *field, size_t room, const char *raw, bool backslashes)
{
	char clean[NAME_SIZE];
	size_t len = 0;

	name_clean(clean, raw, backslashes);
	for (const char *c = clean; *c; c++) {
		const bool ascii = (unsigned char)*c < 0x80;

		if (len + (ascii ? 1 : 4) >= room) {
			len -= len && len + 1 >= room;
			field[len++] = '+';
			break;
		}
		len += sprintf(field + len, ascii ? "%c" : "\\x%02x", (unsigned char)*c);
	}
	field[len] = '\0';
}

void detail_clean_text(char *field, size_t room, const char *raw)
{
	clean_text(field, room, raw, false);
}

void detail_clean_path(char *field, size_t room, const char *raw)
{
	clean_text(field, room, raw, true);
}

void detail_miss(struct detail *detail, const char *what, const char *why)
{
	struct rows *rows = &detail->table[TABLE_MISSING];
	struct missing *missing;

	detail_for_each(missing, detail, TABLE_MISSING)
		if (!strcmp(missing->what, what))
			return;
	rows->known = true;
	missing = detail_new_row(&detail_form[TABLE_MISSING], rows);
	if (!missing)
		return;
	detail_clean_text(missing->what, sizeof(missing->what), what);
	detail_clean_text(missing->why, sizeof(missing->why), why);
}

const char *detail_policy_name(uint64_t policy)
{
	static const char *const name[] = { "OTHER", "FIFO", "RR",	 "BATCH",
					    "ISO",   "IDLE", "DEADLINE", "EXT" };

	return policy < sizeof(name) / sizeof(*name) ? name[policy] : "?";
}

static const struct field *find_field(const struct form *form, const struct word *name)
{
	for (const struct field *field = form->field; field->name; field++)
		if (word_is(name, field->name))
			return field;
	return NULL;
}

/* A text in the last column takes the rest of the line, blanks included. */
static const char *parse_row(const struct form *form, struct rows *rows,
			     const struct field **column, size_t columns, const char *at,
			     const char *end)
{
	void *row = detail_new_row(form, rows);
	struct word word;

	if (!row)
		return "too many lines";
	for (size_t c = 0; c < columns; c++) {
		if (!word_next(&at, end, &word))
			return "a line is shorter than the header";
		if (!column[c])
			continue;
		if (!column[c]->text) {
			if (word_number(&word, true, number_of(row, column[c])))
				return "a field is not a number";
			continue;
		}
		if (c == columns - 1) {
			word.len = end - word.at;
			at = end;
		}
		if (!detail_set_text(text_of(row, column[c]), column[c]->text, word.at, word.len))
			return "a text is too long or not printable";
	}
	return word_next(&at, end, &word) ? "a line is longer than the header" : NULL;
}

const char *detail_parse(const struct form *form, const char *buf, size_t len, struct rows *rows)
{
	const struct field *column[DETAIL_MAX_FIELDS];
	const char *const end = buf + len;
	const char *wrong = NULL;
	size_t columns = 0;

	*rows = (struct rows){ .known = true };
	for (bool header = true; !wrong && (header || buf < end); header = false) {
		const char *stop = buf < end ? memchr(buf, '\n', end - buf) : NULL;
		struct word name;

		if (!stop) {
			wrong = "it is cut off";
			break;
		}
		if (header) {
			while (word_next(&buf, stop, &name)) {
				if (columns == DETAIL_MAX_FIELDS) {
					wrong = "it has too many columns";
					break;
				}
				column[columns++] = find_field(form, &name);
			}
		} else {
			wrong = parse_row(form, rows, column, columns, buf, stop);
		}
		buf = stop + 1;
	}
	if (wrong) {
		free(rows->row);
		*rows = (struct rows){ 0 };
	}
	return wrong;
}

/* A reason of one vCPU. */
struct vcpu_reason {
	struct reason reason;
	uint64_t vcpu;
};

const char *detail_parse_vcpu(uint64_t vcpu, const char *buf, size_t len, struct rows *rows)
{
	struct field fields[sizeof(reasons) / sizeof(*reasons) + 1] = { KEY(vcpu_reason, vcpu) };
	const struct form form = { .size = sizeof(struct vcpu_reason), .field = fields };
	const struct vcpu_reason *row;
	const char *wrong;
	struct rows all;

	/* The reason is at the beginning of the row. */
	memcpy(fields + 1, reasons, sizeof(reasons));
	wrong = detail_parse(&form, buf, len, &all);
	*rows = (struct rows){ .known = !wrong };
	row = all.row;
	for (size_t i = 0; i < all.nr; i++)
		if (row[i].vcpu == vcpu)
			memcpy(detail_new_row(&detail_form[TABLE_REASONS], rows), &row[i],
			       sizeof(struct reason));
	free(all.row);
	return wrong;
}

static bool same_row(const struct form *form, void *a, void *b)
{
	for (const struct field *field = form->field; field->name; field++) {
		if (field->kind != FIELD_KEY)
			continue;
		if (field->text ? strcmp(text_of(a, field), text_of(b, field)) != 0 :
				  *number_of(a, field) != *number_of(b, field))
			return false;
	}
	return true;
}

/* Rows keep their order between readings, so the search goes on behind the last hit. */
static void *find_row(const struct form *form, const struct rows *rows, void *like, size_t *at)
{
	for (size_t n = 0; n < rows->nr; n++) {
		void *row = (char *)rows->row + (*at + n) % rows->nr * form->size;

		if (same_row(form, row, like)) {
			*at = (*at + n + 1) % rows->nr;
			return row;
		}
	}
	return NULL;
}

static void subtract_rows(const struct form *form, struct rows *diff, const struct rows *was,
			  const struct rows *now)
{
	size_t at = 0;

	*diff = (struct rows){ .known = now->known };
	for (size_t i = 0; i < now->nr; i++) {
		void *row = detail_new_row(form, diff);
		void *was_row;

		memcpy(row, (char *)now->row + i * form->size, form->size);
		was_row = was ? find_row(form, was, row, &at) : NULL;
		for (const struct field *field = form->field; field->name; field++) {
			uint64_t *number = number_of(row, field);
			uint64_t before;

			if (field->kind != FIELD_COUNTER)
				continue;
			if (!was_row) {
				*number = was && form->partial ? DETAIL_UNKNOWN : *number;
				continue;
			}
			before = *number_of(was_row, field);
			if (field->optional &&
			    (*number == DETAIL_UNKNOWN || before == DETAIL_UNKNOWN))
				*number = DETAIL_UNKNOWN;
			else
				*number = *number > before ? *number - before : 0;
		}
	}
}

void detail_subtract(struct detail *diff, const struct detail *was, const struct detail *now)
{
	diff->isa = now->isa;
	for (enum table t = 0; t < TABLE_NR; t++)
		subtract_rows(&detail_form[t], &diff->table[t], was ? &was->table[t] : NULL,
			      &now->table[t]);
}

void detail_free(struct detail *detail)
{
	for (enum table t = 0; t < TABLE_NR; t++)
		free(detail->table[t].row);
	*detail = (struct detail){ 0 };
}
