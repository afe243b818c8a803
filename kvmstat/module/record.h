/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The records: what is kept of a VM, of a vCPU and on a CPU, and what is counted there.
 */
#ifndef KVMSTAT_RECORD_H
#define KVMSTAT_RECORD_H

#include <linux/cpumask.h>
#include <linux/kvm_host.h>
#include <linux/percpu.h>
#include <linux/types.h>

#include "arch.h"
#include "spots.h"

struct dentry;

/* What a vCPU's time goes to. */
enum kvmstat_time {
	KVMSTAT_GUEST,
	KVMSTAT_KERNEL,
	KVMSTAT_USER,
	KVMSTAT_POLLED, /* halted, the host's CPU kept busy */
	KVMSTAT_BLOCKED, /* halted, the host's CPU given away */
	KVMSTAT_NR_TIMES,
};

/*
 * Where a vCPU is. An exit that stays in the kernel goes from IN_KERNEL back to IN_GUEST,
 * one to userspace by LEFT and BACK.
 */
enum kvmstat_mode {
	KVMSTAT_UNTIMED, /* not seen yet, or timing is off */
	KVMSTAT_IN_GUEST,
	KVMSTAT_IN_KERNEL, /* since the exit */
	KVMSTAT_LEFT, /* KVM_RUN has returned */
	KVMSTAT_BACK, /* in KVM_RUN again */
	KVMSTAT_STILL, /* in KVM_RUN, part of the exit's time counted already */
	KVMSTAT_STILL_LEFT, /* likewise, KVM_RUN has returned */
	KVMSTAT_START, /* in KVM_RUN, before the first exit */
};

/**
 * struct kvmstat_cell - one reason's figures
 * @exits: kvm_exit events
 * @to_user: those whose handling ended in userspace
 * @kernel: ticks in the kernel for them
 * @user: ticks in userspace for them
 * @longest: ticks from an exit to the next entry, halts left out, at most
 */
struct kvmstat_cell {
	u64 exits;
	u64 to_user;
	u64 kernel;
	u64 user;
	u64 longest;
};

/*
 * A VM's reasons get their cells as they are first seen; those past the last but one share
 * the last. The first is for what is before a vCPU's first exit.
 */
#define KVMSTAT_CELLS 48u
#define KVMSTAT_CELL_NONE 0u
#define KVMSTAT_CELL_REST (KVMSTAT_CELLS - 1)
#define KVMSTAT_CELLS_HELD 8u /* for reasons that have a column */

/* Handling times: below 512 ns, below 1024 ns, and so on; the last is open. */
#define KVMSTAT_BUCKETS 16u
#define KVMSTAT_FIRST_BUCKET_BITS 9u

/* KVM_EXIT_* reasons counted one by one (42 is the last of 7.2); the rest share the last. */
#define KVMSTAT_USER_REASONS 44u

/* Of KVM_RUN's errors, those that have a name here, and the others. */
enum kvmstat_errno {
	KVMSTAT_EINTR,
	KVMSTAT_EAGAIN,
	KVMSTAT_EFAULT,
	KVMSTAT_EOTHER,
	KVMSTAT_NR_ERRNO
};

/**
 * struct kvmstat_tallies - what is counted beside the reasons; all of it u64
 * @hist: exits by class, by whether they went through userspace, by the time to the next
 *	entry; halts are left out
 * @user_reasons: returns to userspace without an error, by KVM_EXIT_*
 * @errors: those with one
 * @noexit_errors: of these, those with no exit since the last return
 * @noexit: all returns to userspace with no exit since the last one
 * @mmio: exits in which the guest touched device memory
 * @fault_mmio: of these, those by a page fault (NPF; EPT violation or misconfiguration)
 * @nested: exits from a nested guest, also counted by their reason
 * @injected: interrupts given to the guest
 * @guest: ticks in guest mode
 */
struct kvmstat_tallies {
	u64 hist[KVMSTAT_TIMED_CLASSES][2][KVMSTAT_BUCKETS];
	u64 user_reasons[KVMSTAT_USER_REASONS];
	u64 errors[KVMSTAT_NR_ERRNO];
	u64 noexit_errors[KVMSTAT_NR_ERRNO];
	u64 noexit;
	u64 mmio;
	u64 fault_mmio;
	u64 nested;
	u64 injected;
	u64 guest;
};

/**
 * struct kvmstat_counts - what one CPU has counted for one VM
 * @cells: by reason, see struct kvmstat_vm's cell_of
 * @t: the rest
 *
 * Only its CPU writes it, with preemption off, until the VM has ended; anyone may read.
 * The counters only grow.
 */
struct kvmstat_counts {
	struct kvmstat_cell cells[KVMSTAT_CELLS];
	struct kvmstat_tallies t;
};

/* DESIGN.md, rule 6. */
static_assert(sizeof(struct kvmstat_counts) <= 4096);

/**
 * struct kvmstat_cpu_row - what one CPU did for a VM
 * @exits: all exits taken there
 * @to_user: returns to userspace there, after an exit that may have been elsewhere
 * @io: port I/O
 * @mmio: device memory touched
 * @halt: the guest halted
 * @guest: ticks in guest mode
 */
struct kvmstat_cpu_row {
	u64 exits;
	u64 to_user;
	u64 io;
	u64 mmio;
	u64 halt;
	u64 guest;
};

/**
 * struct kvmstat_vm - a VM; or, with id 0, those past the cap together
 * @hash: link in the table of running VMs, by @kvm; table lock
 * @link: in one of the lists of VMs: new ones', the pool's, the roster's
 * @kvm: key only
 * @counts: per CPU; the others' where @shared; NULL once @final is all there is
 * @cpus: where it ran; the others' where @shared
 * @cell_of: by slot: its cell, its class above KVMSTAT_CLASS_SHIFT; 0 until it has one
 * @slot_of: by cell
 * @nr_cells: given away; table lock
 * @final: of a VM that ended: the sum of @counts; roster mutex
 * @final_cpus: likewise: a row a CPU, in @cpus' order
 * @shared: past the cap, without counters of its own
 * @ended: no further event can come; table lock
 * @id: never used twice while the module is loaded
 * @pid: the VMM's thread group, a reference
 * @comm: the VMM's name when the VM was first seen
 * @vcpus: its vCPUs that have run; table lock
 * @nr_vcpus: their number
 * @dir: its debugfs directory, tidy's
 */
struct kvmstat_vm {
	struct hlist_node hash;
	struct list_head link;
	struct kvm *kvm;
	struct kvmstat_counts __percpu *counts;
	cpumask_var_t cpus;
	u16 cell_of[KVMSTAT_SLOTS];
	u8 slot_of[KVMSTAT_CELLS];
	unsigned int nr_cells;
	struct kvmstat_counts *final;
	struct kvmstat_cpu_row *final_cpus;
	bool shared;
	bool ended;
	u64 id;
	struct pid *pid;
	char comm[TASK_COMM_LEN];
	struct list_head vcpus;
	unsigned int nr_vcpus;
	struct dentry *dir;
};

/**
 * struct kvmstat_vcpu - a vCPU that has run
 * @vcpu: key only
 * @notifier: of @vcpu's preempt notifier, by which its thread has it while it is loaded
 * @cells: its VM's cell_of, or the others'
 * @exit: where the architecture finds the reason
 * @exits: its exits, written by the thread that runs it, as is all up to @spots
 * @returned: @exits at its last return to userspace
 * @cell: the last exit's, class included, as in cell_of
 * @mode: an enum kvmstat_mode
 * @stamp: in ticks: @time is what was up to then
 * @left: when it left KVM_RUN; good in KVMSTAT_LEFT and KVMSTAT_BACK
 * @back: when it came back; good in KVMSTAT_BACK
 * @spent: ticks of the exit in progress before @stamp, halts left out
 * @time: ticks by enum kvmstat_time
 * @returning: the thread on its way out of KVM_RUN, from kvm_fpu's unload to
 *	kvm_userspace_exit or kvm_fpu's next load
 * @to_user: exits that ended in userspace
 * @mmio: @exits when device memory was last touched
 * @port: the last port's key, as the hardware has it
 * @port_run: how often in a row; not in @spots yet
 * @spots: what it touches most
 * @shown: the most that a reader was shown of each time; roster mutex
 * @vm: the VM that it counts for
 * @id: KVM's
 * @tid: the thread that ran it when it was first seen, in the initial pid namespace
 * @hash: link in the table of vCPUs, by @vcpu
 * @link: in @vm->vcpus, which only grows, or among the spares
 * @displaced: in the list of returning vCPUs that lost their CPU's slot
 */
struct kvmstat_vcpu {
	struct kvm_vcpu *vcpu;
	struct hlist_node *notifier;
	const u16 *cells;
	struct kvmstat_arch_exit exit;
	u64 exits;
	u64 returned;
	u16 cell;
	u8 mode;
	u64 stamp;
	u64 left;
	u64 back;
	u64 spent;
	u64 time[KVMSTAT_NR_TIMES];
	struct task_struct *returning;
	u64 to_user;
	u64 mmio;
	u32 port;
	u64 port_run;
	struct kvmstat_spots spots;
	u64 shown[KVMSTAT_NR_TIMES];
	struct kvmstat_vm *vm;
	int id;
	pid_t tid;
	struct hlist_node hash;
	struct list_head link;
	struct list_head displaced;
};

static_assert(sizeof(struct kvmstat_vcpu) <= 1024);

/**
 * struct kvmstat_cpu - the vCPU that a CPU saw last, and what found no VM
 * @v: the vCPU, kvmstat_table_nobody if there is none
 * @counts: this CPU's counters of its VM
 * @lost_exits: exits that could not be attributed
 * @lost_returns: returns to userspace that could not be attributed
 * @displaced_returns: those that kvmstat_table_displaced() found
 * @layout_faults: events of vCPUs refused by checked_kvm()
 *
 * Written by its CPU alone with preemption off, but for the end of a VM, which
 * empties the caches that hold it.
 */
struct kvmstat_cpu {
	struct kvmstat_vcpu *v;
	struct kvmstat_counts *counts;
	u64 lost_exits;
	u64 lost_returns;
	u64 displaced_returns;
	u64 layout_faults;
};

/* A cell as struct kvmstat_vm's cell_of has it. */
#define KVMSTAT_CLASS_SHIFT 8

static __always_inline enum kvmstat_class kvmstat_record_class(const struct kvmstat_vcpu *v)
{
	return v->cell >> KVMSTAT_CLASS_SHIFT;
}

#endif
