// SPDX-License-Identifier: GPL-2.0
/*
 * The VMs and vCPUs that run, from their first event to the end of their VM: what the
 * probes find, without a lock.
 *
 * Who may do what:
 *
 * - Probes find a vCPU through the per-CPU cache, else in vcpu_table under RCU: no lock.
 *   table_lock, a raw spinlock held for a few list operations, is taken where a VM or
 *   vCPU is first seen, where a VM ends, and for a thread that lost its CPU between
 *   kvm_fpu and kvm_userspace_exit; never to count.
 * - Records come from the pool (pool.c), whose lock nests within table_lock.
 * - What has been seen is listed, and what ended is kept and freed, by the roster
 *   (roster.c), whose mutex is taken before table_lock.
 */
#include <linux/hashtable.h>
#include <linux/pid.h>
#include <linux/preempt.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/uaccess.h>

#include "hooks.h"
#include "pool.h"
#include "roster.h"
#include "table.h"

DEFINE_PER_CPU(struct kvmstat_cpu, kvmstat_cpu);

static DEFINE_RAW_SPINLOCK(table_lock);

static DEFINE_HASHTABLE(vcpu_table, 12);
static DEFINE_HASHTABLE(vm_table, 10);

/* Under table_lock. */
static LIST_HEAD(new_vms);
static LIST_HEAD(displaced);
static unsigned int nr_ended;
static u64 last_id;
static u64 nr_displaced_returns;
static bool cap_reached;

/**
 * kvmstat_loaded_vcpu - the vCPU that the running thread has loaded
 *
 * vcpu_load() links the vCPU's preempt notifier to the thread, and KVM is the
 * notifiers' only user in the kernel (5.10 to 7.x).
 *
 * Context: preemption off, within KVM_RUN up to vcpu_put().
 * Return: NULL if there is none.
 */
struct kvm_vcpu *kvmstat_loaded_vcpu(void)
{
	struct hlist_node *first = current->preempt_notifiers.first;

	return first ? container_of(first, struct kvm_vcpu, preempt_notifier.link) : NULL;
}

/*
 * Nothing guards the layout of KVM's structures, as no KVM symbol is imported:
 * what the headers say must lead from the thread to the vCPU and back to it.
 */
static struct kvm *checked_kvm(struct kvm_vcpu *vcpu)
{
	struct mm_struct *mm;
	struct kvm *kvm;

	if (vcpu != kvmstat_loaded_vcpu() || get_kernel_nofault(kvm, &vcpu->kvm) ||
	    get_kernel_nofault(mm, &kvm->mm) || mm != current->mm)
		return NULL;
	return kvm;
}

/* Under table_lock; or RCU, when a VM that is just being added may be missed. */
static struct kvmstat_vm *find_vm(struct kvm *kvm)
{
	struct kvmstat_vm *vm;

	hash_for_each_possible_rcu_notrace(vm_table, vm, hash, (unsigned long)kvm)
		if (vm->kvm == kvm)
			return vm;
	return NULL;
}

static struct kvmstat_vm *first_seen_vm(struct kvm *kvm)
{
	struct kvmstat_vm *vm = kvmstat_pool_take_vm();

	if (!vm)
		return NULL;
	vm->kvm = kvm;
	vm->pid = get_pid(task_tgid(current));
	strscpy(vm->comm, current->group_leader->comm, sizeof(vm->comm));
	if (vm->shared)
		WRITE_ONCE(cap_reached, true);
	else
		vm->id = ++last_id;
	list_add_tail(&vm->link, &new_vms);
	hash_add_rcu(vm_table, &vm->hash, (unsigned long)kvm);
	return vm;
}

static struct kvmstat_vcpu *first_seen(struct kvm_vcpu *vcpu)
{
	struct kvm *kvm = checked_kvm(vcpu);
	struct kvmstat_vcpu *v = NULL;
	struct kvmstat_vm *vm;
	unsigned long flags;

	if (!kvm) {
		this_cpu_ptr(&kvmstat_cpu)->layout_faults++;
		return NULL;
	}
	/* Out of spares: the pool is on it, don't hammer the lock meanwhile. */
	if (!kvmstat_pool_has_vcpu() || (!kvmstat_pool_has_vm() && !find_vm(kvm)))
		return NULL;

	raw_spin_lock_irqsave(&table_lock, flags);
	vm = find_vm(kvm);
	if (!vm)
		vm = first_seen_vm(kvm);
	if (vm)
		v = kvmstat_pool_take_vcpu();
	if (v) {
		v->vcpu = vcpu;
		v->vm = vm;
		list_add_tail(&v->link, &vm->vcpus);
		vm->nr_vcpus++;
		if (vm->shared)
			kvmstat_others->nr_vcpus++;
		hash_add_rcu(vcpu_table, &v->hash, (unsigned long)vcpu);
	}
	raw_spin_unlock_irqrestore(&table_lock, flags);
	if (v) {
		kvmstat_pool_refill();
		kvmstat_roster_tidy();
	}
	return v;
}

static void displace(struct kvmstat_vcpu *v)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&table_lock, flags);
	if (v->returning && list_empty(&v->displaced))
		list_add(&v->displaced, &displaced);
	raw_spin_unlock_irqrestore(&table_lock, flags);
}

/**
 * kvmstat_table_miss - kvmstat_table_find() for a vCPU that the CPU did not see last
 * @cpu: this CPU's cache
 * @vcpu: the vCPU that is loaded here
 *
 * Context: a probe, preemption off, RCU read side.
 * Return: as kvmstat_table_find().
 */
bool notrace kvmstat_table_miss(struct kvmstat_cpu *cpu, struct kvm_vcpu *vcpu)
{
	struct kvmstat_vcpu *v, *old = READ_ONCE(cpu->v);

	hash_for_each_possible_rcu_notrace(vcpu_table, v, hash, (unsigned long)vcpu)
		if (v->vcpu == vcpu)
			goto found;
	v = first_seen(vcpu);
	if (!v)
		return false;
found:
	if (unlikely(old && READ_ONCE(old->returning)))
		displace(old);
	cpu->counts = this_cpu_ptr(v->vm->counts);
	WRITE_ONCE(cpu->v, v);
	WRITE_ONCE(cpu->vcpu, vcpu);
	return true;
}

/**
 * kvmstat_table_mark_returning - the running thread leaves KVM_RUN
 *
 * Context: a probe, the vCPU loaded.
 */
void notrace kvmstat_table_mark_returning(void)
{
	struct kvm_vcpu *vcpu = kvmstat_loaded_vcpu();
	struct kvmstat_cpu *cpu;

	if (unlikely(!READ_ONCE(kvmstat_hooks_live) || !vcpu))
		return;
	kvmstat_probe_begin();
	cpu = this_cpu_ptr(&kvmstat_cpu);
	if (likely(kvmstat_table_find(cpu, vcpu)))
		WRITE_ONCE(cpu->v->returning, current);
	else
		cpu->unknown = current;
	kvmstat_probe_end();
}

/**
 * kvmstat_table_unmark_returning - no, it goes on
 *
 * Where the thread has lost the CPU since, the mark stays, until the next return or the
 * VM's end: it does no harm.
 *
 * Context: a probe.
 */
void notrace kvmstat_table_unmark_returning(void)
{
	struct kvmstat_vcpu *v;

	kvmstat_probe_begin();
	v = READ_ONCE(this_cpu_ptr(&kvmstat_cpu)->v);
	if (unlikely(v && READ_ONCE(v->returning) == current))
		WRITE_ONCE(v->returning, NULL);
	kvmstat_probe_end();
}

/* The thread moved, or another vCPU took the CPU's cache: look everywhere. */
static noinline struct kvmstat_vcpu *displaced_return(void)
{
	struct kvmstat_vcpu *v, *next;
	unsigned long flags;
	int cpu;

	raw_spin_lock_irqsave(&table_lock, flags);
	for_each_possible_cpu(cpu) {
		v = READ_ONCE(per_cpu(kvmstat_cpu, cpu).v);
		if (v && READ_ONCE(v->returning) == current)
			goto found;
	}
	list_for_each_entry_safe(v, next, &displaced, displaced) {
		if (READ_ONCE(v->returning) == current)
			goto found;
		/* It came back to its CPU, and returned there. */
		if (!READ_ONCE(v->returning))
			list_del_init(&v->displaced);
	}
	v = NULL;
	goto out;
found:
	WRITE_ONCE(v->returning, NULL);
	list_del_init(&v->displaced);
	nr_displaced_returns++;
out:
	raw_spin_unlock_irqrestore(&table_lock, flags);
	return v;
}

/**
 * kvmstat_table_returning - whose return from KVM_RUN this is
 * @cpu: this CPU's cache
 *
 * Undoes kvmstat_table_mark_returning().
 *
 * Context: the kvm_userspace_exit probe, preemption off, RCU read side.
 * Return: NULL if the vCPU is not known.
 */
struct kvmstat_vcpu *kvmstat_table_returning(struct kvmstat_cpu *cpu)
{
	struct kvmstat_vcpu *v = READ_ONCE(cpu->v);

	if (likely(v && READ_ONCE(v->returning) == current)) {
		WRITE_ONCE(v->returning, NULL);
		return v;
	}
	/* No record could be made: don't look for it everywhere. */
	if (cpu->unknown == current) {
		cpu->unknown = NULL;
		return NULL;
	}
	return displaced_return();
}

/* The address will be used again, by another vCPU: no CPU may take it for this. */
static void forget_vcpu(struct kvmstat_vcpu *v)
{
	hash_del_rcu(&v->hash);
	/* A mark may be left (KVM_GET_MP_STATE on a CPU with MPX): no more displace(). */
	WRITE_ONCE(v->returning, NULL);
	list_del_init(&v->displaced);
}

static void forget_cached(struct kvmstat_vm *vm)
{
	int cpu;

	for_each_possible_cpu(cpu) {
		struct kvmstat_cpu *c = &per_cpu(kvmstat_cpu, cpu);
		struct kvmstat_vcpu *v = READ_ONCE(c->v);

		/* The CPU may be taking another vCPU at this moment: leave that. */
		if (v && v->vm == vm) {
			cmpxchg(&c->vcpu, v->vcpu, NULL);
			cmpxchg(&c->v, v, NULL);
		}
	}
}

static void end_vm(struct kvmstat_vm *vm)
{
	struct kvmstat_vcpu *v;

	lockdep_assert_held(&table_lock);
	hash_del_rcu(&vm->hash);
	list_for_each_entry(v, &vm->vcpus, link)
		forget_vcpu(v);
	forget_cached(vm);
	if (vm->shared)
		kvmstat_others->nr_vcpus -= vm->nr_vcpus;
	WRITE_ONCE(vm->ended, true);
	nr_ended++;
}

/**
 * kvmstat_table_vm_end - a VM is being destroyed; no event of it can follow
 * @kvm: the VM; need not be known
 *
 * Context: any but NMI; before @kvm and its vCPUs are freed.
 */
void kvmstat_table_vm_end(struct kvm *kvm)
{
	struct kvmstat_vm *vm;
	unsigned long flags;

	raw_spin_lock_irqsave(&table_lock, flags);
	vm = find_vm(kvm);
	if (vm)
		end_vm(vm);
	raw_spin_unlock_irqrestore(&table_lock, flags);
	if (vm)
		kvmstat_roster_tidy();
}

/**
 * kvmstat_table_end_all - KVM goes away, and with it whatever ran on it
 *
 * Context: may sleep; the hooks are detached.
 */
void kvmstat_table_end_all(void)
{
	struct hlist_node *next;
	struct kvmstat_vm *vm;
	int bucket;

	for (bucket = 0; bucket < HASH_SIZE(vm_table); bucket++) {
		raw_spin_lock_irq(&table_lock);
		hlist_for_each_entry_safe(vm, next, &vm_table[bucket], hash)
			end_vm(vm);
		raw_spin_unlock_irq(&table_lock);
	}
	kvmstat_roster_tidy();
}
/**
 * kvmstat_table_collect - what has come and gone since the last call
 * @seen: the VMs first seen are added at its end, in the order of their ids
 *
 * Context: the roster's mutex.
 * Return: how many VMs have ended.
 */
unsigned int kvmstat_table_collect(struct list_head *seen)
{
	unsigned int ended;

	raw_spin_lock_irq(&table_lock);
	list_splice_tail_init(&new_vms, seen);
	ended = nr_ended;
	nr_ended = 0;
	raw_spin_unlock_irq(&table_lock);
	return ended;
}

/**
 * kvmstat_table_cap_reached - whether there ever were VMs past the cap
 */
bool kvmstat_table_cap_reached(void)
{
	return READ_ONCE(cap_reached);
}

/**
 * kvmstat_table_lost - what could not be attributed, and how often it was hard
 * @host: its lost_ and displaced_ numbers and layout_faults are set
 */
void kvmstat_table_lost(struct kvmstat_host *host)
{
	int cpu;

	for_each_possible_cpu(cpu) {
		const struct kvmstat_cpu *c = per_cpu_ptr(&kvmstat_cpu, cpu);

		host->lost_exits += READ_ONCE(c->lost_exits);
		host->lost_returns += READ_ONCE(c->lost_returns);
		host->layout_faults += READ_ONCE(c->layout_faults);
	}
	raw_spin_lock_irq(&table_lock);
	host->displaced_returns = nr_displaced_returns;
	raw_spin_unlock_irq(&table_lock);
}
