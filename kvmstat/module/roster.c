// SPDX-License-Identifier: GPL-2.0
/*
 * The VMs as the files show them: the VMs that run, the last that ended, the sums.
 *
 * roster_mutex guards all of it. What has ended waits here until tidy.c frees it.
 */
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/pid.h>
#include <linux/rcupdate.h>
#include <linux/string.h>

#include "pool.h"
#include "racy.h"
#include "roster.h"
#include "table.h"

#define RETIRED_MAX 64u
#define RETIRED_MAX_VCPUS 512u /* of all of them together, as their records stay */

static DEFINE_MUTEX(roster_mutex);
static LIST_HEAD(vms); /* by id, ascending */
static LIST_HEAD(retired); /* the last that ended, oldest first */
static LIST_HEAD(corpses); /* to be freed */
static unsigned int nr_retired;
static unsigned int nr_retired_vcpus;
static u64 nr_ended_ever;
static struct kvmstat_sum retired_sum; /* all VMs that ever ended */
static struct kvmstat_sum shared_sum; /* the VMs past the cap that ended */

/* The last that ended is kept, however many vCPUs it has. */
static bool retired_are_too_many(void)
{
	return nr_retired > RETIRED_MAX || (nr_retired_vcpus > RETIRED_MAX_VCPUS && nr_retired > 1);
}

static void retire(struct kvmstat_vm *vm)
{
	if (vm->shared) {
		kvmstat_sum_vm(vm, &shared_sum);
		list_move_tail(&vm->link, &corpses);
		return;
	}
	nr_ended_ever++;
	kvmstat_sum_vm(vm, &retired_sum);
	list_move_tail(&vm->link, &retired);
	nr_retired++;
	nr_retired_vcpus += vm->nr_vcpus;
	while (retired_are_too_many()) {
		vm = list_first_entry(&retired, struct kvmstat_vm, link);
		nr_retired--;
		nr_retired_vcpus -= vm->nr_vcpus;
		list_move_tail(&vm->link, &corpses);
	}
}

/* Take in the VMs first seen, and out those that ended, since the last call. */
static void sync(void)
{
	struct kvmstat_vm *vm, *next;

	lockdep_assert_held(&roster_mutex);
	if (!kvmstat_table_collect(&vms, &corpses))
		return;
	list_for_each_entry_safe(vm, next, &vms, link)
		if (smp_load_acquire(&vm->ended)) { /* pairs with end_vm() */
			retire(vm);
			cond_resched();
		}
}

/**
 * kvmstat_roster_lock - hold the lists of VMs still for reading
 *
 * Context: may sleep. kvmstat_roster_unlock() ends it.
 */
void kvmstat_roster_lock(void)
{
	mutex_lock(&roster_mutex);
	sync();
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
	return kvmstat_table_cap_reached() ? kvmstat_pool_others : NULL;
}

/**
 * kvmstat_roster_retired - the last VMs that ended, oldest first
 *
 * Context: the roster is locked.
 */
struct list_head *kvmstat_roster_retired(void)
{
	return &retired;
}

/**
 * kvmstat_roster_runs - whether a VM's VMM runs, so that its process id is its own
 * @vm: the VM
 *
 * A VM outlives its VMM where another process holds the VM's file.
 *
 * Return: false, too, for the VMs past the cap together, which have no VMM.
 */
bool kvmstat_roster_runs(const struct kvmstat_vm *vm)
{
	return vm->pid && pid_has_task(vm->pid, PIDTYPE_TGID);
}

/* The VMs past the cap have no vCPUs of their own any more once they end. */
static void sum_shared(struct kvmstat_sum *sum)
{
	struct kvmstat_vm *vm;

	kvmstat_sum_add(&shared_sum, sum);
	list_for_each_entry(vm, &vms, link)
		if (vm->shared)
			kvmstat_sum_vm(vm, sum);
	sum->vcpus = kvmstat_racy_read(kvmstat_pool_others->nr_vcpus);
}

/**
 * kvmstat_roster_sum - sum up a VM
 * @vm: the VM, or the others
 * @sum: filled
 *
 * Context: the roster is locked.
 */
void kvmstat_roster_sum(struct kvmstat_vm *vm, struct kvmstat_sum *sum)
{
	memset(sum, 0, sizeof(*sum));
	if (vm == kvmstat_pool_others)
		sum_shared(sum);
	else
		kvmstat_sum_vm(vm, sum);
}

/**
 * kvmstat_roster_row - a VM's columns
 * @vm: the VM, or the others
 * @row: filled, but for the number of the line and the process id, which are 0
 *
 * Context: the roster is locked.
 * Return: false if memory is short.
 */
bool kvmstat_roster_row(struct kvmstat_vm *vm, struct kvmstat_row *row)
{
	struct kvmstat_sum *sum;
	struct kvmstat_vcpu *v;

	*row = (struct kvmstat_row){ .id = vm->id };
	if (vm == kvmstat_pool_others) {
		sum = kvmalloc(sizeof(*sum), GFP_KERNEL);
		if (!sum)
			return false;
		kvmstat_roster_sum(vm, sum);
		kvmstat_row_add_sum(row, sum);
		kvfree(sum);
	} else {
		kvmstat_for_each_vcpu(v, vm)
			kvmstat_row_add_vcpu(row, v);
	}
	kvmstat_row_finish(row);
	return true;
}

static void sum_running(struct kvmstat_sum *sum)
{
	struct kvmstat_vm *vm;

	kvmstat_roster_sum(kvmstat_pool_others, sum);
	list_for_each_entry(vm, &vms, link)
		if (!vm->shared) {
			kvmstat_sum_vm(vm, sum);
			cond_resched();
		}
}

/**
 * kvmstat_roster_sum_all - the sum of all VMs since load
 * @sum: filled
 *
 * Context: the roster is locked.
 */
void kvmstat_roster_sum_all(struct kvmstat_sum *sum)
{
	sum_running(sum);
	kvmstat_sum_add(&retired_sum, sum);
}

/**
 * kvmstat_roster_host - everything since load
 * @host: filled
 *
 * Context: the roster is locked.
 */
void kvmstat_roster_host(struct kvmstat_host *host)
{
	struct kvmstat_vm *vm;

	memset(host, 0, sizeof(*host));
	sum_running(&host->live);
	host->retired = retired_sum;
	host->vms_retired = nr_ended_ever;
	host->vms_dropped = nr_ended_ever - nr_retired;
	list_for_each_entry(vm, &vms, link)
		if (vm->shared)
			host->vms_shared++;
		else
			host->vms++;
	kvmstat_table_lost(&host->lost);
	host->memory = kvmstat_pool_memory();
}

/**
 * kvmstat_roster_corpses - the VMs that are to be freed, no longer of the roster
 * @dead: they are added to it
 *
 * Context: the roster is locked.
 */
void kvmstat_roster_corpses(struct list_head *dead)
{
	list_splice_init(&corpses, dead);
}

/**
 * kvmstat_roster_exit - free everything
 *
 * Context: no probe runs any more, and no reader.
 */
void kvmstat_roster_exit(void)
{
	struct kvmstat_vm *vm, *next;

	kvmstat_table_collect(&vms, &vms);
	list_splice_init(&retired, &vms);
	list_splice_init(&corpses, &vms);
	list_for_each_entry_safe(vm, next, &vms, link)
		kvmstat_pool_free_vm(vm);
}
