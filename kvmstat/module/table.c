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
 *   kvm_fpu and kvm_userspace_exit; also for a VM's first exit by a reason; never to count.
 * - Records come from the pool (pool.c), whose lock nests within table_lock.
 * - What has been seen is listed, and what ended is kept and freed, by the roster
 *   (roster.c), whose mutex is taken before table_lock.
 */
#include <linux/hashtable.h>
#include <linux/pid.h>
#include <linux/preempt.h>
#include <linux/rculist.h>
#include <linux/sched.h>
#include <linux/uaccess.h>

#include "pool.h"
#include "table.h"

/* Not NULL, which a thread without a vCPU has. */
struct kvmstat_vcpu kvmstat_table_nobody = { .notifier = (void *)-ENOENT };

DEFINE_PER_CPU(struct kvmstat_cpu, kvmstat_cpu);

static DEFINE_RAW_SPINLOCK(table_lock);

static DEFINE_HASHTABLE(vcpu_table, 12);
static DEFINE_HASHTABLE(vm_table, 10);

/* Under table_lock. */
static LIST_HEAD(new_vms);
static LIST_HEAD(displaced);
static unsigned int nr_ended;
static u64 last_id;
static bool cap_reached;

static void (*table_changed)(void);

/**
 * kvmstat_table_changed - VMs have come or gone
 *
 * Context: any but NMI. Never waits.
 */
void kvmstat_table_changed(void)
{
	table_changed();
}

static struct kvm_vcpu *loaded_vcpu(void)
{
	struct hlist_node *first = current->preempt_notifiers.first;

	return first ? container_of(first, struct kvm_vcpu, preempt_notifier.link) : NULL;
}

/*
 * Nothing guards the layout of KVM's structures, as no KVM symbol is imported:
 * what the headers say must lead from the thread to the vCPU and back to it.
 */
static struct kvm *checked_kvm(struct kvm_vcpu *vcpu, bool loaded)
{
	struct mm_struct *mm;
	struct kvm *kvm;

	if ((loaded && vcpu != loaded_vcpu()) || get_kernel_nofault(kvm, &vcpu->kvm) ||
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

/* Whose counters and cells a VM uses. */
static struct kvmstat_vm *owner(struct kvmstat_vm *vm)
{
	return vm->shared ? kvmstat_pool_others : vm;
}

/* Its counters of this CPU count. */
static void runs_here(struct kvmstat_vm *vm)
{
	struct cpumask *cpus = owner(vm)->cpus;

	if (unlikely(!cpumask_test_cpu(smp_processor_id(), cpus)))
		cpumask_set_cpu(smp_processor_id(), cpus);
}

static struct kvmstat_vcpu *first_seen(struct kvm_vcpu *vcpu, bool loaded)
{
	struct kvm *kvm = checked_kvm(vcpu, loaded);
	struct kvmstat_vcpu *v = NULL;
	struct kvmstat_vm *vm;
	unsigned long flags;
	int id;

	if (!kvm || get_kernel_nofault(id, &vcpu->vcpu_id)) {
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
		v->notifier = &vcpu->preempt_notifier.link;
		v->vm = vm;
		v->cells = owner(vm)->cell_of;
		kvmstat_exit_init(&v->exit);
		v->id = id;
		v->tid = current->pid;
		list_add_tail_rcu(&v->link, &vm->vcpus);
		vm->nr_vcpus++;
		if (vm->shared)
			kvmstat_pool_others->nr_vcpus++;
		hash_add_rcu(vcpu_table, &v->hash, (unsigned long)vcpu);
	}
	raw_spin_unlock_irqrestore(&table_lock, flags);
	if (v) {
		kvmstat_pool_refill();
		kvmstat_table_changed();
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

static __always_inline struct kvmstat_vcpu *miss(struct kvm_vcpu *vcpu, bool loaded)
{
	struct kvmstat_cpu *cpu = this_cpu_ptr(&kvmstat_cpu);
	struct kvmstat_vcpu *v, *old = READ_ONCE(cpu->v);

	hash_for_each_possible_rcu_notrace(vcpu_table, v, hash, (unsigned long)vcpu)
		if (v->vcpu == vcpu)
			goto found;
	v = first_seen(vcpu, loaded);
	if (!v)
		return NULL;
found:
	if (unlikely(READ_ONCE(old->returning)))
		displace(old);
	runs_here(v->vm);
	cpu->counts = this_cpu_ptr(v->vm->counts);
	WRITE_ONCE(cpu->v, v);
	return v;
}

/**
 * kvmstat_table_miss - kvmstat_table_find() for a vCPU that the CPU did not see last
 * @vcpu: the vCPU that is loaded here
 *
 * Context: a probe, preemption off, RCU read side.
 * Return: as kvmstat_table_find().
 */
notrace struct kvmstat_vcpu *kvmstat_table_miss(struct kvm_vcpu *vcpu)
{
	return miss(vcpu, true);
}

/**
 * kvmstat_table_miss_put - kvmstat_table_find_put(), likewise
 * @vcpu: the vCPU, whose KVM_RUN the thread is in
 *
 * Context: as kvmstat_table_find_put().
 * Return: likewise.
 */
notrace struct kvmstat_vcpu *kvmstat_table_miss_put(struct kvm_vcpu *vcpu)
{
	return miss(vcpu, false);
}

/**
 * kvmstat_table_miss_loaded - kvmstat_table_find_loaded(), likewise
 *
 * Context: as kvmstat_table_find_loaded().
 * Return: likewise.
 */
notrace struct kvmstat_vcpu *kvmstat_table_miss_loaded(void)
{
	struct kvm_vcpu *vcpu = loaded_vcpu();

	return vcpu ? kvmstat_table_miss(vcpu) : NULL;
}

/**
 * kvmstat_table_new_cell - give a reason its cell, the first time that the VM has it
 * @v: one of the VM's vCPUs
 * @slot: the reason
 *
 * Context: a probe, preemption off.
 * Return: as in struct kvmstat_vm's cell_of.
 */
u16 notrace kvmstat_table_new_cell(struct kvmstat_vcpu *v, u32 slot)
{
	struct kvmstat_vm *vm = owner(v->vm);
	unsigned int cell, class, last;
	unsigned long flags;

	raw_spin_lock_irqsave(&table_lock, flags);
	if (!vm->cell_of[slot]) {
		class = kvmstat_arch_class(slot);
		/* Some are held back for what has a column. */
		last = KVMSTAT_CELL_REST - 1;
		if (class == KVMSTAT_CLASS_OTHER || class == KVMSTAT_CLASS_EXCEPTION)
			last -= KVMSTAT_CELLS_HELD;
		if (vm->nr_cells < last) {
			cell = ++vm->nr_cells;
			vm->slot_of[cell] = slot;
		} else {
			cell = KVMSTAT_CELL_REST;
			class = KVMSTAT_CLASS_OTHER;
		}
		smp_wmb(); /* slot_of before an exit is counted in the cell */
		WRITE_ONCE(vm->cell_of[slot], cell | class << KVMSTAT_CLASS_SHIFT);
	}
	raw_spin_unlock_irqrestore(&table_lock, flags);
	return vm->cell_of[slot];
}

/* A mark may be left by a thread that is no more, see forget_vcpu(): not of another process. */
static bool is_returning(const struct kvmstat_vcpu *v)
{
	return READ_ONCE(v->returning) == current && v->vm->pid == task_tgid(current);
}

/**
 * kvmstat_table_displaced - whose return from KVM_RUN this is, if it is not the vCPU that
 * this CPU saw last
 *
 * The thread moved, or another vCPU took the CPU's cache: look everywhere. Undoes
 * kvmstat_count_passing()'s mark.
 *
 * Context: the kvm_userspace_exit probe, preemption off, RCU read side.
 * Return: NULL if the vCPU is not known.
 */
notrace struct kvmstat_vcpu *kvmstat_table_displaced(void)
{
	struct kvmstat_vcpu *v, *next;
	unsigned long flags;
	int cpu;

	for_each_possible_cpu(cpu) {
		v = READ_ONCE(per_cpu(kvmstat_cpu, cpu).v);
		if (is_returning(v))
			goto found;
	}
	if (list_empty(&displaced))
		return NULL;
	raw_spin_lock_irqsave(&table_lock, flags);
	list_for_each_entry_safe(v, next, &displaced, displaced) {
		bool found = is_returning(v);

		/* Or it came back to its CPU, and returned there. */
		if (found || !READ_ONCE(v->returning))
			list_del_init(&v->displaced);
		if (found) {
			raw_spin_unlock_irqrestore(&table_lock, flags);
			goto found;
		}
	}
	raw_spin_unlock_irqrestore(&table_lock, flags);
	return NULL;
found:
	WRITE_ONCE(v->returning, NULL);
	runs_here(v->vm);
	this_cpu_inc(kvmstat_cpu.displaced_returns);
	return v;
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
		if (v->vm == vm)
			cmpxchg(&c->v, v, &kvmstat_table_nobody);
	}
}

/**
 * kvmstat_table_runs_here - this CPU's counters of a vCPU's VM count
 * @v: the vCPU
 *
 * Context: IRQs off.
 */
void kvmstat_table_runs_here(struct kvmstat_vcpu *v)
{
	runs_here(v->vm);
}

static void end_vm(struct kvmstat_vm *vm, kvmstat_table_each *stop, u64 now)
{
	struct kvmstat_vcpu *v;

	lockdep_assert_held(&table_lock);
	hash_del_rcu(&vm->hash);
	list_for_each_entry(v, &vm->vcpus, link) {
		forget_vcpu(v);
		stop(v, now);
	}
	forget_cached(vm);
	if (vm->shared)
		kvmstat_pool_others->nr_vcpus -= vm->nr_vcpus;
	smp_store_release(&vm->ended, true); /* all has been counted; pairs with the roster */
	nr_ended++;
}

/**
 * kvmstat_table_vm_end - a VM is being destroyed; no event of it can follow
 * @kvm: the VM; need not be known
 * @stop: called for each of its vCPUs
 * @now: for @stop
 *
 * Context: any but NMI; before @kvm and its vCPUs are freed.
 */
void kvmstat_table_vm_end(struct kvm *kvm, kvmstat_table_each *stop, u64 now)
{
	struct kvmstat_vm *vm;
	unsigned long flags;

	raw_spin_lock_irqsave(&table_lock, flags);
	vm = find_vm(kvm);
	if (vm)
		end_vm(vm, stop, now);
	raw_spin_unlock_irqrestore(&table_lock, flags);
	if (vm)
		kvmstat_table_changed();
}

/**
 * kvmstat_table_end_all - KVM goes away, and with it whatever ran on it
 * @stop: called for each vCPU
 * @now: for @stop
 *
 * Context: may sleep; the hooks are detached.
 */
void kvmstat_table_end_all(kvmstat_table_each *stop, u64 now)
{
	struct hlist_node *next;
	struct kvmstat_vm *vm;
	int bucket;

	for (bucket = 0; bucket < HASH_SIZE(vm_table); bucket++) {
		raw_spin_lock_irq(&table_lock);
		hlist_for_each_entry_safe(vm, next, &vm_table[bucket], hash)
			end_vm(vm, stop, now);
		raw_spin_unlock_irq(&table_lock);
	}
	kvmstat_table_changed();
}

/**
 * kvmstat_table_for_each - do something with each vCPU of a running VM
 * @each: what is done
 * @now: for @each
 *
 * Context: may sleep.
 */
void kvmstat_table_for_each(kvmstat_table_each *each, u64 now)
{
	struct kvmstat_vcpu *v;
	int bucket;

	for (bucket = 0; bucket < HASH_SIZE(vcpu_table); bucket++) {
		raw_spin_lock_irq(&table_lock);
		hlist_for_each_entry(v, &vcpu_table[bucket], hash)
			each(v, now);
		raw_spin_unlock_irq(&table_lock);
	}
}

/**
 * kvmstat_table_init - empty the caches
 * @changed: called when VMs have come or gone, in any context but NMI; it must not wait
 *
 * Context: module init, before any probe.
 */
void kvmstat_table_init(void (*changed)(void))
{
	int cpu;

	table_changed = changed;

	/* Not by an initializer: a module's per-CPU data is not relocated. */
	for_each_possible_cpu(cpu)
		per_cpu(kvmstat_cpu, cpu).v = &kvmstat_table_nobody;
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
 * @sum: its numbers are added to, over all CPUs
 */
void kvmstat_table_lost(struct kvmstat_cpu *sum)
{
	int cpu;

	for_each_possible_cpu(cpu) {
		const struct kvmstat_cpu *c = per_cpu_ptr(&kvmstat_cpu, cpu);

		sum->lost_exits += READ_ONCE(c->lost_exits);
		sum->lost_returns += READ_ONCE(c->lost_returns);
		sum->displaced_returns += READ_ONCE(c->displaced_returns);
		sum->layout_faults += READ_ONCE(c->layout_faults);
	}
}
