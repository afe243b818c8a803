// SPDX-License-Identifier: GPL-2.0
/*
 * The hot spots of a VM: its vCPUs' sketches together.
 */
#include <linux/sched.h>
#include <linux/sort.h>

#include "hot.h"
#include "table.h"

/* Returns the count if there is no room for it. */
static u64 merge_one(struct kvmstat_hot *hot, unsigned int *n, unsigned int max, u64 key, u64 count)
{
	struct kvmstat_hot *h;

	for (h = hot; h < hot + *n; h++)
		if (h->key == key)
			break;
	if (h == hot + max)
		return count;
	if (h == hot + *n) {
		*h = (struct kvmstat_hot){ .key = key };
		++*n;
	}
	h->count += count;
	return 0;
}

/* A key with its count, while the guest may be touching another. */
static struct kvmstat_spot read_spot(const struct kvmstat_spot *spot)
{
	struct kvmstat_spot copy;

	do {
		copy.key = READ_ONCE(spot->key);
		smp_rmb(); /* pairs with kvmstat_spots_add() */
		copy.count = READ_ONCE(spot->count);
		smp_rmb(); /* pairs with kvmstat_spots_add() */
	} while (copy.key != READ_ONCE(spot->key));
	return copy;
}

/*
 * Copies a vCPU's keys of a kind, with their counts above the floor; the run of the last port
 * comes last. Returns the floor.
 */
static u64 snapshot(const struct kvmstat_vcpu *v, enum kvmstat_spot_kind kind,
		    struct kvmstat_spot *copy)
{
	unsigned int first, size, i, tries = 1000;
	u64 floor, run, turns;
	u32 port;

	first = kvmstat_spots_range(kind, &size);
	do {
		turns = READ_ONCE(v->port_turns);
		port = READ_ONCE(v->port);
		run = READ_ONCE(v->port_run);
		smp_rmb(); /* pairs with kvmstat_count_other_port() */
		for (i = 0; i < size; i++)
			copy[i] = read_spot(&v->spots.spot[first + i]);
		smp_rmb(); /* the floor last: it only rises, and makes the counts less */
		floor = READ_ONCE(v->spots.floor[kind]);
		smp_rmb(); /* pairs with kvmstat_count_other_port() */
		/* A run that has gone into the keys meanwhile must not count twice. */
	} while (kind == KVMSTAT_PORT && --tries &&
		 (turns & 1 || turns != READ_ONCE(v->port_turns)));

	for (i = 0; i < size; i++)
		copy[i].count -= min(copy[i].count, floor);
	copy[size] = (struct kvmstat_spot){};
	if (kind == KVMSTAT_PORT)
		copy[size] = (struct kvmstat_spot){ kvmstat_arch_port_key(port), run };
	return floor;
}

static int by_count(const void *a, const void *b)
{
	const struct kvmstat_hot *x = a, *y = b;

	if (x->count != y->count)
		return x->count < y->count ? 1 : -1;
	return x->key < y->key ? -1 : x->key > y->key;
}

/**
 * kvmstat_hot_merge - what a VM touches most
 * @vm: the VM
 * @kind: of spot
 * @hot: filled, the busiest first
 * @max: room in @hot; what it has no room for makes the bounds wider
 *
 * Context: may sleep; @vm must not be freed meanwhile.
 * Return: how many there are.
 */
unsigned int kvmstat_hot_merge(struct kvmstat_vm *vm, enum kvmstat_spot_kind kind,
			       struct kvmstat_hot *hot, unsigned int max)
{
	struct kvmstat_spot copy[KVMSTAT_PORTS + 1];
	unsigned int size, i, n = 0;
	struct kvmstat_vcpu *v;
	u64 error = 0;

	BUILD_BUG_ON(KVMSTAT_PORTS < KVMSTAT_MMIOS || KVMSTAT_PORTS < KVMSTAT_MSRS ||
		     KVMSTAT_PORTS < KVMSTAT_HYPERCALLS);
	kvmstat_spots_range(kind, &size);
	kvmstat_for_each_vcpu(v, vm) {
		error += snapshot(v, kind, copy);
		for (i = 0; i <= size; i++)
			if (copy[i].count)
				error += merge_one(hot, &n, max, copy[i].key, copy[i].count);
		cond_resched();
	}
	for (i = 0; i < n; i++)
		hot[i].at_most = hot[i].count + error;
	sort(hot, n, sizeof(*hot), by_count, NULL);
	return n;
}
