/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The VMs and vCPUs that kvmstat knows, their counters and their lifetime.
 * Probes find records here without a lock; see table.c for who may do what.
 */
#ifndef KVMSTAT_TABLE_H
#define KVMSTAT_TABLE_H

#include <linux/kvm_host.h>
#include <linux/list.h>
#include <linux/percpu.h>
#include <linux/types.h>

#include "arch_exit.h"

struct dentry;
struct kvmstat_host;

/**
 * struct kvmstat_counts - what one CPU has counted for one VM
 * @exits: kvm_exit events by slot, see kvmstat_slot_code()
 * @to_user: those whose handling ended in userspace
 * @noexit: returns to userspace with no exit since the last one
 * @mmio: exits in which the guest touched device memory
 *
 * Only its CPU writes it, with preemption off; anyone may read. The counters
 * only grow.
 */
struct kvmstat_counts {
	u64 exits[KVMSTAT_SLOTS];
	u64 to_user[KVMSTAT_SLOTS];
	u64 noexit;
	u64 mmio;
};

/* DESIGN.md, rule 6. */
static_assert(sizeof(struct kvmstat_counts) <= 4096);

/**
 * struct kvmstat_vm - a VM; or, with id 0, those past the cap together
 * @hash: link in the table of running VMs, by @kvm; table lock
 * @link: in one of the lists of VMs; see table.c
 * @kvm: key only
 * @counts: per CPU; the others' where @shared
 * @shared: past the cap, without counters of its own
 * @ended: no further event can come; table lock
 * @id: never used twice while the module is loaded
 * @pid: the VMM's thread group, a reference
 * @comm: the VMM's name when the VM was first seen
 * @vcpus: its vCPUs that have run; table lock
 * @nr_vcpus: their number
 * @dir: its debugfs directory, tidy's
 */
struct kvmstat_vm {
	struct hlist_node hash;
	struct list_head link;
	struct kvm *kvm;
	struct kvmstat_counts __percpu *counts;
	bool shared;
	bool ended;
	u64 id;
	struct pid *pid;
	char comm[TASK_COMM_LEN];
	struct list_head vcpus;
	unsigned int nr_vcpus;
	struct dentry *dir;
};

/**
 * struct kvmstat_vcpu - a vCPU that has run
 * @exits: its exits, written by the thread that runs it
 * @returned: @exits at its last return to userspace
 * @mmio: @exits when device memory was last touched
 * @slot: the last exit's reason
 * @exit: where the architecture finds the reason
 * @vcpu: key only
 * @vm: the VM that it counts for
 * @returning: the thread on its way out of KVM_RUN, from kvm_fpu's unload to
 *	kvm_userspace_exit or kvm_fpu's next load
 * @hash: link in the table of vCPUs, by @vcpu
 * @link: in @vm->vcpus or among the spares; table lock
 * @displaced: in the list of returning vCPUs that lost their CPU's slot
 */
struct kvmstat_vcpu {
	u64 exits;
	u64 returned;
	u64 mmio;
	u32 slot;
	struct kvmstat_arch_exit exit;
	struct kvm_vcpu *vcpu;
	struct kvmstat_vm *vm;
	struct task_struct *returning;
	struct hlist_node hash;
	struct list_head link;
	struct list_head displaced;
};

static_assert(sizeof(struct kvmstat_vcpu) <= 1024);

/**
 * struct kvmstat_cpu - the vCPU that a CPU saw last, and what found no VM
 * @vcpu: key of the cache; NULL when empty
 * @v: its record
 * @counts: this CPU's counters of its VM
 * @lost_exits: exits that could not be attributed
 * @lost_returns: returns to userspace that could not be attributed
 * @layout_faults: events of vCPUs refused by checked_kvm()
 * @unknown: a thread that leaves KVM_RUN with a vCPU that has no record
 *
 * Written by its CPU alone with preemption off, but for the end of a VM, which
 * empties the caches that hold it.
 */
struct kvmstat_cpu {
	struct kvm_vcpu *vcpu;
	struct kvmstat_vcpu *v;
	struct kvmstat_counts *counts;
	u64 lost_exits;
	u64 lost_returns;
	u64 layout_faults;
	struct task_struct *unknown;
};

DECLARE_PER_CPU(struct kvmstat_cpu, kvmstat_cpu);

bool kvmstat_table_miss(struct kvmstat_cpu *cpu, struct kvm_vcpu *vcpu);

/**
 * kvmstat_table_find - make @cpu's cache hold a vCPU
 * @cpu: this CPU's cache
 * @vcpu: the vCPU that is loaded here
 *
 * Context: a probe, preemption off, RCU read side.
 * Return: true if @cpu holds @vcpu now; false if there is no record of it and
 * none could be made: count the event as lost.
 */
static __always_inline bool kvmstat_table_find(struct kvmstat_cpu *cpu, struct kvm_vcpu *vcpu)
{
	return likely(cpu->vcpu == vcpu) || kvmstat_table_miss(cpu, vcpu);
}

struct kvm_vcpu *kvmstat_loaded_vcpu(void);
void kvmstat_table_mark_returning(void);
void kvmstat_table_unmark_returning(void);
struct kvmstat_vcpu *kvmstat_table_returning(struct kvmstat_cpu *cpu);
void kvmstat_table_vm_end(struct kvm *kvm);
void kvmstat_table_end_all(void);

unsigned int kvmstat_table_collect(struct list_head *seen);
bool kvmstat_table_cap_reached(void);
void kvmstat_table_lost(struct kvmstat_host *host);

#endif
