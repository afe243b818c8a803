// SPDX-License-Identifier: GPL-2.0
/*
 * The VMs and vCPUs that kvmstat knows, from their first event to the end of
 * their VM, and what is kept of them afterwards.
 *
 * Who may do what:
 *
 * - Probes find a vCPU through the per-CPU cache, else in vcpu_table under RCU:
 *   no lock. table_lock, a raw spinlock held for a few list operations, is taken
 *   where a VM or vCPU is first seen, where a VM ends, and for a thread that lost
 *   its CPU between kvm_fpu and kvm_userspace_exit; never to count.
 * - table_mutex orders the readers of /proc and debugfs and tidy: it guards
 *   the lists vms, retired, corpses and the sums. It is taken before table_lock.
 * - Two works allocate and free: "refill" keeps spare records ready for the probes
 *   and never waits for anyone; "tidy" makes the directories of new VMs and frees
 *   what ended, once no file's reader and no probe (synchronize_rcu()) can hold it.
 */
#include <linux/hashtable.h>
#include <linux/module.h>
#include <linux/pid.h>
#include <linux/preempt.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/workqueue.h>

#include "debugfs.h"
#include "hooks.h"
#include "table.h"

#define RETIRED_MAX 64u
#define VCPUS_PER_VM 32u /* of the cap, on average */
#define VCPUS_AT_LEAST 32768u

static unsigned int max_vms = 1000;
module_param(max_vms, uint, 0444);
MODULE_PARM_DESC(max_vms,
		 "VMs counted one by one, 1 to 65536; those past it are counted together (1000)");

DEFINE_PER_CPU(struct kvmstat_cpu, kvmstat_cpu);

static DEFINE_RAW_SPINLOCK(table_lock);
static DEFINE_MUTEX(table_mutex);

static DEFINE_HASHTABLE(vcpu_table, 12);
static DEFINE_HASHTABLE(vm_table, 10);

/* Under table_lock. */
static LIST_HEAD(new_vms);
static LIST_HEAD(displaced);
static LIST_HEAD(spare_vms);
static LIST_HEAD(spare_vcpus);
static unsigned int nr_spare_vms;
static unsigned int nr_spare_vcpus;
static unsigned int want_vms = 16;
static unsigned int want_vcpus = 64;
static unsigned int nr_own; /* records with counters of their own: VMs, spares, others */
static unsigned int nr_vcpus; /* spares included */
static unsigned int nr_ended;
static unsigned int nr_records; /* of VMs, all */
static u64 last_id;
static u64 nr_displaced_returns;
static bool cap_reached;

/* Under table_mutex. */
static LIST_HEAD(vms); /* by id, ascending */
static LIST_HEAD(corpses); /* ended, counters folded into the sums */
static LIST_HEAD(retired);
static unsigned int nr_retired;
static u64 nr_ended_ever;
static struct kvmstat_totals retired_sum;

static struct kvmstat_vm *others;

static void refill_work(struct work_struct *work);
static DECLARE_DELAYED_WORK(refill, refill_work);
static void tidy_work(struct work_struct *work);
static DECLARE_WORK(tidy, tidy_work);

static void kick_refill(void)
{
	queue_delayed_work(system_highpri_wq, &refill, 0);
}

static void kick_tidy(void)
{
	queue_work(system_unbound_wq, &tidy);
}

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
	struct kvmstat_vm *vm;

	vm = list_first_entry_or_null(&spare_vms, struct kvmstat_vm, link);
	if (!vm)
		return NULL;
	if (!--nr_spare_vms)
		want_vms = min(want_vms * 2, 128u);
	vm->kvm = kvm;
	vm->pid = get_pid(task_tgid(current));
	strscpy(vm->comm, current->group_leader->comm, sizeof(vm->comm));
	if (vm->shared)
		WRITE_ONCE(cap_reached, true);
	else
		vm->id = ++last_id;
	list_move_tail(&vm->link, &new_vms);
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
	/* Out of spares: refill is on it, don't hammer the lock meanwhile. */
	if (!READ_ONCE(nr_spare_vcpus) || (!READ_ONCE(nr_spare_vms) && !find_vm(kvm)))
		return NULL;

	raw_spin_lock_irqsave(&table_lock, flags);
	vm = find_vm(kvm);
	if (!vm)
		vm = first_seen_vm(kvm);
	if (vm)
		v = list_first_entry_or_null(&spare_vcpus, struct kvmstat_vcpu, link);
	if (v) {
		if (!--nr_spare_vcpus)
			want_vcpus = min(want_vcpus * 2, 2048u);
		v->vcpu = vcpu;
		v->vm = vm;
		list_move_tail(&v->link, &vm->vcpus);
		vm->nr_vcpus++;
		if (vm->shared)
			others->nr_vcpus++;
		hash_add_rcu(vcpu_table, &v->hash, (unsigned long)vcpu);
	}
	raw_spin_unlock_irqrestore(&table_lock, flags);
	if (v) {
		kick_refill();
		kick_tidy();
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
		others->nr_vcpus -= vm->nr_vcpus;
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
		kick_tidy();
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
	kick_tidy();
}

static void add_returns(const struct kvmstat_counts *c, struct kvmstat_counts *sum)
{
	u32 slot;

	for (slot = 0; slot < KVMSTAT_SLOTS; slot++)
		sum->to_user[slot] += READ_ONCE(c->to_user[slot]);
	sum->noexit += READ_ONCE(c->noexit);
	sum->mmio += READ_ONCE(c->mmio);
}

static void add_exits(const struct kvmstat_counts *c, struct kvmstat_counts *sum)
{
	u32 slot;

	for (slot = 0; slot < KVMSTAT_SLOTS; slot++)
		sum->exits[slot] += READ_ONCE(c->exits[slot]);
}

static void add_counts(const struct kvmstat_counts *c, struct kvmstat_counts *sum)
{
	add_returns(c, sum);
	add_exits(c, sum);
}

/**
 * kvmstat_vm_add - add a VM's counters, over all CPUs, to sums
 * @vm: the VM
 * @sum: the sums, not cleared here
 *
 * A return to userspace is counted after its exit, and read before it here: the
 * sum never shows more returns than exits.
 *
 * Context: any; @vm must not be freed meanwhile.
 */
void kvmstat_vm_add(const struct kvmstat_vm *vm, struct kvmstat_totals *sum)
{
	int cpu;

	for_each_possible_cpu(cpu)
		add_returns(per_cpu_ptr(vm->counts, cpu), &sum->c);
	smp_rmb(); /* returns before exits, see above */
	for_each_possible_cpu(cpu)
		add_exits(per_cpu_ptr(vm->counts, cpu), &sum->c);
	sum->vcpus += READ_ONCE(vm->nr_vcpus);
}

/**
 * kvmstat_vm_cpu - what one CPU has counted for a VM
 * @vm: the VM
 * @cpu: the CPU
 * @counts: filled; a return's exit may be another CPU's
 *
 * Context: as kvmstat_vm_add().
 */
void kvmstat_vm_cpu(const struct kvmstat_vm *vm, int cpu, struct kvmstat_counts *counts)
{
	memset(counts, 0, sizeof(*counts));
	add_counts(per_cpu_ptr(vm->counts, cpu), counts);
}

static void retire(struct kvmstat_vm *vm)
{
	struct kvmstat_retired *r = NULL;

	list_move_tail(&vm->link, &corpses);
	if (vm->shared)
		return;
	nr_ended_ever++;
	if (nr_retired < RETIRED_MAX)
		r = kzalloc(sizeof(*r), GFP_KERNEL);
	if (r) {
		nr_retired++;
	} else {
		r = list_first_entry_or_null(&retired, struct kvmstat_retired, link);
		if (!r) {
			kvmstat_vm_add(vm, &retired_sum);
			return;
		}
		list_del(&r->link);
		memset(r, 0, sizeof(*r));
	}
	kvmstat_vm_add(vm, &r->sum);
	r->id = vm->id;
	r->pid = pid_nr(vm->pid);
	strscpy(r->comm, vm->comm, sizeof(r->comm));
	list_add_tail(&r->link, &retired);
	add_counts(&r->sum.c, &retired_sum.c);
	retired_sum.vcpus += r->sum.vcpus;
}

/*
 * Take in the VMs first seen, and out those that ended, since the last call. Returns
 * whether tidy has something to free.
 */
static bool table_sync(void)
{
	struct kvmstat_vm *vm, *next;
	unsigned int ended;

	lockdep_assert_held(&table_mutex);
	raw_spin_lock_irq(&table_lock);
	list_splice_tail_init(&new_vms, &vms);
	ended = nr_ended;
	nr_ended = 0;
	raw_spin_unlock_irq(&table_lock);
	if (!ended)
		return false;
	list_for_each_entry_safe(vm, next, &vms, link)
		if (READ_ONCE(vm->ended)) {
			retire(vm);
			cond_resched();
		}
	return true;
}

/**
 * kvmstat_table_lock - hold the lists of VMs still for reading
 *
 * Context: may sleep. kvmstat_table_unlock() ends it.
 */
void kvmstat_table_lock(void)
{
	mutex_lock(&table_mutex);
	if (table_sync())
		kick_tidy();
}

void kvmstat_table_unlock(void)
{
	mutex_unlock(&table_mutex);
}

/**
 * kvmstat_table_next - the running VM with the lowest id from @id on
 * @after: a VM with a lower id to search from, NULL if none is at hand
 * @id: where to start
 *
 * Context: between kvmstat_table_lock() and kvmstat_table_unlock(), which is
 * also how long the result is good.
 * Return: NULL after the last; VMs past the cap have no id.
 */
struct kvmstat_vm *kvmstat_table_next(struct kvmstat_vm *after, u64 id)
{
	struct kvmstat_vm *vm = list_prepare_entry(after, &vms, link);

	list_for_each_entry_continue(vm, &vms, link)
		if (vm->id >= id && !vm->shared)
			return vm;
	return NULL;
}

/**
 * kvmstat_table_others - the VMs past the cap, together
 *
 * Return: NULL if the cap was never reached.
 */
struct kvmstat_vm *kvmstat_table_others(void)
{
	return READ_ONCE(cap_reached) ? others : NULL;
}

/**
 * kvmstat_table_retired - the list of struct kvmstat_retired, oldest first
 *
 * Context: as kvmstat_table_next().
 */
struct list_head *kvmstat_table_retired(void)
{
	return &retired;
}

/**
 * kvmstat_table_host - everything since load
 * @host: filled
 *
 * Context: as kvmstat_table_next().
 */
void kvmstat_table_host(struct kvmstat_host *host)
{
	struct kvmstat_vm *vm;
	int cpu;

	*host = (struct kvmstat_host){ .retired = retired_sum, .vms_retired = nr_ended_ever };
	list_for_each_entry(vm, &vms, link) {
		if (vm->shared) {
			host->vms_shared++;
			continue;
		}
		host->vms++;
		kvmstat_vm_add(vm, &host->live);
		cond_resched();
	}
	kvmstat_vm_add(others, &host->live);
	for_each_possible_cpu(cpu) {
		host->lost_exits += READ_ONCE(per_cpu(kvmstat_cpu, cpu).lost_exits);
		host->lost_returns += READ_ONCE(per_cpu(kvmstat_cpu, cpu).lost_returns);
		host->layout_faults += READ_ONCE(per_cpu(kvmstat_cpu, cpu).layout_faults);
	}

	raw_spin_lock_irq(&table_lock);
	host->vcpus = nr_vcpus - nr_spare_vcpus;
	host->displaced_returns = nr_displaced_returns;
	host->memory = (u64)nr_vcpus * sizeof(struct kvmstat_vcpu) +
		       (u64)nr_records * sizeof(struct kvmstat_vm) +
		       (u64)nr_own * sizeof(struct kvmstat_counts) * num_possible_cpus() +
		       nr_retired * sizeof(struct kvmstat_retired);
	raw_spin_unlock_irq(&table_lock);
}

static struct kvmstat_vm *alloc_vm(bool shared)
{
	struct kvmstat_vm *vm = kzalloc(sizeof(*vm), GFP_KERNEL);

	if (!vm)
		return NULL;
	INIT_LIST_HEAD(&vm->vcpus);
	vm->shared = shared;
	vm->counts = shared ? others->counts : alloc_percpu(struct kvmstat_counts);
	if (!vm->counts) {
		kfree(vm);
		return NULL;
	}
	raw_spin_lock_irq(&table_lock);
	nr_records++;
	nr_own += !shared;
	raw_spin_unlock_irq(&table_lock);
	return vm;
}

/* Also frees its vCPUs. No probe may hold any of them. */
static void free_vm(struct kvmstat_vm *vm)
{
	struct kvmstat_vcpu *v, *next;
	unsigned int n = 0;

	list_for_each_entry_safe(v, next, &vm->vcpus, link) {
		kfree(v);
		n++;
	}
	if (!vm->shared)
		free_percpu(vm->counts);
	raw_spin_lock_irq(&table_lock);
	nr_vcpus -= n;
	nr_records--;
	nr_own -= !vm->shared;
	raw_spin_unlock_irq(&table_lock);
	put_pid(vm->pid);
	kfree(vm);
}

/*
 * Spares with counters of their own up to the cap, first in the list; past it, or where
 * memory is short, spares that share the others'. These give way when there is room.
 * Returns false if memory is short.
 */
static bool refill_vms(void)
{
	struct kvmstat_vm *vm, *last;
	bool own, want, ok = true;

	for (;;) {
		raw_spin_lock_irq(&table_lock);
		own = ok && nr_own <= max_vms;
		want = nr_spare_vms < want_vms;
		if (!want && own)
			want = list_last_entry(&spare_vms, struct kvmstat_vm, link)->shared;
		raw_spin_unlock_irq(&table_lock);
		if (!want)
			return ok;

		vm = alloc_vm(!own);
		if (!vm && !own)
			return false;
		if (!vm) {
			ok = false;
			continue;
		}
		last = NULL;
		raw_spin_lock_irq(&table_lock);
		if (own && nr_spare_vms >= want_vms)
			last = list_last_entry(&spare_vms, struct kvmstat_vm, link);
		if (last)
			list_del(&last->link);
		else
			nr_spare_vms++;
		if (own)
			list_add(&vm->link, &spare_vms);
		else
			list_add_tail(&vm->link, &spare_vms);
		raw_spin_unlock_irq(&table_lock);
		if (last)
			free_vm(last);
	}
}

static bool refill_vcpus(void)
{
	struct kvmstat_vcpu *v;
	bool want;

	for (;;) {
		raw_spin_lock_irq(&table_lock);
		want = nr_spare_vcpus < want_vcpus &&
		       nr_vcpus < max(max_vms * VCPUS_PER_VM, VCPUS_AT_LEAST);
		raw_spin_unlock_irq(&table_lock);
		if (!want)
			return true;

		v = kzalloc(sizeof(*v), GFP_KERNEL);
		if (!v)
			return false;
		INIT_LIST_HEAD(&v->displaced);
		raw_spin_lock_irq(&table_lock);
		list_add_tail(&v->link, &spare_vcpus);
		nr_vcpus++;
		nr_spare_vcpus++;
		raw_spin_unlock_irq(&table_lock);
	}
}

static void refill_work(struct work_struct *work)
{
	bool ok = refill_vms();

	ok &= refill_vcpus();
	if (!ok)
		queue_delayed_work(system_highpri_wq, &refill, HZ);
}

static void tidy_work(struct work_struct *work)
{
	struct kvmstat_vm *vm, *next;
	LIST_HEAD(dead);

	mutex_lock(&table_mutex);
	table_sync();
	list_splice_init(&corpses, &dead);
	list_for_each_entry(vm, &vms, link)
		if (!vm->dir && !vm->shared)
			vm->dir = kvmstat_debugfs_add_vm(vm);
	mutex_unlock(&table_mutex);

	if (list_empty(&dead))
		return;
	list_for_each_entry(vm, &dead, link)
		kvmstat_debugfs_remove_vm(vm);
	synchronize_rcu();
	list_for_each_entry_safe(vm, next, &dead, link)
		free_vm(vm);
	kick_refill(); /* there may be room below a cap again */
}

/**
 * kvmstat_table_init - check the parameter, prepare the spares
 *
 * Context: module init, before the hooks.
 * Return: 0 or -errno.
 */
int kvmstat_table_init(void)
{
	if (!max_vms || max_vms > 65536) {
		pr_err("max_vms=%u: give a number from 1 to 65536\n", max_vms);
		return -EINVAL;
	}
	others = alloc_vm(false);
	if (!others)
		return -ENOMEM;
	strscpy(others->comm, "(others)", sizeof(others->comm));
	if (!refill_vms() || !refill_vcpus()) {
		kvmstat_table_exit();
		return -ENOMEM;
	}
	return 0;
}

/**
 * kvmstat_table_stop - end the works
 *
 * Context: module exit, after the hooks are gone and every probe has returned, and
 * after /proc/kvminfo, whose readers kick them.
 */
void kvmstat_table_stop(void)
{
	cancel_work_sync(&tidy);
	cancel_delayed_work_sync(&refill);
}

/**
 * kvmstat_table_exit - free everything
 *
 * Context: after kvmstat_table_stop() and the end of the debugfs files.
 */
void kvmstat_table_exit(void)
{
	struct kvmstat_retired *r, *next_r;
	struct kvmstat_vcpu *v, *next_v;
	struct kvmstat_vm *vm, *next;

	list_splice_init(&new_vms, &vms);
	list_splice_init(&spare_vms, &vms);
	list_splice_init(&corpses, &vms);
	list_for_each_entry_safe(vm, next, &vms, link)
		free_vm(vm);
	list_for_each_entry_safe(v, next_v, &spare_vcpus, link)
		kfree(v);
	list_for_each_entry_safe(r, next_r, &retired, link)
		kfree(r);
	free_vm(others);
}
