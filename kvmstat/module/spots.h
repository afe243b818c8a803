/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Hot spots: the ports, device memory addresses, MSRs and hypercalls that a vCPU's guest
 * touches most, in bounded memory.
 */
#ifndef KVMSTAT_SPOTS_H
#define KVMSTAT_SPOTS_H

#include <linux/bits.h>
#include <linux/build_bug.h>
#include <linux/compiler.h>
#include <linux/types.h>
#include <asm/barrier.h>
#include <asm/byteorder.h>

enum kvmstat_spot_kind {
	KVMSTAT_PORT,
	KVMSTAT_MMIO,
	KVMSTAT_MSR,
	KVMSTAT_HYPERCALL,
	KVMSTAT_NR_SPOT_KINDS,
};

/* How many of each kind are kept: by what guests are seen to use. */
#define KVMSTAT_SPOTS 16u

/* In a key: the guest wrote. No port, address, MSR or hypercall has the bit. */
#define KVMSTAT_SPOT_WRITE BIT_ULL(63)

/* A key that nothing has. */
#define KVMSTAT_NO_SPOT U64_MAX

/**
 * struct kvmstat_spot - a key's figures
 * @key: the port, address, MSR or hypercall, with KVMSTAT_SPOT_WRITE
 * @count: of touches
 * @ticks: the handling of the exits that touched it, since it has this place
 */
struct kvmstat_spot {
	u64 key;
	u64 count;
	u64 ticks;
};

/**
 * struct kvmstat_spots - a heavy-hitters sketch
 * @last: the place of the last touch that has one
 * @spot: the keys that are there
 * @floor: the count of every key that is not there, at most
 * @least: no place's count is below it
 * @hand: where a place to take is looked for first
 * @tags: a byte of each key's hash, so that a key that is not there is quickly known
 *
 * Misra and Gries, "Finding repeated elements", Science of Computer Programming 2 (1982).
 * Their decrement of all k counters is a common floor that rises here: a key that is not
 * there takes the place of a key whose count is not above the floor, at floor + 1; where
 * there is no such place, the floor rises by 1. A key that the floor has passed is not there,
 * but keeps its count until another takes its place. A key's true count lies between
 * count - floor and count. The floor is at most N / (k + 1) after N touches, so every key
 * with more touches than that is there. Sketches merge by adding counts and floors (Agarwal
 * et al., "Mergeable summaries", PODS 2012).
 *
 * Written by the thread that runs the vCPU.
 */
struct kvmstat_spots {
	struct kvmstat_spot *last;
	struct kvmstat_spot spot[KVMSTAT_SPOTS]; /* the first one in the line of @last */
	u64 floor;
	u64 least;
	u64 hand;
	__le64 tags[KVMSTAT_SPOTS / 8];
};

/**
 * kvmstat_spots_init - nothing was touched yet
 * @spots: zeroed
 */
static inline void kvmstat_spots_init(struct kvmstat_spots *spots)
{
	spots->spot[0].key = KVMSTAT_NO_SPOT;
	spots->last = &spots->spot[0];
}

#define KVMSTAT_EACH_TAG 0x0101010101010101ull /* times a byte: that byte, eight times */

/*
 * Eight tags are compared at once: a byte that is zero after the XOR, and sometimes one after
 * it, has its highest bit set by the subtraction.
 */
static __always_inline u64 kvmstat_spots_hits(__le64 tags, u8 tag)
{
	u64 differs = le64_to_cpu(tags) ^ tag * KVMSTAT_EACH_TAG;

	return (differs - KVMSTAT_EACH_TAG) & ~differs & 0x80 * KVMSTAT_EACH_TAG;
}

/**
 * kvmstat_spots_tag - a key's tag
 * @key: the key, all bits of which go into the highest byte: by 2^64 by the golden ratio
 */
static __always_inline u8 kvmstat_spots_tag(u64 key)
{
	return (key * 0x9e3779b97f4a7c15ull) >> 56;
}

/* A key that is not there takes a place whose count is not above the floor. */
static __always_inline struct kvmstat_spot *kvmstat_spots_take(struct kvmstat_spots *spots,
							       unsigned long place, u64 key, u8 tag)
{
	struct kvmstat_spot *spot = &spots->spot[place];
	u64 floor = spots->floor;

	BUILD_BUG_ON(KVMSTAT_SPOTS != 16); /* two words of tags */
	spots->hand = (place + 1) % KVMSTAT_SPOTS;
	((u8 *)spots->tags)[place] = tag;
	WRITE_ONCE(spot->key, key);
	smp_wmb(); /* pairs with read_spot() */
	WRITE_ONCE(spot->ticks, 0);
	smp_wmb(); /* pairs with read_spot() */
	WRITE_ONCE(spot->count, floor + 1);
	return spots->last = spot;
}

struct kvmstat_spot *kvmstat_spots_other(struct kvmstat_spots *spots, u64 key, u8 tag, u64 low,
					 u64 high);
u64 kvmstat_spots_read(const struct kvmstat_spots *spots, struct kvmstat_spot *copy);

#endif
