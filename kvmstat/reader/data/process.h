/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the kernel of this machine knows about the processes that run guests.
 */
#ifndef PROCESS_H
#define PROCESS_H

#include "data/snapshot.h"

/*
 * Fills in name, vmm and cgroup of the guests of @snap, which all have an about. If the
 * process has gone, the name is "?".
 */
void process_describe(struct snapshot *snap);

/*
 * Adds up in @about how long the threads of its vCPUs were ready, from
 * /proc/PID/task/TID/schedstat (the kernel's scheduler/sched-stats.rst), and finds out whether
 * some of that was before the module saw the vCPUs. The thread ids in @about belong to the
 * initial pid namespace; in another namespace no thread is found.
 */
void process_ready(struct about *about, uint64_t pid);

#endif
