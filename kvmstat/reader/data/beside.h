/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the process behind a guest tells of a window, beside the exits. Each group is known
 * or not, by the flag before it.
 */
#ifndef BESIDE_H
#define BESIDE_H

#include <stdbool.h>
#include <stdint.h>

#include "data/name.h"

struct beside {
	bool throttled_known; /* by cpu.stat of the cgroup with the tightest quota */
	uint64_t throttled_ns; /* of all vCPUs together, a part of their ready time */
	char quota_cgroup[NAME_SIZE]; /* clean */
	bool maps_known; /* by pages_4k and pages_2m in KVM's debugfs */
	uint64_t maps_4k, maps_2m;
	bool swap_known;
	uint64_t swapped_bytes; /* of its memory, now */
	uint64_t swap_ins; /* faults that waited for storage */
	bool vhost_known;
	unsigned int vhosts; /* how many threads */
	double vhost_busy; /* the busiest one's share of a CPU */
	bool iothread_known;
	unsigned int iothreads;
	double iothread_busy;
	bool storage_known;
	double storage_rate; /* reads and writes of the process per second */
	bool network_known;
	double network_rate; /* packets of its interfaces per second */
};

#endif
