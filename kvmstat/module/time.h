/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where a vCPU's time goes: guest, kernel, userspace, halted. It is in one mode from one
 * event to the next; the usual ways are here, the others in time.c.
 */
#ifndef KVMSTAT_TIME_H
#define KVMSTAT_TIME_H

#include <linux/bitops.h>
#include <linux/compiler.h>

#include "clock.h"
#include "table.h"

enum kvmstat_timing {
	KVMSTAT_TIMING_OFF,
	KVMSTAT_TIMING_SLOW, /* by kvmstat_clock() */
	KVMSTAT_TIMING_FAST, /* by kvmstat_clock_fast() */
};

/*
 * Whether events are timed. A variable rather than a static key: a vCPU that has seen it
 * off sees it off at all its later events, also on other CPUs, where a key's places
 * change one by one.
 */
extern u8 kvmstat_time_how;

void kvmstat_time_switch(struct kvmstat_vcpu *v, u8 mode);
void kvmstat_time_slow_exit(struct kvmstat_vcpu *v, struct kvmstat_counts *counts);

static __always_inline bool kvmstat_time_is_fast(void)
{
	return likely(data_race(kvmstat_time_how) == KVMSTAT_TIMING_FAST);
}

/* From one point of time to another; none if the clocks of two CPUs differ by a little. */
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
	smp_wmb(); /* likewise */
}

/**
 * kvmstat_time_bucket - where in a histogram a handling time goes
 * @ticks: the time; above 2^44, hours, it is any bucket
 *
 * Return: 0 below 512 ns, 1 below 1024 ns, and so on.
 */
static __always_inline unsigned long kvmstat_time_bucket(u64 ticks)
{
	const unsigned int low = KVMSTAT_CLOCK_SHIFT + KVMSTAT_FIRST_BUCKET_BITS - 1;
	unsigned long bucket = __fls((ticks * kvmstat_clock_mult) | BIT_ULL(low)) - low;

	if (unlikely(bucket >= KVMSTAT_BUCKETS))
		bucket = KVMSTAT_BUCKETS - 1;
	return bucket;
}

/* An exit's handling is over. */
static __always_inline void kvmstat_time_handled(struct kvmstat_vcpu *v,
						 struct kvmstat_counts *counts,
						 struct kvmstat_cell *cell, u64 ticks, bool through)
{
	unsigned int class = kvmstat_record_class(v);

	if (unlikely(ticks > cell->longest))
		WRITE_ONCE(cell->longest, ticks);
	if (likely(class < KVMSTAT_TIMED_CLASSES))
		counts->t.hist[class][through][kvmstat_time_bucket(ticks)]++;
}

/**
 * kvmstat_time_exit - the guest was left
 * @v: the vCPU, whose mode is KVMSTAT_IN_GUEST
 * @counts: its VM's, of this CPU
 *
 * Context: the kvm_exit probe, preemption off, KVMSTAT_TIMING_FAST.
 */
static __always_inline void kvmstat_time_exit(struct kvmstat_vcpu *v, struct kvmstat_counts *counts)
{
	u64 now = kvmstat_clock_fast(), ticks = kvmstat_time_span(v->stamp, now);

	kvmstat_time_set(v, KVMSTAT_IN_KERNEL, now);
	v->time[KVMSTAT_GUEST] += ticks;
	counts->t.guest += ticks;
}

/**
 * kvmstat_time_entry - the guest is entered again, after an exit that stayed in the kernel
 * @v: the vCPU, whose mode is KVMSTAT_IN_KERNEL
 * @counts: its VM's, of this CPU
 *
 * Context: the kvm_entry probe, preemption off, KVMSTAT_TIMING_FAST.
 */
static __always_inline void kvmstat_time_entry(struct kvmstat_vcpu *v,
					       struct kvmstat_counts *counts)
{
	u64 now = kvmstat_clock_fast(), ticks = kvmstat_time_span(v->stamp, now);
	struct kvmstat_cell *cell = &counts->cells[(u8)v->cell];

	kvmstat_time_set(v, KVMSTAT_IN_GUEST, now);
	v->time[KVMSTAT_KERNEL] += ticks;
	cell->kernel += ticks;
	kvmstat_time_handled(v, counts, cell, ticks, false);
}

/**
 * kvmstat_time_entry_back - the guest is entered again, after userspace had the exit
 * @v: the vCPU, whose mode is KVMSTAT_BACK
 * @counts: its VM's, of this CPU
 *
 * Context: the kvm_entry probe, preemption off, KVMSTAT_TIMING_FAST.
 * Return: false if this is for kvmstat_time_switch().
 */
static __always_inline bool kvmstat_time_entry_back(struct kvmstat_vcpu *v,
						    struct kvmstat_counts *counts)
{
	struct kvmstat_cell *cell;
	u64 now, user, kernel;

	now = kvmstat_clock_fast();
	user = v->back - v->left;
	kernel = now - v->stamp - user;
	if (unlikely((user | kernel) >> 40))
		return false;
	kvmstat_time_set(v, KVMSTAT_IN_GUEST, now);
	v->time[KVMSTAT_USER] += user;
	v->time[KVMSTAT_KERNEL] += kernel;
	cell = &counts->cells[(u8)v->cell];
	cell->user += user;
	cell->kernel += kernel;
	kvmstat_time_handled(v, counts, cell, user + kernel, true);
	return true;
}

/* Into the mode @to at the time that is noted at @when, if the mode is @from; else into @slow. */
static __always_inline void kvmstat_time_pass(struct kvmstat_vcpu *v, u64 *when, u8 from, u8 to,
					      u8 slow)
{
	if (likely(kvmstat_time_is_fast() && v->mode == from)) {
		WRITE_ONCE(*when, kvmstat_clock_fast());
		smp_wmb(); /* pairs with kvmstat_time_read() */
		WRITE_ONCE(v->mode, to);
	} else {
		kvmstat_time_switch(v, slow);
	}
}

void kvmstat_time_halted(struct kvmstat_vcpu *v, u64 ns, bool waited);
void kvmstat_time_stop(struct kvmstat_vcpu *v, u64 now);
void kvmstat_time_read(struct kvmstat_vcpu *v, u64 *time);
const char *kvmstat_time_mode_name(u8 mode);

#endif
