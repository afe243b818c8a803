/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What debugfs tells of a guest beyond its line in /proc/kvminfo: the rows of its files,
 * each described once so that reading, subtracting and JSON are the same code for all.
 */
#ifndef DETAIL_H
#define DETAIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "data/isa.h"

#define DETAIL_TEXT_SIZE 40

/* Bounds on what a file can make us do. */
#define DETAIL_MAX_ROWS 65536
#define DETAIL_MAX_FIELDS 64

/* Bounds of histograms, 2^9 to 2^23 ns, and what is above. */
#define DETAIL_FIRST_BUCKET_BITS 9
#define DETAIL_BUCKETS 16

struct reason {
	char reason[DETAIL_TEXT_SIZE];
	uint64_t code, exits, to_user, kernel_ns, user_ns, longest_ns;
};

struct outcome {
	char kind[DETAIL_TEXT_SIZE], name[DETAIL_TEXT_SIZE];
	uint64_t returns;
};

struct histogram {
	char class[DETAIL_TEXT_SIZE], through[DETAIL_TEXT_SIZE];
	uint64_t bucket[DETAIL_BUCKETS];
};

struct spot {
	char kind[DETAIL_TEXT_SIZE], direction[DETAIL_TEXT_SIZE];
	uint64_t address, count, at_most;
};

struct vcpu {
	char mode[DETAIL_TEXT_SIZE];
	uint64_t vcpu, exits, to_user, guest_ns, kernel_ns, user_ns, polled_ns, blocked_ns, tid;
};

struct cpu {
	uint64_t cpu, exits, to_user, io_num, mmio_num, halt_num, guest_ns;
};

enum field_kind {
	FIELD_KEY, /* which row it is */
	FIELD_COUNTER, /* only grows */
	FIELD_GAUGE, /* the latest is what counts */
};

struct field {
	const char *name;
	size_t at; /* offset in the row */
	enum field_kind kind;
	bool text; /* a DETAIL_TEXT_SIZE array, else a uint64_t */
};

enum table {
	TABLE_REASONS,
	TABLE_USERSPACE,
	TABLE_HISTOGRAMS,
	TABLE_HOT,
	TABLE_VCPUS,
	TABLE_CPUS,
	TABLE_NR
};

/* A file of a guest's directory. */
struct form {
	const char *name;
	size_t size; /* of a row */
	const struct field *field; /* up to one without a name */
};

extern const struct form detail_form[TABLE_NR];

struct rows {
	void *row;
	size_t nr;
	bool known; /* the file was read */
};

struct detail {
	enum isa isa; /* where its devices are */
	struct rows table[TABLE_NR];
};

/* for (const struct reason *r; in detail, TABLE_REASONS) */
#define detail_for_each(r, detail, which)                                                 \
	for ((r) = (detail)->table[which].row;                                            \
	     (r) && (const char *)(r) < (const char *)(detail)->table[which].row +        \
						(detail)->table[which].nr * sizeof(*(r)); \
	     (r)++)

/*
 * Parses the @len bytes of a file at @buf. Columns are found by name; unknown ones
 * are skipped, missing ones are 0. Returns NULL, or what is wrong; @rows is then
 * empty. It owns memory until detail_free() of the detail that it is part of.
 */
const char *detail_parse(const struct form *form, const char *buf, size_t len, struct rows *rows);

/* Returns a new row of zeros at the end of @rows, or NULL past the bound. */
void *detail_new_row(const struct form *form, struct rows *rows);

/* Puts @text into a field; false if it is too long or not plain printable ASCII. */
bool detail_set_text(char *field, const char *text, size_t len);

/*
 * Computes what happened from @was (NULL: from nothing) to @now into @diff: rows
 * matched by their keys, counters subtracted. A counter that went back is 0, as the
 * estimates of TABLE_HOT can.
 */
void detail_subtract(struct detail *diff, const struct detail *was, const struct detail *now);

/* Releases what @detail owns and leaves it empty. */
void detail_free(struct detail *detail);

#endif
