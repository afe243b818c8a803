/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The index of the VMs and vCPUs that run, and their lifetime. Probes find records here
 * without a lock; table.c says who may do what.
 */
#ifndef KVMSTAT_TABLE_H
#define KVMSTAT_TABLE_H

#include <linux/rculist.h>
#include <linux/sched.h>

#include "record.h"

/* It matches no vCPU. */
extern struct kvmstat_vcpu kvmstat_table_nobody;

DECLARE_PER_CPU(struct kvmstat_cpu, kvmstat_cpu);

struct kvmstat_vcpu *kvmstat_table_miss(struct kvm_vcpu *vcpu);
struct kvmstat_vcpu *kvmstat_table_miss_loaded(void);
struct kvm_vcpu *kvmstat_table_running(void);
struct kvmstat_vcpu *kvmstat_table_miss_put(struct kvm_vcpu *vcpu);

/**
 * kvmstat_table_is_ours - whether the running thread has a vCPU's lock, so is in its KVM_RUN
 * @owner: what @owner of the vCPU's record points to; its lowest bits are flags of the lock
 *
 * Context: a probe within KVM_RUN.
 */
static __always_inline bool kvmstat_table_is_ours(unsigned long owner)
{
	return (owner & ~7ul) == (unsigned long)current;
}

/**
 * kvmstat_table_find - make this CPU's cache hold a vCPU
 * @vcpu: the vCPU that is loaded here
 *
 * Context: a probe, preemption off, RCU read side.
 * Return: its record, which the cache holds now; NULL if there is none and none could be
 * made, so that the event is to be counted as lost.
 */
static __always_inline struct kvmstat_vcpu *kvmstat_table_find(struct kvm_vcpu *vcpu)
{
	struct kvmstat_vcpu *v = this_cpu_read(kvmstat_cpu.v);

	return likely(v->vcpu == vcpu) ? v : kvmstat_table_miss(vcpu);
}

/**
 * kvmstat_table_is_loaded - whether a vCPU is the one that is loaded here
 * @v: the vCPU
 *
 * vcpu_load() links the vCPU's preempt notifier to the thread, and KVM is the
 * notifiers' only user in the kernel (5.10 to 7.x).
 *
 * Context: a probe within KVM_RUN up to vcpu_put(), preemption off.
 */
static __always_inline bool kvmstat_table_is_loaded(const struct kvmstat_vcpu *v)
{
	return v->notifier == current->preempt_notifiers.first;
}

/**
 * kvmstat_table_find_loaded - make this CPU's cache hold the vCPU that is loaded here
 *
 * Context: a probe within KVM_RUN up to vcpu_put(), preemption off, RCU read side.
 * Return: its record as kvmstat_table_find(); NULL also if no vCPU is loaded.
 */
static __always_inline struct kvmstat_vcpu *kvmstat_table_find_loaded(void)
{
	struct kvmstat_vcpu *v = this_cpu_read(kvmstat_cpu.v);

	return likely(kvmstat_table_is_loaded(v)) ? v : kvmstat_table_miss_loaded();
}

/**
 * kvmstat_table_find_put - make this CPU's cache hold a vCPU that is not loaded
 * @vcpu: of kvmstat_table_running(); what is not a vCPU, or not this thread's, is refused
 *
 * Context: the kvm_userspace_exit probe, preemption off, RCU read side.
 * Return: its record as kvmstat_table_find().
 */
static __always_inline struct kvmstat_vcpu *kvmstat_table_find_put(struct kvm_vcpu *vcpu)
{
	struct kvmstat_vcpu *v = this_cpu_read(kvmstat_cpu.v);

	return likely(v->vcpu == vcpu) ? v : kvmstat_table_miss_put(vcpu);
}

/* Records are added while this goes on, and freed with their VM only. */
#define kvmstat_for_each_vcpu(v, vm) list_for_each_entry_rcu(v, &(vm)->vcpus, link, true)

void kvmstat_table_vcpu_create(struct kvm_vcpu *vcpu);
void kvmstat_table_vm_end(struct kvm *kvm);
void kvmstat_table_end_all(void);
bool kvmstat_table_is_timed(void);
void kvmstat_table_set_timed(bool timed);

void kvmstat_table_init(void (*changed)(void));
unsigned int kvmstat_table_collect(struct list_head *seen, struct list_head *unseen);
bool kvmstat_table_cap_reached(void);
void kvmstat_table_lost(struct kvmstat_cpu *sum);

#endif
