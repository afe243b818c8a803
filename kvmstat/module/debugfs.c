// SPDX-License-Identifier: GPL-2.0
/*
 * /sys/kernel/debug/kvmstat/: include/kvmstat.h says what is there. An open file holds off
 * the module's unload.
 */
#include <linux/ctype.h>
#include <linux/debugfs.h>
#include <linux/kernel.h>
#include <linux/kvm_host.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <trace/events/kvm.h>

#include "debugfs.h"
#include "hooks.h"
#include "hot.h"
#include "pool.h"
#include "racy.h"
#include "roster.h"
#include "row.h"
#include "table.h"
#include "time.h"

static struct dentry *root;

/* The sum of a VM, or of all VMs since load if @vm is NULL. To be freed with kvfree(). */
static struct kvmstat_sum *get_sum(struct kvmstat_vm *vm)
{
	struct kvmstat_sum *sum = kvmalloc(sizeof(*sum), GFP_KERNEL);

	if (!sum)
		return NULL;
	kvmstat_roster_lock();
	if (vm)
		kvmstat_roster_sum(vm, sum);
	else
		kvmstat_roster_sum_all(sum);
	kvmstat_roster_unlock();
	return sum;
}

static void show_reason(struct seq_file *m, u32 slot, const struct kvmstat_cell *cell)
{
	const char *name = kvmstat_arch_name(slot);
	u32 code = kvmstat_arch_code(slot);

	seq_printf(m, "0x%x %llu %llu %llu %llu %llu ", code, cell->exits, cell->to_user,
		   cell->kernel, cell->user, cell->longest);
	if (name)
		seq_printf(m, "%s\n", name);
	else
		seq_printf(m, "0x%x\n", code);
}

static int reasons_show(struct seq_file *m, void *unused)
{
	struct kvmstat_sum *sum = get_sum(m->private);
	u32 slot;

	if (!sum)
		return -ENOMEM;
	seq_puts(m, KVMSTAT_REASONS_COLUMNS "\n");
	for (slot = 0; slot < KVMSTAT_SLOTS; slot++)
		if (sum->slots[slot].exits)
			show_reason(m, slot, &sum->slots[slot]);
	kvfree(sum);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(reasons);

static const char *user_reason_name(u32 reason)
{
	/* The names that KVM's own event prints. */
	static const struct {
		u32 reason;
		const char *name;
	} names[] = { kvm_trace_exit_reason };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names); i++)
		if (names[i].reason == reason)
			return names[i].name;
	return NULL;
}

static int userspace_show(struct seq_file *m, void *unused)
{
	static const char *const errors[] = {
		[KVMSTAT_EINTR] = "EINTR",
		[KVMSTAT_EAGAIN] = "EAGAIN",
		[KVMSTAT_EFAULT] = "EFAULT",
		[KVMSTAT_EOTHER] = "other",
	};
	struct kvmstat_sum *sum = get_sum(m->private);
	const char *name;
	u64 noexit;
	u32 i;

	if (!sum)
		return -ENOMEM;
	seq_puts(m, KVMSTAT_USERSPACE_COLUMNS "\n");
	for (i = 0; i < KVMSTAT_USER_REASONS; i++) {
		if (!sum->t.user_reasons[i])
			continue;
		seq_printf(m, "exit %llu ", sum->t.user_reasons[i]);
		name = user_reason_name(i);
		if (name)
			seq_printf(m, "%s\n", name);
		else if (i < KVMSTAT_USER_REASONS - 1)
			seq_printf(m, "%u\n", i);
		else
			seq_puts(m, "other\n");
	}
	for (i = 0; i < KVMSTAT_NR_ERRNO; i++)
		if (sum->t.errors[i])
			seq_printf(m, "errno %llu %s\n", sum->t.errors[i], errors[i]);
	/* All returns with no exit since the last, by their errors. */
	noexit = sum->t.noexit;
	for (i = 0; i < KVMSTAT_NR_ERRNO; i++) {
		if (sum->t.noexit_errors[i])
			seq_printf(m, "noexit %llu %s\n", sum->t.noexit_errors[i], errors[i]);
		noexit -= min(noexit, sum->t.noexit_errors[i]);
	}
	if (noexit)
		seq_printf(m, "noexit %llu no_error\n", noexit);
	kvfree(sum);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(userspace);

static int histograms_show(struct seq_file *m, void *unused)
{
	static const char *const classes[] = {
		[KVMSTAT_CLASS_OTHER] = "other",	 [KVMSTAT_CLASS_IO] = "io",
		[KVMSTAT_CLASS_FAULT] = "fault",	 [KVMSTAT_CLASS_MSR] = "msr",
		[KVMSTAT_CLASS_INTERRUPT] = "interrupt", [KVMSTAT_CLASS_EXCEPTION] = "exception",
	};
	struct kvmstat_sum *sum = get_sum(m->private);
	unsigned int c, user, i;

	if (!sum)
		return -ENOMEM;
	seq_puts(m, KVMSTAT_HISTOGRAMS_COLUMNS);
	for (i = 0; i < KVMSTAT_BUCKETS - 1; i++)
		seq_printf(m, " %llu", BIT_ULL(KVMSTAT_FIRST_BUCKET_BITS + i));
	seq_puts(m, " inf\n");
	for (c = 0; c < KVMSTAT_TIMED_CLASSES; c++)
		for (user = 0; user < 2; user++) {
			if (!memchr_inv(sum->t.hist[c][user], 0, sizeof(sum->t.hist[c][user])))
				continue;
			seq_printf(m, "%s %s", classes[c], user ? "userspace" : "kernel");
			for (i = 0; i < KVMSTAT_BUCKETS; i++)
				seq_printf(m, " %llu", sum->t.hist[c][user][i]);
			seq_putc(m, '\n');
		}
	kvfree(sum);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(histograms);

#define HOT_MAX 4096u /* keys of a kind, of all vCPUs together */

static int hot_show(struct seq_file *m, void *unused)
{
	static const char *const kinds[] = {
		[KVMSTAT_PORT] = "port",
		[KVMSTAT_MMIO] = "mmio",
		[KVMSTAT_MSR] = "msr",
		[KVMSTAT_HYPERCALL] = "hypercall",
	};
	struct kvmstat_vm *vm = m->private;
	unsigned int max = min(kvmstat_racy_read(vm->nr_vcpus) * KVMSTAT_SPOTS, HOT_MAX);
	struct kvmstat_hot *hot = kvmalloc_array(max ?: 1, sizeof(*hot), GFP_KERNEL);
	unsigned int kind, i, n;

	if (!hot)
		return -ENOMEM;
	seq_puts(m, KVMSTAT_HOT_COLUMNS "\n");
	kvmstat_roster_lock();
	for (kind = 0; kind < KVMSTAT_NR_SPOT_KINDS; kind++) {
		n = kvmstat_hot_merge(vm, kind, hot, max);
		for (i = 0; i < n; i++)
			seq_printf(m, "%s %s 0x%llx %llu %llu %llu\n", kinds[kind],
				   kind == KVMSTAT_HYPERCALL	   ? "call" :
				   hot[i].key & KVMSTAT_SPOT_WRITE ? "write" :
								     "read",
				   hot[i].key & ~KVMSTAT_SPOT_WRITE, hot[i].count, hot[i].at_most,
				   kvmstat_clock_ns(hot[i].ticks));
	}
	kvmstat_roster_unlock();
	kvfree(hot);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(hot);

static int vcpus_show(struct seq_file *m, void *unused)
{
	struct kvmstat_vm *vm = m->private;
	struct kvmstat_vcpu *v;

	seq_puts(m, KVMSTAT_VCPUS_COLUMNS "\n");
	kvmstat_roster_lock();
	kvmstat_for_each_vcpu(v, vm) {
		u64 time[KVMSTAT_NR_TIMES] = {}, to_user = kvmstat_sum_to_user(v);

		kvmstat_time_read(v, time);
		seq_printf(m, "%d %llu %llu %llu %llu %llu %llu %llu %d %s\n", v->id,
			   kvmstat_sum_exits(v), to_user, time[KVMSTAT_GUEST], time[KVMSTAT_KERNEL],
			   time[KVMSTAT_USER], time[KVMSTAT_POLLED], time[KVMSTAT_BLOCKED], v->tid,
			   READ_ONCE(vm->ended) ? "ended" :
						  kvmstat_time_mode_name(READ_ONCE(v->mode)));
	}
	kvmstat_roster_unlock();
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(vcpus);

static int vcpu_reasons_show(struct seq_file *m, void *unused)
{
	struct kvmstat_vm *vm = m->private;
	struct kvmstat_vcpu *v;
	unsigned int i;

	seq_puts(m, KVMSTAT_VCPU_REASONS_COLUMNS "\n");
	kvmstat_roster_lock();
	kvmstat_for_each_vcpu(v, vm)
		kvmstat_sum_for_each_cell(i, v)
		{
			struct kvmstat_cell cell = kvmstat_sum_cell(v, i);

			if (!cell.exits)
				continue;
			seq_printf(m, "%d ", v->id);
			show_reason(m, kvmstat_sum_slot(v, i), &cell);
		}
	kvmstat_roster_unlock();
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(vcpu_reasons);

static int cpus_show(struct seq_file *m, void *unused)
{
	struct kvmstat_vm *vm = m->private;
	struct kvmstat_cpu_row row;
	unsigned int class;
	u64 exits;
	int cpu;

	seq_puts(m, KVMSTAT_CPUS_COLUMNS "\n");
	kvmstat_roster_lock();
	for_each_possible_cpu(cpu) {
		if (!kvmstat_sum_cpu(vm, cpu, &row))
			continue;
		for (class = 0, exits = 0; class < KVMSTAT_NR_CLASSES; class ++)
			exits += row.exits[class];
		if (exits || row.to_user || row.guest)
			seq_printf(m, "%d %llu %llu %llu %llu %llu %llu\n", cpu, exits, row.to_user,
				   row.exits[KVMSTAT_CLASS_IO], row.mmio,
				   row.exits[KVMSTAT_CLASS_HALT], kvmstat_clock_ns(row.guest));
	}
	kvmstat_roster_unlock();
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(cpus);

struct number {
	const char *key;
	u64 value;
};

static void show_numbers(struct seq_file *m, const struct number *numbers, size_t n)
{
	for (; n; n--, numbers++)
		seq_printf(m, "%s: %llu\n", numbers->key, numbers->value);
}

/* A process may call itself anything, and a terminal must not obey it. */
static void show_comm(struct seq_file *m, const char *comm, bool as_a_word)
{
	for (; *comm; comm++)
		if (isascii(*comm) && isprint(*comm) && *comm != '\\' && *comm != '"' &&
		    !(as_a_word && *comm == ' '))
			seq_putc(m, *comm);
		else
			seq_printf(m, "\\%03o", (unsigned char)*comm);
}

static int vm_show(struct seq_file *m, void *unused)
{
	struct kvmstat_vm *vm = m->private;
	struct kvmstat_row row;
	bool ok;

	kvmstat_roster_lock();
	ok = kvmstat_roster_row(vm, &row);
	kvmstat_roster_unlock();
	if (!ok)
		return -ENOMEM;
	seq_printf(m, "id: %llu\nstate: %s\npid: %d\ncomm: ", vm->id,
		   READ_ONCE(vm->ended) ? "ended" : "running",
		   kvmstat_roster_runs(vm) ? pid_nr(vm->pid) : 0);
	show_comm(m, vm->comm, false);
	seq_putc(m, '\n');
	{
		const struct number numbers[] = {
			{ "vcpus", row.vcpus },
			{ "exits", row.exits },
			{ "to_user", row.kvm_qemu_switch_num },
			{ "noexit_returns", row.noexit_return_num },
			{ "io", row.io_num },
			{ "mmio", row.mmio_num },
			{ "faults", row.fault_num },
			{ "faults_mmio", row.fault_mmio_num },
			{ "interrupts", row.interrupt_num },
			{ "exceptions", row.exception_num },
			{ "halts", row.halt_num },
			{ "injected", row.injected_num },
			{ "nested", row.nested_num },
			{ "guest_ns", row.guest_ns },
			{ "kernel_ns", row.kernel_ns },
			{ "user_ns", row.user_ns },
			{ "polled_ns", row.polled_ns },
			{ "blocked_ns", row.halted_ns - row.polled_ns },
		};

		show_numbers(m, numbers, ARRAY_SIZE(numbers));
	}
	seq_printf(m, "vmm: %s\n", kvmstat_roster_runs(vm) ? "running" : "ended");
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(vm);

static int retired_show(struct seq_file *m, void *unused)
{
	struct kvmstat_row row;
	struct kvmstat_vm *vm;
	u64 no = 0;

	kvmstat_roster_lock();
	kvmstat_row_show_names(m, " comm");
	list_for_each_entry(vm, kvmstat_roster_retired(), link) {
		kvmstat_roster_row(vm, &row); /* it is not the others */
		row.no = ++no;
		row.pid = pid_nr(vm->pid);
		kvmstat_row_show(m, &row);
		seq_putc(m, ' ');
		show_comm(m, vm->comm, true);
		seq_putc(m, '\n');
	}
	kvmstat_roster_unlock();
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(retired);

static void show_host(struct seq_file *m, const struct kvmstat_host *host,
		      const struct kvmstat_row *live, const struct kvmstat_row *ended)
{
	const u64 live_returns = live->kvm_qemu_switch_num + live->noexit_return_num;
	const u64 ended_returns = ended->kvm_qemu_switch_num + ended->noexit_return_num;
	const struct number numbers[] = {
		{ "layout_refused_events", host->lost.layout_faults },
		{ "vms", host->vms },
		{ "vms_past_cap", host->vms_shared },
		{ "vms_retired", host->vms_retired },
		{ "vms_retired_dropped", host->vms_dropped },
		{ "vcpus", host->live.vcpus },
		{ "exits", live->exits + ended->exits + host->lost.lost_exits },
		{ "exits_live", live->exits },
		{ "exits_retired", ended->exits },
		{ "exits_unattributed", host->lost.lost_exits },
		{ "returns", live_returns + ended_returns + host->lost.lost_returns },
		{ "returns_live", live_returns },
		{ "returns_retired", ended_returns },
		{ "returns_unattributed", host->lost.lost_returns },
		{ "returns_displaced", host->lost.displaced_returns },
		{ "exits_unplaced", kvmstat_pool_unplaced() },
		{ "memory_bytes", host->memory },
		{ "bytes_per_vm", kvmstat_pool_vm_bytes() },
		{ "bytes_per_vm_and_cpu", sizeof(struct kvmstat_cpu_row) },
		{ "bytes_per_vcpu", sizeof(struct kvmstat_vcpu) },
	};

	show_numbers(m, numbers, ARRAY_SIZE(numbers));
}

static int info_show(struct seq_file *m, void *unused)
{
	struct kvmstat_host *host = kvmalloc(sizeof(*host), GFP_KERNEL);
	struct kvmstat_row live = {}, ended = {};

	if (!host)
		return -ENOMEM;
	kvmstat_roster_lock();
	kvmstat_roster_host(host);
	kvmstat_roster_unlock();
	kvmstat_row_add_sum(&live, &host->live);
	kvmstat_row_add_sum(&ended, &host->retired);
	seq_printf(m, "version: %s\nabi: %d\nisa: %s\n", KVMSTAT_VERSION, KVMSTAT_ABI,
		   kvmstat_arch_isa());
	kvmstat_hooks_info(m);
	seq_printf(m, "clock: %s\nclock_khz: %u\n", kvmstat_clock_name(), kvmstat_clock_khz);
	kvmstat_arch_info(m);
	show_host(m, host, &live, &ended);
	kvfree(host);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(info);

static void add_files(struct dentry *dir, struct kvmstat_vm *vm)
{
	debugfs_create_file("reasons", 0400, dir, vm, &reasons_fops);
	debugfs_create_file("userspace", 0400, dir, vm, &userspace_fops);
	debugfs_create_file("histograms", 0400, dir, vm, &histograms_fops);
}

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
	debugfs_create_file("vm", 0400, dir, vm, &vm_fops);
	add_files(dir, vm);
	debugfs_create_file("cpus", 0400, dir, vm, &cpus_fops);
	if (vm != kvmstat_pool_others) {
		debugfs_create_file("hot", 0400, dir, vm, &hot_fops);
		debugfs_create_file("vcpus", 0400, dir, vm, &vcpus_fops);
		debugfs_create_file("vcpu_reasons", 0400, dir, vm, &vcpu_reasons_fops);
	}
	return dir;
}

/**
 * kvmstat_debugfs_remove_vm - remove a VM's directory; waits for its readers
 * @vm: the VM
 *
 * Context: may sleep; not under the roster's mutex.
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
	root = debugfs_create_dir(KVMSTAT_DEBUGFS_DIR, NULL);
	debugfs_create_file("info", 0400, root, NULL, &info_fops);
	debugfs_create_file("retired", 0400, root, NULL, &retired_fops);
	add_files(debugfs_create_dir("host", root), NULL);
}

/**
 * kvmstat_debugfs_exit - remove everything; waits for readers
 *
 * Context: after kvmstat_tidy_stop().
 */
void kvmstat_debugfs_exit(void)
{
	debugfs_remove_recursive(root);
}
