// SPDX-License-Identifier: GPL-2.0
/*
 * The index of the VMs and vCPUs that run, from their creation to the end of their VM: what
 * the probes find, without a lock.
 *
 * Who may do what:
 *
 * - Probes find a vCPU through the per-CPU cache, else in vcpu_table under RCU: no lock.
 *   table_lock, a raw spinlock held for a few list operations, is taken where a vCPU is
 *   created or first runs, where a VM ends, and where timing is switched; never to count.
 * - Records come from the pool (pool.c), whose lock nests within table_lock.
 * - The roster (roster.c) lists what has run, and keeps and frees what ended; its mutex is
 *   taken before table_lock.
 */
#include <linux/fdtable.h>
#include <linux/fs.h>
#include <linux/hashtable.h>
#include <linux/nospec.h>
#include <linux/pid.h>
#include <linux/preempt.h>
#include <linux/rculist.h>
#include <linux/sched.h>
#include <linux/sched/task_stack.h>
#include <linux/tracepoint.h>
#include <linux/uaccess.h>

#include "compat.h"
#include "pool.h"
#include "racy.h"
#include "table.h"
#include "time.h"

static const unsigned long no_owner;

/* Its notifier is not NULL, which a thread without a vCPU has. */
struct kvmstat_vcpu kvmstat_table_nobody = {
	.notifier = (void *)-ENOENT,
	.owner = &no_owner,
};

DEFINE_PER_CPU(struct kvmstat_cpu, kvmstat_cpu);

static DEFINE_RAW_SPINLOCK(table_lock);

static DEFINE_HASHTABLE(vcpu_table, 12);
static DEFINE_HASHTABLE(vm_table, 10);

/* Under table_lock. */
static LIST_HEAD(new_vms);
static LIST_HEAD(unseen_vms); /* that ended before a vCPU ran */
static unsigned int nr_ended;
static u64 last_id;
static bool cap_reached;

static bool timed;
static void (*changed)(void); /* VMs have come or gone */

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

/* Under table_lock; or under RCU, where a VM that is just being added may be missed. */
static struct kvmstat_vm *find_vm(struct kvm *kvm)
{
	struct kvmstat_vm *vm;

	hash_for_each_possible_rcu_notrace(vm_table, vm, hash, (unsigned long)kvm)
		if (vm->kvm == kvm)
			return vm;
	return NULL;
}

/* Under table_lock or RCU. */
static __always_inline struct kvmstat_vcpu *find_vcpu(struct kvm_vcpu *vcpu)
{
	struct kvmstat_vcpu *v;

	hash_for_each_possible_rcu_notrace(vcpu_table, v, hash, (unsigned long)vcpu)
		if (v->vcpu == vcpu)
			return v;
	return NULL;
}

/* No CPU may take the vCPU that it saw last for another at the same address. */
static void forget_cached(const struct kvmstat_vm *vm, const struct kvmstat_vcpu *only)
{
	int cpu;

	for_each_possible_cpu(cpu) {
		struct kvmstat_cpu *c = &per_cpu(kvmstat_cpu, cpu);
		struct kvmstat_vcpu *v = READ_ONCE(c->v);

		/* The CPU may be taking another vCPU at this moment: leave that. */
		if (v->vm == vm && (!only || v == only))
			cmpxchg(&c->v, v, &kvmstat_table_nobody);
	}
}

static void forget_all_cached(void)
{
	int cpu;

	for_each_possible_cpu(cpu)
		xchg(&per_cpu(kvmstat_cpu, cpu).v, &kvmstat_table_nobody);
}

static void forget_vcpu(struct kvmstat_vcpu *v, u64 now)
{
	hash_del_rcu(&v->hash);
	kvmstat_time_stop(v, now);
}

/* @cached: a CPU may have seen it last. */
static void end_vm(struct kvmstat_vm *vm, bool cached)
{
	u64 now = kvmstat_clock();
	struct kvmstat_vcpu *v;

	lockdep_assert_held(&table_lock);
	hash_del_rcu(&vm->hash);
	list_for_each_entry(v, &vm->vcpus, link)
		forget_vcpu(v, now);
	list_for_each_entry(v, &vm->created, link)
		forget_vcpu(v, now);
	if (cached)
		forget_cached(vm, NULL);
	if (!vm->nr_vcpus)
		list_add_tail(&vm->link, &unseen_vms);
	if (vm->shared)
		kvmstat_pool_others->nr_vcpus -= vm->nr_vcpus;
	kvmstat_pool_ended(vm);
	smp_store_release(&vm->ended, true); /* all has been counted; pairs with the roster */
	nr_ended++;
}

static struct kvmstat_vm *get_vm(struct kvm *kvm)
{
	struct kvmstat_vm *vm = find_vm(kvm);

	/* The address is used again, so the end of the VM that had it was missed. */
	if (vm && unlikely(vm->mm != current->mm)) {
		end_vm(vm, true);
		vm = NULL;
	}
	if (vm)
		return vm;
	vm = kvmstat_pool_take_vm();
	if (!vm)
		return NULL;
	vm->kvm = kvm;
	vm->mm = current->mm;
	hash_add_rcu(vm_table, &vm->hash, (unsigned long)kvm);
	return vm;
}

/* KVM's ioctls of a vCPU take its lock, KVM_RUN until after kvm_userspace_exit. */
static const unsigned long *owner_of(const struct kvm_vcpu *vcpu)
{
#ifdef KVMSTAT_HAVE_MUTEX_RTMUTEX
	return (const unsigned long *)&vcpu->mutex.rtmutex.owner;
#elif defined(CONFIG_PREEMPT_RT)
	return (const unsigned long *)&vcpu->mutex.lock.owner;
#else
	return (const unsigned long *)&vcpu->mutex.owner;
#endif
}

static struct kvmstat_vcpu *add_vcpu(struct kvm_vcpu *vcpu, struct kvm *kvm, int id)
{
	struct kvmstat_vcpu *v = find_vcpu(vcpu);
	struct kvmstat_vm *vm;

	lockdep_assert_held(&table_lock);
	/* Its address is used again, so the end of its VM was missed. */
	if (v && v->seen) {
		forget_vcpu(v, kvmstat_clock());
		forget_cached(v->vm, v);
		v = NULL;
	}
	vm = get_vm(kvm);
	if (!vm)
		return NULL;
	/*
	 * If it has not run, KVM refused it after all. The record goes with the address, or a process
	 * with two VMs could take all records. Where get_vm() ended the VM, it is unhashed already.
	 */
	if (v) {
		hash_del_rcu(&v->hash);
		list_move_tail(&v->link, &vm->created);
	} else {
		v = kvmstat_pool_take_vcpu();
		if (!v)
			return NULL;
		list_add_tail(&v->link, &vm->created);
	}
	v->vcpu = vcpu;
	v->notifier = &vcpu->preempt_notifier.link;
	v->owner = owner_of(vcpu);
	v->vm = vm;
	kvmstat_exit_init(&v->exit);
	v->id = id;
	hash_add_rcu(vcpu_table, &v->hash, (unsigned long)vcpu);
	return v;
}

/**
 * kvmstat_table_vcpu_create - a vCPU is being created: have its record ready
 * @vcpu: the vCPU
 *
 * It is listed when it first runs. Without a spare record that is tried again then.
 *
 * Context: any but NMI, by the thread that creates it.
 */
void kvmstat_table_vcpu_create(struct kvm_vcpu *vcpu)
{
	struct kvm *kvm = checked_kvm(vcpu, false);
	unsigned long flags;
	int id;

	if (!kvm || get_kernel_nofault(id, &vcpu->vcpu_id))
		return;
	kvmstat_pool_prepare();
	raw_spin_lock_irqsave(&table_lock, flags);
	add_vcpu(vcpu, kvm, id);
	raw_spin_unlock_irqrestore(&table_lock, flags);
	kvmstat_pool_refill();
}

static void list_vm(struct kvmstat_vm *vm)
{
	vm->pid = get_pid(task_tgid(current));
	strscpy(vm->comm, current->group_leader->comm, sizeof(vm->comm));
	if (vm->shared)
		WRITE_ONCE(cap_reached, true);
	else
		vm->id = ++last_id;
	list_add_tail(&vm->link, &new_vms);
}

static void list_vcpu(struct kvmstat_vcpu *v)
{
	struct kvmstat_vm *vm = v->vm;

	if (!vm->nr_vcpus)
		list_vm(vm);
	v->tid = current->pid;
	list_del(&v->link);
	list_add_tail_rcu(&v->link, &vm->vcpus);
	vm->nr_vcpus++;
	if (vm->shared)
		kvmstat_pool_others->nr_vcpus++;
	v->seen = true;
}

/* The first event of a vCPU, or of one whose record is not its own. */
static struct kvmstat_vcpu *first_seen(struct kvm_vcpu *vcpu, bool loaded)
{
	struct kvm *kvm = checked_kvm(vcpu, loaded);
	struct kvmstat_vcpu *v;
	unsigned long flags;
	int id;

	if (!kvm || get_kernel_nofault(id, &vcpu->vcpu_id)) {
		this_cpu_ptr(&kvmstat_cpu)->layout_faults++;
		return NULL;
	}
	v = find_vcpu(vcpu);
	if (v && (v->vm->kvm != kvm || v->vm->mm != current->mm))
		v = NULL;
	/* The pool is filling: until then, leave the lock alone. */
	if (!v && (!kvmstat_pool_has_vcpu() || (!kvmstat_pool_has_vm() && !find_vm(kvm))))
		return NULL;

	raw_spin_lock_irqsave(&table_lock, flags);
	if (!v)
		v = add_vcpu(vcpu, kvm, id);
	if (v && !v->seen)
		list_vcpu(v);
	raw_spin_unlock_irqrestore(&table_lock, flags);
	if (v) {
		kvmstat_pool_refill();
		changed();
	}
	return v;
}

/* Timing was switched since the last event of the vCPU, whose thread is here. */
static noinline void resync(struct kvmstat_vcpu *v)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&table_lock, flags);
	if (!READ_ONCE(timed))
		kvmstat_time_stop(v, kvmstat_clock());
	else if (v->mode == KVMSTAT_UNTIMED)
		WRITE_ONCE(v->mode, KVMSTAT_NEW);
	raw_spin_unlock_irqrestore(&table_lock, flags);
}

/* A record whose VM's end was missed is at an address that another VM's vCPU has now. */
static __always_inline bool is_its_own(const struct kvmstat_vcpu *v)
{
	struct kvm *kvm;

	return v->vm->mm == current->mm && !get_kernel_nofault(kvm, &v->vcpu->kvm) &&
	       v->vm->kvm == kvm;
}

static __always_inline struct kvmstat_vcpu *miss(struct kvm_vcpu *vcpu, bool loaded)
{
	struct kvmstat_cpu *cpu = this_cpu_ptr(&kvmstat_cpu);
	struct kvmstat_vcpu *v = find_vcpu(vcpu);

	if (unlikely(!v || !v->seen || !is_its_own(v))) {
		v = first_seen(vcpu, loaded);
		if (!v)
			return NULL;
	}
	cpu->row = kvmstat_pool_row(v);
	WRITE_ONCE(cpu->v, v);
	if (unlikely((READ_ONCE(v->mode) != KVMSTAT_UNTIMED) != READ_ONCE(timed)))
		resync(v);
	return v;
}

/**
 * kvmstat_table_miss - find a vCPU that the CPU did not see last
 * @vcpu: the vCPU that is loaded here
 *
 * Context: a probe, preemption off, RCU read side.
 * Return: its record as kvmstat_table_find().
 */
notrace struct kvmstat_vcpu *kvmstat_table_miss(struct kvm_vcpu *vcpu)
{
	return miss(vcpu, true);
}

/**
 * kvmstat_table_miss_put - find a vCPU that is not loaded, and that the CPU did not see last
 * @vcpu: of kvmstat_table_running()
 *
 * Context: the context of kvmstat_table_find_put().
 * Return: its record as kvmstat_table_find(); NULL also if the thread is not in its KVM_RUN.
 */
notrace struct kvmstat_vcpu *kvmstat_table_miss_put(struct kvm_vcpu *vcpu)
{
	unsigned long owner;

	if (get_kernel_nofault(owner, owner_of(vcpu)) || !kvmstat_table_is_ours(owner))
		return NULL;
	return miss(vcpu, false);
}

/**
 * kvmstat_table_running - the vCPU whose KVM_RUN the thread is in
 *
 * The registers with which the thread entered the kernel hold the ioctl's file descriptor,
 * and a vCPU's file has the vCPU as its private data. If another thread has closed the
 * descriptor meanwhile, there is no file, or another one. The command is an unsigned int:
 * the upper half may be anything.
 *
 * Context: the kvm_userspace_exit probe, preemption off, RCU read side.
 * Return: it, for kvmstat_table_find_put() and _miss_put(); or NULL.
 */
notrace struct kvm_vcpu *kvmstat_table_running(void)
{
	const struct pt_regs *regs = task_pt_regs(current);
	const struct fdtable *fdt;
	const struct file *file;
	unsigned int fd;

	if (unlikely((u32)kvmstat_exit_syscall_argument(regs, 1) != KVM_RUN || !current->files))
		return NULL;
	fd = kvmstat_exit_syscall_argument(regs, 0);
	fdt = rcu_dereference_raw(current->files->fdt);
	if (unlikely(fd >= fdt->max_fds))
		return NULL;
	file = rcu_dereference_raw(fdt->fd[array_index_nospec(fd, fdt->max_fds)]);
	return likely(file) ? READ_ONCE(file->private_data) : NULL;
}

/**
 * kvmstat_table_miss_loaded - find the loaded vCPU, which the CPU did not see last
 *
 * Context: the context of kvmstat_table_find_loaded().
 * Return: its record as kvmstat_table_find_loaded().
 */
notrace struct kvmstat_vcpu *kvmstat_table_miss_loaded(void)
{
	struct kvm_vcpu *vcpu = loaded_vcpu();

	return vcpu ? kvmstat_table_miss(vcpu) : NULL;
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
		end_vm(vm, true);
	raw_spin_unlock_irqrestore(&table_lock, flags);
	if (vm)
		changed();
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

	forget_all_cached();
	for (bucket = 0; bucket < HASH_SIZE(vm_table); bucket++) {
		raw_spin_lock_irq(&table_lock);
		hlist_for_each_entry_safe(vm, next, &vm_table[bucket], hash)
			end_vm(vm, false);
		raw_spin_unlock_irq(&table_lock);
		cond_resched();
	}
	changed();
}

/**
 * kvmstat_table_is_timed - whether events are timed
 */
bool kvmstat_table_is_timed(void)
{
	return READ_ONCE(timed);
}

/* Probes run in the one or, on some kernels, in the other. */
static void synchronize_probes(void)
{
	tracepoint_synchronize_unregister();
	synchronize_rcu();
}

/**
 * kvmstat_table_set_timed - switch timing on or off
 * @on: which
 *
 * The fast paths do not ask whether events are timed. So every cache is emptied, once no
 * probe runs that knows the old state: then each vCPU's next event is a miss, which starts
 * or stops its clock. A vCPU without an event is stopped here.
 *
 * Context: may sleep; the hooks that timing needs are attached.
 */
void kvmstat_table_set_timed(bool on)
{
	struct kvmstat_vcpu *v;
	int bucket;

	WRITE_ONCE(timed, on);
	synchronize_probes();
	forget_all_cached();
	if (on)
		return;
	synchronize_probes(); /* no probe has a vCPU from a cache */
	for (bucket = 0; bucket < HASH_SIZE(vcpu_table); bucket++) {
		raw_spin_lock_irq(&table_lock);
		hlist_for_each_entry(v, &vcpu_table[bucket], hash)
			if (v->mode != KVMSTAT_UNTIMED)
				kvmstat_time_stop(v, kvmstat_clock());
		raw_spin_unlock_irq(&table_lock);
	}
}

/**
 * kvmstat_table_init - empty the caches
 * @when_changed: called when VMs have come or gone, in any context but NMI; it must not wait
 *
 * Context: module init, before any probe.
 */
void kvmstat_table_init(void (*when_changed)(void))
{
	int cpu;

	changed = when_changed;
	/* Not by an initializer, as a module's per-CPU data is not relocated. */
	for_each_possible_cpu(cpu)
		per_cpu(kvmstat_cpu, cpu).v = &kvmstat_table_nobody;
}

/**
 * kvmstat_table_collect - take what has come and gone since the last call
 * @seen: the VMs of which a vCPU has run are added at its end, in the order of their ids
 * @unseen: the VMs that ended before a vCPU ran are added to it
 *
 * Context: the roster's mutex.
 * Return: how many VMs have ended.
 */
unsigned int kvmstat_table_collect(struct list_head *seen, struct list_head *unseen)
{
	unsigned int ended;

	raw_spin_lock_irq(&table_lock);
	list_splice_tail_init(&new_vms, seen);
	list_splice_tail_init(&unseen_vms, unseen);
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
 * kvmstat_table_lost - count what could not be attributed, and how often it was hard
 * @sum: its numbers are added to, over all CPUs
 */
void kvmstat_table_lost(struct kvmstat_cpu *sum)
{
	int cpu;

	for_each_possible_cpu(cpu) {
		const struct kvmstat_cpu *c = per_cpu_ptr(&kvmstat_cpu, cpu);

		sum->lost_exits += kvmstat_racy_read(c->lost_exits);
		sum->lost_returns += kvmstat_racy_read(c->lost_returns);
		sum->displaced_returns += kvmstat_racy_read(c->displaced_returns);
		sum->layout_faults += kvmstat_racy_read(c->layout_faults);
	}
}
