// SPDX-License-Identifier: GPL-2.0
/*
 * Where KVM's events do not name the vCPU: returns to userspace, whose event comes when the
 * vCPU is put already, and the ways back into the guest.
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
 * The vCPU whose KVM_RUN the thread is in: what the ioctl's file descriptor, which is in the
 * registers that the thread came into the kernel with, stands for. A vCPU's file has the
 * vCPU as its private data. Should another thread have closed the descriptor meanwhile, it
 * is none, or one that kvmstat_table_find_put() refuses.
 */
static __always_inline struct kvm_vcpu *running_vcpu(void)
{
	struct pt_regs *regs = task_pt_regs(current);
	const struct fdtable *fdt;
	const struct file *file;
	unsigned int fd;

	if (unlikely(kvmstat_exit_syscall_argument(regs, 1) != KVM_RUN || !current->files))
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
 * Userspace's time begins here, when all is left but the system call, and lasts to the
 * next entry: there is no event on the way in.
 */
void notrace kvmstat_loaded_return(void *data, __u32 reason, int error)
{
	struct kvmstat_counts *counts;
	struct kvm_vcpu *vcpu;
	struct kvmstat_vcpu *v;

	kvmstat_probe_begin();
	vcpu = running_vcpu();
	v = likely(vcpu) ? kvmstat_table_find_put(vcpu) : NULL;
	if (likely(v)) {
		counts = this_cpu_read(kvmstat_cpu.counts);
		kvmstat_loaded_settle(v, counts);
		kvmstat_time_pass(v, &v->left, KVMSTAT_IN_KERNEL, KVMSTAT_LEFT, KVMSTAT_STILL_LEFT);
		kvmstat_count_return(v, counts, reason, error);
	} else {
		this_cpu_inc(kvmstat_cpu.lost_returns);
	}
	kvmstat_probe_end();
}

/* As count.c's. */
static void __maybe_unused check_types(void)
{
	check_trace_callback_type_kvm_userspace_exit(kvmstat_loaded_return);
}

/**
 * kvmstat_loaded_slow_entry - the guest is about to be entered, not for the first time after
 * an exit that stayed in the kernel
 * @v: the vCPU
 *
 * Context: the kvm_entry probe, preemption off.
 */
void notrace kvmstat_loaded_slow_entry(struct kvmstat_vcpu *v)
{
	if (v->mode == KVMSTAT_LEFT || v->mode == KVMSTAT_STILL_LEFT)
		kvmstat_time_pass(v, &v->back, KVMSTAT_LEFT, KVMSTAT_BACK, KVMSTAT_STILL);
	if (kvmstat_time_is_fast() && v->mode == KVMSTAT_BACK &&
	    likely(kvmstat_time_entry_back(v, this_cpu_read(kvmstat_cpu.counts))))
		return;
	kvmstat_time_switch(v, KVMSTAT_IN_GUEST);
}
