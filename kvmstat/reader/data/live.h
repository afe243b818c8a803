/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Takes snapshots of the running module, from its files and from those of the processes.
 */
#ifndef LIVE_H
#define LIVE_H

#include "data/choice.h"
#include "data/name.h"
#include "data/source.h"

/* How much is read. Each depth includes those before it. */
enum depth {
	DEPTH_COUNTS, /* /proc/kvminfo, and the names of the guests */
	DEPTH_VCPUS, /* the vCPUs, which ready time needs */
	DEPTH_ALL, /* all of debugfs */
	DEPTH_THREADS, /* the threads of guests, too */
	DEPTH_PROCESSES, /* and all else of their processes: memory, I/O */
	DEPTH_PAGES, /* their page tables, too, which the kernel must walk */
};

/* What is read. */
struct wanted {
	enum depth depth;
	struct choice processes; /* the guests whose processes are read at that depth */
	bool host; /* the host, too */
	size_t most; /* of its processes; 0: all */
	const uint64_t *vcpu; /* the reasons are those of this vCPU; NULL: of all */
};

/*
 * Takes a snapshot of the module whose files are in @root/proc and
 * @root/sys/kernel/debug. Leaves out what cannot be read of debugfs. Returns what
 * source_load() returns.
 */
enum source_status live_take(const char *root, const struct wanted *wanted, struct snapshot *snap,
			     struct source_error *err);

/* Fills in the time now and the names of this machine. */
void live_moment(struct moment *at);

/* Reads the module's info file below @root. Returns NULL with errno if that fails. */
char *live_info(const char *root);

/* Copies the value of the "key: value" line of @info. Returns false if there is no such line. */
bool live_info_value(const char *info, const char *key, char value[NAME_SIZE]);

#endif
