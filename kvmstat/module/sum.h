/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Sums for the files: over a VM's vCPUs, over VMs. All is to be called with the roster's
 * mutex held.
 */
#ifndef KVMSTAT_SUM_H
#define KVMSTAT_SUM_H

#include "record.h"

/* The slot, after the reasons', of what is before a vCPU's first exit. */
#define KVMSTAT_SUM_NONE KVMSTAT_SLOTS

/**
 * struct kvmstat_sum - counters summed over vCPUs
 * @slots: by slot, as vCPUs have different cells; times in nanoseconds
 * @t: what is counted beside the reasons
 * @time: nanoseconds by enum kvmstat_time
 * @vcpus: vCPUs that have run
 */
struct kvmstat_sum {
	struct kvmstat_cell slots[KVMSTAT_SLOTS + 1];
	struct kvmstat_tallies t;
	u64 time[KVMSTAT_NR_TIMES];
	unsigned int vcpus;
};

u32 kvmstat_sum_slot(const struct kvmstat_vcpu *v, unsigned int cell);
struct kvmstat_cell kvmstat_sum_cell(const struct kvmstat_vcpu *v, unsigned int cell);
unsigned int kvmstat_sum_next_cell(const struct kvmstat_vcpu *v, unsigned int cell);
void kvmstat_sum_vcpu(struct kvmstat_vcpu *v, struct kvmstat_sum *sum);
void kvmstat_sum_vm(struct kvmstat_vm *vm, struct kvmstat_sum *sum);
void kvmstat_sum_add(const struct kvmstat_sum *other, struct kvmstat_sum *sum);
u64 kvmstat_sum_exits(const struct kvmstat_vcpu *v);
u64 kvmstat_sum_to_user(const struct kvmstat_vcpu *v);

bool kvmstat_sum_cpu(const struct kvmstat_vm *vm, int cpu, struct kvmstat_cpu_row *row);

/* The cells that a vCPU has used, the one before the first exit included. */
#define kvmstat_sum_for_each_cell(cell, v) \
	for ((cell) = 0; (cell) < KVMSTAT_CELLS; (cell) = kvmstat_sum_next_cell(v, cell))

#endif
