// SPDX-License-Identifier: GPL-2.0
/*
 * Where a vCPU's time goes: the rarer changes, and reading.
 */
#include <linux/kernel.h>

#include "time.h"

u8 kvmstat_time_how;

/*
 * Adds what has become of a vCPU's time between its stamp and now. What it does in the
 * kernel at the end of it, it may do halted.
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
		/* Not entered yet: it waits to be started. */
		time[KVMSTAT_BLOCKED] += kvmstat_time_span(stamp, now);
		break;
	default:
		break;
	}
}

/* From the mode that was to another; of its time in the kernel, so much was @halted. */
static void change(struct kvmstat_vcpu *v, struct kvmstat_counts *counts, u8 mode, u64 now,
		   u64 halted, enum kvmstat_time how)
{
	struct kvmstat_cell *cell = &counts->cells[(u8)v->cell];
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
	counts->t.guest += time[KVMSTAT_GUEST];
	cell->kernel += time[KVMSTAT_KERNEL];
	cell->user += time[KVMSTAT_USER];
	v->spent += time[KVMSTAT_KERNEL] + time[KVMSTAT_USER];
	if (mode != KVMSTAT_IN_GUEST)
		return;
	if (was == KVMSTAT_IN_KERNEL || was == KVMSTAT_BACK || was == KVMSTAT_STILL)
		if ((u8)v->cell != KVMSTAT_CELL_NONE) {
			WRITE_ONCE(cell->longest, max(cell->longest, v->spent));
			kvmstat_time_handled(v, counts, cell, min(v->spent, BIT_ULL(40)),
					     v->returned == v->exits);
		}
	v->spent = 0;
}

/**
 * kvmstat_time_switch - change the mode, whatever it was
 * @v: the vCPU, which this CPU's cache holds
 * @mode: what begins
 *
 * Context: a probe, preemption off.
 */
void notrace kvmstat_time_switch(struct kvmstat_vcpu *v, u8 mode)
{
	if (!READ_ONCE(kvmstat_time_how))
		return;
	if (mode == KVMSTAT_STILL && !v->exits)
		mode = KVMSTAT_START;
	change(v, this_cpu_read(kvmstat_cpu.counts), mode, kvmstat_clock(), 0, KVMSTAT_BLOCKED);
}

/**
 * kvmstat_time_slow_exit - the guest was left, by kvmstat_time_exit() or not
 * @v: the vCPU
 * @counts: its VM's, of this CPU
 *
 * KVM goes straight back to the guest after a few exits, some of its versions without
 * kvm_entry. Their handling is short: the time is the guest's.
 *
 * Context: the kvm_exit probe, preemption off, before the exit is counted.
 */
void notrace kvmstat_time_slow_exit(struct kvmstat_vcpu *v, struct kvmstat_counts *counts)
{
	if (!READ_ONCE(kvmstat_time_how))
		return;
	if (v->mode == KVMSTAT_IN_KERNEL) {
		kvmstat_time_handled(v, counts, &counts->cells[(u8)v->cell], 0, false);
		v->mode = KVMSTAT_IN_GUEST;
	}
	change(v, counts, KVMSTAT_IN_KERNEL, kvmstat_clock(), 0, KVMSTAT_BLOCKED);
	v->spent = 0;
}

/**
 * kvmstat_time_halted - the vCPU was halted up to now
 * @v: the vCPU, which this CPU's cache holds
 * @ns: how long
 * @waited: it gave the CPU away, after some polling perhaps; else it only polled
 *
 * Context: a probe within KVM_RUN, preemption off.
 */
void notrace kvmstat_time_halted(struct kvmstat_vcpu *v, u64 ns, bool waited)
{
	if (READ_ONCE(kvmstat_time_how) && v->mode != KVMSTAT_UNTIMED)
		change(v, this_cpu_read(kvmstat_cpu.counts), KVMSTAT_STILL, kvmstat_clock(),
		       mul_u64_u32_div(ns, kvmstat_clock_khz(), NSEC_PER_MSEC),
		       waited ? KVMSTAT_BLOCKED : KVMSTAT_POLLED);
}

/**
 * kvmstat_time_stop - no more events: count the time
 * @v: the vCPU
 * @now: up to when; later events do not matter
 *
 * Context: IRQs off; no probe times @v any more.
 */
void kvmstat_time_stop(struct kvmstat_vcpu *v, u64 now)
{
	change(v, this_cpu_ptr(v->vm->counts), KVMSTAT_UNTIMED, now, 0, KVMSTAT_BLOCKED);
	v->spent = 0;
	kvmstat_table_runs_here(v);
}

/**
 * kvmstat_time_read - a vCPU's times up to now
 * @v: the vCPU
 * @time: by enum kvmstat_time, in ticks: added to
 *
 * Two reads never show a time going backwards: what turned out to be another's (a halted
 * vCPU's polling, say) stands until that time has caught up, as the scheduler has it with
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
			sum[i] = READ_ONCE(v->time[i]);
		left = READ_ONCE(v->left);
		back = READ_ONCE(v->back);
		now = kvmstat_clock();
		/* That a vCPU is halted is told when it is over. */
		kernel = READ_ONCE(v->cell) >> KVMSTAT_CLASS_SHIFT == KVMSTAT_CLASS_HALT ?
				 KVMSTAT_BLOCKED :
				 KVMSTAT_KERNEL;
		smp_rmb(); /* likewise */
	} while ((stamp != READ_ONCE(v->stamp) || mode != READ_ONCE(v->mode)) && --tries);

	/* What never stood still is shown without what is pending: none may be too much. */
	if (tries)
		add_times(sum, mode, stamp, left, back, now, kernel);
	for (i = 0; i < KVMSTAT_NR_TIMES; i++) {
		v->shown[i] = max(v->shown[i], sum[i]);
		time[i] += v->shown[i];
	}
}

/**
 * kvmstat_time_mode_name - a mode, for people
 * @mode: an enum kvmstat_mode
 */
const char *kvmstat_time_mode_name(u8 mode)
{
	static const char *const names[] = {
		[KVMSTAT_UNTIMED] = "untimed",	    [KVMSTAT_IN_GUEST] = "guest",
		[KVMSTAT_IN_KERNEL] = "kernel",	    [KVMSTAT_LEFT] = "userspace",
		[KVMSTAT_BACK] = "kernel",	    [KVMSTAT_STILL] = "kernel",
		[KVMSTAT_STILL_LEFT] = "userspace", [KVMSTAT_START] = "starting",
	};

	return names[mode];
}
