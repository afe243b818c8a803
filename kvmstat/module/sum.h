/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Sums of a VM's counters for the files: over its CPUs, its vCPUs, over VMs.
 */
#ifndef KVMSTAT_SUM_H
#define KVMSTAT_SUM_H

#include "record.h"

/* After the slots: before a vCPU's first exit. */
#define KVMSTAT_SUM_NONE KVMSTAT_SLOTS

/**
 * struct kvmstat_sum - counters summed over CPUs, or over VMs
 * @slots: by slot, as VMs have different cells
 * @t: the rest
 * @time: ticks by enum kvmstat_time, of all vCPUs
 * @vcpus: vCPUs that have run
 */
struct kvmstat_sum {
	struct kvmstat_cell slots[KVMSTAT_SLOTS + 1];
	struct kvmstat_tallies t;
	u64 time[KVMSTAT_NR_TIMES];
	unsigned int vcpus;
};

void kvmstat_sum_vm(struct kvmstat_vm *vm, struct kvmstat_sum *sum);
void kvmstat_sum_counters(const struct kvmstat_vm *vm, struct kvmstat_sum *sum);
void kvmstat_sum_times(struct kvmstat_vm *vm, u64 *time);
void kvmstat_sum_add(const struct kvmstat_sum *other, struct kvmstat_sum *sum);

void kvmstat_sum_cpu(const struct kvmstat_vm *vm, int cpu, unsigned int nth,
		     struct kvmstat_cpu_row *row);
bool kvmstat_sum_finish(struct kvmstat_vm *vm);

#endif
