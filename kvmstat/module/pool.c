// SPDX-License-Identifier: GPL-2.0
/*
 * Spare records and counters, kept ready by a work so that a probe, which must not
 * allocate, can take one for a VM or vCPU that it sees for the first time.
 */
#include <linux/list.h>
#include <linux/module.h>
#include <linux/pid.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

#include "pool.h"
#include "record.h"

#define VCPUS_PER_VM 32u /* of the cap, on average */
#define VCPUS_AT_LEAST 32768u

static unsigned int max_vms = 1000;
module_param(max_vms, uint, 0444);
MODULE_PARM_DESC(max_vms,
		 "VMs counted one by one, 1 to 65536; those past it are counted together (1000)");

/* Guards all below; taken within the table's. */
static DEFINE_RAW_SPINLOCK(pool_lock);
static LIST_HEAD(spare_vms);
static LIST_HEAD(spare_vcpus);
static unsigned int nr_spare_vms;
static unsigned int nr_spare_vcpus;
static unsigned int want_vms = 16;
static unsigned int want_vcpus = 64;
static unsigned int nr_own; /* records with counters of their own: VMs, spares, others */
static unsigned int nr_vcpus; /* spares included */
static unsigned int nr_records; /* of VMs, all */
static u64 kept; /* bytes of final totals */

/* The VMs past the cap, together: their counters. */
struct kvmstat_vm *kvmstat_pool_others;

static void refill_work(struct work_struct *work);
static DECLARE_DELAYED_WORK(refill, refill_work);

/**
 * kvmstat_pool_refill - see to it that there are spares
 *
 * The worker is bound to no CPU: a real-time vCPU may hold one for ever.
 *
 * Context: any but NMI. Never waits.
 */
void kvmstat_pool_refill(void)
{
	queue_delayed_work(system_unbound_wq, &refill, 0);
}

/**
 * kvmstat_pool_has_vm - whether a VM's record can be had, just now
 */
bool kvmstat_pool_has_vm(void)
{
	return READ_ONCE(nr_spare_vms);
}

/**
 * kvmstat_pool_has_vcpu - whether a vCPU's record can be had, just now
 */
bool kvmstat_pool_has_vcpu(void)
{
	return READ_ONCE(nr_spare_vcpus);
}

/**
 * kvmstat_pool_take_vm - a VM's record, zeroed, with counters
 *
 * Context: any but NMI, IRQs off.
 * Return: NULL if there is none; shared ones are past the cap.
 */
struct kvmstat_vm *kvmstat_pool_take_vm(void)
{
	struct kvmstat_vm *vm;

	raw_spin_lock(&pool_lock);
	vm = list_first_entry_or_null(&spare_vms, struct kvmstat_vm, link);
	if (vm) {
		list_del(&vm->link);
		if (!--nr_spare_vms)
			want_vms = min(want_vms * 2, 128u);
	}
	raw_spin_unlock(&pool_lock);
	return vm;
}

/**
 * kvmstat_pool_take_vcpu - a vCPU's record, zeroed
 *
 * Context: any but NMI, IRQs off.
 * Return: NULL if there is none.
 */
struct kvmstat_vcpu *kvmstat_pool_take_vcpu(void)
{
	struct kvmstat_vcpu *v;

	raw_spin_lock(&pool_lock);
	v = list_first_entry_or_null(&spare_vcpus, struct kvmstat_vcpu, link);
	if (v) {
		list_del(&v->link);
		if (!--nr_spare_vcpus)
			want_vcpus = min(want_vcpus * 2, 2048u);
	}
	raw_spin_unlock(&pool_lock);
	return v;
}

/* Also what alloc_vm() could make only in part. */
static void free_memory(struct kvmstat_vm *vm)
{
	if (!vm->shared)
		free_percpu(vm->counts);
	free_cpumask_var(vm->cpus);
	kfree(vm->final);
	kfree(vm->final_cpus);
	kfree(vm);
}

static struct kvmstat_vm *alloc_vm(bool shared)
{
	struct kvmstat_vm *vm = kzalloc(sizeof(*vm), GFP_KERNEL);

	if (!vm)
		return NULL;
	INIT_LIST_HEAD(&vm->vcpus);
	vm->shared = shared;
	vm->counts = shared ? kvmstat_pool_others->counts : alloc_percpu(struct kvmstat_counts);
	if (!vm->counts || (!shared && !zalloc_cpumask_var(&vm->cpus, GFP_KERNEL))) {
		free_memory(vm);
		return NULL;
	}
	raw_spin_lock_irq(&pool_lock);
	nr_records++;
	nr_own += !shared;
	raw_spin_unlock_irq(&pool_lock);
	return vm;
}

static u64 final_size(const struct kvmstat_vm *vm)
{
	return sizeof(*vm->final) + cpumask_weight(vm->cpus) * sizeof(*vm->final_cpus);
}

/**
 * kvmstat_pool_free_counts - free the counters of a VM that ended
 * @vm: the VM, with its final totals; no probe and no reader may hold the counters
 *
 * Context: may sleep.
 */
void kvmstat_pool_free_counts(struct kvmstat_vm *vm)
{
	free_percpu(vm->counts);
	vm->counts = NULL;
	raw_spin_lock_irq(&pool_lock);
	nr_own--;
	kept += final_size(vm);
	raw_spin_unlock_irq(&pool_lock);
}

/**
 * kvmstat_pool_free_vm - free a VM's record, its counters and its vCPUs
 * @vm: the VM; no probe and no reader may hold it
 *
 * Context: may sleep.
 */
void kvmstat_pool_free_vm(struct kvmstat_vm *vm)
{
	struct kvmstat_vcpu *v, *next;
	unsigned int n = 0;

	list_for_each_entry_safe(v, next, &vm->vcpus, link) {
		kfree(v);
		n++;
	}
	raw_spin_lock_irq(&pool_lock);
	nr_vcpus -= n;
	nr_records--;
	if (!vm->shared && vm->counts)
		nr_own--;
	else if (!vm->shared)
		kept -= final_size(vm);
	raw_spin_unlock_irq(&pool_lock);
	put_pid(vm->pid);
	free_memory(vm);
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
		raw_spin_lock_irq(&pool_lock);
		own = ok && nr_own <= max_vms;
		want = nr_spare_vms < want_vms;
		if (!want && own)
			want = list_last_entry(&spare_vms, struct kvmstat_vm, link)->shared;
		raw_spin_unlock_irq(&pool_lock);
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
		raw_spin_lock_irq(&pool_lock);
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
		raw_spin_unlock_irq(&pool_lock);
		if (last)
			kvmstat_pool_free_vm(last);
	}
}

static bool refill_vcpus(void)
{
	struct kvmstat_vcpu *v;
	bool want;

	for (;;) {
		raw_spin_lock_irq(&pool_lock);
		want = nr_spare_vcpus < want_vcpus &&
		       nr_vcpus < max(max_vms * VCPUS_PER_VM, VCPUS_AT_LEAST);
		raw_spin_unlock_irq(&pool_lock);
		if (!want)
			return true;

		v = kzalloc(sizeof(*v), GFP_KERNEL);
		if (!v)
			return false;
		INIT_LIST_HEAD(&v->displaced);
		raw_spin_lock_irq(&pool_lock);
		list_add_tail(&v->link, &spare_vcpus);
		nr_vcpus++;
		nr_spare_vcpus++;
		raw_spin_unlock_irq(&pool_lock);
	}
}

static void refill_work(struct work_struct *work)
{
	bool ok = refill_vms();

	ok &= refill_vcpus();
	if (!ok)
		queue_delayed_work(system_unbound_wq, &refill, HZ);
}

/**
 * kvmstat_pool_memory - what the records take, in bytes
 */
u64 kvmstat_pool_memory(void)
{
	u64 bytes;

	raw_spin_lock_irq(&pool_lock);
	bytes = (u64)nr_vcpus * sizeof(struct kvmstat_vcpu) +
		(u64)nr_records * sizeof(struct kvmstat_vm) +
		(u64)nr_own * sizeof(struct kvmstat_counts) * num_possible_cpus() + kept;
	raw_spin_unlock_irq(&pool_lock);
	return bytes;
}

/**
 * kvmstat_pool_init - check the parameter, prepare the spares
 *
 * Context: module init, before the hooks.
 * Return: 0 or -errno.
 */
int kvmstat_pool_init(void)
{
	if (!max_vms || max_vms > 65536) {
		pr_err("max_vms=%u: give a number from 1 to 65536\n", max_vms);
		return -EINVAL;
	}
	kvmstat_pool_others = alloc_vm(false);
	if (!kvmstat_pool_others)
		return -ENOMEM;
	strscpy(kvmstat_pool_others->comm, "(others)", sizeof(kvmstat_pool_others->comm));
	if (!refill_vms() || !refill_vcpus()) {
		kvmstat_pool_exit();
		return -ENOMEM;
	}
	return 0;
}

/**
 * kvmstat_pool_stop - no more refilling
 *
 * Context: module exit, after the hooks are gone and every probe has returned.
 */
void kvmstat_pool_stop(void)
{
	cancel_delayed_work_sync(&refill);
}

/**
 * kvmstat_pool_exit - free the spares and the others
 *
 * Context: after kvmstat_pool_stop() and the end of every reader.
 */
void kvmstat_pool_exit(void)
{
	struct kvmstat_vcpu *v, *next_v;
	struct kvmstat_vm *vm, *next;

	list_for_each_entry_safe(vm, next, &spare_vms, link)
		kvmstat_pool_free_vm(vm);
	list_for_each_entry_safe(v, next_v, &spare_vcpus, link)
		kfree(v);
	kvmstat_pool_free_vm(kvmstat_pool_others);
}
