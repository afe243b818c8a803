/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the probes share on all architectures but x86: KVM's events do not name the vCPU, so
 * it is the one that the running thread has loaded.
 */
#ifndef KVMSTAT_ARCH_LOADED_H
#define KVMSTAT_ARCH_LOADED_H

#include "count.h"

void kvmstat_loaded_slow_entry(struct kvmstat_vcpu *v);
void kvmstat_loaded_return(void *data, __u32 reason, int error);

/*
 * On some architectures it is known only afterwards that an exit was for device memory. To be
 * called before the next exit is counted, and before the return to userspace is.
 */
static __always_inline void kvmstat_loaded_settle(struct kvmstat_vcpu *v,
						  struct kvmstat_cpu_row *row)
{
	u64 key;

	if (unlikely(kvmstat_exit_device(&v->exit, v->vcpu, &key)))
		kvmstat_count_device(v, row, key);
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
	struct kvmstat_cpu_row *row = this_cpu_read(kvmstat_cpu.row);

	kvmstat_loaded_settle(v, row);
	if (unlikely(!kvmstat_clock_is_fast() || !kvmstat_time_exit(v, row)))
		kvmstat_time_slow_exit(v);
	kvmstat_count_exit(v, row, kvmstat_count_place(v, slot));
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
	if (unlikely(v->mode != KVMSTAT_IN_KERNEL || !kvmstat_clock_is_fast() ||
		     !kvmstat_time_entry(v)))
		kvmstat_loaded_slow_entry(v);
}

#endif
