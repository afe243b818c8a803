// SPDX-License-Identifier: GPL-2.0
/*
 * The devices of the VMMs on riscv64, its CSRs and SBI calls.
 */
#include "verdict/device_tables.h"

/* QEMU's addresses are from "info mtree" of its machine virt, and hw/riscv/virt.c. */
static const struct device_range mmio[] = {
	RANGE(0x1000, 0xffff, FIRMWARE, "boot ROM"),
	RANGE(0x100000, 0x100fff, POWER, "power off, reset (SiFive test)"),
	RANGE(0x101000, 0x101fff, TIMER, "clock (Goldfish)"),
	RANGE(0x2000000, 0x2003fff, INTERRUPTS, "send an IPI (ACLINT)"),
	RANGE(0x2004000, 0x200ffff, TIMER, "timer (ACLINT)"),
	RANGE(0x2f00000, 0x2f03fff, INTERRUPTS, "send an IPI (ACLINT, supervisor's)"),
	RANGE(0x3000000, 0x300ffff, PCI, "a PCI device's ports"),
	RANGE(0xc000000, 0xfffffff, INTERRUPTS, "interrupt controller (PLIC or APLIC)"),
	RANGE(0x10000000, 0x10000fff, CONSOLE, "serial port (16550)"),
	RANGE(0x10001000, 0x10008fff, VIRTIO, "virtio-mmio"),
	RANGE(0x10100000, 0x10100017, FIRMWARE, "QEMU's firmware configuration (fw_cfg)"),
	RANGE(0x20000000, 0x23ffffff, FIRMWARE, "firmware's flash"),
	RANGE(0x24000000, 0x2bffffff, INTERRUPTS, "interrupt messages (IMSIC)"),
	RANGE(0x30000000, 0x3fffffff, PCI, "PCI configuration (ECAM)"),
	RANGE(0x40000000, 0x7fffffff, PCI,
	      "a PCI device's memory (virtio's queues, if it is virtio)"),
	RANGE(0x400000000, INT64_MAX, PCI,
	      "a PCI device's memory (64-bit; virtio's queues, if it is virtio)"),
};

/* The numbers are from the kernel's asm/csr.h. */
static const struct device_range registers[] = {
	RANGE(0x001, 0x003, CPU, "floating point"),
	RANGE(0x008, 0x00f, CPU, "vectors"),
	AT(0x015, CPU, "random numbers (seed)"),
	RANGE(0x100, 0x144, CPU, "supervisor's registers"),
	AT(0x14d, TIMER, "timer (stimecmp)"),
	RANGE(0x150, 0x157, INTERRUPTS, "interrupts (AIA, by siselect)"),
	AT(0x15c, INTERRUPTS, "interrupts (AIA: stopei)"),
	AT(0x180, CPU, "page tables (satp)"),
	AT(0x5a8, CPU, "context id"),
	RANGE(0x600, 0x6ff, CPU, "hypervisor's registers (nested)"),
	AT(0xc00, CPU, "performance counter (cycle)"),
	AT(0xc01, TIMER, "counter (time)"),
	RANGE(0xc02, 0xc1f, CPU, "performance counter"),
	AT(0xda0, CPU, "performance counters: overflow"),
	AT(0xdb0, INTERRUPTS, "interrupts (AIA: stopi)"),
};

/* The id of the extension, from the kernel's asm/sbi.h, is above that of the function. */
#define SBI(id, class, name) \
	RANGE((uint64_t)(id) << 32, (uint64_t)(id) << 32 | UINT32_MAX, class, name)

static const struct device_range calls[] = {
	SBI(0x0, TIMER, "set the timer (old)"),
	SBI(0x1, CONSOLE, "write a character (old)"),
	SBI(0x2, CONSOLE, "read a character (old)"),
	SBI(0x3, INTERRUPTS, "clear an IPI (old)"),
	SBI(0x4, INTERRUPTS, "send an IPI (old)"),
	SBI(0x5, HYPERVISOR, "fences on other vCPUs (old)"),
	SBI(0x6, HYPERVISOR, "fences on other vCPUs (old)"),
	SBI(0x7, HYPERVISOR, "fences on other vCPUs (old)"),
	SBI(0x8, POWER, "power off (old)"),
	SBI(0x10, FIRMWARE, "SBI: version, extensions"),
	SBI(0x48534d, POWER, "start, stop, suspend a vCPU (HSM)"),
	SBI(0x504d55, CPU, "performance counters (PMU)"),
	SBI(0x535441, HYPERVISOR, "stolen time (STA)"),
	SBI(0x735049, INTERRUPTS, "send an IPI (IPI)"),
	SBI(0x4442434e, CONSOLE, "debug console (DBCN)"),
	SBI(0x46574654, FIRMWARE, "firmware's features (FWFT)"),
	SBI(0x4e41434c, HYPERVISOR, "nested guests (NACL)"),
	SBI(0x52464e43, HYPERVISOR, "fences on other vCPUs (RFENCE)"),
	SBI(0x53525354, POWER, "reset, power off (SRST)"),
	SBI(0x53555350, POWER, "suspend (SUSP)"),
	SBI(0x54494d45, TIMER, "set the timer (TIME)"),
};

const struct device_table device_riscv64[] = {
	DEVICE_TABLE("mmio", mmio),
	DEVICE_TABLE("msr", registers),
	DEVICE_TABLE("hypercall", calls),
	{ 0 },
};
