/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Snapshots as JSON: what `export --format json` prints and a line of a recording
 * is. Whatever is not exactly that is an error, never a guess.
 */
#ifndef JSONL_H
#define JSONL_H

#include <jansson.h>

#include "data/source.h"

/* Raised when a key changes its meaning; a new key does not raise it. */
#define JSONL_FORMAT 1

/* How we write JSON: a line, keys in our order, reals as short as they are exact enough. */
#define JSONL_FLAGS (JSON_COMPACT | JSON_REAL_PRECISION(12))

/* Return new references. A number ends at 2^63 - 1, as jansson's do. */
json_t *jsonl_number(uint64_t number);
json_t *jsonl_snapshot(const struct snapshot *snap);

/*
 * Parses a line of @len bytes. On SOURCE_OK @snap owns memory until snapshot_free();
 * else it is empty and @err says what is wrong, in line @line.
 */
enum source_status jsonl_parse(const char *buf, size_t len, size_t line, struct snapshot *snap,
			       struct source_error *err);

#endif
