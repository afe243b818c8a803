// SPDX-License-Identifier: GPL-2.0
/*
 * /sys/kernel/debug/kvmstat/: what /proc/kvminfo has no room for. Files are 0400 and
 * cannot be mapped, so they stay readable under integrity lockdown. An open one holds off
 * the module's unload.
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
#include "roster.h"

static struct dentry *root;

/* The name comes last: the kernel's spelling has blanks in some. */
static void show_reasons(struct seq_file *m, const struct kvmstat_counts *sum)
{
	const char *name;
	u32 slot, code;

	seq_puts(m, "code exits to_user reason\n");
	for (slot = 0; slot < KVMSTAT_SLOTS; slot++) {
		if (!sum->exits[slot])
			continue;
		code = kvmstat_slot_code(slot);
		name = kvmstat_slot_name(slot);
		seq_printf(m, "0x%x %llu %llu ", code, sum->exits[slot], sum->to_user[slot]);
		if (name)
			seq_printf(m, "%s\n", name);
		else
			seq_printf(m, "0x%x\n", code);
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
		kvmstat_vm_cpu(vm, cpu, counts);
		kvmstat_row(counts, &row);
		if (row.exits || row.to_user)
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

	kvmstat_roster_lock();
	kvmstat_show_header(m);
	list_for_each_entry(r, kvmstat_roster_retired(), link) {
		kvmstat_show_row(m, ++no, r->pid, r->id, &r->sum);
		seq_putc(m, ' ');
		seq_escape(m, r->comm, " \t\n\\\"");
		seq_putc(m, '\n');
	}
	kvmstat_roster_unlock();
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(retired);

static struct kvmstat_host *get_host(void)
{
	struct kvmstat_host *host = kmalloc(sizeof(*host), GFP_KERNEL);

	if (!host)
		return NULL;
	kvmstat_roster_lock();
	kvmstat_roster_host(host);
	kvmstat_roster_unlock();
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

static void show_host(struct seq_file *m, const struct kvmstat_host *host,
		      const struct kvmstat_row *live, const struct kvmstat_row *ended)
{
	const u64 live_returns = live->to_user + host->live.c.noexit;
	const u64 ended_returns = ended->to_user + host->retired.c.noexit;
	const struct {
		const char *key;
		u64 value;
	} numbers[] = {
		{ "layout_refused_events", host->layout_faults },
		{ "vms", host->vms },
		{ "vms_past_cap", host->vms_shared },
		{ "vms_retired", host->vms_retired },
		{ "vcpus", host->vcpus },
		{ "exits", live->exits + ended->exits + host->lost_exits },
		{ "exits_live", live->exits },
		{ "exits_retired", ended->exits },
		{ "exits_unattributed", host->lost_exits },
		{ "returns", live_returns + ended_returns + host->lost_returns },
		{ "returns_live", live_returns },
		{ "returns_retired", ended_returns },
		{ "returns_unattributed", host->lost_returns },
		{ "returns_displaced", host->displaced_returns },
		{ "memory_bytes", host->memory },
		{ "bytes_per_vm_and_cpu", sizeof(struct kvmstat_counts) },
		{ "bytes_per_vcpu", sizeof(struct kvmstat_vcpu) },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(numbers); i++)
		seq_printf(m, "%s: %llu\n", numbers[i].key, numbers[i].value);
}

static int info_show(struct seq_file *m, void *unused)
{
	struct kvmstat_host *host = get_host();
	struct kvmstat_row live, ended;

	if (!host)
		return -ENOMEM;
	kvmstat_row(&host->live.c, &live);
	kvmstat_row(&host->retired.c, &ended);
	seq_printf(m, "version: %s\nabi: %d\nisa: %s\n", KVMSTAT_VERSION, KVMSTAT_ABI,
		   kvmstat_isa_name());
	kvmstat_hooks_info(m);
	kvmstat_exit_info(m);
	show_host(m, host, &live, &ended);
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
 * Context: after kvmstat_roster_stop().
 */
void kvmstat_debugfs_exit(void)
{
	debugfs_remove_recursive(root);
}
