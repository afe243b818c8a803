/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where a vCPU's time goes: guest, kernel, userspace, halted. It is in one mode from one
 * event to the next. The fast paths are here, all other changes in time.c.
 *
 * The mode alone decides whether an event is timed: KVMSTAT_UNTIMED is left and entered
 * only where the table finds a vCPU that the CPU did not see last, see kvmstat_table_set_timed().
 */
#ifndef KVMSTAT_TIME_H
#define KVMSTAT_TIME_H

#include <linux/bitops.h>
#include <linux/compiler.h>

#include "clock.h"
#include "record.h"

/* Spans up to this stay on the fast paths: they are below the last bucket's, 2^23 ns. */
extern u64 kvmstat_time_limit;

/* Returns 0 if the clocks of two CPUs differ by a little. */
static __always_inline u64 kvmstat_time_span(u64 from, u64 to)
{
	u64 ticks = to - from;

	if (unlikely((s64)ticks < 0)) {
		ticks = 0;
		barrier(); /* a branch that is never taken is cheaper than a conditional move */
	}
	return ticks;
}

/*
 * The stamp changes first, the sums last: a reader that sees the same stamp before and
 * after may have missed a sum's last step, but never has it twice.
 */
static __always_inline void kvmstat_time_set(struct kvmstat_vcpu *v, u8 mode, u64 now)
{
	WRITE_ONCE(v->stamp, now);
	smp_wmb(); /* pairs with kvmstat_time_read() */
	WRITE_ONCE(v->mode, mode);
	smp_wmb(); /* pairs with kvmstat_time_read() */
}

/**
 * kvmstat_time_bucket - count an exit by the time of its handling
 * @v: the vCPU
 * @ticks: how long it took; at most twice kvmstat_time_limit
 * @through: whether it went through userspace
 */
static __always_inline void kvmstat_time_bucket(struct kvmstat_vcpu *v, u64 ticks, bool through)
{
	const unsigned int low = KVMSTAT_CLOCK_SHIFT + KVMSTAT_FIRST_BUCKET_BITS - 1;
	u64 *hist = (void *)v + v->place.hist;

	/* Bucket 0 is below 512 ns, 1 is below 1024 ns, and so on. */
	hist[through * KVMSTAT_BUCKETS + __fls((ticks * kvmstat_clock_mult) | BIT_ULL(low)) - low]++;
}

/* The handling of an exit is over, on a fast path. */
static __always_inline void kvmstat_time_handled(struct kvmstat_vcpu *v, struct kvmstat_cell *cell,
						 u64 ticks, bool through)
{
	*kvmstat_record_ticks(v) += ticks;
	if (unlikely(ticks > cell->longest))
		WRITE_ONCE(cell->longest, ticks);
	kvmstat_time_bucket(v, ticks, through);
}

/* The fast paths know no other clock than the counter: see kvmstat_clock_is_fast(). */

/**
 * kvmstat_time_exit - the guest was left
 * @v: the vCPU
 * @row: its VM's, of this CPU
 *
 * Context: the kvm_exit probe, preemption off, before the exit is counted.
 * Return: false if this is for kvmstat_time_slow_exit().
 */
static __always_inline bool kvmstat_time_exit(struct kvmstat_vcpu *v, struct kvmstat_cpu_row *row)
{
	u64 now, ticks;

	if (unlikely(v->mode != KVMSTAT_IN_GUEST)) {
		barrier(); /* to compare in memory costs an instruction less */
		return v->mode == KVMSTAT_UNTIMED;
	}
	now = kvmstat_clock_fast();
	ticks = kvmstat_time_span(v->stamp, now);
	kvmstat_time_set(v, KVMSTAT_IN_KERNEL, now);
	v->time[KVMSTAT_GUEST] += ticks;
	row->guest += ticks;
	return true;
}

/**
 * kvmstat_time_entry - the guest is entered again, after an exit that stayed in the kernel
 * @v: the vCPU, whose mode is KVMSTAT_IN_KERNEL
 *
 * Context: the kvm_entry probe, preemption off.
 * Return: false if this is for kvmstat_time_switch().
 */
static __always_inline bool kvmstat_time_entry(struct kvmstat_vcpu *v)
{
	u64 now = kvmstat_clock_fast(), ticks = now - v->stamp;
	struct kvmstat_cell *cell;

	if (unlikely(ticks > kvmstat_time_limit))
		return false;
	cell = kvmstat_record_cell(v);
	kvmstat_time_set(v, KVMSTAT_IN_GUEST, now);
	v->time[KVMSTAT_KERNEL] += ticks;
	cell->kernel += ticks;
	kvmstat_time_handled(v, cell, ticks, false);
	return true;
}

/**
 * kvmstat_time_entry_back - the guest is entered again, after userspace had the exit
 * @v: the vCPU, whose mode is KVMSTAT_BACK
 *
 * Context: the kvm_entry probe, preemption off.
 * Return: false if this is for kvmstat_time_switch().
 */
static __always_inline bool kvmstat_time_entry_back(struct kvmstat_vcpu *v)
{
	u64 user = v->back - v->left, now, ticks;
	struct kvmstat_cell *cell;

	OPTIMIZER_HIDE_VAR(user); /* or it is computed twice */
	now = kvmstat_clock_fast();
	ticks = now - v->stamp;
	/* The clocks of two CPUs may differ by a little: @user may be below 0. */
	if (unlikely(ticks > kvmstat_time_limit || ticks < user))
		return false;
	cell = kvmstat_record_cell(v);
	kvmstat_time_set(v, KVMSTAT_IN_GUEST, now);
	v->time[KVMSTAT_USER] += user;
	v->time[KVMSTAT_KERNEL] += ticks - user;
	cell->user += user;
	cell->kernel += ticks - user;
	kvmstat_time_handled(v, cell, ticks, true);
	return true;
}

void kvmstat_time_switch(struct kvmstat_vcpu *v, u8 mode);

/**
 * kvmstat_time_pass - KVM_RUN is left or entered
 * @v: the vCPU
 * @when: set to now if the mode is @from
 * @from: the mode that @to usually follows
 * @to: the mode that begins if the mode is @from
 * @slow: the mode that begins otherwise
 *
 * Context: a probe, preemption off.
 */
static __always_inline void kvmstat_time_pass(struct kvmstat_vcpu *v, u64 *when, u8 from, u8 to,
					      u8 slow)
{
	barrier(); /* to compare in memory costs an instruction less */
	if (likely(v->mode == from)) {
		WRITE_ONCE(*when, kvmstat_clock_fast());
		smp_wmb(); /* pairs with kvmstat_time_read() */
		WRITE_ONCE(v->mode, to);
		return;
	}
	barrier(); /* as above */
	if (v->mode != KVMSTAT_UNTIMED)
		kvmstat_time_switch(v, slow);
}

void kvmstat_time_init(void);
void kvmstat_time_slow_exit(struct kvmstat_vcpu *v);
void kvmstat_time_halted(struct kvmstat_vcpu *v, u64 ns, bool waited);
void kvmstat_time_stop(struct kvmstat_vcpu *v, u64 now);
void kvmstat_time_read(struct kvmstat_vcpu *v, u64 *time);
const char *kvmstat_time_mode_name(u8 mode);

#endif
