/* SPDX-License-Identifier: GPL-2.0 */
/*
 * An archive has the snapshots of any number of recordings in order: by host, by boot, and by the
 * time since the boot. Neither the order of the files nor that of their lines matters, and a
 * snapshot that is there several times counts once. A line that is damaged is left out.
 */
#ifndef ARCHIVE_H
#define ARCHIVE_H

#include "data/recording.h"
#include "data/status.h"

struct archive {
	struct recording *recording;
	size_t nr_recordings;
	struct item *entry; /* where each snapshot is */
	size_t nr;
	size_t next, limit; /* the snapshot to take next, the end of those of its host */
	void *boots; /* a tree of struct boot */
};

/* What of an archive is wanted, as the user wrote it. NULL: all. */
struct extract {
	const char *host;
	const char *from, *to; /* times */
};

/*
 * Adds the recording that @file is, which archive_close() closes. Names the lines that it leaves
 * out. Says what went wrong.
 */
enum status archive_add(struct archive *archive, FILE *file, const char *path);

/*
 * Puts what was added in order and keeps what @extract wants of it. Goes on with archive_host().
 * Returns STATUS_NO_DATA if nothing is left, and says so.
 */
enum status archive_order(struct archive *archive, const struct extract *extract);

/* Returns whether all of it, which is something, is of one host. */
bool archive_has_one_host(const struct archive *archive);

/* Checks that all of it is of one host. If not, lists the hosts and returns STATUS_BAD. */
enum status archive_check_one(const struct archive *archive);

/* Goes on to the next host, or to the first one. Returns false if there is none. */
bool archive_host(struct archive *archive);

/* Takes the next snapshot of this host. Returns false if there is none. */
bool archive_next(struct archive *archive, struct snapshot *snap);

/* Goes to the snapshot @at, from 0, so that archive_next() takes it. */
void archive_seek(struct archive *archive, size_t at);

/* Returns when the snapshot @at was taken, in nanoseconds since 1970. */
int64_t archive_time(const struct archive *archive, size_t at);

void archive_close(struct archive *archive);

#endif
