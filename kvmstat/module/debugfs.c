// SPDX-License-Identifier: GPL-2.0
/*
 * /sys/kernel/debug/kvmstat/: what /proc/kvminfo has no room for. Files are 0400 and
 * cannot be mapped, so they stay readable under integrity lockdown.
 *
 *   info              the module itself, a "key: value" a line
 *   retired           the last VMs that ended, in /proc/kvminfo's columns, and comm
 *   host              reasons of all VMs since load
 *   <id>/reasons      a VM's exits by reason
 *   <id>/cpus         the CPUs it ran on
 */
#include <linux/debugfs.h>
#include <linux/kernel.h>
#include <linux/seq_file.h>
#include <linux/slab.h>

#include "../../include/kvmstat.h"
#include "account.h"
#include "arch.h"
#include "debugfs.h"
#include "hooks.h"
#include "proc.h"
#include "table.h"

static struct dentry *root;

static void show_reasons(struct seq_file *m, const struct kvmstat_counts *sum)
{
	const char *name;
	u32 slot;

	seq_puts(m, "code reason exits to_user\n");
	for (slot = 0; slot < KVMSTAT_SLOTS; slot++) {
		if (!sum->exits[slot])
			continue;
		name = kvmstat_slot_name(slot);
		seq_printf(m, "0x%x ", kvmstat_slot_code(slot));
		if (name)
			seq_puts(m, name);
		else
			seq_printf(m, "0x%x", kvmstat_slot_code(slot));
		seq_printf(m, " %llu %llu\n", sum->exits[slot], sum->to_user[slot]);
	}
}

static int reasons_show(struct seq_file *m, void *unused)
{
	struct kvmstat_totals *sum = kzalloc(sizeof(*sum), GFP_KERNEL);

	if (!sum)
		return -ENOMEM;
	kvmstat_vm_add(m->private, sum);
	show_reasons(m, &sum->c);
	kfree(sum);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(reasons);

static int cpus_show(struct seq_file *m, void *unused)
{
	struct kvmstat_counts *counts = kmalloc(sizeof(*counts), GFP_KERNEL);
	struct kvmstat_vm *vm = m->private;
	struct kvmstat_row row;
	int cpu;

	if (!counts)
		return -ENOMEM;
	seq_puts(m, "cpu exits to_user io_num mmio_num halt_num\n");
	for_each_possible_cpu(cpu) {
		*counts = *per_cpu_ptr(vm->counts, cpu);
		kvmstat_row(counts, &row);
		if (row.exits)
			seq_printf(m, "%d %llu %llu %llu %llu %llu\n", cpu, row.exits, row.to_user,
				   row.io, counts->mmio, row.halt);
	}
	kfree(counts);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(cpus);

static int retired_show(struct seq_file *m, void *unused)
{
	struct kvmstat_retired *r;
	u64 no = 0;

	kvmstat_table_lock();
	kvmstat_show_header(m);
	list_for_each_entry(r, kvmstat_table_retired(), link) {
		kvmstat_show_row(m, ++no, r->pid, r->id, &r->sum);
		seq_putc(m, ' ');
		seq_escape(m, r->comm, " \t\n\\\"");
		seq_putc(m, '\n');
	}
	kvmstat_table_unlock();
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(retired);

static struct kvmstat_host *get_host(void)
{
	struct kvmstat_host *host = kmalloc(sizeof(*host), GFP_KERNEL);

	if (!host)
		return NULL;
	kvmstat_table_lock();
	kvmstat_table_host(host);
	kvmstat_table_unlock();
	return host;
}

static int host_show(struct seq_file *m, void *unused)
{
	struct kvmstat_host *host = get_host();
	u32 slot;

	if (!host)
		return -ENOMEM;
	for (slot = 0; slot < KVMSTAT_SLOTS; slot++) {
		host->live.c.exits[slot] += host->retired.c.exits[slot];
		host->live.c.to_user[slot] += host->retired.c.to_user[slot];
	}
	show_reasons(m, &host->live.c);
	kfree(host);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(host);

static int info_show(struct seq_file *m, void *unused)
{
	struct kvmstat_host *host = get_host();
	struct kvmstat_row live, retired;

	if (!host)
		return -ENOMEM;
	kvmstat_row(&host->live.c, &live);
	kvmstat_row(&host->retired.c, &retired);
	seq_printf(m, "version: %s\nabi: %d\nisa: %s\n", KVMSTAT_VERSION, KVMSTAT_ABI,
		   kvmstat_isa_name());
	kvmstat_hooks_info(m);
	kvmstat_exit_info(m);
	seq_printf(m, "layout_refused_events: %llu\n", host->layout_faults);
	seq_printf(m, "vms: %llu\nvms_past_cap: %llu\nvms_retired: %llu\nvcpus: %llu\n", host->vms,
		   host->vms_shared, host->vms_retired, host->vcpus);
	seq_printf(m, "exits: %llu\nexits_live: %llu\nexits_retired: %llu\nexits_unattributed: %llu\n",
		   live.exits + retired.exits + host->lost_exits, live.exits, retired.exits,
		   host->lost_exits);
	seq_printf(m, "returns: %llu\nreturns_live: %llu\nreturns_retired: %llu\nreturns_unattributed: %llu\n",
		   live.to_user + host->live.c.noexit + retired.to_user +
			   host->retired.c.noexit + host->lost_returns,
		   live.to_user + host->live.c.noexit, retired.to_user + host->retired.c.noexit,
		   host->lost_returns);
	seq_printf(m, "memory_bytes: %llu\n", host->memory);
	seq_printf(m, "bytes_per_vm_and_cpu: %zu\nbytes_per_vcpu: %zu\n",
		   sizeof(struct kvmstat_counts), sizeof(struct kvmstat_vcpu));
	kfree(host);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(info);

/**
 * kvmstat_debugfs_add_vm - make a VM's directory
 * @vm: must live until kvmstat_debugfs_remove_vm()
 *
 * Context: may sleep.
 * Return: the directory, an ERR_PTR() if there can be none; not to be tried again.
 */
struct dentry *kvmstat_debugfs_add_vm(struct kvmstat_vm *vm)
{
	struct dentry *dir;
	char name[24];

	snprintf(name, sizeof(name), "%llu", vm->id);
	dir = debugfs_create_dir(name, root);
	debugfs_create_file("reasons", 0400, dir, vm, &reasons_fops);
	debugfs_create_file("cpus", 0400, dir, vm, &cpus_fops);
	return dir;
}

/**
 * kvmstat_debugfs_remove_vm - remove it; waits for its files' readers
 * @vm: the VM
 *
 * Context: may sleep; not under the table's mutex.
 */
void kvmstat_debugfs_remove_vm(struct kvmstat_vm *vm)
{
	debugfs_remove_recursive(vm->dir);
}

/**
 * kvmstat_debugfs_init - make the directory and the host's files
 *
 * A host without debugfs counts all the same.
 */
void kvmstat_debugfs_init(void)
{
	root = debugfs_create_dir("kvmstat", NULL);
	debugfs_create_file("info", 0400, root, NULL, &info_fops);
	debugfs_create_file("retired", 0400, root, NULL, &retired_fops);
	debugfs_create_file("host", 0400, root, NULL, &host_fops);
}

/**
 * kvmstat_debugfs_exit - remove everything; waits for readers
 *
 * Context: the worker no longer runs.
 */
void kvmstat_debugfs_exit(void)
{
	debugfs_remove_recursive(root);
}
