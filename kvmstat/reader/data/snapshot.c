// SPDX-License-Identifier: GPL-2.0
/*
 * Compares keys and moments, and frees snapshots.
 */
#include "data/snapshot.h"

#include <stdlib.h>
#include <string.h>

static int compare_numbers(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

int guest_key_compare(const struct guest_key *a, const struct guest_key *b)
{
	int order = compare_numbers(a->id, b->id);

	/* A VM that outlives its VMM loses its pid, but never its id. */
	if (!order && (!a->id || (a->pid && b->pid)))
		order = compare_numbers(a->pid, b->pid);
	if (!order)
		order = compare_numbers(a->nth, b->nth);
	if (!order)
		order = compare_numbers(a->boot ? a->boot->nr : 0, b->boot ? b->boot->nr : 0);
	return order;
}

double moment_seconds(const struct moment *was, const struct moment *now)
{
	if (was->boot != now->boot || strcmp(was->boot_id, now->boot_id) ||
	    now->boot_ns < was->boot_ns)
		return -1;
	return (now->boot_ns - was->boot_ns) / 1e9;
}

void snapshot_free(struct snapshot *snap)
{
	for (size_t i = 0; snap->about && i < snap->nr; i++)
		about_put(snap->about[i]);
	about_put(snap->host);
	free(snap->about);
	free(snap->guest);
	*snap = (struct snapshot){ 0 };
}
