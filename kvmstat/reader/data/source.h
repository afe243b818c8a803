/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The source of the numbers: /proc/kvminfo, or a saved copy of it, turned into
 * a snapshot. Whatever is not exactly that file is an error, never a guess.
 */
#ifndef SOURCE_H
#define SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "kvmstat.h"

enum column {
#define X(name, what) COL_##name,
	KVMSTAT_COLUMNS(X)
#undef X
		COL_NR
};

/* Columns without which a file is not ours. */
#define COL_NEEDED (COL_exits + 1)
#define COL_BIT(column) (UINT32_C(1) << (column))

/* Bounds on what a file can make us do. */
#define SOURCE_MAX_BYTES (16 << 20)
#define SOURCE_MAX_LINE 8192
#define SOURCE_MAX_FIELDS 512
#define SOURCE_MAX_GUESTS 65536

struct counts {
	uint64_t v[COL_NR];
};

extern const char *const column_name[COL_NR];

#define MOMENT_TEXT_SIZE 256

/* When and where a snapshot was taken; zeros and empty texts where that is not known. */
struct moment {
	int64_t real_ns; /* since 1970 */
	int64_t boot_ns; /* since the machine's boot, time asleep included */
	char boot_id[MOMENT_TEXT_SIZE];
	char host[MOMENT_TEXT_SIZE];
	char kernel[MOMENT_TEXT_SIZE];
	char isa[MOMENT_TEXT_SIZE]; /* as the module's info has it */
	unsigned int cpus;
};

struct about;

struct snapshot {
	struct counts *guest; /* in the order of the file; an absent column is 0 */
	struct about **about; /* of each guest; NULL: nothing but its line is known */
	size_t nr;
	uint32_t has; /* COL_BIT() of each column that the file has */
	struct moment at;
};

/* Before anything was seen: all that comes later is new. */
#define SNAPSHOT_EMPTY ((struct snapshot){ .has = UINT32_MAX })

enum source_status {
	SOURCE_OK,
	SOURCE_UNREADABLE, /* could not be opened, read or held in memory */
	SOURCE_FOREIGN, /* the header is not one that we know */
	SOURCE_MALFORMED, /* the header is known, what follows is not */
};

struct source_error {
	enum source_status status;
	int err; /* errno, when unreadable */
	size_t line; /* from 1, when foreign or malformed */
	char what[320]; /* clean */
};

/*
 * Parses @len bytes at @buf. On SOURCE_OK @snap owns memory until
 * snapshot_free(); else @snap is empty and @err says what is wrong and where.
 */
enum source_status source_parse(const char *buf, size_t len, struct snapshot *snap,
				struct source_error *err);

/* As source_parse(), from @file's position to its end. */
enum source_status source_read(FILE *file, struct snapshot *snap, struct source_error *err);

/* As source_read(), from the file at @path; "-" is the standard input. */
enum source_status source_load(const char *path, struct snapshot *snap, struct source_error *err);

/*
 * Writes to @buf one sentence: what happened to @path, why, and what to do.
 * @live: it is the module's own file and not a copy.
 */
void source_explain(char *buf, size_t size, const struct source_error *err, const char *path,
		    bool live);

/* Releases what @snap owns, and its holds on what is known about the guests. */
void snapshot_free(struct snapshot *snap);

#endif
