// SPDX-License-Identifier: GPL-2.0
/*
 * Hot spots: a touch of another key than the last, if it does not just take the next place; and
 * reading them.
 */
#include <linux/bitops.h>
#include <linux/kernel.h>

#include "racy.h"
#include "spots.h"

/* The place of a key among eight, whose tags say where it may be; the key decides. */
static struct kvmstat_spot *find(struct kvmstat_spot *first, u64 hits, u64 key)
{
	struct kvmstat_spot *spot;

	for (; hits; hits &= hits - 1) {
		spot = first + __ffs64(hits) / 8;
		if (spot->key == key)
			return spot;
	}
	return NULL;
}

/* A place whose count is not above the floor; KVMSTAT_SPOTS if there is none. */
static unsigned int find_free(struct kvmstat_spots *spots)
{
	u64 least = U64_MAX, floor = spots->floor;
	unsigned int i, place;

	if (spots->least > floor)
		return KVMSTAT_SPOTS;
	for (i = 0; i < KVMSTAT_SPOTS; i++) {
		place = (spots->hand + i) % KVMSTAT_SPOTS;
		if (spots->spot[place].count <= floor)
			return place;
		least = min(least, spots->spot[place].count);
	}
	spots->least = least;
	return KVMSTAT_SPOTS;
}

/**
 * kvmstat_spots_other - count one touch of another key than the last
 * @spots: the vCPU's of the kind
 * @key: the port, address, MSR or hypercall, with KVMSTAT_SPOT_WRITE
 * @tag: its tag
 * @low: kvmstat_spots_hits() of the first eight tags
 * @high: and of the others
 *
 * Context: a probe within KVM_RUN.
 * Return: its place, NULL if it got none.
 */
struct kvmstat_spot notrace *kvmstat_spots_other(struct kvmstat_spots *spots, u64 key, u8 tag,
						 u64 low, u64 high)
{
	struct kvmstat_spot *spot;
	unsigned int place;

	spot = find(spots->spot, low, key) ?: find(spots->spot + 8, high, key);
	if (spot) {
		WRITE_ONCE(spot->count, spot->count + 1);
		return spots->last = spot;
	}
	place = find_free(spots);
	if (place != KVMSTAT_SPOTS)
		return kvmstat_spots_take(spots, place, key, tag);
	WRITE_ONCE(spots->floor, spots->floor + 1);
	return NULL;
}

/* A key with its figures, while the guest may be touching another. */
static struct kvmstat_spot read_spot(const struct kvmstat_spot *spot)
{
	struct kvmstat_spot copy;

	do {
		copy.key = READ_ONCE(spot->key);
		smp_rmb(); /* pairs with kvmstat_spots_take() */
		copy.count = kvmstat_racy_read(spot->count);
		smp_rmb(); /* pairs with kvmstat_spots_take() */
		copy.ticks = kvmstat_racy_read(spot->ticks);
		smp_rmb(); /* pairs with kvmstat_spots_take() */
	} while (copy.key != READ_ONCE(spot->key));
	return copy;
}

/**
 * kvmstat_spots_read - copy the keys with their counts above the floor
 * @spots: a vCPU's of a kind
 * @copy: KVMSTAT_SPOTS of them; a key can be there twice, but only one has a count
 *
 * Context: any; the vCPU may run meanwhile.
 * Return: the floor.
 */
u64 kvmstat_spots_read(const struct kvmstat_spots *spots, struct kvmstat_spot *copy)
{
	unsigned int i;
	u64 floor;

	for (i = 0; i < KVMSTAT_SPOTS; i++)
		copy[i] = read_spot(&spots->spot[i]);
	/*
	 * The floor last: it only rises, and makes the counts less. So a key that changed its
	 * place meanwhile does not count twice.
	 */
	smp_rmb(); /* pairs with kvmstat_spots_take() */
	floor = READ_ONCE(spots->floor);
	for (i = 0; i < KVMSTAT_SPOTS; i++)
		copy[i].count -= min(copy[i].count, floor);
	return floor;
}
