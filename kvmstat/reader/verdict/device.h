/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Finds the device that a guest touches by the port, address, MSR or hypercall in the
 * module's hot file. VMMs have some devices at fixed places; elsewhere it is a likely one.
 */
#ifndef DEVICE_H
#define DEVICE_H

#include <stddef.h>
#include <stdint.h>

#include "data/isa.h"

enum device_class {
	DEVICE_UNKNOWN, /* not known, or in no class below */
	DEVICE_DISK,
	DEVICE_CONSOLE,
	DEVICE_VIDEO,
	DEVICE_NET, /* found nowhere, as network cards are on PCI or virtio */
	DEVICE_INPUT,
	DEVICE_TIMER,
	DEVICE_INTERRUPTS,
	DEVICE_PCI, /* PCI itself, or on PCI, where only the guest knows the device */
	DEVICE_POWER,
	DEVICE_FIRMWARE,
	DEVICE_VIRTIO,
	DEVICE_HYPERVISOR, /* what the hypervisor offers to guests that know about it */
	DEVICE_CPU, /* the processor itself, by MSRs of no class above */
	DEVICE_NR_CLASSES,
};

struct device {
	const char *name; /* static, ASCII */
	enum device_class class;
};

/*
 * Returns the device at @address. @kind is port, mmio, msr or hypercall, as in the hot file;
 * msr is a system register on arm64 and a CSR on riscv64. A device that is not known has the
 * name "?". If VMMs differ, the name lists the candidates, and the class is that of the first.
 */
struct device device_find(enum isa isa, const char *kind, uint64_t address);

/* Returns a static word for people: "disk", or "other" if the class is not known. */
const char *device_class_name(enum device_class class);

/* Addresses from @first to @last are @device, except those of a later range within. */
struct device_range {
	uint64_t first;
	uint64_t last;
	struct device device;
};

/* Returns the @n sorted ranges of @kind; NULL and 0 if there is no such kind. */
const struct device_range *device_ranges(enum isa isa, const char *kind, size_t *n);

#endif
