/* SPDX-License-Identifier: GPL-2.0 */
/*
 * x86: from a VM exit to its slot, which is the index of its reason in the counters. One
 * binary has both vendors' ways; the event's ISA chooses, for each vCPU.
 */
#ifndef KVMSTAT_ARCH_EXIT_H
#define KVMSTAT_ARCH_EXIT_H

#include <linux/kvm_host.h>
#include <asm/svm.h>
#include <asm/tsc.h>

#include "compat.h"

/*
 * The arguments of the kvm_exit and kvm_nested_vmexit events (arch/x86/kvm/trace.h, not in
 * the headers). Upstream 0a62a0319abb ("KVM: x86: Get exit reason via kvm_x86_ops", v5.16)
 * dropped the leading exit reason, and gave it to a callback that is in the headers.
 */
#if defined(KVMSTAT_HAVE_EXIT_INFO_REASON)
#define KVMSTAT_EXIT_ARGS struct kvm_vcpu *vcpu, u32 isa
#define KVMSTAT_EXIT_PASS vcpu, isa
#elif defined(KVMSTAT_HAVE_EXIT_INFO_NO_REASON)
#define KVMSTAT_EXIT_ARGS unsigned int reason, struct kvm_vcpu *vcpu, u32 isa
#define KVMSTAT_EXIT_PASS 0, vcpu, isa
#else
#error "kvmstat does not know what this kernel's kvm_exit event looks like, see scripts/probes"
#endif

/*
 * The kvm_entry event's. Upstream 9c9025ea003a ("KVM: x86: Plumb "force_immediate_exit"
 * into kvm_entry() tracepoint", v6.9) added the last.
 */
#ifdef KVMSTAT_HAVE_ENTRY_IMMEDIATE_EXIT
#define KVMSTAT_ENTRY_ARGS struct kvm_vcpu *vcpu, bool force_immediate_exit
#define KVMSTAT_ENTRY_PASS vcpu, false
#else
#define KVMSTAT_ENTRY_ARGS struct kvm_vcpu *vcpu
#define KVMSTAT_ENTRY_PASS vcpu
#endif

/*
 * Slots: basic VT-x reasons and AMD-V codes below KVMSTAT_DIRECT stand for
 * themselves; AMD-V's second block starts at 0x400 (APM vol. 2, appendix C);
 * then the codes that the kernel names beyond both, the nameless rest, and
 * exits whose reason could not be read.
 */
#define KVMSTAT_DIRECT 176u
#define KVMSTAT_HIGH_BASE 0x400u
#define KVMSTAT_HIGH 16u
#define KVMSTAT_FAR (KVMSTAT_DIRECT + KVMSTAT_HIGH)
#define KVMSTAT_NR_FAR 32u
#define KVMSTAT_OTHER (KVMSTAT_FAR + KVMSTAT_NR_FAR)
#define KVMSTAT_UNKNOWN (KVMSTAT_OTHER + 1)
#define KVMSTAT_EXCEPTIONS (KVMSTAT_UNKNOWN + 1)
#define KVMSTAT_SLOTS (KVMSTAT_UNKNOWN + 2)

#define KVMSTAT_ISA "x86 (VT-x, AMD-V)"
#define KVMSTAT_REASON_SOURCE "VMREAD (VT-x), VMCB (AMD-V)"

/* Where in a function a kprobe sees its arguments. */
#define KVMSTAT_KPROBE_OFFSET 0

/**
 * struct kvmstat_arch_exit - where a vCPU's exit reason is read
 * @vmcb: struct vcpu_svm's pointer to the VMCB in use; if not AMD-V or if the check
 *	failed, to one whose exit code is none, which saves the fast path a branch
 * @vmread: it is VT-x, and the check passed: VMREAD has the reason
 * @checked: the first exit was seen and the source looked at
 */
struct kvmstat_arch_exit {
	struct vmcb **vmcb;
	bool vmread;
	bool checked;
};

extern struct vmcb *kvmstat_exit_no_vmcb;

/**
 * kvmstat_exit_init - nothing is known yet
 * @exit: of a vCPU that is first seen
 */
static __always_inline void kvmstat_exit_init(struct kvmstat_arch_exit *exit)
{
	exit->vmcb = &kvmstat_exit_no_vmcb;
}

u32 kvmstat_exit_slow_slot(struct kvmstat_arch_exit *exit, struct kvm_vcpu *vcpu, u32 isa);

/**
 * kvmstat_exit_vmread - read a field of the VMCS that is current on this CPU
 * @field: encoding, SDM vol. 3, appendix B
 * @value: set on success
 *
 * Fails, rather than faults, without a current VMCS (Hyper-V's enlightened
 * VMCS) and outside VMX operation.
 *
 * Context: preemption off.
 */
static __always_inline bool kvmstat_exit_vmread(unsigned long field, unsigned long *value)
{
	bool ok = false;

	asm volatile("1: vmread %[field], %[value]\n\t"
		     "seta %[ok]\n"
		     "2:\n" _ASM_EXTABLE(1b, 2b)
		     : [value] "=r"(*value), [ok] "+q"(ok)
		     : [field] "r"(field)
		     : "cc");
	return likely(ok);
}

/**
 * kvmstat_exit_peek - read what may be of a VM that ends at this moment
 * @from: where; what is there may be freed, or not be memory any more
 *
 * Return: 0 if there is no memory.
 */
static __always_inline unsigned long kvmstat_exit_peek(const unsigned long *from)
{
	unsigned long value = 0;

	asm volatile("1: mov %[from], %[value]\n\t"
		     "2:\n" _ASM_EXTABLE(1b, 2b)
		     : [value] "+r"(value)
		     : [from] "m"(*from));
	return value;
}

/**
 * kvmstat_exit_syscall_argument - an argument of the system call that the thread is in
 * @regs: its registers in userspace
 * @n: 0 or 1
 */
static __always_inline unsigned long kvmstat_exit_syscall_argument(const struct pt_regs *regs,
								   unsigned int n)
{
	if (in_ia32_syscall())
		return n ? regs->cx : regs->bx;
	return n ? regs->si : regs->di;
}

#define KVMSTAT_COUNTER "tsc"
#define KVMSTAT_COUNTER_DISTRUST "the kernel does not trust the TSC"

/**
 * kvmstat_arch_counter - the TSC
 *
 * The read is not ordered: VM entries and exits order more than it needs.
 */
static __always_inline u64 kvmstat_arch_counter(void)
{
	return rdtsc();
}

static inline bool kvmstat_arch_counter_unstable(void)
{
	return check_tsc_unstable();
}

/* VM_EXIT_REASON: bits 15:0 are the basic reason (SDM vol. 3, 25.9.1). */
#define KVMSTAT_VMCS_EXIT_REASON 0x4402

/**
 * kvmstat_exit_slot - the slot of the exit that just happened, if it is quickly found
 * @exit: the vCPU's
 * @slot: set on success
 *
 * Context: the kvm_exit probe; the VMCS or VMCB of the exit is in place.
 * Return: false if it is for kvmstat_exit_slow_slot().
 */
static __always_inline bool kvmstat_exit_slot(const struct kvmstat_arch_exit *exit, u32 *slot)
{
	u32 code = (*exit->vmcb)->control.exit_code;
	unsigned long reason;

	if (likely(code < KVMSTAT_DIRECT)) {
		*slot = code;
		return true;
	}
	if (exit->vmread) {
		if (!kvmstat_exit_vmread(KVMSTAT_VMCS_EXIT_REASON, &reason))
			return false;
		*slot = (u16)reason;
		return likely(*slot < KVMSTAT_DIRECT);
	}
	code -= KVMSTAT_HIGH_BASE;
	*slot = code + KVMSTAT_DIRECT;
	return likely(code < KVMSTAT_HIGH);
}

/* EXIT_QUALIFICATION, SDM vol. 3, 28.2.1: of port I/O, and of the immediate forms' MSR. */
#define KVMSTAT_VMCS_QUALIFICATION 0x6400

#endif
