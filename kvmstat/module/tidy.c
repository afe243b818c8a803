// SPDX-License-Identifier: GPL-2.0
/*
 * What is done when VMs have come or gone: a work makes the directories of new VMs, and
 * frees what ended once no file's reader and no probe (synchronize_rcu()) can hold it.
 */
#include <linux/list.h>
#include <linux/rcupdate.h>
#include <linux/workqueue.h>

#include "compat.h"
#include "debugfs.h"
#include "hooks.h"
#include "pool.h"
#include "roster.h"
#include "tidy.h"

static void tidy_work(struct work_struct *work);
static DECLARE_WORK(tidy, tidy_work);

/**
 * kvmstat_tidy_queue - VMs have come or gone
 *
 * Context: any but NMI. Never waits.
 */
void kvmstat_tidy_queue(void)
{
	queue_work(system_dfl_wq, &tidy); /* as the pool's */
}

static void add_dir(struct kvmstat_vm *vm)
{
	if (!vm->dir)
		vm->dir = kvmstat_debugfs_add_vm(vm);
}

static void add_dirs(void)
{
	struct kvmstat_vm *vm;

	for (vm = kvmstat_roster_next(NULL, 0); vm; vm = kvmstat_roster_next(vm, 0))
		add_dir(vm);
	list_for_each_entry(vm, kvmstat_roster_retired(), link)
		add_dir(vm);
	if (kvmstat_roster_others())
		add_dir(kvmstat_roster_others());
}

static void tidy_work(struct work_struct *work)
{
	struct kvmstat_vm *vm, *next;
	LIST_HEAD(dead);

	kvmstat_hooks_check();
	kvmstat_roster_lock();
	kvmstat_roster_corpses(&dead);
	add_dirs();
	kvmstat_roster_unlock();

	list_for_each_entry(vm, &dead, link)
		kvmstat_debugfs_remove_vm(vm);
	if (!list_empty(&dead))
		synchronize_rcu();
	list_for_each_entry_safe(vm, next, &dead, link)
		kvmstat_pool_free_vm(vm);
	kvmstat_pool_refill(); /* there may be room below a cap again */
}

/**
 * kvmstat_tidy_stop - no more tidying
 *
 * Context: module exit, after the hooks are gone and every probe has returned.
 */
void kvmstat_tidy_stop(void)
{
	cancel_work_sync(&tidy);
}
