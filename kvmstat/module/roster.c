// SPDX-License-Identifier: GPL-2.0
/*
 * The VMs as the files show them: those that run, the last that ended, the sums.
 *
 * roster_mutex guards all of it. What has ended waits here until tidy.c frees it.
 */
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/pid.h>
#include <linux/rcupdate.h>
#include <linux/string.h>

#include "pool.h"
#include "roster.h"
#include "table.h"

#define RETIRED_MAX 64u
#define RETIRED_MAX_VCPUS 4096u /* of all of them, as their records stay, too */

static DEFINE_MUTEX(roster_mutex);
static LIST_HEAD(vms); /* by id, ascending */
static LIST_HEAD(retired); /* the last that ended, oldest first */
static LIST_HEAD(corpses); /* to be freed */
static unsigned int nr_retired;
static unsigned int nr_retired_vcpus;
static u64 nr_ended_ever;
static struct kvmstat_sum retired_sum; /* all that ever ended */
static u64 shared_times[KVMSTAT_NR_TIMES]; /* of those past the cap that ended */

static void retire(struct kvmstat_vm *vm)
{
	kvmstat_sum_times(vm, vm->shared ? shared_times : retired_sum.time);
	if (vm->shared) {
		list_move_tail(&vm->link, &corpses);
		return;
	}
	nr_ended_ever++;
	kvmstat_sum_counters(vm, &retired_sum);
	list_move_tail(&vm->link, &retired);
	nr_retired++;
	nr_retired_vcpus += vm->nr_vcpus;
	while (nr_retired > RETIRED_MAX || nr_retired_vcpus > RETIRED_MAX_VCPUS) {
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
	if (!kvmstat_table_collect(&vms))
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
 * Context: as kvmstat_roster_next().
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

/**
 * kvmstat_roster_sum - a VM's sum
 * @vm: the VM, or the others
 * @sum: filled
 *
 * Context: as kvmstat_roster_next().
 */
void kvmstat_roster_sum(struct kvmstat_vm *vm, struct kvmstat_sum *sum)
{
	struct kvmstat_vm *shared;
	unsigned int i;

	memset(sum, 0, sizeof(*sum));
	kvmstat_sum_vm(vm, sum);
	if (vm != kvmstat_pool_others)
		return;
	for (i = 0; i < KVMSTAT_NR_TIMES; i++)
		sum->time[i] += shared_times[i];
	list_for_each_entry(shared, &vms, link)
		if (shared->shared)
			kvmstat_sum_times(shared, sum->time);
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
 * Context: as kvmstat_roster_next().
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
 * Context: as kvmstat_roster_next().
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
 * Context: as kvmstat_roster_next().
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

	kvmstat_table_collect(&vms);
	list_splice_init(&retired, &vms);
	list_splice_init(&corpses, &vms);
	list_for_each_entry_safe(vm, next, &vms, link)
		kvmstat_pool_free_vm(vm);
}
