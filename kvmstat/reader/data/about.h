/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What is known about a guest beyond its counters: its name and place, its ready time,
 * and its tables from debugfs. Several snapshots, deltas and windows can hold one about.
 */
#ifndef ABOUT_H
#define ABOUT_H

#include "data/detail.h"
#include "data/name.h"

struct about {
	unsigned int holds;
	char name[NAME_SIZE]; /* clean; "-" if names are not known */
	char vmm[NAME_SIZE]; /* the kind of VMM, or else the command of its process; clean */
	char cgroup[NAME_SIZE]; /* its path, clean; empty if not known */
	char uuid[NAME_SIZE]; /* the VM's UUID, clean, the same on every host; empty if not known */
	int64_t boot_ns; /* when this was read, since the machine booted; 0: not known */
	bool has_ready;
	bool ready_older; /* some of that was before the module saw them */
	uint64_t ready_ns; /* how long its vCPUs were ready: waiting for a CPU of the host */
	struct detail detail;
};

/* Returns a new about with one hold, the caller's. */
struct about *about_new(void);

/* Take and drop a hold. Dropping the last hold frees @about. NULL is allowed. */
struct about *about_get(struct about *about);
void about_put(struct about *about);

/*
 * Computes into @ns how long the vCPUs were ready from @was to @now, or since the module saw
 * them if @was is NULL. Returns false if that is not known.
 */
bool about_ready(const struct about *was, const struct about *now, uint64_t *ns);

#endif
