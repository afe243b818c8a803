// SPDX-License-Identifier: GPL-2.0
/*
 * /proc/kvminfo: a line of column names, then a line per VM.
 */
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/proc_fs.h>
#include <linux/seq_file.h>

#include "proc.h"
#include "roster.h"

static char *mode = "0400";
module_param(mode, charp, 0444);
MODULE_PARM_DESC(mode, "permissions of /proc/kvminfo, octal, read bits only (0400)");

static unsigned int group;
module_param(group, uint, 0444);
MODULE_PARM_DESC(group, "numeric group of /proc/kvminfo (0)");

/*
 * The position is 0 for the header, then the VM's id, which only grows. So a reader of any
 * buffer size sees no VM twice and misses none, whatever comes and goes.
 */
#define POS_OTHERS (S64_MAX - 1)

/* An open file: the number of the line being shown. */
struct reader {
	u64 no;
};

/*
 * The first VM from *pos on, and after vm, that the reader may see. The VMs past the cap may
 * belong to any namespace, so only the initial one sees them.
 */
static struct kvmstat_vm *find(struct kvmstat_vm *vm, loff_t *pos)
{
	for (; *pos < POS_OTHERS; ++*pos) {
		vm = kvmstat_roster_next(vm, *pos);
		if (!vm)
			break;
		*pos = vm->id;
		if (pid_vnr(vm->pid))
			return vm;
	}
	vm = kvmstat_roster_others();
	if (*pos > POS_OTHERS || !vm || task_active_pid_ns(current) != &init_pid_ns)
		return NULL;
	*pos = POS_OTHERS;
	return vm;
}

static void *kvminfo_start(struct seq_file *m, loff_t *pos)
{
	struct reader *r = m->private;

	kvmstat_roster_lock();
	if (*pos)
		return find(NULL, pos);
	r->no = 0;
	return SEQ_START_TOKEN;
}

static void *kvminfo_next(struct seq_file *m, void *v, loff_t *pos)
{
	struct reader *r = m->private;

	++*pos;
	++r->no;
	return find(v == SEQ_START_TOKEN ? NULL : v, pos);
}

static void kvminfo_stop(struct seq_file *m, void *v)
{
	kvmstat_roster_unlock();
}

static int kvminfo_show(struct seq_file *m, void *v)
{
	struct reader *r = m->private;
	struct kvmstat_vm *vm = v;
	struct kvmstat_row row;

	if (v == SEQ_START_TOKEN) {
		kvmstat_row_show_names(m, "");
		return 0;
	}
	if (!kvmstat_roster_row(vm, &row))
		return -ENOMEM;
	row.no = r->no;
	row.pid = kvmstat_roster_runs(vm) ? pid_vnr(vm->pid) : 0;
	kvmstat_row_show(m, &row);
	seq_putc(m, '\n');
	return 0;
}

static const struct seq_operations kvminfo_ops = {
	.start = kvminfo_start,
	.next = kvminfo_next,
	.stop = kvminfo_stop,
	.show = kvminfo_show,
};

/**
 * kvmstat_proc_init - check the parameters, make the file
 *
 * Context: module init.
 * Return: 0 or -errno.
 */
int kvmstat_proc_init(void)
{
	struct proc_dir_entry *entry;
	kgid_t gid = make_kgid(&init_user_ns, group);
	u16 bits;

	/* Procfs makes a mode of no bits 0444. */
	if (kstrtou16(mode, 8, &bits) || !bits || bits & ~0444) {
		pr_err("mode=%s: give an octal number of read permissions only, such as 0400 or 0444\n",
		       mode);
		return -EINVAL;
	}
	if (!gid_valid(gid)) {
		pr_err("group=%u: not a group id\n", group);
		return -EINVAL;
	}
	entry = proc_create_seq_private(KVMSTAT_PROC_NAME, bits, NULL, &kvminfo_ops,
					sizeof(struct reader), NULL);
	if (!entry) {
		pr_err("/proc/" KVMSTAT_PROC_NAME
		       " cannot be made: out of memory, or another module has it\n");
		return -ENOMEM;
	}
	proc_set_user(entry, GLOBAL_ROOT_UID, gid);
	return 0;
}

/**
 * kvmstat_proc_exit - remove the file; waits for its readers
 */
void kvmstat_proc_exit(void)
{
	remove_proc_entry(KVMSTAT_PROC_NAME, NULL);
}
