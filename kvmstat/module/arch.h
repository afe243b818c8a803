/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What each architecture supplies, beside arch_exit.h's types and inlines.
 */
#ifndef KVMSTAT_ARCH_H
#define KVMSTAT_ARCH_H

#include <linux/types.h>

#include "arch_exit.h"

struct kvmstat_hook_group;
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

enum kvmstat_class kvmstat_arch_class(u32 slot);
u32 kvmstat_arch_code(u32 slot);
const char *kvmstat_arch_name(u32 slot);
const char *kvmstat_arch_isa(void);

extern const struct kvmstat_hook_group kvmstat_arch_hooks;

u64 kvmstat_arch_port_key(u32 port);

void kvmstat_arch_init(void);
u32 kvmstat_arch_counter_khz(void);
void kvmstat_arch_info(struct seq_file *m);

#endif
