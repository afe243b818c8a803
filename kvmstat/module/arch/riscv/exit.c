// SPDX-License-Identifier: GPL-2.0
/*
 * riscv64: the probes of KVM's events, the exit reasons' names and classes.
 */
#include <linux/bits.h>
#include <linux/seq_file.h>
#include <asm/delay.h>

#include "count.h"
#include "arch.h"
#include "arch/loaded.h"
#include "hooks.h"
#include "time.h"

/* The kernel's own spelling (asm/csr.h), which has no list of them. */
#define EXCEPTION(name) [EXC_##name] = #name
static const char *const exceptions[KVMSTAT_CAUSES] = {
	EXCEPTION(INST_MISALIGNED),
	EXCEPTION(INST_ACCESS),
	EXCEPTION(INST_ILLEGAL),
	EXCEPTION(BREAKPOINT),
	EXCEPTION(LOAD_MISALIGNED),
	EXCEPTION(LOAD_ACCESS),
	EXCEPTION(STORE_MISALIGNED),
	EXCEPTION(STORE_ACCESS),
	EXCEPTION(SYSCALL),
	EXCEPTION(HYPERVISOR_SYSCALL),
	EXCEPTION(SUPERVISOR_SYSCALL),
	EXCEPTION(INST_PAGE_FAULT),
	EXCEPTION(LOAD_PAGE_FAULT),
	EXCEPTION(STORE_PAGE_FAULT),
	EXCEPTION(INST_GUEST_PAGE_FAULT),
	EXCEPTION(LOAD_GUEST_PAGE_FAULT),
	EXCEPTION(VIRTUAL_INST_FAULT),
	EXCEPTION(STORE_GUEST_PAGE_FAULT),
};

#define INTERRUPT(name) [IRQ_##name] = "IRQ_" #name
static const char *const interrupts[KVMSTAT_NR_INTERRUPTS] = {
	INTERRUPT(S_SOFT), INTERRUPT(VS_SOFT), INTERRUPT(S_TIMER), INTERRUPT(VS_TIMER),
	INTERRUPT(S_EXT),  INTERRUPT(VS_EXT),  INTERRUPT(S_GEXT),  INTERRUPT(PMU_OVF),
};

static bool exit_seen;
static atomic_t checked;
static atomic_t failed_counters;
static atomic_t failed_registers;

/**
 * kvmstat_arch_counter_khz - how fast the time register is
 */
u32 kvmstat_arch_counter_khz(void)
{
	return riscv_timebase / 1000;
}

/**
 * kvmstat_arch_init - there is nothing to prepare
 */
void kvmstat_arch_init(void)
{
}

/**
 * kvmstat_arch_code - the number of a slot's reason: scause, with bit 31 in place of the
 * highest bit for an interrupt; above it, what a virtual instruction fault was for
 * @slot: below KVMSTAT_SLOTS
 */
u32 kvmstat_arch_code(u32 slot)
{
	if (slot < KVMSTAT_INTERRUPTS)
		return slot;
	if (slot < KVMSTAT_WFI)
		return (slot - KVMSTAT_INTERRUPTS) | BIT(31);
	if (slot < KVMSTAT_OTHER)
		return (slot - KVMSTAT_WFI + 1) << 16 | EXC_VIRTUAL_INST_FAULT;
	return U32_MAX;
}

/**
 * kvmstat_arch_name - the kernel's name of a slot's reason
 * @slot: below KVMSTAT_SLOTS
 *
 * Return: NULL if the kernel has no name for it, so that its number is shown.
 */
const char *kvmstat_arch_name(u32 slot)
{
	switch (slot) {
	case 0 ... KVMSTAT_CAUSES - 1:
		return exceptions[slot];
	case KVMSTAT_WFI:
		return "WFI";
	case KVMSTAT_WRS:
		return "WRS";
	case KVMSTAT_CSR:
		return "CSR";
	case KVMSTAT_OTHER:
		return "other";
	case KVMSTAT_UNKNOWN:
		return "unknown";
	case KVMSTAT_EXCEPTIONS:
		return "other exceptions";
	default:
		return interrupts[slot - KVMSTAT_INTERRUPTS];
	}
}

/**
 * kvmstat_arch_class - which column a slot's exits belong to
 * @slot: below KVMSTAT_SLOTS
 */
enum kvmstat_class kvmstat_arch_class(u32 slot)
{
	switch (slot) {
	case EXC_INST_GUEST_PAGE_FAULT:
	case EXC_LOAD_GUEST_PAGE_FAULT:
	case EXC_STORE_GUEST_PAGE_FAULT:
		return KVMSTAT_CLASS_FAULT;
	case KVMSTAT_EXCEPTIONS:
	case EXC_INST_MISALIGNED ... EXC_SYSCALL:
	case EXC_INST_PAGE_FAULT:
	case EXC_LOAD_PAGE_FAULT:
	case EXC_STORE_PAGE_FAULT:
		return KVMSTAT_CLASS_EXCEPTION;
	case KVMSTAT_INTERRUPTS ... KVMSTAT_WFI - 1:
		return KVMSTAT_CLASS_INTERRUPT;
	case KVMSTAT_WFI:
		return KVMSTAT_CLASS_HALT;
	case KVMSTAT_CSR:
		return KVMSTAT_CLASS_MSR;
	default:
		return KVMSTAT_CLASS_OTHER;
	}
}

/**
 * kvmstat_arch_isa - the architecture's name of the virtualization extension
 */
const char *kvmstat_arch_isa(void)
{
	return "riscv64 (H)";
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
	seq_printf(m, "reason_checked_vcpus: %d\n", atomic_read(&checked));
	seq_printf(m, "reason_failed_counters: %d\n", atomic_read(&failed_counters));
	seq_printf(m, "reason_failed_registers: %d\n", atomic_read(&failed_registers));
	seq_printf(m, "exit_event: %s\n",
		   READ_ONCE(exit_seen) ?
			   "late, guest time includes the host's interrupts that ended it" :
			   "none seen yet");
	seq_puts(m, "not_applicable: io_num injected_num nested_num\n");
}

/* Unprivileged ISA and Zawrs: the instructions, which stval has where the hart puts it. */
#define INSN_WFI 0x10500073u
#define INSN_WRS_NTO 0x00d00073u
#define INSN_WRS_STO 0x01d00073u
#define INSN_OPCODE(insn) ((insn)&0x7f)
#define OPCODE_SYSTEM 0x73
#define INSN_FUNCT3(insn) ((insn) >> 12 & 7)
#define INSN_RS1(insn) ((insn) >> 15 & 31)
#define INSN_CSR(insn) ((insn) >> 20)

static u32 virtual_slot(u32 insn)
{
	switch (insn) {
	case INSN_WFI:
		return KVMSTAT_WFI;
	case INSN_WRS_NTO:
	case INSN_WRS_STO:
		return KVMSTAT_WRS;
	}
	return INSN_OPCODE(insn) == OPCODE_SYSTEM && INSN_FUNCT3(insn) & 3 ? KVMSTAT_CSR :
									     EXC_VIRTUAL_INST_FAULT;
}

static __always_inline u32 exit_slot(const struct kvm_cpu_trap *trap)
{
	unsigned long cause = trap->scause & ~CAUSE_IRQ_FLAG;

	if (trap->scause & CAUSE_IRQ_FLAG)
		return cause < KVMSTAT_NR_INTERRUPTS ? KVMSTAT_INTERRUPTS + cause : KVMSTAT_OTHER;
	if (cause == EXC_VIRTUAL_INST_FAULT)
		return virtual_slot(trap->stval);
	return cause < KVMSTAT_CAUSES ? cause : KVMSTAT_OTHER;
}

/* A csrrw always writes, the others if their operand is not zero. */
static void count_register(struct kvmstat_vcpu *v, u32 insn)
{
	bool write = (INSN_FUNCT3(insn) & 3) == 1 || INSN_RS1(insn);

	kvmstat_count_touch(v, KVMSTAT_MSR, INSN_CSR(insn) | (write ? KVMSTAT_SPOT_WRITE : 0));
}

/*
 * An SBI call: its extension above its function. The guest's registers must be where the
 * headers say: the trap's address is KVM's copy of one of them.
 */
static void count_call(struct kvmstat_vcpu *v, const struct kvm_cpu_trap *trap)
{
	const struct kvm_cpu_context *guest = &v->vcpu->arch.guest_context;

	if (guest->sepc == trap->sepc)
		kvmstat_count_touch(v, KVMSTAT_HYPERCALL,
				    (guest->a7 << 32 | (u32)guest->a6) & ~KVMSTAT_SPOT_WRITE);
	else
		atomic_inc(&failed_registers);
}

/* Until KVM's count of exits is seen to grow with ours. */
static noinline void check_counters(struct kvmstat_vcpu *v)
{
	u64 exits = READ_ONCE(v->vcpu->stat.exits);

	if (v->exit.seen && exits == v->exit.exits + 1) {
		v->exit.trusted = true;
		atomic_inc(&checked);
		return;
	}
	if (v->exit.seen)
		atomic_inc(&failed_counters);
	v->exit.seen = true;
	v->exit.exits = exits;
	v->exit.mmio = kvmstat_exit_mmio(v->vcpu);
}

static notrace void on_kvm_exit(void *data, struct kvm_cpu_trap *trap)
{
	struct kvmstat_vcpu *v = kvmstat_table_find_loaded();
	u32 slot;

	if (unlikely(!v)) {
		this_cpu_inc(kvmstat_cpu.lost_exits);
		return;
	}
	if (unlikely(!v->exit.trusted))
		check_counters(v);
	slot = exit_slot(trap);
	kvmstat_loaded_exit(v, slot);
	switch (slot) {
	case EXC_LOAD_GUEST_PAGE_FAULT:
	case EXC_STORE_GUEST_PAGE_FAULT:
		/* htval has the address without its lowest bits, which stval has. */
		v->exit.key = trap->htval << 2 | (trap->stval & 3) |
			      (slot == EXC_STORE_GUEST_PAGE_FAULT ? KVMSTAT_SPOT_WRITE : 0);
		break;
	case EXC_SUPERVISOR_SYSCALL:
		count_call(v, trap);
		break;
	case KVMSTAT_CSR:
		count_register(v, trap->stval);
		break;
	default:
		break;
	}
	if (unlikely(!READ_ONCE(exit_seen)))
		WRITE_ONCE(exit_seen, true);
}

static notrace void on_kvm_entry(void *data, struct kvm_vcpu *vcpu)
{
	kvmstat_loaded_entry();
}

/* kvm_exit, then kvm_userspace_exit come last, so that a return is counted only if its exit was. */
static struct kvmstat_hook hooks[] = {
	{ .name = "kvm_entry", .probe = on_kvm_entry, .timing = true },
	{ .name = "kvm_exit", .probe = on_kvm_exit, .required = true },
	{ .name = "kvm_userspace_exit", .probe = kvmstat_loaded_return, .required = true },
};
const struct kvmstat_hook_group kvmstat_arch_hooks = { hooks, ARRAY_SIZE(hooks) };
