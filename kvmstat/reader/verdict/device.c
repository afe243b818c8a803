// SPDX-License-Identifier: GPL-2.0
/*
 * Searches the tables of devices.
 */
#include "verdict/device.h"

#include <string.h>

#include "verdict/device_tables.h"

const struct device_range *device_ranges(enum isa isa, const char *kind, size_t *n)
{
	static const struct device_table *const tables[] = {
		[ISA_X86] = device_x86,
		[ISA_ARM64] = device_arm64,
		[ISA_RISCV64] = device_riscv64,
	};
	const struct device_table *table;

	for (table = tables[isa]; table->kind && strcmp(table->kind, kind);)
		table++;
	*n = table->n;
	return table->ranges;
}

struct device device_find(enum isa isa, const char *kind, uint64_t address)
{
	struct device found = { "?", DEVICE_UNKNOWN };
	const struct device_range *ranges;
	size_t n;

	/* Each MSR of the x2APIC is a register of the local APIC (Intel SDM 3, "x2APIC"). */
	if (isa == ISA_X86 && !strcmp(kind, "msr") && address >= 0x800 && address <= 0x8ff) {
		kind = "mmio";
		address = 0xfee00000 + ((address - 0x800) << 4);
	}
	ranges = device_ranges(isa, kind, &n);
	for (size_t i = 0; i < n && ranges[i].first <= address; i++)
		if (address <= ranges[i].last)
			found = ranges[i].device;
	return found;
}

const char *device_class_name(enum device_class class)
{
	static const char *const names[] = {
		[DEVICE_UNKNOWN] = "other",
		[DEVICE_DISK] = "disk",
		[DEVICE_CONSOLE] = "console",
		[DEVICE_VIDEO] = "video",
		[DEVICE_NET] = "network",
		[DEVICE_INPUT] = "input",
		[DEVICE_TIMER] = "timer",
		[DEVICE_INTERRUPTS] = "interrupts",
		[DEVICE_PCI] = "PCI",
		[DEVICE_POWER] = "power",
		[DEVICE_FIRMWARE] = "firmware",
		[DEVICE_VIRTIO] = "virtio",
		[DEVICE_HYPERVISOR] = "hypervisor",
		[DEVICE_CPU] = "CPU",
	};

	return names[(unsigned int)class < DEVICE_NR_CLASSES ? class : DEVICE_UNKNOWN];
}
