// SPDX-License-Identifier: GPL-2.0
/*
 * Matches the guests of two snapshots by key and subtracts their counters.
 */
#include "data/delta.h"

#include <stdlib.h>

#include "data/memory.h"

/*
 * The columns that never decrease. kvm_vm_switch_num is not one of them, because it drops
 * when an exit in flight turns out to end in userspace.
 */
#define GROWING                                                                                \
	(COL_BIT(COL_io_num) | COL_BIT(COL_exception_num) | COL_BIT(COL_kvm_qemu_switch_num) | \
	 COL_BIT(COL_exits) | COL_BIT(COL_noexit_return_num) | COL_BIT(COL_mmio_num) |         \
	 COL_BIT(COL_interrupt_num) | COL_BIT(COL_halt_num) | COL_BIT(COL_guest_ns) |          \
	 COL_BIT(COL_kernel_ns) | COL_BIT(COL_user_ns) | COL_BIT(COL_halted_ns) |              \
	 COL_BIT(COL_polled_ns) | COL_BIT(COL_fault_num) | COL_BIT(COL_fault_mmio_num) |       \
	 COL_BIT(COL_injected_num) | COL_BIT(COL_nested_num))

struct keyed {
	struct guest_key key;
	size_t at; /* index in the snapshot */
};

static int compare_keyed(const void *a, const void *b)
{
	return guest_key_compare(&((const struct keyed *)a)->key, &((const struct keyed *)b)->key);
}

static bool are_twins(const struct keyed *a, const struct keyed *b)
{
	struct guest_key key = a->key;

	key.nth = b->key.nth;
	return !guest_key_compare(&key, &b->key);
}

/* Returns the sorted keys of @snap. The caller frees them. */
static struct keyed *sorted_keys(const struct snapshot *snap)
{
	struct keyed *keys = xcalloc(snap->nr + 1, sizeof(*keys));
	size_t twins = 0;

	for (size_t i = 0; i < snap->nr; i++) {
		const struct counts *guest = &snap->guest[i];

		keys[i].key =
			(struct guest_key){ guest->v[COL_id], guest->v[COL_pid], i, snap->at.boot };
		keys[i].at = i;
	}
	qsort(keys, snap->nr, sizeof(*keys), compare_keyed);
	for (size_t i = 0; i < snap->nr; i++) {
		twins = i && are_twins(&keys[i], &keys[i - 1]) ? twins + 1 : 0;
		keys[i].key.nth = twins;
	}
	return keys;
}

static void subtract(struct delta_row *row, const struct counts *was, uint32_t has)
{
	const struct counts zero = { 0 };
	uint64_t *diff = row->diff.v;

	for (enum column c = 0; c < COL_NR; c++)
		if (GROWING & has & COL_BIT(c) && row->last.v[c] < was->v[c]) {
			row->state = DELTA_RESTARTED;
			was = &zero;
			break;
		}
	for (enum column c = 0; c < COL_NR; c++)
		if (GROWING & has & COL_BIT(c))
			diff[c] = row->last.v[c] - was->v[c];
	if (diff[COL_exits] > diff[COL_kvm_qemu_switch_num])
		diff[COL_kvm_vm_switch_num] = diff[COL_exits] - diff[COL_kvm_qemu_switch_num];
}

static struct about *about_of(const struct snapshot *snap, size_t i)
{
	return snap->about ? about_get(snap->about[i]) : NULL;
}

void delta_compute(struct delta *delta, const struct snapshot *was, const struct snapshot *now,
		   double seconds)
{
	struct keyed *was_keys = sorted_keys(was);
	struct keyed *now_keys = sorted_keys(now);
	size_t w = 0, n = 0;

	*delta = (struct delta){ .has = was->has & now->has, .seconds = seconds };
	delta->host_was = about_get(was->host);
	delta->host_now = about_get(now->host);
	delta->row = xcalloc(was->nr + now->nr + 1, sizeof(*delta->row));
	delta->nr = now->nr;
	while (w < was->nr || n < now->nr) {
		const struct counts zero = { 0 };
		struct delta_row *row;
		int order;

		if (w == was->nr)
			order = 1;
		else if (n == now->nr)
			order = -1;
		else
			order = guest_key_compare(&was_keys[w].key, &now_keys[n].key);

		if (order < 0) {
			row = &delta->row[delta->nr++];
			row->key = was_keys[w].key;
			row->state = DELTA_ENDED;
			row->last = was->guest[was_keys[w].at];
			row->now = about_of(was, was_keys[w++].at);
			continue;
		}
		row = &delta->row[now_keys[n].at];
		row->key = now_keys[n].key;
		row->state = order ? DELTA_NEW : DELTA_STAYED;
		row->last = now->guest[now_keys[n].at];
		row->now = about_of(now, now_keys[n++].at);
		if (!order)
			row->was = about_of(was, was_keys[w].at);
		subtract(row, order ? &zero : &was->guest[was_keys[w++].at], delta->has);
	}
	free(was_keys);
	free(now_keys);
}

void delta_free(struct delta *delta)
{
	for (size_t i = 0; i < delta->nr; i++) {
		about_put(delta->row[i].was);
		about_put(delta->row[i].now);
	}
	about_put(delta->host_was);
	about_put(delta->host_now);
	free(delta->row);
	*delta = (struct delta){ 0 };
}
