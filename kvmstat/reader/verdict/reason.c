// SPDX-License-Identifier: GPL-2.0
/*
 * The table of reasons. What is not in it is an instruction or an event of no other kind.
 */
#include "verdict/reason.h"

#include <stddef.h>
#include <string.h>

enum kind reason_kind(const char *reason)
{
	static const struct {
		const char *reason;
		enum kind kind;
	} kinds[] = {
		{ "io", KIND_DEVICE },
		{ "IO_INSTRUCTION", KIND_DEVICE },
		{ "EPT_MISCONFIG", KIND_DEVICE },
		{ "npf", KIND_FAULT },
		{ "EPT_VIOLATION", KIND_FAULT },
		{ "DABT_LOW", KIND_FAULT },
		{ "IABT_LOW", KIND_FAULT },
		{ "INST_GUEST_PAGE_FAULT", KIND_FAULT },
		{ "LOAD_GUEST_PAGE_FAULT", KIND_FAULT },
		{ "STORE_GUEST_PAGE_FAULT", KIND_FAULT },
		{ "PML_FULL", KIND_DIRTY },
		{ "pause", KIND_SPIN },
		{ "PAUSE_INSTRUCTION", KIND_SPIN },
		{ "WFE", KIND_SPIN },
		{ "WRS", KIND_SPIN },
		{ "hlt", KIND_HALT },
		{ "idle-halt", KIND_HALT },
		{ "HLT", KIND_HALT },
		{ "WFI", KIND_HALT },
		{ "interrupt", KIND_HOST },
		{ "nmi", KIND_HOST },
		{ "smi", KIND_HOST },
		{ "EXTERNAL_INTERRUPT", KIND_HOST },
		{ "EXCEPTION_NMI", KIND_HOST },
		{ "IRQ", KIND_HOST },
		{ "IRQ_S_TIMER", KIND_HOST },
		{ "IRQ_S_SOFT", KIND_HOST },
		{ "IRQ_S_EXT", KIND_HOST },
		{ "msr", KIND_REGISTER },
		{ "MSR_READ", KIND_REGISTER },
		{ "MSR_WRITE", KIND_REGISTER },
		{ "MSR_READ_IMM", KIND_REGISTER },
		{ "MSR_WRITE_IMM", KIND_REGISTER },
		{ "SYS64", KIND_REGISTER },
		{ "CSR", KIND_REGISTER },
		{ "vintr", KIND_TIMER },
		{ "iret", KIND_TIMER },
		{ "rdtsc", KIND_TIMER },
		{ "write_cr8", KIND_TIMER },
		{ "avic_incomplete_ipi", KIND_TIMER },
		{ "avic_unaccelerated_access", KIND_TIMER },
		{ "INTERRUPT_WINDOW", KIND_TIMER },
		{ "PENDING_INTERRUPT", KIND_TIMER },
		{ "NMI_WINDOW", KIND_TIMER },
		{ "RDTSC", KIND_TIMER },
		{ "PREEMPTION_TIMER", KIND_TIMER },
		{ "APIC_ACCESS", KIND_TIMER },
		{ "APIC_WRITE", KIND_TIMER },
		{ "EOI_INDUCED", KIND_TIMER },
		{ "TPR_BELOW_THRESHOLD", KIND_TIMER },
		{ "hypercall", KIND_HYPERCALL },
		{ "VMCALL", KIND_HYPERCALL },
		{ "HVC64", KIND_HYPERCALL },
		{ "HVC32", KIND_HYPERCALL },
		{ "SMC64", KIND_HYPERCALL },
		{ "SUPERVISOR_SYSCALL", KIND_HYPERCALL },
		{ "vmrun", KIND_NESTED },
		{ "vmload", KIND_NESTED },
		{ "vmsave", KIND_NESTED },
		{ "stgi", KIND_NESTED },
		{ "clgi", KIND_NESTED },
		{ "invlpga", KIND_NESTED },
		{ "VMLAUNCH", KIND_NESTED },
		{ "VMRESUME", KIND_NESTED },
		{ "VMREAD", KIND_NESTED },
		{ "VMWRITE", KIND_NESTED },
		{ "VMPTRLD", KIND_NESTED },
		{ "VMPTRST", KIND_NESTED },
		{ "VMCLEAR", KIND_NESTED },
		{ "VMON", KIND_NESTED },
		{ "VMOFF", KIND_NESTED },
		{ "INVEPT", KIND_NESTED },
		{ "INVVPID", KIND_NESTED },
		{ "vmgexit", KIND_HIDDEN },
		{ "TDCALL", KIND_HIDDEN },
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (!strcmp(reason, kinds[i].reason))
			return kinds[i].kind;
	return KIND_OTHER;
}
