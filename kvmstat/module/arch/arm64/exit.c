// SPDX-License-Identifier: GPL-2.0
/*
 * arm64: the probes of KVM's events, the exit reasons' names and classes, the clock.
 */
#include <linux/delay.h>
#include <linux/math64.h>
#include <linux/seq_file.h>
#include <linux/timekeeping.h>
#include <asm/kvm_arm.h>
#include <asm/kvm_asm.h>
#include <asm/kvm_emulate.h>
#include <asm/virt.h>

#include "count.h"
#include "arch.h"
#include "arch/loaded.h"
#include "hooks.h"
#include "time.h"

/* The kernel's own spelling of ESR_ELx.EC. */
static const struct {
	u32 class;
	const char *name;
} classes[] = { kvm_arm_exception_class };

static bool exit_seen;
static atomic_t failed_esr;

/*
 * The kernel may have the counter's frequency from the device tree, and exports it nowhere.
 * The register is right unless the firmware forgot to set it: compare it with the kernel's time.
 */
static bool counter_is_as_fast_as(u32 khz)
{
	u64 ticks, ns;

	ns = ktime_get_mono_fast_ns();
	ticks = arch_timer_read_counter();
	usleep_range(5000, 10000);
	ns = ktime_get_mono_fast_ns() - ns;
	ticks = arch_timer_read_counter() - ticks;
	ticks = mul_u64_u32_div(ticks, NSEC_PER_MSEC, khz);
	return ticks > ns - ns / 32 && ticks < ns + ns / 32;
}

/**
 * kvmstat_arch_counter_khz - how fast the system counter is
 *
 * Context: may sleep.
 * Return: 0 if that is not known.
 */
u32 kvmstat_arch_counter_khz(void)
{
	u32 khz = arch_timer_get_cntfrq() / 1000;
	unsigned int tries;

	/* An interrupt, or a pause of a machine that is virtual itself, may come between. */
	for (tries = 0; khz && tries < 3; tries++)
		if (counter_is_as_fast_as(khz))
			return khz;
	return 0;
}

/**
 * kvmstat_arch_init - there is nothing to prepare
 */
void kvmstat_arch_init(void)
{
}

/**
 * kvmstat_arch_code - the number of a slot's reason: KVM's exception code (ARM_EXCEPTION_*)
 * above ESR_ELx.EC; for WFx, a 1 (WFI) or 2 (WFE) above both
 * @slot: below KVMSTAT_SLOTS
 */
u32 kvmstat_arch_code(u32 slot)
{
	switch (slot) {
	case 0 ... KVMSTAT_CLASSES - 1:
		return ARM_EXCEPTION_TRAP << 8 | slot;
	case KVMSTAT_IRQ:
		return ARM_EXCEPTION_IRQ << 8;
	case KVMSTAT_SERROR:
		return ARM_EXCEPTION_EL1_SERROR << 8;
	case KVMSTAT_IL:
		return ARM_EXCEPTION_IL << 8;
	case KVMSTAT_HYP_GONE:
		return ARM_EXCEPTION_HYP_GONE;
	case KVMSTAT_WFI:
		return 1 << 16 | ARM_EXCEPTION_TRAP << 8 | ESR_ELx_EC_WFx;
	case KVMSTAT_WFE:
		return 2 << 16 | ARM_EXCEPTION_TRAP << 8 | ESR_ELx_EC_WFx;
	default:
		return U32_MAX;
	}
}

/**
 * kvmstat_arch_name - the kernel's name of a slot's reason
 * @slot: below KVMSTAT_SLOTS
 *
 * Return: NULL if the kernel has no name for it, so that its number is shown.
 */
const char *kvmstat_arch_name(u32 slot)
{
	size_t i;

	switch (slot) {
	case KVMSTAT_IRQ:
		return "IRQ";
	case KVMSTAT_SERROR:
		return "SERROR";
	case KVMSTAT_IL:
		return "IL";
	case KVMSTAT_HYP_GONE:
		return "HYP_GONE";
	case KVMSTAT_WFI:
		return "WFI";
	case KVMSTAT_WFE:
		return "WFE";
	case KVMSTAT_OTHER:
		return "other";
	case KVMSTAT_UNKNOWN:
		return "unknown";
	case KVMSTAT_EXCEPTIONS:
		return "other exceptions";
	}
	for (i = 0; i < ARRAY_SIZE(classes); i++)
		if (classes[i].class == slot)
			return classes[i].name;
	return NULL;
}

/**
 * kvmstat_arch_class - which column a slot's exits belong to
 * @slot: below KVMSTAT_SLOTS
 */
enum kvmstat_class kvmstat_arch_class(u32 slot)
{
	switch (slot) {
	case KVMSTAT_IRQ:
		return KVMSTAT_CLASS_INTERRUPT;
	case KVMSTAT_WFI:
		return KVMSTAT_CLASS_HALT;
	case ESR_ELx_EC_IABT_LOW:
	case ESR_ELx_EC_DABT_LOW:
		return KVMSTAT_CLASS_FAULT;
	case ESR_ELx_EC_CP15_32:
	case ESR_ELx_EC_CP15_64:
	case ESR_ELx_EC_CP14_MR:
	case ESR_ELx_EC_CP14_LS:
	case ESR_ELx_EC_CP14_64:
	case ESR_ELx_EC_CP10_ID:
	case ESR_ELx_EC_SYS64:
		return KVMSTAT_CLASS_MSR;
	case KVMSTAT_SERROR:
	case KVMSTAT_IL:
	case KVMSTAT_EXCEPTIONS:
	case ESR_ELx_EC_ILL:
	case ESR_ELx_EC_PC_ALIGN:
	case ESR_ELx_EC_SP_ALIGN:
	case ESR_ELx_EC_FP_EXC32:
	case ESR_ELx_EC_FP_EXC64:
	case ESR_ELx_EC_SERROR:
	case ESR_ELx_EC_BREAKPT_LOW:
	case ESR_ELx_EC_SOFTSTP_LOW:
	case ESR_ELx_EC_WATCHPT_LOW:
	case ESR_ELx_EC_BKPT32:
	case ESR_ELx_EC_VECTOR32:
	case ESR_ELx_EC_BRK64:
		return KVMSTAT_CLASS_EXCEPTION;
	default:
		return KVMSTAT_CLASS_OTHER;
	}
}

/**
 * kvmstat_arch_isa - how KVM runs on this host
 */
const char *kvmstat_arch_isa(void)
{
	return is_kernel_in_hyp_mode() ? "arm64 (VHE)" : "arm64 (nVHE)";
}

/**
 * kvmstat_arch_port_key - there are no ports here
 * @port: ignored
 */
u64 kvmstat_arch_port_key(u32 port)
{
	return 0;
}

/**
 * kvmstat_arch_info - the reason source's lines of the info file
 * @m: the file
 */
void kvmstat_arch_info(struct seq_file *m)
{
	seq_puts(m, "reason_source: " KVMSTAT_REASON_SOURCE "\n");
	seq_printf(m, "reason_failed_esr: %d\n", atomic_read(&failed_esr));
	seq_printf(m, "exit_event: %s\n",
		   READ_ONCE(exit_seen) ?
			   "late, guest time includes the host's interrupts that ended it" :
			   "none seen yet");
	seq_puts(m, "not_applicable: io_num injected_num nested_num\n");
}

/*
 * The syndrome as KVM saved it, where the event's argument is not enough. No KVM symbol
 * guards the headers' layout, so the argument must agree.
 */
static __always_inline bool read_syndrome(const struct kvmstat_vcpu *v, unsigned int class,
					  u64 *esr)
{
	*esr = kvm_vcpu_get_esr(v->vcpu);
	if (likely(ESR_ELx_EC(*esr) == class))
		return true;
	atomic_inc(&failed_esr);
	return false;
}

static __always_inline u32 trap_slot(const struct kvmstat_vcpu *v, unsigned int class)
{
	u64 esr;

	if (class != ESR_ELx_EC_WFx || !read_syndrome(v, class, &esr))
		return class % KVMSTAT_CLASSES;
	return esr & ESR_ELx_WFx_ISS_WFE ? KVMSTAT_WFE : KVMSTAT_WFI;
}

static u32 other_slot(int code)
{
	switch (code) {
	case ARM_EXCEPTION_EL1_SERROR:
		return KVMSTAT_SERROR;
	case ARM_EXCEPTION_IL:
		return KVMSTAT_IL;
	case ARM_EXCEPTION_HYP_GONE:
		return KVMSTAT_HYP_GONE;
	default:
		return KVMSTAT_OTHER;
	}
}

static void count_register(struct kvmstat_vcpu *v)
{
	u64 esr;

	if (!read_syndrome(v, ESR_ELx_EC_SYS64, &esr))
		return;
	kvmstat_count_touch(v, KVMSTAT_MSR,
			    (u64)esr_sys64_to_sysreg(esr) |
				    (esr & ESR_ELx_SYS64_ISS_DIR_READ ? 0 : KVMSTAT_SPOT_WRITE));
}

static notrace void on_kvm_exit(void *data, int ret, unsigned int class, unsigned long pc)
{
	struct kvmstat_vcpu *v = kvmstat_table_find_loaded();
	int code = ARM_EXCEPTION_CODE(ret);
	u32 slot;

	if (unlikely(!v)) {
		this_cpu_inc(kvmstat_cpu.lost_exits);
		return;
	}
	if (likely(code == ARM_EXCEPTION_TRAP))
		slot = trap_slot(v, class);
	else
		slot = code == ARM_EXCEPTION_IRQ ? KVMSTAT_IRQ : other_slot(code);
	kvmstat_loaded_exit(v, slot);
	if (slot == ESR_ELx_EC_SYS64)
		count_register(v);
	if (unlikely(!READ_ONCE(exit_seen)))
		WRITE_ONCE(exit_seen, true);
}

static notrace void on_kvm_entry(void *data, unsigned long pc)
{
	kvmstat_loaded_entry();
}

static notrace void on_kvm_hvc(void *data, unsigned long pc, unsigned long x0, unsigned long imm)
{
	kvmstat_count_hypercall(x0);
}

/* kvm_exit, then kvm_userspace_exit come last, so that a return is counted only if its exit was. */
static struct kvmstat_hook hooks[] = {
	{ .name = "kvm_hvc_arm64", .probe = on_kvm_hvc },
	{ .name = "kvm_entry", .probe = on_kvm_entry, .timing = true },
	{ .name = "kvm_exit", .probe = on_kvm_exit, .required = true },
	{ .name = "kvm_userspace_exit", .probe = kvmstat_loaded_return, .required = true },
};
const struct kvmstat_hook_group kvmstat_arch_hooks = { hooks, ARRAY_SIZE(hooks) };
