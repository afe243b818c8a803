/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A recording: a snapshot a line, as JSON. It can be read while it is written, and up
 * to its last whole line after a crash.
 */
#ifndef RECORDING_H
#define RECORDING_H

#include "data/source.h"

struct recording {
	FILE *file;
	const char *path;
	char *line;
	size_t room, nr; /* of the line; lines read */
	bool cut; /* the last line has no end: it was left out */
};

/* Whether @file, at its start, holds a recording rather than a copy of /proc/kvminfo. */
bool recording_is(FILE *file);

/* Reads from @file, which recording_close() closes; @path names it in messages. */
void recording_open(struct recording *recording, FILE *file, const char *path);

/*
 * Takes the next snapshot. At the end @snap is empty and *@end true. Else as
 * source_load().
 */
enum source_status recording_next(struct recording *recording, struct snapshot *snap, bool *end,
				  struct source_error *err);

void recording_close(struct recording *recording);

#endif
