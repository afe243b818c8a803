/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The clock, in ticks: the architecture's counter where it can be trusted, else the kernel's
 * monotonic time.
 */
#ifndef KVMSTAT_CLOCK_H
#define KVMSTAT_CLOCK_H

#include <linux/jump_label.h>
#include <linux/ktime.h>
#include <linux/math64.h>

#include "arch.h"

/* Chosen before the first probe. */
DECLARE_STATIC_KEY_TRUE(kvmstat_clock_counts);

extern u32 kvmstat_clock_khz;
extern u64 kvmstat_clock_mult;

/* (ticks * kvmstat_clock_mult) >> KVMSTAT_CLOCK_SHIFT are nanoseconds, nearly. */
#define KVMSTAT_CLOCK_SHIFT 20

/**
 * kvmstat_clock_is_fast - whether the clock is the counter: the fast paths know no other
 */
static __always_inline bool kvmstat_clock_is_fast(void)
{
	return static_branch_likely(&kvmstat_clock_counts);
}

/**
 * kvmstat_clock_fast - now, in ticks, if kvmstat_clock_is_fast()
 */
static __always_inline u64 kvmstat_clock_fast(void)
{
	return kvmstat_arch_counter();
}

/**
 * kvmstat_clock - now, in ticks
 *
 * Context: any.
 */
static __always_inline u64 kvmstat_clock(void)
{
	return kvmstat_clock_is_fast() ? kvmstat_clock_fast() : ktime_get_mono_fast_ns();
}

/**
 * kvmstat_clock_ns - ticks as nanoseconds
 * @ticks: of kvmstat_clock()
 */
static inline u64 kvmstat_clock_ns(u64 ticks)
{
	return mul_u64_u32_div(ticks, NSEC_PER_MSEC, kvmstat_clock_khz);
}

/**
 * kvmstat_clock_ticks - nanoseconds as ticks
 * @ns: the nanoseconds
 */
static inline u64 kvmstat_clock_ticks(u64 ns)
{
	return mul_u64_u32_div(ns, kvmstat_clock_khz, NSEC_PER_MSEC);
}

void kvmstat_clock_init(void);
const char *kvmstat_clock_name(void);

#endif
