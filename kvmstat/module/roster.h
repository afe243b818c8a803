/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The VMs as the files show them: the VMs that run, the last that ended, the sums.
 */
#ifndef KVMSTAT_ROSTER_H
#define KVMSTAT_ROSTER_H

#include "row.h"
#include "sum.h"

/**
 * struct kvmstat_host - everything since load
 * @live: sum over the VMs that run, those past the cap included
 * @retired: sum over all VMs that ended
 * @lost: what could be attributed to no VM
 * @vms: VMs that run
 * @vms_retired: VMs that ended
 * @vms_dropped: VMs that ended and are only in the sums any more
 * @vms_shared: VMs that run past the cap, counted together
 * @memory: bytes of all records and counters, spares included
 */
struct kvmstat_host {
	struct kvmstat_sum live;
	struct kvmstat_sum retired;
	struct kvmstat_cpu lost;
	u64 vms;
	u64 vms_retired;
	u64 vms_dropped;
	u64 vms_shared;
	u64 memory;
};

bool kvmstat_roster_row(struct kvmstat_vm *vm, struct kvmstat_row *row);
void kvmstat_roster_sum(struct kvmstat_vm *vm, struct kvmstat_sum *sum);
void kvmstat_roster_sum_all(struct kvmstat_sum *sum);
void kvmstat_roster_host(struct kvmstat_host *host);

void kvmstat_roster_lock(void);
void kvmstat_roster_unlock(void);
struct kvmstat_vm *kvmstat_roster_next(struct kvmstat_vm *after, u64 id);
struct kvmstat_vm *kvmstat_roster_others(void);
struct list_head *kvmstat_roster_retired(void);
bool kvmstat_roster_runs(const struct kvmstat_vm *vm);

void kvmstat_roster_corpses(struct list_head *dead);
void kvmstat_roster_exit(void);

#endif
