/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The records of a VM, of a vCPU and of a CPU: what is counted, and who may write it.
 */
#ifndef KVMSTAT_RECORD_H
#define KVMSTAT_RECORD_H

#include <linux/kvm_host.h>
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
	KVMSTAT_UNTIMED, /* timing is off */
	KVMSTAT_NEW, /* timed from its next event on */
	KVMSTAT_IN_GUEST,
	KVMSTAT_IN_KERNEL, /* since the exit */
	KVMSTAT_LEFT, /* KVM_RUN has returned */
	KVMSTAT_BACK, /* in KVM_RUN again */
	KVMSTAT_STILL, /* in KVM_RUN; part of the exit's time is counted already */
	KVMSTAT_STILL_LEFT, /* KVM_RUN has returned; part of the time is counted already */
	KVMSTAT_START, /* in KVM_RUN, before the first exit */
};

/**
 * struct kvmstat_cell - one reason's figures
 * @exits: kvm_exit events
 * @to_user: exits whose handling ended in userspace
 * @kernel: ticks in the kernel, of exits whose handling is over
 * @user: ticks in userspace, of exits whose handling is over
 * @longest: most ticks from an exit to the next entry, halts left out
 */
struct kvmstat_cell {
	u64 exits;
	u64 to_user;
	u64 kernel;
	u64 user;
	u64 longest;
};

/*
 * A vCPU's reasons get their cells as they are first seen. When these are used up, further
 * exceptions share a cell, and so do all other reasons. The first cell is for the time
 * before the first exit.
 */
#define KVMSTAT_CELLS 48u
#define KVMSTAT_CELL_NONE 0u
#define KVMSTAT_CELL_REST (KVMSTAT_CELLS - 1)
#define KVMSTAT_CELL_EXCEPTIONS (KVMSTAT_CELLS - 2)
#define KVMSTAT_CELLS_HELD 8u /* back for reasons that have a column */

/* Handling times: below 512 ns, below 1024 ns, and so on; the last bucket is open. */
#define KVMSTAT_BUCKETS 16u
#define KVMSTAT_FIRST_BUCKET_BITS 9u

/* KVM_EXIT_* reasons counted one by one (42 is the last of 7.2); the rest share the last. */
#define KVMSTAT_USER_REASONS 44u

/* KVM_RUN's errors that have a name here, and the others. */
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
 *	entry; the row of halts is not shown
 * @user_reasons: returns to userspace without an error, by KVM_EXIT_*
 * @errors: returns to userspace with an error
 * @noexit_errors: those of @errors with no exit since the last return
 * @noexit: all returns to userspace with no exit since the last return
 * @mmio: exits in which the guest touched device memory
 * @fault_mmio: those of @mmio by a page fault (NPF; EPT violation or misconfiguration)
 * @nested: exits from a nested guest, also counted by their reason
 * @injected: interrupts given to the guest
 */
struct kvmstat_tallies {
	u64 hist[KVMSTAT_NR_CLASSES][2][KVMSTAT_BUCKETS];
	u64 user_reasons[KVMSTAT_USER_REASONS];
	u64 errors[KVMSTAT_NR_ERRNO];
	u64 noexit_errors[KVMSTAT_NR_ERRNO];
	u64 noexit;
	u64 mmio;
	u64 fault_mmio;
	u64 nested;
	u64 injected;
};

/* What can still become of an exit. */
#define KVMSTAT_MAY_RETURN 1 /* it has not ended in userspace */
#define KVMSTAT_MAY_TOUCH 2 /* it has not been seen to touch device memory */

/**
 * union kvmstat_place - where a reason's exits are counted, in one word
 * @all: the word, which is 0 until the reason has a cell, and below 0 for a keyed class
 * @cell: offset of its cell in struct kvmstat_vcpu
 * @hist: offset of its class's histograms in struct kvmstat_vcpu
 * @ticks: offset in struct kvmstat_vcpu of the ticks of the spot that the exit touched, or of
 *	@no_spot
 * @may: KVMSTAT_MAY_*, of the last exit; all of them in a vCPU's table of places
 * @count: offset of its class's count from that of the first class that is not keyed, in
 *	struct kvmstat_cpu_row: the highest byte
 */
union kvmstat_place {
	s64 all;
	struct {
#ifdef __LITTLE_ENDIAN
		u16 cell;
		u16 hist;
		u16 ticks;
		u8 may;
		s8 count;
#else
		s8 count;
		u8 may;
		u16 ticks;
		u16 hist;
		u16 cell;
#endif
	};
};

/**
 * struct kvmstat_cpu_row - what one CPU did for a VM
 * @guest: ticks in guest mode
 * @to_user: returns to userspace there, after an exit that may have been elsewhere
 * @exits: exits taken there, by class
 * @mmio: exits in which the guest touched device memory
 * @next: among the spares
 * @of_vcpu: it is a part of a vCPU's record
 *
 * Only its CPU writes it, with preemption off, until the VM has ended. So no other CPU's row
 * may be in its cache lines.
 */
struct kvmstat_cpu_row {
	u64 guest;
	u64 to_user;
	u64 exits[KVMSTAT_NR_CLASSES];
	u64 mmio;
	struct kvmstat_cpu_row *next;
	bool of_vcpu;
} __aligned(128);

/* DESIGN.md, rule 6. */
static_assert(sizeof(struct kvmstat_cpu_row) <= 128);
/* One cache line is enough for an exit that is no halt, and for its return. */
static_assert(offsetof(struct kvmstat_cpu_row, exits[KVMSTAT_TIMED_CLASSES]) <= 64);

/**
 * struct kvmstat_vm - a VM; or, with id 0, the VMs past the cap together
 * @hash: link in the table of running VMs, by @kvm; table lock
 * @link: in one of the lists of VMs: the new ones, the pool's, the roster's
 * @kvm: key only
 * @mm: key only: the memory of the process that made it
 * @rows: by CPU; NULL for a CPU on which it did not run; the others' count where @shared
 * @shared: past the cap, without rows of its own
 * @ended: no further event can come; table lock
 * @id: never used twice while the module is loaded
 * @pid: the VMM's thread group, a reference; NULL until a vCPU has run
 * @comm: the VMM's name when a vCPU first ran
 * @vcpus: its vCPUs that have run; table lock
 * @nr_vcpus: how many have run
 * @created: its vCPUs that have not run yet; table lock
 * @dir: its debugfs directory, tidy's
 */
struct kvmstat_vm {
	struct hlist_node hash;
	struct list_head link;
	struct kvm *kvm;
	struct mm_struct *mm;
	struct kvmstat_cpu_row **rows;
	bool shared;
	bool ended;
	u64 id;
	struct pid *pid;
	char comm[TASK_COMM_LEN];
	struct list_head vcpus;
	unsigned int nr_vcpus;
	struct list_head created;
	struct dentry *dir;
};

/**
 * struct kvmstat_vcpu - a vCPU
 * @row: a row of its VM, for the CPU that takes it first
 * @vcpu: key only
 * @notifier: of @vcpu's preempt notifier, by which its thread has it while it is loaded
 * @owner: of @vcpu's lock: the thread that is in its KVM_RUN, and flags
 * @exit: where the architecture finds the reason
 * @place: of the last exit
 * @stamp: in ticks: @time is what was up to then
 * @mode: an enum kvmstat_mode
 * @time: ticks by enum kvmstat_time
 * @left: when it left KVM_RUN; valid in KVMSTAT_LEFT and KVMSTAT_BACK
 * @back: when it came back; valid in KVMSTAT_BACK
 * @no_spot: ticks of exits that touched no spot: not shown
 * @spent_kernel: ticks in the kernel before @stamp, of the exit in progress
 * @spent_user: ticks in userspace before @stamp, of the exit in progress
 * @places: by slot
 * @cells: figures by reason
 * @slot_of: by cell
 * @nr_cells: cells that have a slot, the first one included
 * @t: what is counted beside the reasons
 * @spots: what the guest touches most, by kind
 * @shown: the most that a reader was shown of each time; roster mutex
 * @vm: the VM that it counts for
 * @id: KVM's
 * @tid: the thread that first ran it, in the initial pid namespace
 * @seen: it has run
 * @spare_row: @row, until it is taken
 * @hash: link in the table of vCPUs, by @vcpu
 * @link: in @vm->vcpus, which only grows; in @vm->created; or among the spares
 *
 * The thread in its KVM_RUN writes all up to @spots, with preemption off, until the VM has
 * ended. Anyone may read. The counters only grow.
 */
struct kvmstat_vcpu {
	struct kvmstat_cpu_row row;
	struct kvm_vcpu *vcpu;
	struct hlist_node *notifier;
	const unsigned long *owner;
	struct kvmstat_arch_exit exit;
	union kvmstat_place place;
	u64 stamp;
	u8 mode;
	u64 time[KVMSTAT_NR_TIMES];
	u64 left;
	u64 back;
	u64 no_spot;
	u64 spent_kernel;
	u64 spent_user;
	union kvmstat_place places[KVMSTAT_SLOTS];
	struct kvmstat_cell cells[KVMSTAT_CELLS];
	u8 slot_of[KVMSTAT_CELLS];
	unsigned int nr_cells;
	struct kvmstat_tallies t;
	struct kvmstat_spots spots[KVMSTAT_NR_SPOT_KINDS] __aligned(64); /* see there */
	u64 shown[KVMSTAT_NR_TIMES];
	struct kvmstat_vm *vm;
	int id;
	pid_t tid;
	bool seen;
	struct kvmstat_cpu_row *spare_row;
	struct hlist_node hash;
	struct list_head link;
};

static_assert(sizeof(struct kvmstat_vcpu) <= 8192);
/* What the fast paths use is in two cache lines, where an architecture needs little. */
static_assert(sizeof(struct kvmstat_arch_exit) > 16 ||
	      offsetof(struct kvmstat_vcpu, spent_kernel) - offsetof(struct kvmstat_vcpu, vcpu) <=
		      128);
static_assert(KVMSTAT_SLOTS <= 256); /* as slot_of is of u8 */

/**
 * struct kvmstat_cpu - the vCPU that a CPU saw last, and what found no VM
 * @v: the vCPU, kvmstat_table_nobody if there is none
 * @row: this CPU's row of its VM
 * @lost_exits: exits that could not be attributed
 * @lost_returns: returns to userspace that could not be attributed
 * @displaced_returns: returns whose exit was on another CPU, or whose CPU saw another vCPU since
 * @layout_faults: events of vCPUs that are not laid out as the headers say
 *
 * Its CPU alone writes it, with preemption off; but the end of a VM and a change of timing
 * empty the caches from outside.
 */
struct kvmstat_cpu {
	struct kvmstat_vcpu *v;
	struct kvmstat_cpu_row *row;
	u64 lost_exits;
	u64 lost_returns;
	u64 displaced_returns;
	u64 layout_faults;
};

/**
 * kvmstat_record_place - the place of a reason, or of what is before the first exit
 * @cell: number of its cell
 * @class: of its exits
 */
static __always_inline union kvmstat_place kvmstat_record_place(unsigned int cell,
								enum kvmstat_class class)
{
	union kvmstat_place place = {};

	place.cell = offsetof(struct kvmstat_vcpu, cells[0]) + cell * sizeof(struct kvmstat_cell);
	place.hist = offsetof(struct kvmstat_vcpu, t.hist[0]) +
		     class * sizeof_field(struct kvmstat_vcpu, t.hist[0]);
	place.ticks = offsetof(struct kvmstat_vcpu, no_spot);
	place.count = ((int)class - KVMSTAT_KEYED_CLASSES) * (int)sizeof(u64);
	return place;
}

/* Whether the exit is of the class. */
static __always_inline bool kvmstat_record_is(union kvmstat_place place, enum kvmstat_class class)
{
	return place.count == ((int)class - KVMSTAT_KEYED_CLASSES) * (int)sizeof(u64);
}

/* The cell of the last exit. */
static __always_inline struct kvmstat_cell *kvmstat_record_cell(struct kvmstat_vcpu *v)
{
	return (void *)v + v->place.cell;
}

/* The last exit touched a spot of the vCPU. */
static __always_inline void kvmstat_record_touch(struct kvmstat_vcpu *v, struct kvmstat_spot *spot)
{
	v->place.ticks = (void *)&spot->ticks - (void *)v;
}

/* Where the time of the last exit goes by port, address, MSR or hypercall. */
static __always_inline u64 *kvmstat_record_ticks(struct kvmstat_vcpu *v)
{
	return (void *)v + v->place.ticks;
}

/* Whether there was no exit yet. */
static inline bool kvmstat_record_is_fresh(const struct kvmstat_vcpu *v)
{
	return v->place.cell == offsetof(struct kvmstat_vcpu, cells[KVMSTAT_CELL_NONE]);
}

#endif
