// SPDX-License-Identifier: GPL-2.0
/*
 * Hot spots: a key that is new to a vCPU's sketch, and the sketches of a VM together.
 */
#include <linux/rculist.h>
#include <linux/sort.h>

#include "spots.h"
#include "table.h"

/**
 * kvmstat_spots_add - count touches
 * @spots: the vCPU's
 * @kind: of spot
 * @key: as for kvmstat_spots_count()
 * @n: how many
 *
 * Context: as kvmstat_spots_count().
 */
void notrace kvmstat_spots_add(struct kvmstat_spots *spots, enum kvmstat_spot_kind kind, u64 key,
			       u64 n)
{
	struct kvmstat_spot *spot, *end, *least;
	u64 floor = spots->floor[kind];
	unsigned int size;

	spot = &spots->spot[kvmstat_spots_range(kind, &size)];
	least = spot;
	for (end = spot + size; spot < end; spot++) {
		if (spot->key == key && spot->count > floor) {
			WRITE_ONCE(spot->count, spot->count + n);
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
	/* A reader in between sees a count within the bounds of either key. */
	WRITE_ONCE(least->key, key);
	WRITE_ONCE(least->count, floor + n);
}

static void merge_one(struct kvmstat_hot *hot, unsigned int *n, unsigned int max, u64 key,
		      u64 count)
{
	struct kvmstat_hot *h;

	for (h = hot; h < hot + *n; h++)
		if (h->key == key)
			break;
	if (h == hot + max)
		return;
	if (h == hot + *n) {
		*h = (struct kvmstat_hot){ .key = key };
		++*n;
	}
	h->count += count;
}

static int by_count(const void *a, const void *b)
{
	const struct kvmstat_hot *x = a, *y = b;

	if (x->count != y->count)
		return x->count < y->count ? 1 : -1;
	return x->key < y->key ? -1 : x->key > y->key;
}

/**
 * kvmstat_spots_merge - what a VM touches most
 * @vm: the VM
 * @kind: of spot
 * @hot: filled, the busiest first
 * @max: room in @hot; keys past it are left out as they come, so give room for all vCPUs'
 *
 * Context: may sleep; @vm must not be freed meanwhile.
 * Return: how many there are.
 */
unsigned int kvmstat_spots_merge(struct kvmstat_vm *vm, enum kvmstat_spot_kind kind,
				 struct kvmstat_hot *hot, unsigned int max)
{
	unsigned int first, size, i, n = 0;
	struct kvmstat_vcpu *v;
	u64 floors = 0;

	first = kvmstat_spots_range(kind, &size);
	rcu_read_lock();
	list_for_each_entry_rcu(v, &vm->vcpus, link) {
		u64 floor = READ_ONCE(v->spots.floor[kind]);

		floors += floor;
		if (kind == KVMSTAT_PORT) {
			u32 port = READ_ONCE(v->port);
			u64 run = READ_ONCE(v->port_run);

			if (run && port == READ_ONCE(v->port))
				merge_one(hot, &n, max, kvmstat_port_key(port), run);
		}
		for (i = first; i < first + size; i++) {
			u64 key = READ_ONCE(v->spots.spot[i].key);
			u64 count = READ_ONCE(v->spots.spot[i].count);

			if (count > floor)
				merge_one(hot, &n, max, key, count - floor);
		}
	}
	rcu_read_unlock();
	for (i = 0; i < n; i++)
		hot[i].at_most = hot[i].count + floors;
	sort(hot, n, sizeof(*hot), by_count, NULL);
	return n;
}
