/* SPDX-License-Identifier: GPL-2.0 */
/*
 * /sys/kernel/debug/kvmstat/.
 */
#ifndef KVMSTAT_DEBUGFS_H
#define KVMSTAT_DEBUGFS_H

struct dentry;
struct kvmstat_vm;

void kvmstat_debugfs_init(void);
void kvmstat_debugfs_exit(void);
struct dentry *kvmstat_debugfs_add_vm(struct kvmstat_vm *vm);
void kvmstat_debugfs_remove_vm(struct kvmstat_vm *vm);

#endif
