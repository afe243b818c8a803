/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Counting: what the probes do with an event once its vCPU is known.
 */
#ifndef KVMSTAT_COUNT_H
#define KVMSTAT_COUNT_H

#include "hooks.h"
#include "table.h"
#include "time.h"

extern const struct kvmstat_hook_group kvmstat_count_hooks;

union kvmstat_place kvmstat_count_new_place(struct kvmstat_vcpu *v, u32 slot);
void kvmstat_count_other_port(struct kvmstat_vcpu *v, u32 port);
void kvmstat_count_rare_return(struct kvmstat_vcpu *v, struct kvmstat_cpu_row *row, u32 reason,
			       int error);

/**
 * kvmstat_count_place - where a reason's exits are counted
 * @v: the vCPU
 * @slot: the reason
 *
 * Context: the kvm_exit probe, preemption off.
 */
static __always_inline union kvmstat_place kvmstat_count_place(struct kvmstat_vcpu *v, u32 slot)
{
	union kvmstat_place place = v->places[slot];

	return likely(place.all) ? place : kvmstat_count_new_place(v, slot);
}

/**
 * kvmstat_count_exit - count one VM exit
 * @v: the vCPU
 * @row: its VM's, of this CPU
 * @place: its reason's
 *
 * Context: the kvm_exit probe, preemption off.
 */
static __always_inline void kvmstat_count_exit(struct kvmstat_vcpu *v, struct kvmstat_cpu_row *row,
					       union kvmstat_place place)
{
	v->place = place;
	((struct kvmstat_cell *)((void *)v + place.cell))->exits++;
	++*(u64 *)((void *)row + place.count);
}

/**
 * kvmstat_count_port - the guest touched a port
 * @v: the vCPU
 * @port: as the hardware has it, see kvmstat_arch_port_key()
 *
 * Context: the kvm_exit probe, preemption off.
 */
static __always_inline void kvmstat_count_port(struct kvmstat_vcpu *v, u32 port)
{
	if (likely(v->port == port))
		v->port_run++;
	else
		kvmstat_count_other_port(v, port);
}

/**
 * kvmstat_count_device - the guest touched device memory
 * @v: the vCPU
 * @row: its VM's, of this CPU
 * @key: the address, with KVMSTAT_SPOT_WRITE if it wrote
 *
 * An instruction may touch it several times, and again when userspace has answered. It
 * counts once for its exit, by the first address.
 *
 * Context: a probe within KVM_RUN, preemption off.
 */
static __always_inline void kvmstat_count_device(struct kvmstat_vcpu *v,
						 struct kvmstat_cpu_row *row, u64 key)
{
	if (!(v->place.may & KVMSTAT_MAY_TOUCH))
		return;
	v->place.may &= ~KVMSTAT_MAY_TOUCH;
	smp_wmb(); /* after its exit; pairs with kvmstat_sum_vcpu() */
	v->t.mmio++;
	row->mmio++;
	if (v->place.class == KVMSTAT_CLASS_FAULT)
		v->t.fault_mmio++;
	kvmstat_spots_count(&v->spots, KVMSTAT_MMIO, key);
}

/* The exit in progress ends in userspace. */
static __always_inline void kvmstat_count_to_user(struct kvmstat_vcpu *v,
						  struct kvmstat_cpu_row *row)
{
	v->place.may &= ~KVMSTAT_MAY_RETURN;
	smp_wmb(); /* after its exit; pairs with kvmstat_sum_vcpu() */
	kvmstat_record_cell(v)->to_user++;
	row->to_user++;
}

/**
 * kvmstat_count_return - KVM_RUN returned
 * @v: the vCPU
 * @row: its VM's, of this CPU
 * @reason: KVM_EXIT_*
 * @error: -errno, or 0
 *
 * Context: the kvm_userspace_exit probe, preemption off.
 */
static __always_inline void kvmstat_count_return(struct kvmstat_vcpu *v,
						 struct kvmstat_cpu_row *row, u32 reason, int error)
{
	if (unlikely(error < 0 || reason >= KVMSTAT_USER_REASONS ||
		     !(v->place.may & KVMSTAT_MAY_RETURN))) {
		kvmstat_count_rare_return(v, row, reason, error);
	} else {
		kvmstat_count_to_user(v, row);
		v->t.user_reasons[reason]++;
	}
}

/**
 * kvmstat_count_passing - the running thread leaves KVM_RUN, or comes into it
 * @v: the vCPU, which is loaded
 * @coming: it comes, or stays, see on_kvm_fpu()
 *
 * A vCPU that is left is marked, so that kvm_userspace_exit, which has none, can tell whose
 * it is.
 *
 * Context: a probe, preemption off.
 */
static __always_inline void kvmstat_count_passing(struct kvmstat_vcpu *v, int coming)
{
	if (coming) {
		WRITE_ONCE(v->returning, NULL);
		kvmstat_time_pass(v, &v->back, KVMSTAT_LEFT, KVMSTAT_BACK, KVMSTAT_STILL);
	} else {
		WRITE_ONCE(v->returning, current);
		kvmstat_time_pass(v, &v->left, KVMSTAT_IN_KERNEL, KVMSTAT_LEFT, KVMSTAT_STILL_LEFT);
	}
}

void kvmstat_count_mmio(u64 key);
void kvmstat_count_spot(enum kvmstat_spot_kind kind, u64 key);
void kvmstat_count_slow_passing(int coming);

#endif
