// SPDX-License-Identifier: GPL-2.0
/*
 * Where KVM's events do not name the vCPU: returns to userspace, whose event comes after the
 * vCPU is put, and the ways back into the guest.
 */
#include <linux/kvm_host.h>
#include <trace/events/kvm.h>

#include "arch/loaded.h"
#include "hooks.h"

/**
 * kvmstat_loaded_return - the kvm_userspace_exit probe
 * @data: unused
 * @reason: KVM_EXIT_*
 * @error: -errno, or 0
 *
 * Userspace's time begins here, where only the end of the system call is left, and lasts to
 * the next entry, as there is no event on the way in.
 */
void notrace kvmstat_loaded_return(void *data, __u32 reason, int error)
{
	struct kvmstat_cpu_row *row;
	struct kvm_vcpu *vcpu;
	struct kvmstat_vcpu *v;

	kvmstat_probe_begin();
	vcpu = kvmstat_table_running();
	v = likely(vcpu) ? kvmstat_table_find_put(vcpu) : NULL;
	if (likely(v)) {
		row = this_cpu_read(kvmstat_cpu.row);
		kvmstat_loaded_settle(v, row);
		if (likely(kvmstat_clock_is_fast()))
			kvmstat_time_pass(v, &v->left, KVMSTAT_IN_KERNEL, KVMSTAT_LEFT,
					  KVMSTAT_STILL_LEFT);
		else
			kvmstat_time_switch(v, KVMSTAT_STILL_LEFT);
		if (!kvmstat_count_return(v, row, reason, error))
			kvmstat_count_rare_return(v, row, reason, error);
	} else {
		this_cpu_inc(kvmstat_cpu.lost_returns);
	}
	kvmstat_probe_end();
}

/* See count.c's. */
static void __maybe_unused check_types(void)
{
	check_trace_callback_type_kvm_userspace_exit(kvmstat_loaded_return);
}

/**
 * kvmstat_loaded_slow_entry - the guest is about to be entered, otherwise than quickly after
 * an exit that stayed in the kernel
 * @v: the vCPU
 *
 * Context: the kvm_entry probe, preemption off.
 */
void notrace kvmstat_loaded_slow_entry(struct kvmstat_vcpu *v)
{
	if (v->mode == KVMSTAT_STILL_LEFT)
		kvmstat_time_switch(v, KVMSTAT_STILL);
	else if (v->mode == KVMSTAT_LEFT)
		kvmstat_time_pass(v, &v->back, KVMSTAT_LEFT, KVMSTAT_BACK, KVMSTAT_STILL);
	if (v->mode != KVMSTAT_BACK || unlikely(!kvmstat_time_entry_back(v)))
		kvmstat_time_switch(v, KVMSTAT_IN_GUEST);
}
