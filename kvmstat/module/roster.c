// SPDX-License-Identifier: GPL-2.0
/*
 * The VMs as the files show them: those that run, the last that ended, the sums.
 *
 * roster_mutex guards all of it. "Tidy", a work, makes the directories of new VMs and
 * frees what ended, once no file's reader and no probe (synchronize_rcu()) can hold it.
 */
#include <linux/list.h>
#include <linux/pid.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

#include "debugfs.h"
#include "pool.h"
#include "roster.h"
#include "table.h"

#define RETIRED_MAX 64u

static DEFINE_MUTEX(roster_mutex);
static LIST_HEAD(vms); /* by id, ascending */
static LIST_HEAD(corpses); /* ended, counters folded into the sums */
static LIST_HEAD(retired);
static unsigned int nr_retired;
static u64 nr_ended_ever;
static struct kvmstat_totals retired_sum;

static void tidy_work(struct work_struct *work);
static DECLARE_WORK(tidy, tidy_work);

/**
 * kvmstat_roster_tidy - VMs have come or gone
 *
 * Context: any but NMI. Never waits.
 */
void kvmstat_roster_tidy(void)
{
	queue_work(system_unbound_wq, &tidy);
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
static bool sync(void)
{
	struct kvmstat_vm *vm, *next;

	lockdep_assert_held(&roster_mutex);
	if (!kvmstat_table_collect(&vms))
		return false;
	list_for_each_entry_safe(vm, next, &vms, link)
		if (READ_ONCE(vm->ended)) {
			retire(vm);
			cond_resched();
		}
	return true;
}

/**
 * kvmstat_roster_lock - hold the lists of VMs still for reading
 *
 * Context: may sleep. kvmstat_roster_unlock() ends it.
 */
void kvmstat_roster_lock(void)
{
	mutex_lock(&roster_mutex);
	if (sync())
		kvmstat_roster_tidy();
}

void kvmstat_roster_unlock(void)
{
	mutex_unlock(&roster_mutex);
}

/**
 * kvmstat_roster_next - the running VM with the lowest id from @id on
 * @after: a VM with a lower id to search from, NULL if none is at hand
 * @id: where to start
 *
 * Context: between kvmstat_roster_lock() and kvmstat_roster_unlock(), which is
 * also how long the result is good.
 * Return: NULL after the last; VMs past the cap have no id.
 */
struct kvmstat_vm *kvmstat_roster_next(struct kvmstat_vm *after, u64 id)
{
	struct kvmstat_vm *vm = list_prepare_entry(after, &vms, link);

	list_for_each_entry_continue(vm, &vms, link)
		if (vm->id >= id && !vm->shared)
			return vm;
	return NULL;
}

/**
 * kvmstat_roster_others - the VMs past the cap, together
 *
 * Return: NULL if the cap was never reached.
 */
struct kvmstat_vm *kvmstat_roster_others(void)
{
	return kvmstat_table_cap_reached() ? kvmstat_others : NULL;
}

/**
 * kvmstat_roster_retired - the list of struct kvmstat_retired, oldest first
 *
 * Context: as kvmstat_roster_next().
 */
struct list_head *kvmstat_roster_retired(void)
{
	return &retired;
}

/**
 * kvmstat_roster_host - everything since load
 * @host: filled
 *
 * Context: as kvmstat_roster_next().
 */
void kvmstat_roster_host(struct kvmstat_host *host)
{
	struct kvmstat_vm *vm;

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
	kvmstat_vm_add(kvmstat_others, &host->live);
	kvmstat_table_lost(host);
	kvmstat_pool_usage(host);
	host->memory += nr_retired * sizeof(struct kvmstat_retired);
}

static void tidy_work(struct work_struct *work)
{
	struct kvmstat_vm *vm, *next;
	LIST_HEAD(dead);

	mutex_lock(&roster_mutex);
	sync();
	list_splice_init(&corpses, &dead);
	list_for_each_entry(vm, &vms, link)
		if (!vm->dir && !vm->shared)
			vm->dir = kvmstat_debugfs_add_vm(vm);
	mutex_unlock(&roster_mutex);

	if (list_empty(&dead))
		return;
	list_for_each_entry(vm, &dead, link)
		kvmstat_debugfs_remove_vm(vm);
	synchronize_rcu();
	list_for_each_entry_safe(vm, next, &dead, link)
		kvmstat_pool_free_vm(vm);
	kvmstat_pool_refill(); /* there may be room below a cap again */
}
/**
 * kvmstat_roster_stop - no more tidying
 *
 * Context: module exit, after the hooks are gone and every probe has returned, and after
 * /proc/kvminfo, whose readers call for it.
 */
void kvmstat_roster_stop(void)
{
	cancel_work_sync(&tidy);
}

/**
 * kvmstat_roster_exit - free everything
 *
 * Context: after kvmstat_roster_stop() and the end of the debugfs files.
 */
void kvmstat_roster_exit(void)
{
	struct kvmstat_retired *r, *next_r;
	struct kvmstat_vm *vm, *next;

	kvmstat_table_collect(&vms);
	list_splice_init(&corpses, &vms);
	list_for_each_entry_safe(vm, next, &vms, link)
		kvmstat_pool_free_vm(vm);
	list_for_each_entry_safe(r, next_r, &retired, link)
		kfree(r);
}
