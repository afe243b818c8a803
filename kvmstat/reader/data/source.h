/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Reads /proc/kvminfo, or a copy of it, into a snapshot. Anything else in the file is an
 * error; nothing is guessed.
 */
#ifndef SOURCE_H
#define SOURCE_H

#include <stdio.h>

#include "data/snapshot.h"
#include "data/tree.h"

/* What a file can make us do is bounded. */
#define SOURCE_MAX_BYTES TREE_MAX_BYTES
#define SOURCE_MAX_LINE 8192
#define SOURCE_MAX_FIELDS 512

enum source_status {
	SOURCE_OK,
	SOURCE_UNREADABLE, /* it could not be opened or read, or there was no memory for it */
	SOURCE_FOREIGN, /* the header is not known */
	SOURCE_MALFORMED, /* the header is known, but a line after it is wrong */
};

struct source_error {
	enum source_status status;
	int err; /* errno, if unreadable */
	size_t line; /* from 1, if foreign or malformed */
	char what[320]; /* clean */
};

/*
 * Parses @len bytes at @buf. If the result is SOURCE_OK, @snap owns memory until
 * snapshot_free(). Otherwise @snap is empty and @err says what is wrong and where.
 */
enum source_status source_parse(const char *buf, size_t len, struct snapshot *snap,
				struct source_error *err);

/* Parses @file from its position to its end, like source_parse(). */
enum source_status source_read(FILE *file, struct snapshot *snap, struct source_error *err);

/* Parses the file at @path, like source_read(). */
enum source_status source_load(const char *path, struct snapshot *snap, struct source_error *err);

/*
 * Writes to @buf what happened to @path, why, and what to do. @live says that it is the
 * module's own file and not a copy.
 */
void source_explain(char *buf, size_t size, const struct source_error *err, const char *path,
		    bool live);

#endif
