/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What each architecture supplies, beside arch_exit.h's types and inlines.
 */
#ifndef KVMSTAT_ARCH_H
#define KVMSTAT_ARCH_H

#include <linux/types.h>

#include "arch_exit.h"

struct seq_file;

/** enum kvmstat_class - the kinds of exits that have a column or a histogram of their own */
enum kvmstat_class {
	KVMSTAT_CLASS_IO, /* 0: cheap to tell */
	KVMSTAT_CLASS_OTHER,
	KVMSTAT_CLASS_FAULT, /* a page fault that the host handles: memory, or a device's */
	KVMSTAT_CLASS_MSR,
	KVMSTAT_CLASS_INTERRUPT,
	KVMSTAT_CLASS_EXCEPTION,
	KVMSTAT_TIMED_CLASSES, /* those above have histograms */
	KVMSTAT_CLASS_HALT = KVMSTAT_TIMED_CLASSES,
};

enum kvmstat_class kvmstat_slot_class(u32 slot);
u32 kvmstat_slot_code(u32 slot);
const char *kvmstat_slot_name(u32 slot);
const char *kvmstat_isa_name(void);

/* Handling times are put into histograms by (ticks * kvmstat_tick_mult) >> KVMSTAT_TICK_SHIFT. */
#define KVMSTAT_TICK_SHIFT 20

u32 kvmstat_clock_khz(void);
const char *kvmstat_clock_name(void);

u64 kvmstat_port_key(u32 port);

void kvmstat_arch_init(void);
void kvmstat_exit_info(struct seq_file *m);

#endif
