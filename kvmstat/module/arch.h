/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What each architecture supplies, beside arch_exit.h's types and inlines.
 */
#ifndef KVMSTAT_ARCH_H
#define KVMSTAT_ARCH_H

#include <linux/types.h>

#include "arch_exit.h"

struct seq_file;

/** enum kvmstat_class - the kinds of exits that have a column of their own */
enum kvmstat_class {
	KVMSTAT_CLASS_OTHER,
	KVMSTAT_CLASS_IO,
	KVMSTAT_CLASS_EXCEPTION,
	KVMSTAT_CLASS_INTERRUPT,
	KVMSTAT_CLASS_HALT,
};

enum kvmstat_class kvmstat_slot_class(u32 slot);
u32 kvmstat_slot_code(u32 slot);
const char *kvmstat_slot_name(u32 slot);
const char *kvmstat_isa_name(void);

void kvmstat_arch_init(void);
void kvmstat_exit_info(struct seq_file *m);

#endif
