/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Spare records, kept ready so that a probe need not allocate.
 */
#ifndef KVMSTAT_POOL_H
#define KVMSTAT_POOL_H

#include <linux/types.h>

struct kvmstat_cpu_row;
struct kvmstat_vcpu;
struct kvmstat_vm;

extern struct kvmstat_vm *kvmstat_pool_others;

bool kvmstat_pool_has_vm(void);
bool kvmstat_pool_has_vcpu(void);
struct kvmstat_vm *kvmstat_pool_take_vm(void);
struct kvmstat_vcpu *kvmstat_pool_take_vcpu(void);
void kvmstat_pool_free_vm(struct kvmstat_vm *vm);
struct kvmstat_cpu_row *kvmstat_pool_row(struct kvmstat_vcpu *v);
void kvmstat_pool_ended(const struct kvmstat_vm *vm);
void kvmstat_pool_prepare(void);
void kvmstat_pool_refill(void);
size_t kvmstat_pool_vm_bytes(void);
u64 kvmstat_pool_memory(void);
u64 kvmstat_pool_unplaced(void);

int kvmstat_pool_init(void);
void kvmstat_pool_stop(void);
void kvmstat_pool_exit(void);

#endif
