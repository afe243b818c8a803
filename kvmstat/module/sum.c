// SPDX-License-Identifier: GPL-2.0
/*
 * Sums for the files: over a VM's vCPUs, over VMs.
 *
 * What becomes of an exit is counted after it, and read before it here: a sum never shows
 * more returns or handled exits than exits.
 */
#include <linux/kernel.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "clock.h"
#include "racy.h"
#include "sum.h"
#include "table.h"
#include "time.h"

static void add_all(const u64 *from, u64 *to, size_t n)
{
	while (n--)
		*to++ += kvmstat_racy_read(*from++);
}

static void add_tallies(const struct kvmstat_tallies *from, struct kvmstat_tallies *to)
{
	add_all((const u64 *)from, (u64 *)to, sizeof(*from) / sizeof(u64));
}

/* A vCPU's, its times as nanoseconds. The exits are read last, see above. */
static struct kvmstat_cell read_cell(const struct kvmstat_cell *cell)
{
	return (struct kvmstat_cell){
		.to_user = kvmstat_racy_read(cell->to_user),
		.kernel = kvmstat_clock_ns(kvmstat_racy_read(cell->kernel)),
		.user = kvmstat_clock_ns(kvmstat_racy_read(cell->user)),
		.longest = kvmstat_clock_ns(kvmstat_racy_read(cell->longest)),
	};
}

/* The longest is no sum. */
static void add_cell(struct kvmstat_cell from, struct kvmstat_cell *to)
{
	to->exits += from.exits;
	to->to_user += from.to_user;
	to->kernel += from.kernel;
	to->user += from.user;
	to->longest = max(to->longest, from.longest);
}

/**
 * kvmstat_sum_slot - which reason a vCPU's cell is for
 * @v: the vCPU
 * @cell: one of the cells that it has used
 *
 * Return: the slot, or KVMSTAT_SUM_NONE.
 */
u32 kvmstat_sum_slot(const struct kvmstat_vcpu *v, unsigned int cell)
{
	switch (cell) {
	case KVMSTAT_CELL_NONE:
		return KVMSTAT_SUM_NONE;
	case KVMSTAT_CELL_EXCEPTIONS:
		return KVMSTAT_EXCEPTIONS;
	case KVMSTAT_CELL_REST:
		return KVMSTAT_OTHER;
	default:
		return v->slot_of[cell];
	}
}

/**
 * kvmstat_sum_cell - a vCPU's figures of one reason, its times in nanoseconds
 * @v: the vCPU
 * @cell: one of the cells that it has used
 */
struct kvmstat_cell kvmstat_sum_cell(const struct kvmstat_vcpu *v, unsigned int cell)
{
	struct kvmstat_cell copy = read_cell(&v->cells[cell]);

	smp_rmb(); /* see above */
	copy.exits = kvmstat_racy_read(v->cells[cell].exits);
	return copy;
}

/**
 * kvmstat_sum_next_cell - the next cell that a vCPU may have used
 * @v: the vCPU
 * @cell: the cell before
 */
unsigned int kvmstat_sum_next_cell(const struct kvmstat_vcpu *v, unsigned int cell)
{
	/* Pairs with kvmstat_count_new_place(). */
	if (++cell < KVMSTAT_CELL_EXCEPTIONS && cell >= smp_load_acquire(&v->nr_cells))
		cell = KVMSTAT_CELL_EXCEPTIONS;
	return cell;
}

/**
 * kvmstat_sum_vcpu - add a vCPU's counters and times to a sum
 * @v: the vCPU
 * @sum: the sum
 */
void kvmstat_sum_vcpu(struct kvmstat_vcpu *v, struct kvmstat_sum *sum)
{
	unsigned int cell;

	kvmstat_sum_for_each_cell(cell, v)
		add_cell(read_cell(&v->cells[cell]), &sum->slots[kvmstat_sum_slot(v, cell)]);
	add_tallies(&v->t, &sum->t);
	smp_rmb(); /* see above */
	kvmstat_sum_for_each_cell(cell, v) sum->slots[kvmstat_sum_slot(v, cell)].exits +=
		kvmstat_racy_read(v->cells[cell].exits);
	kvmstat_time_read(v, sum->time);
	sum->vcpus++;
}

/**
 * kvmstat_sum_vm - add the counters and times of a VM's vCPUs to a sum
 * @vm: the VM
 * @sum: the sum
 *
 * Context: may sleep.
 */
void kvmstat_sum_vm(struct kvmstat_vm *vm, struct kvmstat_sum *sum)
{
	struct kvmstat_vcpu *v;

	kvmstat_for_each_vcpu(v, vm) {
		kvmstat_sum_vcpu(v, sum);
		cond_resched();
	}
}

/**
 * kvmstat_sum_add - add a sum to another
 * @other: the one that is added
 * @sum: the one that is added to
 */
void kvmstat_sum_add(const struct kvmstat_sum *other, struct kvmstat_sum *sum)
{
	u32 slot;

	for (slot = 0; slot <= KVMSTAT_SLOTS; slot++)
		add_cell(other->slots[slot], &sum->slots[slot]);
	add_tallies(&other->t, &sum->t);
	add_all(other->time, sum->time, KVMSTAT_NR_TIMES);
	sum->vcpus += other->vcpus;
}

/**
 * kvmstat_sum_exits - all exits of a vCPU
 * @v: the vCPU
 */
u64 kvmstat_sum_exits(const struct kvmstat_vcpu *v)
{
	unsigned int cell;
	u64 exits = 0;

	kvmstat_sum_for_each_cell(cell, v) exits += kvmstat_racy_read(v->cells[cell].exits);
	return exits;
}

/**
 * kvmstat_sum_to_user - the exits of a vCPU whose handling ended in userspace
 * @v: the vCPU
 *
 * To be called before kvmstat_sum_exits(), see above.
 */
u64 kvmstat_sum_to_user(const struct kvmstat_vcpu *v)
{
	unsigned int cell;
	u64 to_user = 0;

	kvmstat_sum_for_each_cell(cell, v) to_user += kvmstat_racy_read(v->cells[cell].to_user);
	smp_rmb(); /* see above */
	return to_user;
}

/**
 * kvmstat_sum_cpu - what one CPU did for a VM
 * @vm: the VM
 * @cpu: the CPU
 * @row: filled
 *
 * Return: false if the VM did not run there.
 */
bool kvmstat_sum_cpu(const struct kvmstat_vm *vm, int cpu, struct kvmstat_cpu_row *row)
{
	const struct kvmstat_cpu_row *counts = smp_load_acquire(&vm->rows[cpu]);

	if (!counts)
		return false;
	*row = (struct kvmstat_cpu_row){};
	add_all((const u64 *)counts, (u64 *)row,
		offsetof(struct kvmstat_cpu_row, next) / sizeof(u64));
	return true;
}
