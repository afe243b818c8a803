/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The VMs as the files show them: those that run, the last that ended, the sums.
 */
#ifndef KVMSTAT_ROSTER_H
#define KVMSTAT_ROSTER_H

#include "sum.h"

/**
 * struct kvmstat_host - everything since load; filled by kvmstat_table_host()
 * @live: sum over the VMs that run, those past the cap included
 * @retired: sum over all VMs that ended
 * @lost_exits: attributed to no VM
 * @lost_returns: likewise
 * @vms: that run
 * @vms_retired: that ended
 * @vms_dropped: of these, those that are only in the sums any more
 * @vms_shared: that run past the cap, counted together
 * @memory: bytes of all records and counters, spares included
 * @displaced_returns: of threads that lost their CPU on the way out of KVM_RUN
 * @layout_faults: events refused because the kernel's layout is not as built for
 */
struct kvmstat_host {
	struct kvmstat_sum live;
	struct kvmstat_sum retired;
	u64 lost_exits;
	u64 lost_returns;
	u64 vms;
	u64 vms_retired;
	u64 vms_dropped;
	u64 vms_shared;
	u64 memory;
	u64 displaced_returns;
	u64 layout_faults;
};

void kvmstat_roster_sum(struct kvmstat_vm *vm, struct kvmstat_sum *sum);
void kvmstat_roster_sum_all(struct kvmstat_sum *sum);
void kvmstat_roster_host(struct kvmstat_host *host);

void kvmstat_roster_lock(void);
void kvmstat_roster_unlock(void);
struct kvmstat_vm *kvmstat_roster_next(struct kvmstat_vm *after, u64 id);
struct kvmstat_vm *kvmstat_roster_others(void);
struct list_head *kvmstat_roster_retired(void);

void kvmstat_roster_tidy(void);
void kvmstat_roster_stop(void);
void kvmstat_roster_exit(void);

#endif
