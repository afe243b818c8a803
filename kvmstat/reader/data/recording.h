/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A recording has a snapshot on each line, as JSON. It can be read while it is written.
 * After a crash, all whole lines can be read.
 */
#ifndef RECORDING_H
#define RECORDING_H

#include "data/source.h"

/* Where a line is. */
struct recording_place {
	off_t at;
	size_t len; /* without its newline */
	size_t line; /* its number, from 1 */
};

struct recording {
	FILE *file;
	const char *path;
	off_t start; /* where its first line begins */
	char *line;
	size_t room; /* for the line */
	struct recording_place place; /* of the line that was read last */
	bool cut; /* the last line has no end and was left out */
};

/* Returns whether @file, at its start, is a recording and not a copy of /proc/kvminfo. */
bool recording_is(FILE *file);

/* Reads from @file, which recording_close() closes. Messages call the file @path. */
void recording_open(struct recording *recording, FILE *file, const char *path);

/*
 * Takes the next snapshot and returns what source_load() returns. At the end of the file
 * @snap is empty and *@end is true.
 */
enum source_status recording_next(struct recording *recording, struct snapshot *snap, bool *end,
				  struct source_error *err);

/* Takes the snapshot at @place once more. The file must be one that spool_open() opened. */
enum source_status recording_at(struct recording *recording, const struct recording_place *place,
				struct snapshot *snap, struct source_error *err);

void recording_close(struct recording *recording);

#endif
