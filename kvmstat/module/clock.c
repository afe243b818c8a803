// SPDX-License-Identifier: GPL-2.0
/*
 * The clock: which one is used, and how fast it is.
 */
#include "clock.h"

DEFINE_STATIC_KEY_TRUE(kvmstat_clock_counts);
u32 kvmstat_clock_khz; /* ticks in a millisecond */
u64 kvmstat_clock_mult;

/**
 * kvmstat_clock_init - choose the clock
 *
 * Context: module init, before any probe; may sleep.
 */
void kvmstat_clock_init(void)
{
	kvmstat_clock_khz = kvmstat_arch_counter_khz();
	if (!kvmstat_clock_khz) {
		kvmstat_clock_khz = NSEC_PER_MSEC;
		static_branch_disable(&kvmstat_clock_counts);
	}
	kvmstat_clock_mult = div_u64((u64)NSEC_PER_MSEC << KVMSTAT_CLOCK_SHIFT, kvmstat_clock_khz);
}

/**
 * kvmstat_clock_name - which clock is used, and whether it can be trusted
 */
const char *kvmstat_clock_name(void)
{
	if (!static_key_enabled(&kvmstat_clock_counts))
		return "ktime (" KVMSTAT_COUNTER_DISTRUST ")";
	return kvmstat_arch_counter_unstable() ? KVMSTAT_COUNTER
		       ", found unstable since: reload kvmstat" :
						 KVMSTAT_COUNTER;
}
