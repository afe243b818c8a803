// SPDX-License-Identifier: GPL-2.0
/*
 * The hot spots of a VM: its vCPUs' sketches together.
 */
#include <linux/sched.h>
#include <linux/sort.h>

#include "hot.h"
#include "table.h"

/* Returns the count if there is no room for it. */
static u64 merge_one(struct kvmstat_hot *hot, unsigned int *n, unsigned int max,
		     const struct kvmstat_spot *spot)
{
	struct kvmstat_hot *h;

	for (h = hot; h < hot + *n; h++)
		if (h->key == spot->key)
			break;
	if (h == hot + max)
		return spot->count;
	if (h == hot + *n) {
		*h = (struct kvmstat_hot){ .key = spot->key };
		++*n;
	}
	h->count += spot->count;
	h->ticks += spot->ticks;
	return 0;
}

/* Copies a vCPU's keys of a kind, with their counts above the floor, which is returned. */
static u64 snapshot(const struct kvmstat_vcpu *v, enum kvmstat_spot_kind kind,
		    struct kvmstat_spot *copy)
{
	u64 floor = kvmstat_spots_read(&v->spots[kind], copy);
	unsigned int i;

	if (kind == KVMSTAT_PORT)
		for (i = 0; i < KVMSTAT_SPOTS; i++)
			copy[i].key = kvmstat_arch_port_key(copy[i].key);
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
	struct kvmstat_spot copy[KVMSTAT_SPOTS];
	struct kvmstat_vcpu *v;
	unsigned int i, n = 0;
	u64 error = 0;

	kvmstat_for_each_vcpu(v, vm) {
		error += snapshot(v, kind, copy);
		for (i = 0; i < KVMSTAT_SPOTS; i++)
			if (copy[i].count)
				error += merge_one(hot, &n, max, &copy[i]);
		cond_resched();
	}
	for (i = 0; i < n; i++)
		hot[i].at_most = hot[i].count + error;
	sort(hot, n, sizeof(*hot), by_count, NULL);
	return n;
}
