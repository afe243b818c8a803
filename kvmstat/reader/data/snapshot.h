/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What was known of all guests at one moment.
 */
#ifndef SNAPSHOT_H
#define SNAPSHOT_H

#include <stddef.h>

#include "data/about.h"
#include "data/counts.h"

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

struct snapshot {
	struct counts *guest; /* in the order of the file; an absent column is 0 */
	struct about **about; /* of each guest; NULL: nothing but its line is known */
	size_t nr;
	uint32_t has; /* COL_BIT() of each column that the file has */
	struct moment at;
};

/*
 * Who a guest is, from one snapshot to the next: its id, or its pid where the
 * file has no ids (0 then); several of a process are told apart by their order.
 */
struct guest_key {
	uint64_t id;
	uint64_t pid;
	size_t nth;
};

/* Before anything was seen: all that comes later is new. */
#define SNAPSHOT_EMPTY ((struct snapshot){ .has = UINT32_MAX })

/* A bound on what a file can make us do. */
#define SNAPSHOT_MAX_GUESTS 65536

/* Orders keys as memcmp() does. */
int guest_key_compare(const struct guest_key *a, const struct guest_key *b);

/*
 * The seconds from one moment to the other, by the clock that a change of the date
 * does not move; -1: they are of different boots, so nothing can be subtracted.
 */
double moment_seconds(const struct moment *was, const struct moment *now);

/* Releases what @snap owns, and its holds on what is known about the guests. */
void snapshot_free(struct snapshot *snap);

#endif
