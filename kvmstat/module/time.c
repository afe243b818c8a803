// SPDX-License-Identifier: GPL-2.0
/*
 * Where a vCPU's time goes: the rarer changes, and reading.
 */
#include <linux/kernel.h>
#include <linux/uaccess.h>

#include "pool.h"
#include "racy.h"
#include "time.h"

u64 kvmstat_time_limit;

/**
 * kvmstat_time_init - compute the limit
 *
 * Context: module init, after kvmstat_clock_init().
 */
void kvmstat_time_init(void)
{
	kvmstat_time_limit =
		kvmstat_clock_ticks(BIT_ULL(KVMSTAT_FIRST_BUCKET_BITS + KVMSTAT_BUCKETS - 2) - 1);
}

/*
 * Adds what has become of a vCPU's time between its stamp and now. @kernel is what the time
 * in the kernel at the end of it is spent on, which may be a halt.
 */
static void add_times(u64 *time, u8 mode, u64 stamp, u64 left, u64 back, u64 now,
		      enum kvmstat_time kernel)
{
	switch (mode) {
	case KVMSTAT_IN_GUEST:
		time[KVMSTAT_GUEST] += kvmstat_time_span(stamp, now);
		break;
	case KVMSTAT_IN_KERNEL:
	case KVMSTAT_STILL:
		time[kernel] += kvmstat_time_span(stamp, now);
		break;
	case KVMSTAT_STILL_LEFT:
		time[KVMSTAT_USER] += kvmstat_time_span(stamp, now);
		break;
	case KVMSTAT_LEFT:
		time[KVMSTAT_KERNEL] += kvmstat_time_span(stamp, left);
		time[KVMSTAT_USER] += kvmstat_time_span(left, now);
		break;
	case KVMSTAT_BACK:
		time[KVMSTAT_KERNEL] += kvmstat_time_span(stamp, left);
		time[KVMSTAT_USER] += kvmstat_time_span(left, back);
		time[kernel] += kvmstat_time_span(back, now);
		break;
	case KVMSTAT_START:
		/* It has not been entered yet: it waits to be started. */
		time[KVMSTAT_BLOCKED] += kvmstat_time_span(stamp, now);
		break;
	default:
		break;
	}
}

/* The exit in progress is over; its time goes to its reason, and to its spot, only now. */
static void end_handling(struct kvmstat_vcpu *v)
{
	struct kvmstat_cell *cell = kvmstat_record_cell(v);

	cell->kernel += v->spent_kernel;
	cell->user += v->spent_user;
	*kvmstat_record_ticks(v) += v->spent_kernel + v->spent_user;
	v->spent_kernel = 0;
	v->spent_user = 0;
}

/* The exit in progress is over, by an entry. */
static void enter(struct kvmstat_vcpu *v)
{
	struct kvmstat_cell *cell = kvmstat_record_cell(v);
	u64 ticks = v->spent_kernel + v->spent_user;

	end_handling(v);
	if (kvmstat_record_is_fresh(v))
		return;
	WRITE_ONCE(cell->longest, max(cell->longest, ticks));
	kvmstat_time_bucket(v, min(ticks, 2 * kvmstat_time_limit),
			    !(v->place.may & KVMSTAT_MAY_RETURN));
}

/* From the mode that was to another; @halted ticks of its time in the kernel were a halt. */
static void change(struct kvmstat_vcpu *v, u8 mode, u64 now, u64 halted, enum kvmstat_time how)
{
	u64 time[KVMSTAT_NR_TIMES] = {};
	u8 was = v->mode;
	unsigned int i;

	/* On its way into the guest it does not wait. */
	if (was == KVMSTAT_START && mode == KVMSTAT_IN_GUEST)
		was = KVMSTAT_STILL;
	add_times(time, was, v->stamp, v->left, v->back, now, KVMSTAT_KERNEL);
	halted = min(halted, time[KVMSTAT_KERNEL]);
	time[KVMSTAT_KERNEL] -= halted;
	time[how] += halted;
	kvmstat_time_set(v, mode, now);
	for (i = 0; i < KVMSTAT_NR_TIMES; i++)
		v->time[i] += time[i];
	if (time[KVMSTAT_GUEST])
		kvmstat_pool_row(v)->guest += time[KVMSTAT_GUEST];
	v->spent_kernel += time[KVMSTAT_KERNEL];
	v->spent_user += time[KVMSTAT_USER];
	if (mode != KVMSTAT_IN_GUEST)
		return;
	if (was == KVMSTAT_IN_KERNEL || was == KVMSTAT_BACK || was == KVMSTAT_STILL)
		enter(v);
	v->spent_kernel = 0;
	v->spent_user = 0;
}

/**
 * kvmstat_time_switch - change the mode, whatever it was
 * @v: the vCPU
 * @mode: what begins
 *
 * Context: a probe, preemption off.
 */
void notrace kvmstat_time_switch(struct kvmstat_vcpu *v, u8 mode)
{
	if (v->mode == KVMSTAT_UNTIMED)
		return;
	if (mode == KVMSTAT_STILL && kvmstat_record_is_fresh(v))
		mode = KVMSTAT_START;
	change(v, mode, kvmstat_clock(), 0, KVMSTAT_BLOCKED);
}

/**
 * kvmstat_time_slow_exit - the guest was left, by kvmstat_time_exit() or not
 * @v: the vCPU
 *
 * KVM goes straight back to the guest after a few exits, some of its versions without
 * kvm_entry. Their handling is short, so the time is the guest's.
 *
 * Context: the kvm_exit probe, preemption off, before the exit is counted.
 */
void notrace kvmstat_time_slow_exit(struct kvmstat_vcpu *v)
{
	if (v->mode == KVMSTAT_UNTIMED)
		return;
	if (v->mode == KVMSTAT_IN_KERNEL) {
		kvmstat_time_bucket(v, 0, false);
		WRITE_ONCE(v->mode, KVMSTAT_IN_GUEST);
	}
	change(v, KVMSTAT_IN_KERNEL, kvmstat_clock(), 0, KVMSTAT_BLOCKED);
	end_handling(v);
}

/**
 * kvmstat_time_halted - the vCPU was halted up to now
 * @v: the vCPU
 * @ns: how long
 * @waited: it gave the CPU away, perhaps after some polling; else it only polled
 *
 * Context: a probe within KVM_RUN, preemption off.
 */
void notrace kvmstat_time_halted(struct kvmstat_vcpu *v, u64 ns, bool waited)
{
	if (v->mode != KVMSTAT_UNTIMED && v->mode != KVMSTAT_NEW)
		change(v, KVMSTAT_STILL, kvmstat_clock(), kvmstat_clock_ticks(ns),
		       waited ? KVMSTAT_BLOCKED : KVMSTAT_POLLED);
}

/**
 * kvmstat_time_stop - count the time, and no further
 * @v: the vCPU
 * @now: up to when
 *
 * Context: IRQs off; no probe times @v meanwhile.
 */
void kvmstat_time_stop(struct kvmstat_vcpu *v, u64 now)
{
	change(v, KVMSTAT_UNTIMED, now, 0, KVMSTAT_BLOCKED);
	v->spent_kernel = 0;
	v->spent_user = 0;
}

/*
 * What a vCPU's pending time in the kernel is spent on. KVM raises its event when a halt is
 * over; until then, the vCPU is halted if its thread waits in KVM, or by its reason. The vCPU may be freed
 * meanwhile, but then the VM's end has changed the mode.
 */
static enum kvmstat_time pending(const struct kvmstat_vcpu *v)
{
	struct task_struct *waiter;
	union kvmstat_place place = { .all = kvmstat_racy_read(v->place.all) };

	if (kvmstat_record_is(place, KVMSTAT_CLASS_HALT))
		return KVMSTAT_BLOCKED;
	if (copy_from_kernel_nofault(&waiter, (__force void *)&v->vcpu->wait.task,
				     sizeof(waiter)) ||
	    !waiter)
		return KVMSTAT_KERNEL;
	return KVMSTAT_BLOCKED;
}

/**
 * kvmstat_time_read - a vCPU's times up to now
 * @v: the vCPU
 * @time: by enum kvmstat_time: added to, in nanoseconds, as a sum of ticks could wrap
 *
 * Two reads never show a time going backwards: what turned out to be another's (a halted
 * vCPU's polling, say) stands until that time has caught up. The scheduler does the same to
 * user and system time (cputime_adjust()).
 *
 * Context: the roster's mutex.
 */
void kvmstat_time_read(struct kvmstat_vcpu *v, u64 *time)
{
	u64 sum[KVMSTAT_NR_TIMES], stamp, left, back, now;
	unsigned int i, tries = 1000;
	enum kvmstat_time kernel;
	u8 mode;

	do {
		stamp = READ_ONCE(v->stamp);
		mode = READ_ONCE(v->mode);
		smp_rmb(); /* pairs with kvmstat_time_set() and _pass() */
		for (i = 0; i < KVMSTAT_NR_TIMES; i++)
			sum[i] = kvmstat_racy_read(v->time[i]);
		left = READ_ONCE(v->left);
		back = READ_ONCE(v->back);
		now = kvmstat_clock();
		kernel = mode <= KVMSTAT_IN_GUEST ? KVMSTAT_KERNEL : pending(v);
		smp_rmb(); /* pairs with kvmstat_time_set() and _pass() */
	} while ((stamp != READ_ONCE(v->stamp) || mode != READ_ONCE(v->mode)) && --tries);

	/* If the vCPU never held still, leave out the pending span: show too little rather than too much. */
	if (tries)
		add_times(sum, mode, stamp, left, back, now, kernel);
	for (i = 0; i < KVMSTAT_NR_TIMES; i++) {
		v->shown[i] = max(v->shown[i], sum[i]);
		time[i] += kvmstat_clock_ns(v->shown[i]);
	}
}

/**
 * kvmstat_time_mode_name - a mode, for people
 * @mode: an enum kvmstat_mode
 */
const char *kvmstat_time_mode_name(u8 mode)
{
	static const char *const names[] = {
		[KVMSTAT_UNTIMED] = "untimed", [KVMSTAT_NEW] = "untimed",
		[KVMSTAT_IN_GUEST] = "guest",  [KVMSTAT_IN_KERNEL] = "kernel",
		[KVMSTAT_LEFT] = "userspace",  [KVMSTAT_BACK] = "kernel",
		[KVMSTAT_STILL] = "kernel",    [KVMSTAT_STILL_LEFT] = "userspace",
		[KVMSTAT_START] = "starting",
	};

	return names[mode];
}
