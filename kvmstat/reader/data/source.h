/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The source of the numbers: /proc/kvminfo, or a saved copy of it, turned into
 * a snapshot. Whatever is not exactly that file is an error, never a guess.
 */
#ifndef SOURCE_H
#define SOURCE_H

#include <stdio.h>

#include "data/snapshot.h"

/* Bounds on what a file can make us do. */
#define SOURCE_MAX_BYTES (16 << 20)
#define SOURCE_MAX_LINE 8192
#define SOURCE_MAX_FIELDS 512

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

#endif
