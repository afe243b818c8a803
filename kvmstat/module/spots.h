/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Hot spots: the ports, device memory addresses, MSRs and hypercalls that a vCPU's guest
 * touches most, in bounded memory.
 */
#ifndef KVMSTAT_SPOTS_H
#define KVMSTAT_SPOTS_H

#include <linux/bits.h>
#include <linux/compiler.h>
#include <linux/types.h>

enum kvmstat_spot_kind {
	KVMSTAT_PORT,
	KVMSTAT_MMIO,
	KVMSTAT_MSR,
	KVMSTAT_HYPERCALL,
	KVMSTAT_NR_SPOT_KINDS,
};

/* How many of each kind are kept: by what guests are seen to use. */
#define KVMSTAT_PORTS 14u
#define KVMSTAT_MMIOS 14u
#define KVMSTAT_MSRS 8u
#define KVMSTAT_HYPERCALLS 4u
#define KVMSTAT_NR_SPOTS (KVMSTAT_PORTS + KVMSTAT_MMIOS + KVMSTAT_MSRS + KVMSTAT_HYPERCALLS)

/* In a key: the guest wrote. No port, address, MSR or hypercall has the bit. */
#define KVMSTAT_SPOT_WRITE BIT_ULL(63)

/**
 * struct kvmstat_spots - a heavy-hitters sketch for each kind
 * @floor: by kind: the count of every key that is not there, at most
 * @last: by kind: the place of the last touch, counted from the kind's first
 * @spot: the keys that are there, of all kinds one after the other
 *
 * Misra and Gries, "Finding repeated elements", Science of Computer Programming 2 (1982).
 * Their decrement of all k counters is a common floor that rises here: a key that is not
 * there takes the place of a key whose count is not above the floor, at floor + 1; where
 * there is no such place, the floor rises by 1. Many touches at once do what they do one by
 * one. A key's true count lies between count - floor and count. The floor is at most
 * N / (k + 1) after N events, so every key with more touches than that is there. Sketches merge by adding counts and floors (Agarwal et al., "Mergeable
 * summaries", PODS 2012).
 *
 * Written by the thread that runs the vCPU.
 */
struct kvmstat_spots {
	u64 floor[KVMSTAT_NR_SPOT_KINDS];
	u8 last[KVMSTAT_NR_SPOT_KINDS];
	struct kvmstat_spot {
		u64 key;
		u64 count;
	} spot[KVMSTAT_NR_SPOTS];
};

/**
 * kvmstat_spots_range - where a kind's keys are
 * @kind: of spot
 * @n: set to how many there can be
 *
 * Return: the first one's index.
 */
static __always_inline unsigned int kvmstat_spots_range(enum kvmstat_spot_kind kind,
							unsigned int *n)
{
	switch (kind) {
	case KVMSTAT_PORT:
		*n = KVMSTAT_PORTS;
		return 0;
	case KVMSTAT_MMIO:
		*n = KVMSTAT_MMIOS;
		return KVMSTAT_PORTS;
	case KVMSTAT_MSR:
		*n = KVMSTAT_MSRS;
		return KVMSTAT_PORTS + KVMSTAT_MMIOS;
	default:
		*n = KVMSTAT_HYPERCALLS;
		return KVMSTAT_PORTS + KVMSTAT_MMIOS + KVMSTAT_MSRS;
	}
}

void kvmstat_spots_add(struct kvmstat_spots *spots, enum kvmstat_spot_kind kind, u64 key, u64 n);

/**
 * kvmstat_spots_count - count one touch
 * @spots: the vCPU's
 * @kind: of spot, a constant
 * @key: the port, address, MSR or hypercall, with KVMSTAT_SPOT_WRITE
 *
 * Context: a probe within KVM_RUN.
 */
static __always_inline void kvmstat_spots_count(struct kvmstat_spots *spots,
						enum kvmstat_spot_kind kind, u64 key)
{
	struct kvmstat_spot *spot;
	unsigned int n;

	/* Most touches are of the same key as the last. */
	spot = &spots->spot[kvmstat_spots_range(kind, &n) + spots->last[kind]];
	if (likely(spot->key == key && spot->count > spots->floor[kind]))
		WRITE_ONCE(spot->count, spot->count + 1);
	else
		kvmstat_spots_add(spots, kind, key, 1);
}

#endif
