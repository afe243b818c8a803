/* SPDX-License-Identifier: GPL-2.0 */
/*
 * riscv64: the slots, which are the indexes of exit reasons in the counters, what KVM's own
 * counters say of the last exit, and the counter that is the clock.
 */
#ifndef KVMSTAT_ARCH_EXIT_H
#define KVMSTAT_ARCH_EXIT_H

#include <linux/kvm_host.h>
#include <asm/csr.h>
#include <asm/ptrace.h>
#include <asm/timex.h>

#include "compat.h"

/*
 * Slots: exceptions by scause, then interrupts by their scause (Privileged Architecture, table
 * of the supervisor cause register), then what a virtual instruction fault was for.
 */
#define KVMSTAT_CAUSES 32u
#define KVMSTAT_INTERRUPTS KVMSTAT_CAUSES
#define KVMSTAT_NR_INTERRUPTS 64u
#define KVMSTAT_WFI (KVMSTAT_INTERRUPTS + KVMSTAT_NR_INTERRUPTS)
#define KVMSTAT_WRS (KVMSTAT_WFI + 1)
#define KVMSTAT_CSR (KVMSTAT_WFI + 2)
#define KVMSTAT_OTHER (KVMSTAT_WFI + 3)
#define KVMSTAT_UNKNOWN (KVMSTAT_WFI + 4)
#define KVMSTAT_EXCEPTIONS (KVMSTAT_UNKNOWN + 1)
#define KVMSTAT_SLOTS (KVMSTAT_UNKNOWN + 2)

#define KVMSTAT_ISA "riscv64"
#define KVMSTAT_REASON_SOURCE "kvm_exit's argument, KVM's counters for MMIO"

/*
 * Where in a function a kprobe sees its arguments: not where ftrace has its place, an auipc
 * and a jalr, which kprobes are refused, but after it. MCOUNT_INSN_SIZE is that up to v6.15.
 */
#if IS_ENABLED(CONFIG_DYNAMIC_FTRACE) && !IS_ENABLED(CONFIG_KPROBES_ON_FTRACE)
#define KVMSTAT_KPROBE_OFFSET 8
#else
#define KVMSTAT_KPROBE_OFFSET 0
#endif

/**
 * struct kvmstat_arch_exit - what KVM's counters were at the last exit
 * @key: the guest's address that it was for, as for kvmstat_count_touch()
 * @exits: KVM's count of exits
 * @mmio: and of those that were MMIO
 * @seen: @exits is known
 * @trusted: it grew by one from one exit to the next: KVM's counters are where the headers
 *	say
 */
struct kvmstat_arch_exit {
	u64 key;
	u64 exits;
	u64 mmio;
	bool seen;
	bool trusted;
};

static __always_inline void kvmstat_exit_init(struct kvmstat_arch_exit *exit)
{
	exit->seen = false;
	exit->trusted = false;
}

static __always_inline u64 kvmstat_exit_mmio(const struct kvm_vcpu *vcpu)
{
	return READ_ONCE(vcpu->stat.mmio_exit_user) + READ_ONCE(vcpu->stat.mmio_exit_kernel);
}

/**
 * kvmstat_exit_device - whether the last exit was for device memory
 * @exit: the vCPU's
 * @vcpu: the vCPU
 * @key: set if it was
 *
 * KVM raises no kvm_mmio event here. It counts an MMIO exit where it has decoded it.
 *
 * Context: the probe of the next exit, or of the return to userspace.
 */
static __always_inline bool kvmstat_exit_device(struct kvmstat_arch_exit *exit,
						const struct kvm_vcpu *vcpu, u64 *key)
{
	u64 mmio;

	if (unlikely(!exit->trusted))
		return false;
	mmio = kvmstat_exit_mmio(vcpu);
	if (mmio == exit->mmio)
		return false;
	exit->mmio = mmio;
	*key = exit->key;
	return true;
}

/**
 * kvmstat_exit_syscall_argument - an argument of the system call that the thread is in
 * @regs: its registers in userspace
 * @n: 0 or 1
 */
static __always_inline unsigned long kvmstat_exit_syscall_argument(const struct pt_regs *regs,
								   unsigned int n)
{
	return n ? regs->a1 : regs->orig_a0;
}

#define KVMSTAT_COUNTER "time register"
#define KVMSTAT_COUNTER_DISTRUST "it has no time register"

/**
 * kvmstat_arch_counter - the time register
 *
 * It is the same on all harts, and the only clock that the kernel has.
 */
static __always_inline u64 kvmstat_arch_counter(void)
{
	return get_cycles64();
}

static inline bool kvmstat_arch_counter_unstable(void)
{
	return false;
}

#endif
