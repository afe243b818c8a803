/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which device a guest touches, by the port, address, MSR or hypercall that the module's
 * hot file shows: what VMMs have at fixed places, and what is likely elsewhere.
 */
#ifndef DEVICE_H
#define DEVICE_H

#include <stddef.h>
#include <stdint.h>

#include "data/isa.h"

enum device_class {
	DEVICE_UNKNOWN, /* not known, or of no class below */
	DEVICE_DISK,
	DEVICE_CONSOLE,
	DEVICE_VIDEO,
	DEVICE_NET, /* none has a place of its own: network cards are on PCI or virtio */
	DEVICE_INPUT,
	DEVICE_TIMER,
	DEVICE_INTERRUPTS,
	DEVICE_PCI, /* on PCI, or PCI itself: what device it is depends on the guest */
	DEVICE_POWER,
	DEVICE_FIRMWARE,
	DEVICE_VIRTIO,
	DEVICE_HYPERVISOR, /* what a hypervisor offers to guests that know it */
	DEVICE_CPU, /* the processor itself: MSRs that are none of the above */
	DEVICE_NR_CLASSES,
};

struct device {
	const char *name; /* static, ASCII */
	enum device_class class;
};

/*
 * The device at @address; @kind is port, mmio, msr or hypercall, in the words of the hot
 * file, msr being a system register, a CSR on arm64, riscv64. Never fails: one that is not known is named "?". Where VMMs differ the name says
 * all that it can be, and the class is that of the first of them.
 */
struct device device_find(enum isa isa, const char *kind, uint64_t address);

/* A word for people, static: "disk"; "other" for what is not known or not a class's. */
const char *device_class_name(enum device_class class);

/* Addresses from @first to @last are @device, but for those of a later range within it. */
struct device_range {
	uint64_t first;
	uint64_t last;
	struct device device;
};

/* The ranges of @kind, sorted, @n of them; NULL and 0 when there is no such kind. */
const struct device_range *device_ranges(enum isa isa, const char *kind, size_t *n);

#endif
