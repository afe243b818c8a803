/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Counting: what the probes do with an event once its vCPU is known.
 */
#ifndef KVMSTAT_ACCOUNT_H
#define KVMSTAT_ACCOUNT_H

#include "table.h"

/**
 * kvmstat_count_exit - count one VM exit
 * @cpu: this CPU's cache, holding the vCPU
 * @slot: the exit's reason
 *
 * Context: the kvm_exit probe, preemption off.
 */
static __always_inline void kvmstat_count_exit(struct kvmstat_cpu *cpu, u32 slot)
{
	struct kvmstat_vcpu *v = cpu->v;

	v->exits++;
	v->slot = slot;
	cpu->counts->exits[slot]++;
}

void kvmstat_count_mmio(void);

/**
 * struct kvmstat_row - the columns that are computed from the counters
 * @exits: all exits
 * @to_user: those that ended in userspace
 * @io: port I/O
 * @exception: exceptions, and NMIs where the hardware does not tell them apart
 * @interrupt: host interrupts
 * @halt: the guest halted
 */
struct kvmstat_row {
	u64 exits;
	u64 to_user;
	u64 io;
	u64 exception;
	u64 interrupt;
	u64 halt;
};

void kvmstat_row(const struct kvmstat_counts *sum, struct kvmstat_row *row);

#endif
