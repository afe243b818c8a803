/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What exit reasons mean. tests/host/reasons.sh includes this file and holds the reasons against
 * the classes that the module counts them in.
 */
#ifndef REASON_H
#define REASON_H

/* What a VM exit is for. */
enum cause {
	CAUSE_DEVICE, /* ports and device memory, timers and interrupt controllers left out */
	CAUSE_MEMORY, /* faults of the guest's memory */
	CAUSE_TIMER, /* timers and interrupts: their registers, and windows for them */
	CAUSE_SPIN, /* PAUSE */
	CAUSE_HYPERCALL,
	CAUSE_NESTED, /* the guest is a hypervisor */
	CAUSE_OTHER, /* instructions that KVM handles: CPUID, MSRs, control registers */
	CAUSE_NR
};

/* What an exit reason means. The first ones are causes. */
enum kind {
	KIND_DEVICE = CAUSE_DEVICE,
	KIND_TIMER = CAUSE_TIMER,
	KIND_SPIN = CAUSE_SPIN,
	KIND_HYPERCALL = CAUSE_HYPERCALL,
	KIND_NESTED = CAUSE_NESTED,
	KIND_OTHER = CAUSE_OTHER,
	KIND_FAULT = CAUSE_NR, /* of memory, or of a device's */
	KIND_DIRTY,
	KIND_REGISTER, /* of a timer, an interrupt controller or the processor */
	KIND_HOST,
	KIND_HALT,
	KIND_HIDDEN, /* what it is for is not in the reason */
};

/* Returns what @reason, in the kernel's spelling, means. */
enum kind reason_kind(const char *reason);

#endif
