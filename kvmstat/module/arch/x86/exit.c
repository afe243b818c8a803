// SPDX-License-Identifier: GPL-2.0
/*
 * x86: VM exits on VT-x and AMD-V: the kvm_exit and kvm_fpu probes, the check of
 * where a vCPU's exit reason is read, the reasons' names and classes.
 */
#include <linux/kvm_host.h>
#include <linux/mm.h>
#include <linux/sched/task_stack.h>
#include <linux/seq_file.h>
#include <linux/uaccess.h>
#include <trace/events/kvm.h>
#include <asm/svm.h>
#include <asm/vmx.h>

#include "count.h"
#include "arch.h"
#include "hooks.h"
#include "pool.h"
#include "reason.h"
#include "time.h"

/*
 * The kernel's own spelling, from its uapi headers. AMD-V's codes have 64 bits there since
 * 7.0; the lower half, which the event has, is enough to distinguish them.
 */
struct reason {
	u64 code;
	const char *name;
};

static const struct reason vmx_reasons[] = { VMX_EXIT_REASONS };
static const struct reason svm_reasons[] = { SVM_EXIT_REASONS };

/* The named codes beyond the direct and the high block, in the order of the far slots. */
static u32 far_codes[KVMSTAT_NR_FAR];
static unsigned int nr_far;

static u32 other_code;
/* The event's isa argument (arch/x86/kvm/trace.h, not in the headers). */
#define ISA_VMX 1
#define ISA_SVM 2

static struct vmcb none = { .control.exit_code = SVM_EXIT_ERR };
struct vmcb *kvmstat_exit_no_vmcb = &none;

static u32 isa_seen; /* 0 before the first exit */
static bool exits_late;
static atomic_t checked;
static atomic_t protected;
static atomic_t failed_vmcb_pointer;
static atomic_t failed_vmcb_content;
static atomic_t failed_vmread;

static bool is_far(u32 code)
{
	return code >= KVMSTAT_DIRECT && code - KVMSTAT_HIGH_BASE >= KVMSTAT_HIGH;
}

/* Rare: software VMGEXIT codes, SVM_EXIT_ERR, and codes that the kernel has no name for. */
static u32 far_slot(u32 code)
{
	unsigned int i;

	for (i = 0; i < nr_far; i++)
		if (far_codes[i] == code)
			return KVMSTAT_FAR + i;
	WRITE_ONCE(other_code, code);
	return KVMSTAT_OTHER;
}

/**
 * kvmstat_arch_counter_khz - how fast the TSC is
 *
 * Return: 0 if the kernel does not trust it to be the same on all CPUs.
 */
u32 kvmstat_arch_counter_khz(void)
{
	return check_tsc_unstable() ? 0 : tsc_khz;
}

/**
 * kvmstat_arch_init - prepare the slots of the named far codes
 *
 * Context: before any probe.
 */
void kvmstat_arch_init(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(svm_reasons) && nr_far < KVMSTAT_NR_FAR; i++)
		if (is_far(svm_reasons[i].code))
			far_codes[nr_far++] = svm_reasons[i].code;
}

/**
 * kvmstat_arch_code - the architecture's number of a slot's reason
 * @slot: below KVMSTAT_SLOTS
 */
u32 kvmstat_arch_code(u32 slot)
{
	if (slot < KVMSTAT_DIRECT)
		return slot;
	if (slot < KVMSTAT_FAR)
		return slot - KVMSTAT_DIRECT + KVMSTAT_HIGH_BASE;
	if (slot < KVMSTAT_OTHER)
		return far_codes[slot - KVMSTAT_FAR];
	return slot == KVMSTAT_OTHER ? READ_ONCE(other_code) : U32_MAX;
}

/**
 * kvmstat_arch_name - the kernel's name of a slot's reason
 * @slot: below KVMSTAT_SLOTS
 *
 * Return: NULL if the kernel has no name for it, so that its number is shown.
 */
const char *kvmstat_arch_name(u32 slot)
{
	bool vmx = READ_ONCE(isa_seen) == ISA_VMX;
	const struct reason *r = vmx ? vmx_reasons : svm_reasons;
	size_t n = vmx ? ARRAY_SIZE(vmx_reasons) : ARRAY_SIZE(svm_reasons);
	u32 code = kvmstat_arch_code(slot);

	if (slot == KVMSTAT_UNKNOWN)
		return "unknown";
	if (slot == KVMSTAT_OTHER)
		return "other";
	if (slot == KVMSTAT_EXCEPTIONS)
		return "other exceptions";
	for (; n; n--, r++)
		if ((u32)r->code == code)
			return r->name;
	return NULL;
}

/**
 * kvmstat_arch_class - which column a slot's exits belong to
 * @slot: below KVMSTAT_SLOTS
 */
enum kvmstat_class kvmstat_arch_class(u32 slot)
{
	u32 code = kvmstat_arch_code(slot);

	if (slot == KVMSTAT_EXCEPTIONS)
		return KVMSTAT_CLASS_EXCEPTION;
	if (slot >= KVMSTAT_OTHER)
		return KVMSTAT_CLASS_OTHER;
	return READ_ONCE(isa_seen) == ISA_VMX ? kvmstat_reason_class_vmx(code) :
						kvmstat_reason_class_svm(code);
}

/**
 * kvmstat_arch_isa - the vendor's name of the virtualization extension in use
 *
 * Return: "none seen yet" before the first exit.
 */
const char *kvmstat_arch_isa(void)
{
	u32 isa = READ_ONCE(isa_seen);

	return isa == ISA_VMX ? "VT-x" : isa == ISA_SVM ? "AMD-V" : "none seen yet";
}

/*
 * struct vcpu_svm starts with { struct kvm_vcpu vcpu; struct vmcb *vmcb; } from
 * 5.10 to 7.x, and is not in the headers. The content must be what VMRUN
 * itself insists on (APM vol. 2, 15.5.1): the VMRUN intercept set, and an ASID that is not 0.
 */
static void check_vmcb(struct kvmstat_arch_exit *exit, struct kvm_vcpu *vcpu)
{
	struct vmcb **where = (struct vmcb **)(vcpu + 1);
	u32 intercepts[MAX_INTERCEPT];
	struct vmcb *vmcb;
	u32 asid;

	if (copy_from_kernel_nofault(&vmcb, where, sizeof(vmcb)) || !PAGE_ALIGNED(vmcb) ||
	    !virt_addr_valid(vmcb)) {
		atomic_inc(&failed_vmcb_pointer);
		return;
	}
	if (copy_from_kernel_nofault(intercepts, vmcb->control.intercepts, sizeof(intercepts)) ||
	    copy_from_kernel_nofault(&asid, &vmcb->control.asid, sizeof(asid)) || !asid ||
	    !(intercepts[INTERCEPT_VMRUN / 32] & BIT(INTERCEPT_VMRUN % 32))) {
		atomic_inc(&failed_vmcb_content);
		return;
	}
	exit->vmcb = where;
	atomic_inc(&checked);
}

/* HOST_RSP (SDM vol. 3, appendix B.4.4): KVM sets it to the running thread's stack. */
#define VMCS_HOST_RSP 0x6c14

static void check_vmread(struct kvmstat_arch_exit *exit)
{
	unsigned long stack = (unsigned long)task_stack_page(current);
	unsigned long reason, rsp;

	if (!kvmstat_exit_vmread(VMCS_HOST_RSP, &rsp) || rsp - stack >= THREAD_SIZE ||
	    !kvmstat_exit_vmread(KVMSTAT_VMCS_EXIT_REASON, &reason)) {
		atomic_inc(&failed_vmread);
		return;
	}
	exit->vmread = true;
	atomic_inc(&checked);
}

/* The hardware hides the guest's state from KVM: SEV-ES, SNP, TDX. */
static bool is_protected(const struct kvm_vcpu *vcpu)
{
#ifdef KVMSTAT_HAVE_GUEST_STATE_PROTECTED
	return vcpu->arch.guest_state_protected;
#else
	return false;
#endif
}

/**
 * kvmstat_exit_slow_slot - the slot of the exit that just happened
 * @exit: the vCPU's; at its first exit, the place of its reason is looked for and verified,
 *	and stays empty if that fails
 * @vcpu: from the event
 * @isa: from the event
 *
 * Context: the kvm_exit probe; the VMCS or VMCB of the exit is in place.
 * Return: KVMSTAT_UNKNOWN where the reason is not available.
 */
u32 kvmstat_exit_slow_slot(struct kvmstat_arch_exit *exit, struct kvm_vcpu *vcpu, u32 isa)
{
	unsigned long reason;
	u32 slot;

	if (!exit->checked) {
		exit->checked = true;
		WRITE_ONCE(isa_seen, isa);
		if (!irqs_disabled())
			WRITE_ONCE(exits_late, true);
		if (is_protected(vcpu))
			atomic_inc(&protected);
		if (isa == ISA_SVM)
			check_vmcb(exit, vcpu);
		else if (isa == ISA_VMX && !is_protected(vcpu)) /* a TD's VMCS is not ours */
			check_vmread(exit);
	}
	if (kvmstat_exit_slot(exit, &slot))
		return slot;
	if (exit->vmcb != &kvmstat_exit_no_vmcb)
		return far_slot((*exit->vmcb)->control.exit_code);
	if (exit->vmread && kvmstat_exit_vmread(KVMSTAT_VMCS_EXIT_REASON, &reason))
		return far_slot(reason);
	return KVMSTAT_UNKNOWN;
}

/**
 * kvmstat_arch_info - write the lines of the info file about the source of reasons
 * @m: the file
 */
void kvmstat_arch_info(struct seq_file *m)
{
	seq_puts(m, "reason_source: " KVMSTAT_REASON_SOURCE "\n");
	seq_printf(m, "reason_checked_vcpus: %d\n", atomic_read(&checked));
	seq_printf(m, "reason_failed_vmcb_pointer: %d\n", atomic_read(&failed_vmcb_pointer));
	seq_printf(m, "reason_failed_vmcb_content: %d\n", atomic_read(&failed_vmcb_content));
	seq_printf(m, "reason_failed_vmread: %d\n", atomic_read(&failed_vmread));
	seq_printf(m, "protected_vcpus: %d\n", atomic_read(&protected));
	seq_puts(m, "hidden_sev_es: ports, MSRs, halts are all vmgexit\n"
		    "hidden_tdx: reasons are unknown\n"
		    "hidden_evmcs: reasons are unknown\n");
	/* AMD-V before 6.12 raises the event in its exit handler, with interrupts on again. */
	seq_printf(m, "exit_event: %s\n",
		   !READ_ONCE(isa_seen) ?
			   "none seen yet" :
		   READ_ONCE(exits_late) ?
			   "late, guest time includes the host's interrupts that ended it" :
			   "at once");
}

/**
 * kvmstat_arch_port_key - the key of a port and its direction, for kvmstat_spots_count()
 * @port: EXITINFO1 (APM vol. 2, 15.10.2) or the exit qualification (SDM vol. 3, 28.2.1):
 *	both have the port in bits 31:16; for IN, the first has bit 0 set and the second bit 3
 */
u64 kvmstat_arch_port_key(u32 port)
{
	bool in = port & (READ_ONCE(isa_seen) == ISA_VMX ? BIT(3) : BIT(0));

	return port >> 16 | (in ? 0 : KVMSTAT_SPOT_WRITE);
}

/* The bits of an exit's information that kvmstat_arch_port_key() takes. */
#define SVM_PORT (SVM_IOIO_TYPE_MASK | 0xffff0000u)
#define VMX_PORT (BIT(3) | 0xffff0000u)

/* The guest's registers are saved already: RCX has the MSR. */
static __always_inline void touch_msr(struct kvmstat_vcpu *v, u32 msr, u64 write)
{
	kvmstat_count_touch(v, KVMSTAT_MSR, msr | write << 63);
}

static __always_inline void touch_svm(struct kvmstat_vcpu *v, const struct kvm_vcpu *vcpu, u32 slot,
				      const struct vmcb *vmcb)
{
	u64 info = vmcb->control.exit_info_1;

	if (slot == SVM_EXIT_IOIO)
		kvmstat_count_touch(v, KVMSTAT_PORT, info & SVM_PORT);
	else
		touch_msr(v, vcpu->arch.regs[VCPU_REGS_RCX], info);
}

static __always_inline void touch_vmx(struct kvmstat_vcpu *v, const struct kvm_vcpu *vcpu, u32 slot)
{
	unsigned long info = 0;

	switch (slot) {
	case EXIT_REASON_MSR_READ:
	case EXIT_REASON_MSR_WRITE:
		touch_msr(v, vcpu->arch.regs[VCPU_REGS_RCX], slot == EXIT_REASON_MSR_WRITE);
		break;
	case EXIT_REASON_IO_INSTRUCTION:
		kvmstat_exit_vmread(KVMSTAT_VMCS_QUALIFICATION, &info);
		kvmstat_count_touch(v, KVMSTAT_PORT, info & VMX_PORT);
		break;
	default: /* the immediate forms */
		kvmstat_exit_vmread(KVMSTAT_VMCS_QUALIFICATION, &info);
		touch_msr(v, info, slot == EXIT_REASON_MSR_WRITE_IMM);
	}
}

/* Out of line, so that the fast path saves no registers. It may use any clock. */
static noinline notrace void on_slow_exit(void *data, KVMSTAT_EXIT_ARGS)
{
	struct kvmstat_vcpu *v = kvmstat_table_find(vcpu);
	struct kvmstat_cpu_row *row;
	union kvmstat_place place;
	u32 slot;

	if (!v) {
		this_cpu_inc(kvmstat_cpu.lost_exits);
		return;
	}
	row = this_cpu_read(kvmstat_cpu.row);
	kvmstat_time_slow_exit(v);
	slot = kvmstat_exit_slow_slot(&v->exit, vcpu, isa);
	place = kvmstat_count_place(v, slot);
	kvmstat_count_exit(v, row, place);
	if (place.all >= 0)
		return;
	if (v->exit.vmread)
		touch_vmx(v, vcpu, slot);
	else
		touch_svm(v, vcpu, slot, *v->exit.vmcb);
}

/* Count an exit if it is a usual one. */
static __always_inline bool count_exit(struct kvmstat_vcpu *v, const struct kvm_vcpu *vcpu,
				       unsigned long slot, const struct vmcb *vmcb, bool svm)
{
	union kvmstat_place place = v->places[slot];
	struct kvmstat_cpu_row *row;

	/* One test for both cases: the usual exit has no key. */
	if (likely(place.all > 0)) {
		row = this_cpu_read(kvmstat_cpu.row);
		if (unlikely(!kvmstat_time_exit(v, row)))
			return false;
		kvmstat_count_exit(v, row, place);
		return true;
	}
	if (unlikely(!place.all))
		return false;
	row = this_cpu_read(kvmstat_cpu.row);
	if (unlikely(!kvmstat_time_exit(v, row)))
		return false;
	kvmstat_count_exit(v, row, place);
	if (svm)
		touch_svm(v, vcpu, slot, vmcb);
	else
		touch_vmx(v, vcpu, slot);
	return true;
}

/* What a slow path does not use is not kept for it. */
static notrace void on_kvm_exit(void *data, KVMSTAT_EXIT_ARGS)
{
	struct kvmstat_vcpu *v = this_cpu_read(kvmstat_cpu.v);
	const struct vmcb *vmcb;
	unsigned long slot;
	u32 other;

	if (unlikely(v->vcpu != vcpu))
		goto slow;
	vmcb = *v->exit.vmcb;
	slot = (u32)vmcb->control.exit_code;
	if (unlikely(slot >= KVMSTAT_DIRECT)) {
		if (!kvmstat_exit_slot(&v->exit, &other))
			goto slow;
		slot = other;
		if (v->exit.vmread) {
			if (likely(count_exit(v, vcpu, slot, NULL, false)))
				return;
			goto slow;
		}
	}
	if (likely(count_exit(v, vcpu, slot, vmcb, true)))
		return;
slow:
	on_slow_exit(NULL, KVMSTAT_EXIT_PASS);
}

static noinline notrace void on_slow_entry(void *data, KVMSTAT_ENTRY_ARGS)
{
	struct kvmstat_vcpu *v = kvmstat_table_find(vcpu);

	if (v)
		kvmstat_time_switch(v, KVMSTAT_IN_GUEST);
}

static notrace void on_kvm_entry(void *data, KVMSTAT_ENTRY_ARGS)
{
	struct kvmstat_vcpu *v = this_cpu_read(kvmstat_cpu.v);

	if (unlikely(v->vcpu != vcpu)) {
		on_slow_entry(NULL, KVMSTAT_ENTRY_PASS);
		return;
	}
	if (likely(v->mode == KVMSTAT_IN_KERNEL)) {
		if (likely(kvmstat_time_entry(v)))
			return;
	} else {
		barrier(); /* to compare in memory costs an instruction less */
		if (v->mode == KVMSTAT_BACK && likely(kvmstat_time_entry_back(v)))
			return;
	}
	kvmstat_time_switch(v, KVMSTAT_IN_GUEST);
}

static noinline notrace void on_slow_fpu(void *data, int load)
{
	struct kvmstat_vcpu *v;

	kvmstat_probe_begin();
	v = kvmstat_table_find_loaded();
	if (likely(v))
		kvmstat_time_switch(v, load ? KVMSTAT_STILL : KVMSTAT_STILL_LEFT);
	kvmstat_probe_end();
}

/*
 * KVM puts the guest's FPU state on every way out of KVM_RUN while the vCPU is still loaded,
 * and loads it on every way in. With MPX, KVM puts it for an INIT, too, and loads it again.
 */
static notrace void on_kvm_fpu(void *data, int load)
{
	struct kvmstat_vcpu *v;

	kvmstat_probe_begin();
	v = this_cpu_read(kvmstat_cpu.v);
	if (likely(kvmstat_table_is_loaded(v))) {
		if (load)
			kvmstat_time_pass(v, &v->back, KVMSTAT_LEFT, KVMSTAT_BACK, KVMSTAT_STILL);
		else
			kvmstat_time_pass(v, &v->left, KVMSTAT_IN_KERNEL, KVMSTAT_LEFT,
					  KVMSTAT_STILL_LEFT);
		kvmstat_probe_end();
		return;
	}
	kvmstat_probe_end();
	on_slow_fpu(data, load);
}

/* Whether the running thread is in the vCPU's KVM_RUN. */
static __always_inline bool is_running(const struct kvmstat_vcpu *v)
{
	return kvmstat_table_is_ours(kvmstat_exit_peek(v->owner));
}

/*
 * The thread moved since the vCPU was put, another vCPU took the CPU's cache, or there was no
 * exit yet.
 */
static struct kvmstat_vcpu *find_displaced(void)
{
	struct kvm_vcpu *vcpu = kvmstat_table_running();
	struct kvmstat_vcpu *v = vcpu ? kvmstat_table_miss_put(vcpu) : NULL;

	if (!v)
		this_cpu_inc(kvmstat_cpu.lost_returns);
	else if (v->place.may & KVMSTAT_MAY_RETURN)
		this_cpu_inc(kvmstat_cpu.displaced_returns);
	return v;
}

static noinline __noclone notrace void on_slow_return(void *data, __u32 reason, int error)
{
	struct kvmstat_vcpu *v;

	kvmstat_probe_begin();
	v = this_cpu_read(kvmstat_cpu.v);
	if (unlikely(!is_running(v)))
		v = find_displaced();
	if (likely(v))
		kvmstat_count_rare_return(v, this_cpu_read(kvmstat_cpu.row), reason, error);
	kvmstat_probe_end();
}

static notrace void on_kvm_userspace_exit(void *data, __u32 reason, int error)
{
	struct kvmstat_vcpu *v;

	kvmstat_probe_begin();
	v = this_cpu_read(kvmstat_cpu.v);
	if (likely(is_running(v) &&
		   kvmstat_count_return(v, this_cpu_read(kvmstat_cpu.row), reason, error))) {
		kvmstat_probe_end();
		return;
	}
	kvmstat_probe_end();
	on_slow_return(data, reason, error);
}

/* An eventfd took an MMIO write before the emulator saw it (VT-x). */
static notrace void on_kvm_fast_mmio(void *data, u64 gpa)
{
	kvmstat_count_mmio(gpa | KVMSTAT_SPOT_WRITE);
}

static notrace void on_kvm_hypercall(void *data, unsigned long nr, unsigned long a0,
				     unsigned long a1, unsigned long a2, unsigned long a3)
{
	kvmstat_count_hypercall(nr);
}

/* Fires beside kvm_exit, which has counted the exit. */
static notrace void on_kvm_nested_vmexit(void *data, KVMSTAT_EXIT_ARGS)
{
	struct kvmstat_vcpu *v;

	kvmstat_probe_begin();
	v = kvmstat_table_find(vcpu);
	if (likely(v))
		v->t.nested++;
	kvmstat_probe_end();
}

static notrace void on_kvm_inj_virq(void *data, unsigned int vector, bool soft, bool reinjected)
{
	struct kvmstat_vcpu *v;

	kvmstat_probe_begin();
	v = kvmstat_table_find_loaded();
	if (likely(v))
		v->t.injected++;
	kvmstat_probe_end();
}

/* See count.c's. */
static void __maybe_unused check_types(void)
{
	check_trace_callback_type_kvm_userspace_exit(on_kvm_userspace_exit);
}

/* kvm_exit, then kvm_userspace_exit come last, so that a return is counted only if its exit was. */
static struct kvmstat_hook hooks[] = {
	{ .name = "kvm_fast_mmio", .probe = on_kvm_fast_mmio },
	{ .name = "kvm_hypercall", .probe = on_kvm_hypercall },
	{ .name = "kvm_inj_virq", .probe = on_kvm_inj_virq },
	{ .name = "kvm_nested_vmexit", .probe = on_kvm_nested_vmexit },
	{ .name = "kvm_entry", .probe = on_kvm_entry, .any_clock = on_slow_entry, .timing = true },
	{ .name = "kvm_fpu", .probe = on_kvm_fpu, .any_clock = on_slow_fpu, .timing = true },
	{ .name = "kvm_exit", .probe = on_kvm_exit, .any_clock = on_slow_exit, .required = true },
	{ .name = "kvm_userspace_exit", .probe = on_kvm_userspace_exit, .required = true },
};
const struct kvmstat_hook_group kvmstat_arch_hooks = { hooks, ARRAY_SIZE(hooks) };
