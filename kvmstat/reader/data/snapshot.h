/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A snapshot has what was known about all guests at one moment.
 */
#ifndef SNAPSHOT_H
#define SNAPSHOT_H

#include <stddef.h>

#include "data/about.h"
#include "data/counts.h"

#define MOMENT_TEXT_SIZE 256

/*
 * A boot of a host, of which a recording has snapshots. Ids of guests and clocks mean something
 * within one boot only.
 */
struct boot {
	char *host, *id;
	int64_t first_ns; /* the time of its first snapshot, since 1970 */
	size_t nr; /* from 1 in the order of hosts, and of times within a host */
};

/* When and where a snapshot was taken. What is not known is 0 or an empty text. */
struct moment {
	int64_t real_ns; /* since 1970 */
	int64_t boot_ns; /* since the machine booted, including time asleep */
	char boot_id[MOMENT_TEXT_SIZE];
	char host[MOMENT_TEXT_SIZE];
	char kernel[MOMENT_TEXT_SIZE];
	char isa[MOMENT_TEXT_SIZE]; /* from the module's info file */
	unsigned int cpus;
	const struct boot *boot; /* if it was recorded; NULL: live, or a copy */
};

struct snapshot {
	struct counts *guest; /* in the order of the file; a missing column is 0 */
	struct about **about; /* one for each guest, or NULL if only the counts are known */
	size_t nr;
	uint32_t has; /* the COL_BIT() of each column that the file has */
	struct moment at;
	struct about *host; /* has the host's tables; NULL: not known */
};

/*
 * Identifies a guest in all snapshots, by its id, or by its pid if the file has no ids and
 * id is 0. An id with another pid is another guest, as ids begin anew when the module is loaded
 * again; pid 0 is that of a VM whose VMM has ended. The order of lines distinguishes several
 * guests of one process. After a boot, or on another host, it is another guest.
 */
struct guest_key {
	uint64_t id;
	uint64_t pid;
	size_t nth;
	const struct boot *boot; /* as in struct moment */
};

/* The snapshot before the first one: all guests of the next one are new. */
#define SNAPSHOT_EMPTY ((struct snapshot){ .has = UINT32_MAX })

/* What a file can make us do is bounded. */
#define SNAPSHOT_MAX_GUESTS 65536

/* Returns less than, equal to or more than 0, like memcmp(). */
int guest_key_compare(const struct guest_key *a, const struct guest_key *b);

/*
 * Returns the seconds from @was to @now, by a clock that does not change with the date. Returns
 * -1 if the machine has booted between them, so that nothing can be subtracted.
 */
double moment_seconds(const struct moment *was, const struct moment *now);

/* Frees what @snap owns and drops its holds of abouts. */
void snapshot_free(struct snapshot *snap);

#endif
