/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The processes that run guests, as the kernel of this machine tells of them.
 */
#ifndef PROCESS_H
#define PROCESS_H

#include "data/snapshot.h"

/*
 * Fills in name, vmm and cgroup of the guests of @snap; each has an about. A process
 * that has gone away leaves the name "?".
 */
void process_describe(struct snapshot *snap);

/*
 * Sums up into @about what the threads of its vCPUs waited for a CPU of the host
 * (/proc/PID/task/TID/schedstat, the kernel's scheduler/sched-stats.rst). Their ids
 * are those of the initial pid namespace: from another one nothing is found.
 */
void process_ready(struct about *about, uint64_t pid);

#endif
