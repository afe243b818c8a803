/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where KVM's events do not name the vCPU, on all architectures but x86: it is the one
 * that the running thread has loaded. What their probes share.
 */
#ifndef KVMSTAT_ARCH_LOADED_H
#define KVMSTAT_ARCH_LOADED_H

#include "count.h"
#include "time.h"

void kvmstat_loaded_slow_entry(struct kvmstat_vcpu *v);
void kvmstat_loaded_return(void *data, __u32 reason, int error);

/*
 * What the last exit turned out to be, if the architecture can tell that only afterwards:
 * before the next one is counted, and before its return to userspace is.
 */
static __always_inline void kvmstat_loaded_settle(struct kvmstat_vcpu *v,
						  struct kvmstat_counts *counts)
{
	u64 key;

	if (unlikely(kvmstat_exit_device(&v->exit, v->vcpu, &key)))
		kvmstat_count_device(v, counts, key);
}

/**
 * kvmstat_loaded_exit - count and time one VM exit
 * @v: the vCPU, from kvmstat_table_find_loaded()
 * @slot: its reason
 *
 * Context: the kvm_exit probe, preemption off.
 */
static __always_inline void kvmstat_loaded_exit(struct kvmstat_vcpu *v, u32 slot)
{
	struct kvmstat_counts *counts = this_cpu_read(kvmstat_cpu.counts);
	u16 cell = data_race(v->cells[slot]);

	kvmstat_loaded_settle(v, counts);
	if (likely(kvmstat_time_is_fast() && v->mode == KVMSTAT_IN_GUEST))
		kvmstat_time_exit(v, counts);
	else
		kvmstat_time_slow_exit(v, counts);
	if (unlikely(!cell))
		cell = kvmstat_table_new_cell(v, slot);
	kvmstat_count_exit(v, counts, cell);
}

/**
 * kvmstat_loaded_entry - the guest is about to be entered
 *
 * Context: the kvm_entry probe, preemption off.
 */
static __always_inline void kvmstat_loaded_entry(void)
{
	struct kvmstat_vcpu *v = kvmstat_table_find_loaded();

	if (unlikely(!v))
		return;
	if (likely(kvmstat_time_is_fast() && v->mode == KVMSTAT_IN_KERNEL))
		kvmstat_time_entry(v, this_cpu_read(kvmstat_cpu.counts));
	else
		kvmstat_loaded_slow_entry(v);
}

#endif
