// SPDX-License-Identifier: GPL-2.0
/*
 * The devices of the VMMs on arm64, its system registers and calls.
 */
#include "verdict/device_tables.h"

/*
 * QEMU's addresses are from "info mtree" of its machine virt, and hw/arm/virt.c. Cloud
 * Hypervisor (arch/src/aarch64/layout.rs) has its serial port, clock and PCI memory at the
 * same places. Firecracker (src/vmm/src/arch/aarch64/layout.rs) has all of its devices above
 * 1 GiB, where QEMU has memory.
 */
static const struct device_range mmio[] = {
	RANGE(0x0, 0x7ffffff, FIRMWARE, "firmware's flash"),
	RANGE(0x8000000, 0x800ffff, INTERRUPTS, "interrupt controller (GIC distributor)"),
	RANGE(0x8010000, 0x801ffff, INTERRUPTS, "interrupt controller (GIC CPU interface)"),
	RANGE(0x8020000, 0x8020fff, INTERRUPTS, "interrupt messages (GICv2m)"),
	RANGE(0x8080000, 0x809ffff, INTERRUPTS, "interrupt messages (GIC ITS)"),
	RANGE(0x80a0000, 0x8ffffff, INTERRUPTS, "interrupt controller (GIC redistributor)"),
	RANGE(0x9000000, 0x9000fff, CONSOLE, "serial port (PL011)"),
	RANGE(0x9010000, 0x9010fff, TIMER, "clock (PL031)"),
	RANGE(0x9020000, 0x9020017, FIRMWARE, "QEMU's firmware configuration (fw_cfg)"),
	RANGE(0x9030000, 0x9030fff, POWER, "power button (GPIO)"),
	RANGE(0x9040000, 0x9040fff, CONSOLE, "serial port 2 (PL011)"),
	RANGE(0x9050000, 0x906ffff, PCI, "IOMMU (SMMU)"),
	RANGE(0x9070000, 0x909ffff, POWER, "ACPI events, memory hotplug"),
	RANGE(0xa000000, 0xa003fff, VIRTIO, "virtio-mmio"),
	RANGE(0xc000000, 0xdffffff, UNKNOWN, "platform devices"),
	RANGE(0x10000000, 0x3efeffff, PCI,
	      "a PCI device's memory (virtio's queues, if it is virtio)"),
	RANGE(0x3eff0000, 0x3effffff, PCI, "a PCI device's ports"),
	RANGE(0x3f000000, 0x3fffffff, PCI, "PCI configuration (ECAM)"),
	RANGE(0x40000000, 0x7fffffff, VIRTIO, "virtio-mmio (Firecracker), or PCI configuration"),
	RANGE(0x40001000, 0x40001fff, TIMER, "clock (Firecracker), or PCI configuration"),
	RANGE(0x40002000, 0x40002fff, CONSOLE, "serial port (Firecracker), or PCI configuration"),
	RANGE(0x4000000000, INT64_MAX, PCI,
	      "a PCI device's memory (64-bit; virtio's queues, if it is virtio)"),
	RANGE(0x4010000000, 0x401fffffff, PCI, "PCI configuration (ECAM)"),
};

/* The encoding of the kernel's asm/sysreg.h. */
#define SYS(op0, op1, crn, crm, op2) \
	((op0) << 19 | (op1) << 16 | (crn) << 12 | (crm) << 8 | (op2) << 5)

static const struct device_range registers[] = {
	RANGE(SYS(1, 0, 0, 0, 0), SYS(1, 7, 15, 15, 7), CPU, "caches, TLB (DC, IC, AT, TLBI)"),
	RANGE(SYS(2, 0, 0, 0, 0), SYS(2, 7, 15, 15, 7), CPU, "debug registers"),
	RANGE(SYS(3, 0, 0, 0, 0), SYS(3, 0, 0, 15, 7), CPU, "ID registers"),
	RANGE(SYS(3, 0, 1, 0, 0), SYS(3, 0, 3, 15, 7), CPU, "SCTLR, ACTLR, page tables"),
	AT(SYS(3, 0, 4, 6, 0), INTERRUPTS, "GIC: priority mask (PMR)"),
	RANGE(SYS(3, 0, 5, 0, 0), SYS(3, 0, 7, 15, 7), CPU, "faults (ESR, FAR)"),
	RANGE(SYS(3, 0, 9, 0, 0), SYS(3, 0, 9, 15, 7), CPU, "performance counters (PMU)"),
	RANGE(SYS(3, 0, 10, 0, 0), SYS(3, 0, 11, 15, 7), CPU, "memory attributes (MAIR)"),
	RANGE(SYS(3, 0, 12, 8, 0), SYS(3, 0, 12, 12, 7), INTERRUPTS, "GIC"),
	RANGE(SYS(3, 0, 12, 11, 1), SYS(3, 0, 12, 11, 1), INTERRUPTS, "GIC: deactivate (DIR)"),
	RANGE(SYS(3, 0, 12, 11, 5), SYS(3, 0, 12, 11, 7), INTERRUPTS, "GIC: send an IPI (SGI)"),
	AT(SYS(3, 0, 12, 12, 0), INTERRUPTS, "GIC: acknowledge (IAR1)"),
	AT(SYS(3, 0, 12, 12, 1), INTERRUPTS, "GIC: end of interrupt (EOIR1)"),
	RANGE(SYS(3, 0, 13, 0, 0), SYS(3, 0, 13, 15, 7), CPU, "context and thread ids"),
	RANGE(SYS(3, 1, 0, 0, 0), SYS(3, 2, 0, 15, 7), CPU, "ID registers: caches"),
	RANGE(SYS(3, 3, 9, 12, 0), SYS(3, 3, 9, 14, 7), CPU, "performance counters (PMU)"),
	RANGE(SYS(3, 3, 13, 0, 0), SYS(3, 3, 13, 15, 7), CPU, "thread ids, activity monitors"),
	RANGE(SYS(3, 3, 14, 0, 0), SYS(3, 3, 14, 0, 7), TIMER, "counter (CNTPCT, CNTVCT)"),
	RANGE(SYS(3, 3, 14, 2, 0), SYS(3, 3, 14, 2, 2), TIMER, "physical timer (CNTP)"),
	RANGE(SYS(3, 3, 14, 3, 0), SYS(3, 3, 14, 3, 2), TIMER, "virtual timer (CNTV)"),
	RANGE(SYS(3, 3, 14, 8, 0), SYS(3, 3, 14, 15, 7), CPU, "performance counters (PMU)"),
};

/* The values of x0 are from the SMC Calling Convention, PSCI and linux/arm-smccc.h. */
static const struct device_range calls[] = {
	RANGE(0x80000000, 0x80000002, FIRMWARE, "SMCCC: version, features, SoC"),
	RANGE(0x80003fff, 0x80008000, CPU, "workarounds (Spectre)"),
	RANGE(0x84000000, 0x8400001f, POWER, "PSCI"),
	AT(0x84000001, POWER, "PSCI: suspend a vCPU"),
	AT(0x84000003, POWER, "PSCI: start a vCPU"),
	RANGE(0x84000050, 0x84000053, HYPERVISOR, "random numbers (TRNG)"),
	RANGE(0x86000000, 0x8600ffff, HYPERVISOR, "KVM"),
	AT(0x86000001, TIMER, "KVM: host's clock (PTP)"),
	RANGE(0xc4000000, 0xc400001f, POWER, "PSCI"),
	AT(0xc4000001, POWER, "PSCI: suspend a vCPU"),
	AT(0xc4000003, POWER, "PSCI: start a vCPU"),
	AT(0xc4000053, HYPERVISOR, "random numbers (TRNG)"),
	RANGE(0xc5000020, 0xc5000021, HYPERVISOR, "stolen time"),
	RANGE(0xc6000000, 0xc600ffff, HYPERVISOR, "KVM (protected guests)"),
};

const struct device_table device_arm64[] = {
	DEVICE_TABLE("mmio", mmio),
	DEVICE_TABLE("msr", registers),
	DEVICE_TABLE("hypercall", calls),
	{ 0 },
};
