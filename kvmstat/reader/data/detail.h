/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The tables of a guest's debugfs files. A form describes the rows of each table once, so
 * that one code reads, subtracts and writes them all.
 */
#ifndef DETAIL_H
#define DETAIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "data/isa.h"

#define DETAIL_TEXT_SIZE 40

/* What a file can make us do is bounded. */
#define DETAIL_MAX_ROWS 65536
#define DETAIL_MAX_FIELDS 64

/* The bounds of histograms are 2^9 to 2^23 ns; the last bucket has what is above. */
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
	FIELD_COUNTER, /* never decreases */
	FIELD_GAUGE, /* only the latest value counts */
};

struct field {
	const char *name;
	size_t at; /* offset in the row */
	enum field_kind kind;
	bool text; /* an array of DETAIL_TEXT_SIZE, or else a uint64_t */
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

/* Describes a file of a guest's directory. */
struct form {
	const char *name;
	size_t size; /* of a row */
	const struct field *field; /* the last one has no name */
};

extern const struct form detail_form[TABLE_NR];

struct rows {
	void *row;
	size_t nr;
	bool known; /* the file was read */
};

struct detail {
	enum isa isa; /* says where its devices are */
	struct rows table[TABLE_NR];
};

/* Visits each row of a table: detail_for_each(reason, detail, TABLE_REASONS). */
#define detail_for_each(r, detail, which)                                                 \
	for ((r) = (detail)->table[which].row;                                            \
	     (r) && (const char *)(r) < (const char *)(detail)->table[which].row +        \
						(detail)->table[which].nr * sizeof(*(r)); \
	     (r)++)

/*
 * Parses the @len bytes of a file at @buf into @rows. Columns are found by name; unknown
 * columns are skipped, missing ones are 0. Returns NULL, or what is wrong, with @rows empty.
 * @rows owns memory until detail_free() of its detail.
 */
const char *detail_parse(const struct form *form, const char *buf, size_t len, struct rows *rows);

/* Appends a row of zeros to @rows and returns it, or NULL if @rows is full. */
void *detail_new_row(const struct form *form, struct rows *rows);

/* Copies @text to @field. Returns false if @text is too long or not printable ASCII. */
bool detail_set_text(char *field, const char *text, size_t len);

/*
 * Computes into @diff what happened from @was, or from the beginning if @was is NULL, to
 * @now. Rows are matched by their keys and their counters subtracted. If a counter went back,
 * as the estimates of TABLE_HOT can, its difference is 0.
 */
void detail_subtract(struct detail *diff, const struct detail *was, const struct detail *now);

/* Frees what @detail owns and empties it. */
void detail_free(struct detail *detail);

#endif
