/* SPDX-License-Identifier: GPL-2.0 */
/*
 * arm64: the slots, which are the indexes of exit reasons in the counters, and the counter
 * that is the clock.
 */
#ifndef KVMSTAT_ARCH_EXIT_H
#define KVMSTAT_ARCH_EXIT_H

#include <linux/kvm_host.h>
#include <asm/arch_timer.h>
#include <asm/esr.h>
#include <asm/ptrace.h>

#include "compat.h"

/*
 * Slots: the classes of trapped exceptions stand for themselves (ESR_ELx.EC, Arm ARM
 * D17.2.37); then come the exits that are no exception, and the kinds of WFx.
 */
#define KVMSTAT_CLASSES 64u
#define KVMSTAT_IRQ KVMSTAT_CLASSES
#define KVMSTAT_SERROR (KVMSTAT_CLASSES + 1)
#define KVMSTAT_IL (KVMSTAT_CLASSES + 2)
#define KVMSTAT_HYP_GONE (KVMSTAT_CLASSES + 3)
#define KVMSTAT_WFI (KVMSTAT_CLASSES + 4)
#define KVMSTAT_WFE (KVMSTAT_CLASSES + 5)
#define KVMSTAT_OTHER (KVMSTAT_CLASSES + 6)
#define KVMSTAT_UNKNOWN (KVMSTAT_CLASSES + 7)
#define KVMSTAT_EXCEPTIONS (KVMSTAT_UNKNOWN + 1)
#define KVMSTAT_SLOTS (KVMSTAT_UNKNOWN + 2)

#define KVMSTAT_ISA "arm64"
#define KVMSTAT_REASON_SOURCE "kvm_exit's arguments, ESR_EL2 as KVM saved it"

/* Where in a function a kprobe sees its arguments. */
#define KVMSTAT_KPROBE_OFFSET 0

/**
 * struct kvmstat_arch_exit - nothing: the event has the reason
 */
struct kvmstat_arch_exit {};

static __always_inline void kvmstat_exit_init(struct kvmstat_arch_exit *exit)
{
}

/* The kvm_mmio event reports device memory. */
static __always_inline bool kvmstat_exit_device(struct kvmstat_arch_exit *exit,
						const struct kvm_vcpu *vcpu, u64 *key)
{
	return false;
}

/**
 * kvmstat_exit_syscall_argument - an argument of the system call that the thread is in
 * @regs: its registers in userspace
 * @n: 0 or 1
 */
static __always_inline unsigned long kvmstat_exit_syscall_argument(const struct pt_regs *regs,
								   unsigned int n)
{
	return regs->regs[n];
}

#define KVMSTAT_COUNTER "system counter"
#define KVMSTAT_COUNTER_DISTRUST "the system counter is not as fast as CNTFRQ_EL0 says"

/**
 * kvmstat_arch_counter - the system counter
 *
 * The kernel's own function knows which of the counter's two views a host of guests must
 * read, and the processors' errata.
 */
static __always_inline u64 kvmstat_arch_counter(void)
{
	return arch_timer_read_counter();
}

static inline bool kvmstat_arch_counter_unstable(void)
{
	return false;
}

#endif
