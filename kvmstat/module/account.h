/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Counting: what the probes do with an event once its vCPU is known.
 */
#ifndef KVMSTAT_ACCOUNT_H
#define KVMSTAT_ACCOUNT_H

#include "table.h"

void kvmstat_count_other_port(struct kvmstat_vcpu *v, u32 port);

/* A cell as struct kvmstat_vm's cell_of has it. */
#define KVMSTAT_CLASS_SHIFT 8

static __always_inline enum kvmstat_class kvmstat_class(const struct kvmstat_vcpu *v)
{
	return v->cell >> KVMSTAT_CLASS_SHIFT;
}

/**
 * kvmstat_count_exit - count one VM exit
 * @v: the vCPU
 * @counts: its VM's, of this CPU
 * @cell: its reason's
 *
 * Context: the kvm_exit probe, preemption off.
 */
static __always_inline void kvmstat_count_exit(struct kvmstat_vcpu *v,
					       struct kvmstat_counts *counts, u16 cell)
{
	v->exits++;
	v->cell = cell;
	counts->cells[(u8)cell].exits++;
}

/**
 * kvmstat_count_port - the guest touched a port
 * @v: the vCPU
 * @port: as the hardware has it, see kvmstat_port_key()
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

void kvmstat_count_mmio(u64 key);
void kvmstat_count_spot(enum kvmstat_spot_kind kind, u64 key);
void kvmstat_count_slow_passing(int coming);

#endif
