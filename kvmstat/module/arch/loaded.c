// SPDX-License-Identifier: GPL-2.0
/*
 * Where KVM's events do not name the vCPU: returns to userspace, whose event comes after the
 * vCPU is put, and the ways back into the guest.
 */
#include <linux/fdtable.h>
#include <linux/fs.h>
#include <linux/kvm_host.h>
#include <linux/nospec.h>
#include <linux/sched/task_stack.h>
#include <trace/events/kvm.h>

#include "arch/loaded.h"
#include "hooks.h"

/*
 * The vCPU whose KVM_RUN the thread is in. The registers with which the thread entered the
 * kernel hold the ioctl's file descriptor, and a vCPU's file has the vCPU as its private
 * data. If another thread has closed the descriptor meanwhile, there is no file, or one that
 * kvmstat_table_find_put() refuses. The command is an unsigned int: the upper half may be
 * anything.
 */
static __always_inline struct kvm_vcpu *running_vcpu(void)
{
	struct pt_regs *regs = task_pt_regs(current);
	const struct fdtable *fdt;
	const struct file *file;
	unsigned int fd;

	if (unlikely((u32)kvmstat_exit_syscall_argument(regs, 1) != KVM_RUN || !current->files))
		return NULL;
	fd = kvmstat_exit_syscall_argument(regs, 0);
	fdt = rcu_dereference_raw(current->files->fdt);
	if (unlikely(fd >= fdt->max_fds))
		return NULL;
	file = rcu_dereference_raw(fdt->fd[array_index_nospec(fd, fdt->max_fds)]);
	return likely(file) ? READ_ONCE(file->private_data) : NULL;
}

/**
 * kvmstat_loaded_return - the kvm_userspace_exit probe
 * @data: unused
 * @reason: KVM_EXIT_*
 * @error: -errno, or 0
 *
 * Userspace's time begins here, where only the end of the system call is left, and lasts to
 * the next entry, as there is no event on the way in.
 */
void notrace kvmstat_loaded_return(void *data, __u32 reason, int error)
{
	struct kvmstat_cpu_row *row;
	struct kvm_vcpu *vcpu;
	struct kvmstat_vcpu *v;

	kvmstat_probe_begin();
	vcpu = running_vcpu();
	v = likely(vcpu) ? kvmstat_table_find_put(vcpu) : NULL;
	if (likely(v)) {
		row = this_cpu_read(kvmstat_cpu.row);
		kvmstat_loaded_settle(v, row);
		if (likely(kvmstat_clock_is_fast()))
			kvmstat_time_pass(v, &v->left, KVMSTAT_IN_KERNEL, KVMSTAT_LEFT,
					  KVMSTAT_STILL_LEFT);
		else
			kvmstat_time_switch(v, KVMSTAT_STILL_LEFT);
		if (!kvmstat_count_return(v, row, reason, error))
			kvmstat_count_rare_return(v, row, reason, error);
	} else {
		this_cpu_inc(kvmstat_cpu.lost_returns);
	}
	kvmstat_probe_end();
}

/* See count.c's. */
static void __maybe_unused check_types(void)
{
	check_trace_callback_type_kvm_userspace_exit(kvmstat_loaded_return);
}

/**
 * kvmstat_loaded_slow_entry - the guest is about to be entered, otherwise than quickly after
 * an exit that stayed in the kernel
 * @v: the vCPU
 *
 * Context: the kvm_entry probe, preemption off.
 */
void notrace kvmstat_loaded_slow_entry(struct kvmstat_vcpu *v)
{
	if (v->mode == KVMSTAT_STILL_LEFT)
		kvmstat_time_switch(v, KVMSTAT_STILL);
	else if (v->mode == KVMSTAT_LEFT)
		kvmstat_time_pass(v, &v->back, KVMSTAT_LEFT, KVMSTAT_BACK, KVMSTAT_STILL);
	if (v->mode != KVMSTAT_BACK || unlikely(!kvmstat_time_entry_back(v)))
		kvmstat_time_switch(v, KVMSTAT_IN_GUEST);
}
