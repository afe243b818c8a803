/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What is known about a guest beyond its counters: who it is, where it lives, how
 * long it waited for a CPU, and the details of debugfs. Snapshots share it.
 */
#ifndef ABOUT_H
#define ABOUT_H

#include "data/detail.h"
#include "data/name.h"

struct about {
	unsigned int holds;
	char name[NAME_SIZE]; /* clean; "-" where names are not known */
	char vmm[NAME_SIZE]; /* the kind of VMM, else the process's command; clean */
	char cgroup[NAME_SIZE]; /* its path, clean; empty: not known */
	bool has_ready;
	uint64_t ready_ns; /* its vCPUs waited for a CPU of the host */
	struct detail detail;
};

/* Returns a new one, held once. */
struct about *about_new(void);

/* Takes and drops a hold; the last one to go frees it. NULL is nothing. */
struct about *about_get(struct about *about);
void about_put(struct about *about);

/* How long its vCPUs waited for a CPU from @was (NULL: ever) to @now; false: not known. */
bool about_ready(const struct about *was, const struct about *now, uint64_t *ns);

#endif
