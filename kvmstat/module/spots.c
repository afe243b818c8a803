// SPDX-License-Identifier: GPL-2.0
/*
 * Hot spots: a key that is new to a vCPU's sketch.
 */
#include <linux/kernel.h>

#include "spots.h"

/**
 * kvmstat_spots_add - count touches
 * @spots: the vCPU's
 * @kind: of spot
 * @key: the port, address, MSR or hypercall, with KVMSTAT_SPOT_WRITE
 * @n: how many
 *
 * Context: a probe within KVM_RUN.
 */
void notrace kvmstat_spots_add(struct kvmstat_spots *spots, enum kvmstat_spot_kind kind, u64 key,
			       u64 n)
{
	struct kvmstat_spot *first, *spot, *end, *least;
	u64 floor = spots->floor[kind];
	unsigned int size;

	first = &spots->spot[kvmstat_spots_range(kind, &size)];
	least = first;
	for (spot = first, end = first + size; spot < end; spot++) {
		if (spot->key == key && spot->count > floor) {
			WRITE_ONCE(spot->count, spot->count + n);
			spots->last[kind] = spot - first;
			return;
		}
		if (spot->count < least->count)
			least = spot;
	}
	/* The floor rises until there is a place, or nothing of n is left. */
	if (least->count > floor) {
		u64 rise = min(n, least->count - floor);

		n -= rise;
		floor += rise;
		WRITE_ONCE(spots->floor[kind], floor);
		if (!n)
			return;
	}
	smp_wmb(); /* pairs with snapshot() and read_spot() */
	WRITE_ONCE(least->key, key);
	smp_wmb(); /* pairs with read_spot() */
	WRITE_ONCE(least->count, floor + n);
	spots->last[kind] = least - first;
}
