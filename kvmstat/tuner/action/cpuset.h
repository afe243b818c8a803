/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The CPUs that a thread's cgroup lets it have.
 */
#ifndef CPUSET_H
#define CPUSET_H

#include <stdint.h>

#include "action/cpus.h"
#include "data/thread.h"

/*
 * Finds the CPUs of the thread's effective cpuset, or those of the host if there is no cpuset. libvirt
 * pins by cpusets, so for its guests that of the domain counts, within which they can be pinned anew.
 * @whose gets the path of the cgroup that sets the limit, a new string, "/" for the host. Returns
 * false if nothing could be read.
 */
bool cpuset_find(const char *root, uint64_t tid, enum manager owner, struct cpus *cpus,
		 char **whose);

/*
 * Finds the CPUs that are kept for the host, which guests are not bound to: those of @list, or, if it
 * is NULL, one in eight of those online and at least one, the first ones.
 */
bool cpuset_kept(const char *root, const char *list, struct cpus *kept);

#endif
