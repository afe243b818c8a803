// SPDX-License-Identifier: GPL-2.0
/*
 * Counting: what is rare, and the probes that are the same on every architecture.
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/kvm_host.h>
#include <trace/events/kvm.h>

#include "count.h"

/**
 * kvmstat_count_new_place - give a reason its cell, the first time that the vCPU has it
 * @v: the vCPU
 * @slot: the reason
 *
 * Context: the kvm_exit probe, preemption off.
 */
union kvmstat_place notrace kvmstat_count_new_place(struct kvmstat_vcpu *v, u32 slot)
{
	unsigned int cell = v->nr_cells, last = KVMSTAT_CELL_EXCEPTIONS - 1;
	enum kvmstat_class class = kvmstat_arch_class(slot);
	union kvmstat_place place;

	/* Some are held back for reasons that have a column of their own. */
	if (class == KVMSTAT_CLASS_OTHER || class == KVMSTAT_CLASS_EXCEPTION)
		last -= KVMSTAT_CELLS_HELD;
	if (cell <= last) {
		v->slot_of[cell] = slot;
		smp_wmb(); /* pairs with kvmstat_sum_slot() */
		WRITE_ONCE(v->nr_cells, cell + 1);
	} else if (class == KVMSTAT_CLASS_EXCEPTION) {
		cell = KVMSTAT_CELL_EXCEPTIONS;
	} else {
		cell = KVMSTAT_CELL_REST;
		class = KVMSTAT_CLASS_OTHER;
	}
	place = kvmstat_record_place(cell, class);
	place.may = KVMSTAT_MAY_RETURN | KVMSTAT_MAY_TOUCH;
	v->places[slot] = place;
	return place;
}

/* Its tag may be there, or the next place is not free. */
static noinline notrace void rare_touch(struct kvmstat_vcpu *v, struct kvmstat_spots *spots,
					u64 key, u8 tag, u64 low, u64 high)
{
	struct kvmstat_spot *spot = kvmstat_spots_other(spots, key, tag, low, high);

	if (spot)
		kvmstat_record_touch(v, spot);
}

/**
 * kvmstat_count_other_touch - the guest touched what is not the last of its kind
 * @v: the vCPU
 * @spots: its sketch of the kind
 * @key: as for kvmstat_count_touch()
 *
 * Context: a probe within KVM_RUN, preemption off.
 */
void notrace kvmstat_count_other_touch(struct kvmstat_vcpu *v, struct kvmstat_spots *spots, u64 key)
{
	u8 tag = kvmstat_spots_tag(key);
	u64 low = kvmstat_spots_hits(spots->tags[0], tag);
	u64 high = kvmstat_spots_hits(spots->tags[1], tag);
	unsigned long place = spots->hand;

	if (unlikely(low | high || spots->spot[place].count > spots->floor))
		rare_touch(v, spots, key, tag, low, high);
	else
		kvmstat_record_touch(v, kvmstat_spots_take(spots, place, key, tag));
}

/**
 * kvmstat_count_slow_mmio - kvmstat_count_mmio(), whatever vCPU this CPU saw last
 * @key: likewise
 *
 * Context: a probe within KVM_RUN, preemption off.
 */
void notrace kvmstat_count_slow_mmio(u64 key)
{
	struct kvmstat_vcpu *v = kvmstat_table_find_loaded();

	if (v)
		kvmstat_count_device(v, this_cpu_read(kvmstat_cpu.row), key);
}

/**
 * kvmstat_count_slow_hypercall - kvmstat_count_hypercall(), whatever vCPU this CPU saw last
 * @key: of the hypercall
 *
 * Context: a probe within KVM_RUN, preemption off.
 */
void notrace kvmstat_count_slow_hypercall(u64 key)
{
	struct kvmstat_vcpu *v = kvmstat_table_find_loaded();

	if (v)
		kvmstat_count_touch(v, KVMSTAT_HYPERCALL, key);
}

/* KVM_TRACE_MMIO_WRITE (trace/events/kvm.h) is 2; the others are reads. */
static notrace void on_kvm_mmio(void *data, int type, int len, u64 gpa, void *val)
{
	kvmstat_count_mmio(gpa | (type == 2 ? KVMSTAT_SPOT_WRITE : 0));
}

static enum kvmstat_errno errno_of(int error)
{
	switch (error) {
	case -EINTR:
		return KVMSTAT_EINTR;
	case -EAGAIN:
		return KVMSTAT_EAGAIN;
	case -EFAULT:
		return KVMSTAT_EFAULT;
	default:
		return KVMSTAT_EOTHER;
	}
}

/**
 * kvmstat_count_rare_return - KVM_RUN returned with an error, a reason that is new, or
 * without an exit
 * @v: the vCPU
 * @row: its VM's, of this CPU
 * @reason: KVM_EXIT_*
 * @error: -errno, or 0
 *
 * Context: the kvm_userspace_exit probe, preemption off.
 */
void notrace kvmstat_count_rare_return(struct kvmstat_vcpu *v, struct kvmstat_cpu_row *row,
				       u32 reason, int error)
{
	bool noexit = !(v->place.may & KVMSTAT_MAY_RETURN);
	enum kvmstat_errno e = errno_of(error);

	if (error >= 0) {
		v->t.user_reasons[min(reason, KVMSTAT_USER_REASONS - 1)]++;
	} else {
		v->t.errors[e]++;
		v->t.noexit_errors[e] += noexit;
	}
	if (noexit)
		v->t.noexit++;
	else
		kvmstat_count_to_user(v, row);
}

/* Fires when a halted vCPU goes on, still within KVM_RUN. */
static notrace void on_kvm_vcpu_wakeup(void *data, __u64 ns, bool waited, bool valid)
{
	struct kvmstat_vcpu *v;

	kvmstat_probe_begin();
	v = kvmstat_table_find_loaded();
	if (likely(v))
		kvmstat_time_halted(v, ns, waited);
	kvmstat_probe_end();
}

/* They are registered by name, so untyped; a wrong type would trap on a kernel with kCFI. */
static void __maybe_unused check_types(void)
{
	check_trace_callback_type_kvm_mmio(on_kvm_mmio);
	check_trace_callback_type_kvm_vcpu_wakeup(on_kvm_vcpu_wakeup);
}

static struct kvmstat_hook hooks[] = {
	{ .name = "kvm_mmio", .probe = on_kvm_mmio },
	{ .name = "kvm_vcpu_wakeup", .probe = on_kvm_vcpu_wakeup, .timing = true },
};
const struct kvmstat_hook_group kvmstat_count_hooks = { hooks, ARRAY_SIZE(hooks) };
