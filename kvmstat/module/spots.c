// SPDX-License-Identifier: GPL-2.0
/*
 * Hot spots: a touch of another key than the last.
 */
#include <linux/bitops.h>
#include <linux/kernel.h>

#include "spots.h"

#define EACH_TAG 0x0101010101010101ull /* times a byte: that byte, eight times */

/* The highest byte is the tag: all bits of the key have gone into it. */
static u8 tag_of(u64 key)
{
	return (key * 0x9e3779b97f4a7c15ull) >> 56; /* 2^64 by the golden ratio */
}

/*
 * Eight tags are compared at once: a byte that is zero after the XOR, and sometimes one after
 * it, has its highest bit set by the subtraction.
 */
static __always_inline u64 hits(__le64 tags, u8 tag)
{
	u64 differs = le64_to_cpu(tags) ^ tag * EACH_TAG;

	return (differs - EACH_TAG) & ~differs & 0x80 * EACH_TAG;
}

/* The key decides. */
static struct kvmstat_spot *find_among(struct kvmstat_spot *first, u64 hits, u64 key)
{
	struct kvmstat_spot *spot;

	for (; hits; hits &= hits - 1) {
		spot = first + __ffs64(hits) / 8;
		if (spot->key == key)
			return spot;
	}
	return NULL;
}

static __always_inline struct kvmstat_spot *find(struct kvmstat_spots *spots, u64 key, u8 tag)
{
	u64 low = hits(spots->tags[0], tag), high = hits(spots->tags[1], tag);

	BUILD_BUG_ON(KVMSTAT_SPOTS != 16);
	if (likely(!(low | high)))
		return NULL;
	return find_among(spots->spot, low, key) ?: find_among(spots->spot + 8, high, key);
}

/* A place whose count is not above the floor; KVMSTAT_SPOTS if there is none. */
static __always_inline unsigned int find_free(struct kvmstat_spots *spots)
{
	unsigned int place = spots->hand;
	u64 least, floor = spots->floor;

	if (spots->least > floor)
		return KVMSTAT_SPOTS;
	for (least = U64_MAX; spots->spot[place].count > floor;) {
		least = min(least, spots->spot[place].count);
		place = (place + 1) % KVMSTAT_SPOTS;
		if (place == spots->hand) {
			spots->least = least;
			return KVMSTAT_SPOTS;
		}
	}
	spots->hand = (place + 1) % KVMSTAT_SPOTS;
	return place;
}

/**
 * kvmstat_spots_other - count one touch of another key than the last
 * @spots: the vCPU's of the kind
 * @key: the port, address, MSR or hypercall, with KVMSTAT_SPOT_WRITE
 *
 * Context: a probe within KVM_RUN.
 * Return: its place, or &spots->none.
 */
struct kvmstat_spot notrace *kvmstat_spots_other(struct kvmstat_spots *spots, u64 key)
{
	u8 tag = tag_of(key);
	struct kvmstat_spot *spot = find(spots, key, tag);
	u64 floor = spots->floor;
	unsigned int place;

	if (spot) {
		WRITE_ONCE(spot->count, spot->count + 1);
		return spots->last = spot;
	}
	place = find_free(spots);
	if (place == KVMSTAT_SPOTS) {
		WRITE_ONCE(spots->floor, floor + 1);
		return &spots->none;
	}
	((u8 *)spots->tags)[place] = tag;
	spot = &spots->spot[place];
	WRITE_ONCE(spot->key, key);
	smp_wmb(); /* pairs with read_spot() */
	WRITE_ONCE(spot->ticks, 0);
	smp_wmb(); /* pairs with read_spot() */
	WRITE_ONCE(spot->count, floor + 1);
	return spots->last = spot;
}
