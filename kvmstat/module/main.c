// SPDX-License-Identifier: GPL-2.0
/*
 * kvmstat: exact statistics of VM exits, per VM. The order of init and exit.
 */
#include <linux/module.h>
#include <linux/init.h>

#include "../../include/kvmstat.h"
#include "arch.h"
#include "clock.h"
#include "count.h"
#include "debugfs.h"
#include "hooks.h"
#include "pool.h"
#include "proc.h"
#include "roster.h"
#include "table.h"
#include "tidy.h"
#include "time.h"

static void report(void)
{
	char on[256], off[256];

	pr_info("%s, %s: %s; hooks: %s; missing: %s; exit reasons by %s\n", KVMSTAT_VERSION,
		KVMSTAT_ISA, kvmstat_hooks_state(), kvmstat_hooks_list(on, sizeof(on), true),
		kvmstat_hooks_list(off, sizeof(off), false), KVMSTAT_REASON_SOURCE);
}

static int __init kvmstat_init(void)
{
	/* The hook of kvm_exit comes last: what belongs to an exit is counted only if the exit is. */
	static struct kvmstat_hook_group groups[2];
	int ret;

	groups[0] = kvmstat_count_hooks;
	groups[1] = kvmstat_arch_hooks;

	kvmstat_arch_init();
	kvmstat_clock_init();
	kvmstat_time_init();
	kvmstat_table_init(kvmstat_tidy_queue);
	ret = kvmstat_pool_init();
	if (ret)
		return ret;
	ret = kvmstat_proc_init();
	if (ret)
		goto err_pool;
	kvmstat_debugfs_init();
	ret = kvmstat_hooks_init(groups, ARRAY_SIZE(groups));
	if (ret)
		goto err_files;
	report();
	return 0;

err_files:
	kvmstat_proc_exit();
	kvmstat_tidy_stop();
	kvmstat_pool_stop();
	kvmstat_debugfs_exit();
	kvmstat_roster_exit();
err_pool:
	kvmstat_pool_exit();
	return ret;
}

static void __exit kvmstat_exit(void)
{
	kvmstat_hooks_exit();
	kvmstat_proc_exit();
	kvmstat_tidy_stop();
	kvmstat_pool_stop();
	kvmstat_debugfs_exit();
	kvmstat_roster_exit();
	kvmstat_pool_exit();
}

module_init(kvmstat_init);
module_exit(kvmstat_exit);

MODULE_DESCRIPTION("Exact statistics of KVM's VM exits, per VM");
MODULE_AUTHOR("The kvmstat developers");
MODULE_VERSION(KVMSTAT_VERSION);
MODULE_LICENSE("GPL");
