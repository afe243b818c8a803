/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What each architecture supplies, beside arch_exit.h's types and inlines.
 */
#ifndef KVMSTAT_ARCH_H
#define KVMSTAT_ARCH_H

#include <linux/types.h>

#include "arch_exit.h"
#include "class.h"

struct kvmstat_hook_group;
struct seq_file;

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
