// SPDX-License-Identifier: GPL-2.0
/*
 * Tests that the tables of devices are in order and that the busiest devices are found.
 */
#include "unit.h"

#include <string.h>

#include "verdict/device.h"

static const struct {
	enum isa isa;
	const char *kind;
} tables[] = {
	{ ISA_X86, "port" },	      { ISA_X86, "mmio" },     { ISA_X86, "msr" },
	{ ISA_X86, "hypercall" },     { ISA_ARM64, "mmio" },   { ISA_ARM64, "msr" },
	{ ISA_ARM64, "hypercall" },   { ISA_RISCV64, "mmio" }, { ISA_RISCV64, "msr" },
	{ ISA_RISCV64, "hypercall" },
};

static void tables_are_sorted_and_nest(void **state)
{
	(void)state;
	for (size_t k = 0; k < sizeof(tables) / sizeof(tables[0]); k++) {
		const struct device_range *ranges;
		size_t n;

		ranges = device_ranges(tables[k].isa, tables[k].kind, &n);
		assert_true(n > 0);
		for (size_t i = 0; i < n; i++) {
			if (ranges[i].first > ranges[i].last)
				fail_msg("%s: \"%s\" ends before it starts", tables[k].kind,
					 ranges[i].device.name);
			for (size_t j = i + 1; j < n; j++) {
				const struct device_range *a = &ranges[i], *b = &ranges[j];
				/* They are apart, or the later one is within the earlier one. */
				if (b->first > a->last ||
				    (b->first >= a->first && b->last <= a->last &&
				     (b->first != a->first || b->last != a->last)))
					continue;
				fail_msg("%s: \"%s\" and \"%s\" overlap or are not sorted",
					 tables[k].kind, a->device.name, b->device.name);
			}
		}
	}
}

/* The ends of any range find this range, or one within it. */
static void finds_each_range(void **state)
{
	(void)state;
	for (size_t k = 0; k < sizeof(tables) / sizeof(tables[0]); k++) {
		const struct device_range *ranges;
		size_t n;

		ranges = device_ranges(tables[k].isa, tables[k].kind, &n);
		for (size_t i = 0; i < n; i++) {
			struct device at_first =
				device_find(tables[k].isa, tables[k].kind, ranges[i].first);
			struct device at_last =
				device_find(tables[k].isa, tables[k].kind, ranges[i].last);

			assert_string_not_equal(at_first.name, "?");
			assert_string_not_equal(at_last.name, "?");
			/* The MSRs of the x2APIC are found in mmio and not in this table. */
			if (tables[k].isa == ISA_X86 && !strcmp(tables[k].kind, "msr"))
				assert_true(ranges[i].last < 0x800 || ranges[i].first > 0x8ff);
			/* A name fits a line of the page, and a terminal of 80 columns. */
			assert_in_range(strlen(ranges[i].device.name), 2, 64);
			for (const char *c = ranges[i].device.name; *c; c++)
				assert_in_range(*c, ' ', '~');
			assert_in_range(ranges[i].device.class, 0, DEVICE_NR_CLASSES - 1);
		}
	}
}

static void is_on(enum isa isa, const char *kind, uint64_t address, enum device_class class,
		  const char *name)
{
	struct device device = device_find(isa, kind, address);

	if (strncmp(device.name, name, strlen(name)))
		fail_msg("%s 0x%jx is \"%s\", not \"%s\"", kind, (uintmax_t)address, device.name,
			 name);
	if (device.class != class)
		fail_msg("%s 0x%jx is of class %s, not %s", kind, (uintmax_t)address,
			 device_class_name(device.class), device_class_name(class));
}

static void is(const char *kind, uint64_t address, enum device_class class, const char *name)
{
	is_on(ISA_X86, kind, address, class, name);
}

static void finds_ports(void **state)
{
	(void)state;
	is("port", 0x20, DEVICE_INTERRUPTS, "interrupt controller (PIC)");
	is("port", 0x43, DEVICE_TIMER, "timer (PIT)");
	is("port", 0x60, DEVICE_INPUT, "keyboard");
	is("port", 0x71, DEVICE_TIMER, "clock");
	is("port", 0x80, DEVICE_FIRMWARE, "POST");
	is("port", 0x170, DEVICE_DISK, "IDE, second channel");
	is("port", 0x1f7, DEVICE_DISK, "IDE, first channel");
	is("port", 0x1f8, DEVICE_UNKNOWN, "?");
	is("port", 0x3bb, DEVICE_VIDEO, "VGA");
	is("port", 0x3bc, DEVICE_UNKNOWN, "parallel");
	is("port", 0x3bf, DEVICE_VIDEO, "VGA");
	is("port", 0x3f6, DEVICE_DISK, "IDE, first channel: control");
	is("port", 0x3f8, DEVICE_CONSOLE, "serial port 1");
	is("port", 0x2fd, DEVICE_CONSOLE, "serial port 2");
	is("port", 0x511, DEVICE_FIRMWARE, "QEMU's firmware configuration");
	is("port", 0x608, DEVICE_TIMER, "ACPI timer");
	is("port", 0xb008, DEVICE_TIMER, "ACPI timer");
	is("port", 0xcf8, DEVICE_PCI, "PCI configuration: address");
	is("port", 0xcf9, DEVICE_POWER, "reset");
	is("port", 0xcfa, DEVICE_PCI, "PCI configuration: address");
	is("port", 0xcfc, DEVICE_PCI, "PCI configuration: data");
	is("port", 0x5658, DEVICE_HYPERVISOR, "VMware");
	is("port", 0xafe0, DEVICE_POWER, "ACPI events");
	is("port", 0xafe4, DEVICE_PCI, "a PCI device's ports");
	is("port", 0xc000, DEVICE_PCI, "a PCI device's ports");
	is("port", 0x10000, DEVICE_UNKNOWN, "?");
}

static void finds_device_memory(void **state)
{
	(void)state;
	is("mmio", 0x1000, DEVICE_UNKNOWN, "?");
	is("mmio", 0xb8000, DEVICE_VIDEO, "VGA memory");
	is("mmio", 0xb0000000, DEVICE_PCI, "PCI configuration");
	is("mmio", 0xd0001050, DEVICE_VIRTIO, "virtio-mmio (Firecracker)");
	is("mmio", 0xfe003000, DEVICE_PCI, "a PCI device's memory");
	is("mmio", 0xfeb00250, DEVICE_VIRTIO, "virtio-mmio (microvm)");
	is("mmio", 0xfebf0000, DEVICE_PCI, "a PCI device's memory");
	is("mmio", 0xfec00000, DEVICE_INTERRUPTS, "I/O APIC: select");
	is("mmio", 0xfec00010, DEVICE_INTERRUPTS, "I/O APIC: data");
	is("mmio", 0xfec00020, DEVICE_INTERRUPTS, "I/O APIC");
	is("mmio", 0xfed000ec, DEVICE_TIMER, "timer (HPET)");
	is("mmio", 0xfed000f0, DEVICE_TIMER, "timer (HPET): counter");
	is("mmio", 0xfed000f8, DEVICE_TIMER, "timer (HPET)");
	is("mmio", 0xfed40000, DEVICE_UNKNOWN, "TPM");
	is("mmio", 0xfee000b0, DEVICE_INTERRUPTS, "local APIC: end of interrupt (EOI)");
	is("mmio", 0xfee00300, DEVICE_INTERRUPTS, "local APIC: send an IPI (ICR)");
	is("mmio", 0xfee00380, DEVICE_TIMER, "local APIC: set the timer");
	is("mmio", 0xfee00400, DEVICE_INTERRUPTS, "local APIC");
	is("mmio", 0xfef00000, DEVICE_UNKNOWN, "?");
	is("mmio", 0xffc00000, DEVICE_FIRMWARE, "firmware's flash");
	is("mmio", 0x380000003000, DEVICE_PCI, "a PCI device's memory (64-bit");
	is("mmio", UINT64_MAX, DEVICE_UNKNOWN, "?");
}

static void finds_msrs(void **state)
{
	(void)state;
	is("msr", 0x10, DEVICE_TIMER, "TSC");
	is("msr", 0x1b, DEVICE_INTERRUPTS, "local APIC: base");
	is("msr", 0x3b, DEVICE_TIMER, "TSC_ADJUST");
	is("msr", 0x48, DEVICE_CPU, "SPEC_CTRL");
	is("msr", 0x8b, DEVICE_CPU, "microcode revision");
	is("msr", 0x6e0, DEVICE_TIMER, "TSC deadline timer");
	is("msr", 0x7ff, DEVICE_UNKNOWN, "?");
	is("msr", 0x800, DEVICE_INTERRUPTS, "local APIC");
	is("msr", 0x80b, DEVICE_INTERRUPTS, "local APIC: end of interrupt (EOI)");
	is("msr", 0x830, DEVICE_INTERRUPTS, "local APIC: send an IPI (ICR)");
	is("msr", 0x838, DEVICE_TIMER, "local APIC: set the timer (TMICT)");
	is("msr", 0x83f, DEVICE_INTERRUPTS, "local APIC: IPI to itself");
	is("msr", 0x8ff, DEVICE_INTERRUPTS, "local APIC");
	is("msr", 0x900, DEVICE_UNKNOWN, "?");
	is("msr", 0x40000020, DEVICE_TIMER, "Hyper-V: time");
	is("msr", 0x40000099, DEVICE_INTERRUPTS, "Hyper-V: interrupt source");
	is("msr", 0x40000200, DEVICE_HYPERVISOR, "Hyper-V");
	is("msr", 0x4b564d03, DEVICE_HYPERVISOR, "KVM: steal time");
	is("msr", 0xc0000080, DEVICE_CPU, "EFER");
	is("msr", 0xc0000100, DEVICE_CPU, "FS and GS");
}

static void finds_hypercalls(void **state)
{
	(void)state;
	is("hypercall", 0, DEVICE_UNKNOWN, "?");
	is("hypercall", 5, DEVICE_HYPERVISOR, "wake a vCPU (KICK_CPU)");
	is("hypercall", 10, DEVICE_HYPERVISOR, "send IPIs (SEND_IPI)");
	is("hypercall", 11, DEVICE_HYPERVISOR, "yield to a vCPU (SCHED_YIELD)");
	is("hypercall", 1000, DEVICE_UNKNOWN, "?");
}

static void finds_what_arm64_has(void **state)
{
	(void)state;
	is_on(ISA_ARM64, "mmio", 0x9000018, DEVICE_CONSOLE, "serial port (PL011)");
	is_on(ISA_ARM64, "mmio", 0x8000100, DEVICE_INTERRUPTS, "interrupt controller (GIC");
	is_on(ISA_ARM64, "mmio", 0xa003e50, DEVICE_VIRTIO, "virtio-mmio");
	is_on(ISA_ARM64, "mmio", 0x40002000, DEVICE_CONSOLE, "serial port (Firecracker)");
	is_on(ISA_ARM64, "mmio", 0x8000003000, DEVICE_PCI, "a PCI device's memory (64-bit");
	is_on(ISA_ARM64, "mmio", 0x4010000000, DEVICE_PCI, "PCI configuration");
	/* ICC_SGI1R_EL1, CNTP_CVAL_EL0, PMCR_EL0, OSLAR_EL1 */
	is_on(ISA_ARM64, "msr", 0x18cba0, DEVICE_INTERRUPTS, "GIC: send an IPI");
	is_on(ISA_ARM64, "msr", 0x1be240, DEVICE_TIMER, "physical timer");
	is_on(ISA_ARM64, "msr", 0x1b9c00, DEVICE_CPU, "performance counters");
	is_on(ISA_ARM64, "msr", 0x101080, DEVICE_CPU, "debug registers");
	is_on(ISA_ARM64, "hypercall", 0xc4000003, DEVICE_POWER, "PSCI: start a vCPU");
	is_on(ISA_ARM64, "hypercall", 0x86000001, DEVICE_TIMER, "KVM: host's clock");
	is_on(ISA_ARM64, "port", 0x3f8, DEVICE_UNKNOWN, "?");
}

static void finds_what_riscv64_has(void **state)
{
	(void)state;
	is_on(ISA_RISCV64, "mmio", 0x10000005, DEVICE_CONSOLE, "serial port (16550)");
	is_on(ISA_RISCV64, "mmio", 0xc201004, DEVICE_INTERRUPTS, "interrupt controller");
	is_on(ISA_RISCV64, "mmio", 0x10008050, DEVICE_VIRTIO, "virtio-mmio");
	is_on(ISA_RISCV64, "mmio", 0x400003000, DEVICE_PCI, "a PCI device's memory (64-bit");
	is_on(ISA_RISCV64, "msr", 0xc01, DEVICE_TIMER, "counter (time)");
	is_on(ISA_RISCV64, "msr", 0x151, DEVICE_INTERRUPTS, "interrupts (AIA");
	is_on(ISA_RISCV64, "hypercall", 0x54494d4500000000, DEVICE_TIMER, "set the timer (TIME)");
	is_on(ISA_RISCV64, "hypercall", 0x5249434500000000, DEVICE_UNKNOWN, "?");
	is_on(ISA_RISCV64, "hypercall", 0x52464e4300000001, DEVICE_HYPERVISOR, "fences");
	is_on(ISA_RISCV64, "hypercall", 0x100000000, DEVICE_CONSOLE, "write a character");
}

static void knows_the_architectures(void **state)
{
	(void)state;
	assert_int_equal(isa_of("VT-x"), ISA_X86);
	assert_int_equal(isa_of(""), ISA_X86);
	assert_int_equal(isa_of("arm64 (VHE)"), ISA_ARM64);
	assert_int_equal(isa_of("riscv64 (H)"), ISA_RISCV64);
}

static void names_what_there_is_not(void **state)
{
	size_t n = 1;

	(void)state;
	is("", 0x3f8, DEVICE_UNKNOWN, "?");
	is("ports", 0x3f8, DEVICE_UNKNOWN, "?");
	assert_null(device_ranges(ISA_X86, "PORT", &n));
	assert_int_equal(n, 0);
}

static void names_each_class(void **state)
{
	(void)state;
	for (int i = 0; i < DEVICE_NR_CLASSES; i++) {
		assert_non_null(device_class_name(i));
		for (int j = 0; j < i; j++)
			assert_string_not_equal(device_class_name(i), device_class_name(j));
	}
	assert_string_equal(device_class_name(DEVICE_DISK), "disk");
	assert_string_equal(device_class_name(DEVICE_NR_CLASSES), "other");
	assert_string_equal(device_class_name(-1), "other");
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(tables_are_sorted_and_nest),
	cmocka_unit_test(finds_each_range),
	cmocka_unit_test(finds_ports),
	cmocka_unit_test(finds_device_memory),
	cmocka_unit_test(finds_msrs),
	cmocka_unit_test(finds_hypercalls),
	cmocka_unit_test(finds_what_arm64_has),
	cmocka_unit_test(finds_what_riscv64_has),
	cmocka_unit_test(knows_the_architectures),
	cmocka_unit_test(names_what_there_is_not),
	cmocka_unit_test(names_each_class),
};

UNIT_MAIN(tests)
