/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A snapshot as a line of JSON, as `export --format json` prints it and as recordings
 * have it. Any other line is an error; nothing is guessed.
 */
#ifndef JSONL_H
#define JSONL_H

#include <jansson.h>

#include "data/source.h"

/* Raise this when a key changes its meaning, not for a new key. */
#define JSONL_FORMAT 1

/* One line, keys in our order, and reals with 12 digits, which are exact enough. */
#define JSONL_FLAGS (JSON_COMPACT | JSON_REAL_PRECISION(12))

/* Returns a new reference. A @number above 2^63 - 1, jansson's limit, becomes that. */
json_t *jsonl_number(uint64_t number);

/* Returns the snapshot as a line, with its end. The caller frees the line. */
char *jsonl_line(const struct snapshot *snap);

/*
 * Parses line @line of a file, @len bytes at @buf. If the result is SOURCE_OK, @snap owns
 * memory until snapshot_free(). Otherwise @snap is empty and @err says what is wrong.
 */
enum source_status jsonl_parse(const char *buf, size_t len, size_t line, struct snapshot *snap,
			       struct source_error *err);

#endif
