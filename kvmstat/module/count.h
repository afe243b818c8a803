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
void kvmstat_count_other_touch(struct kvmstat_vcpu *v, struct kvmstat_spots *spots, u64 key);
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
	++*(u64 *)((void *)&row->exits[KVMSTAT_KEYED_CLASSES] + (place.all >> 56));
}

/**
 * kvmstat_count_touch - the guest touched a port, an MSR, an address, or made a hypercall
 * @v: the vCPU
 * @kind: of spot, a constant
 * @key: with KVMSTAT_SPOT_WRITE; of a port, what kvmstat_arch_port_key() takes
 *
 * Context: a probe within KVM_RUN, preemption off.
 */
static __always_inline void kvmstat_count_touch(struct kvmstat_vcpu *v, enum kvmstat_spot_kind kind,
						u64 key)
{
	struct kvmstat_spot *spot = v->spots[kind].last;

	/* Most touches are of the same key as the last. */
	if (likely(spot->key == key)) {
		spot->count++;
		kvmstat_record_touch(v, spot);
	} else {
		kvmstat_count_other_touch(v, &v->spots[kind], key);
	}
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
	barrier(); /* to test in memory costs an instruction less */
	v->place.may &= ~KVMSTAT_MAY_TOUCH;
	smp_wmb(); /* after its exit; pairs with kvmstat_sum_vcpu() */
	v->t.mmio++;
	row->mmio++;
	if (kvmstat_record_is(v->place, KVMSTAT_CLASS_FAULT))
		v->t.fault_mmio++;
	kvmstat_count_touch(v, KVMSTAT_MMIO, key);
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
 * Return: false if this is for kvmstat_count_rare_return().
 */
static __always_inline bool kvmstat_count_return(struct kvmstat_vcpu *v,
						 struct kvmstat_cpu_row *row, u32 reason, int error)
{
	if (unlikely(error < 0 || reason >= KVMSTAT_USER_REASONS ||
		     !(v->place.may & KVMSTAT_MAY_RETURN)))
		return false;
	barrier(); /* as above */
	kvmstat_count_to_user(v, row);
	v->t.user_reasons[reason]++;
	return true;
}

void kvmstat_count_slow_mmio(u64 key);
void kvmstat_count_slow_hypercall(u64 key);

/**
 * kvmstat_count_mmio - the loaded vCPU's guest touched device memory
 * @key: the address, with KVMSTAT_SPOT_WRITE if it wrote
 *
 * Context: a probe within KVM_RUN.
 */
static __always_inline void kvmstat_count_mmio(u64 key)
{
	struct kvmstat_vcpu *v;

	kvmstat_probe_begin();
	v = this_cpu_read(kvmstat_cpu.v);
	if (likely(kvmstat_table_is_loaded(v)))
		kvmstat_count_device(v, this_cpu_read(kvmstat_cpu.row), key);
	else
		kvmstat_count_slow_mmio(key);
	kvmstat_probe_end();
}

/**
 * kvmstat_count_hypercall - the loaded vCPU's guest made a hypercall
 * @nr: its number
 *
 * Context: a probe within KVM_RUN.
 */
static __always_inline void kvmstat_count_hypercall(u64 nr)
{
	struct kvmstat_vcpu *v;

	nr &= ~KVMSTAT_SPOT_WRITE;
	kvmstat_probe_begin();
	v = this_cpu_read(kvmstat_cpu.v);
	if (likely(kvmstat_table_is_loaded(v)))
		kvmstat_count_touch(v, KVMSTAT_HYPERCALL, nr);
	else
		kvmstat_count_slow_hypercall(nr);
	kvmstat_probe_end();
}

#endif
