/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The running module: its files, and the processes beside them, as a snapshot.
 */
#ifndef LIVE_H
#define LIVE_H

#include "data/name.h"
#include "data/source.h"

/* How much of it: each level has what those before it have. */
enum depth {
	DEPTH_COUNTS, /* /proc/kvminfo, and who the guests are */
	DEPTH_VCPUS, /* the vCPUs, so ready time */
	DEPTH_ALL, /* all of debugfs */
};

/*
 * Takes a snapshot of the module whose files are in @root/proc and
 * @root/sys/kernel/debug. What debugfs does not let us read is left out. Returns as
 * source_load() does.
 */
enum source_status live_take(const char *root, enum depth depth, struct snapshot *snap,
			     struct source_error *err);

/* Fills in the time, and the names of this machine. */
void live_moment(struct moment *at);

/* Reads all of a small file into a new string with a NUL behind it; NULL: see errno. */
char *live_read(const char *path, size_t *len);

/* Reads the module's info file below @root as live_read() does. */
char *live_info(const char *root);

/* The value of a "key: value" line of @info in @value; false if there is none, or no info. */
bool live_info_value(const char *info, const char *key, char value[NAME_SIZE]);

#endif
