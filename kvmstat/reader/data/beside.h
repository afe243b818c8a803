/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the process behind a guest tells of a window, beside the exits. Each group is known
 * or not, by the flag before it.
 */
#ifndef BESIDE_H
#define BESIDE_H

#include "data/about.h"

/* Threads that serve devices of the guest. */
struct servers {
	bool known; /* how many there are */
	unsigned int nr;
	double busy; /* the share of time in which the busiest one wants a CPU; below 0: not known */
};

struct beside {
	bool throttled_known; /* by cpu.stat of the cgroups that limit its vCPUs the most */
	uint64_t throttled_ns; /* a part of their ready time */
	/* The one of them that was throttled most; empty if none has a quota. */
	char quota_cgroup[DETAIL_PATH_SIZE];
	uint64_t quota_version; /* of cgroups */
	bool maps_known; /* by pages_4k, pages_2m and pages_1g in KVM's debugfs */
	uint64_t maps_4k, maps_2m; /* one of 1 GiB counts as 512 of 2 MiB */
	bool hugetlb; /* most of its memory is static huge pages */
	bool swap_known;
	uint64_t swapped_bytes; /* of its memory, now */
	uint64_t swap_ins; /* faults that waited for storage */
	struct servers vhost, iothread;
	bool storage_known;
	double storage_bytes; /* that the process reads and writes a second, below the page cache */
	bool network_known; /* it has interfaces, and all of them are counted */
	double network_rate, network_in; /* packets of its interfaces a second, and those to it */
	bool passed_known;
	unsigned int passed; /* devices that are passed through to it */
	/* Of the vCPU that is ready longest: share of all time, and of that in which it wants to run. */
	double worst_ready, worst_starving;
	uint64_t worst_vcpu, worst_tid; /* if worst_ready is not 0 */
	bool pinned; /* each of its vCPUs' threads is allowed on one CPU only, now */
	bool stopped; /* its vCPUs' threads are stopped by a signal or a debugger, now */
};

/*
 * Computes what happened from @was, or in all the time of the process if @was is NULL, to @now.
 * @diff is the difference of their details. @now can be NULL, when nothing is known.
 */
void beside_of(struct beside *beside, const struct about *was, const struct about *now,
	       const struct detail *diff);

#endif
