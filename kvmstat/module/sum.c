// SPDX-License-Identifier: GPL-2.0
/*
 * Sums of a VM's counters for the files: over its CPUs, its vCPUs, over VMs.
 *
 * All is to be called with the roster's mutex held.
 */
#include <linux/kernel.h>
#include <linux/slab.h>

#include "account.h"
#include "sum.h"
#include "time.h"

static void add_all(const u64 *from, u64 *to, size_t n)
{
	while (n--)
		*to++ += READ_ONCE(*from++);
}

/* The longest is no sum. The exits are read last, see kvmstat_sum_counters(). */
static void add_cell(const struct kvmstat_cell *from, struct kvmstat_cell *to)
{
	to->to_user += READ_ONCE(from->to_user);
	to->kernel += READ_ONCE(from->kernel);
	to->user += READ_ONCE(from->user);
	to->longest = max(to->longest, READ_ONCE(from->longest));
}

/* All that follows the cells is counters. */
#define REST_OFFSET offsetofend(struct kvmstat_counts, cells)

static void add_rest(const struct kvmstat_counts *from, struct kvmstat_counts *to)
{
	add_all((void *)from + REST_OFFSET, (void *)to + REST_OFFSET,
		(sizeof(*from) - REST_OFFSET) / sizeof(u64));
}

static u32 slot_of(const struct kvmstat_vm *vm, unsigned int cell)
{
	if (cell == KVMSTAT_CELL_NONE)
		return KVMSTAT_SUM_NONE;
	return cell == KVMSTAT_CELL_REST ? KVMSTAT_OTHER : vm->slot_of[cell];
}

static void add_but_exits(const struct kvmstat_vm *vm, const struct kvmstat_counts *c,
			  struct kvmstat_sum *sum)
{
	unsigned int cell;

	for (cell = 0; cell < KVMSTAT_CELLS; cell++) {
		struct kvmstat_cell copy = {};

		add_cell(&c->cells[cell], &copy);
		smp_rmb(); /* slot_of is set before anything is counted */
		add_cell(&copy, &sum->slots[slot_of(vm, cell)]);
	}
	add_rest(c, &sum->c);
}

static void add_exits(const struct kvmstat_vm *vm, const struct kvmstat_counts *c,
		      struct kvmstat_sum *sum)
{
	unsigned int cell;

	for (cell = 0; cell < KVMSTAT_CELLS; cell++) {
		u64 exits = READ_ONCE(c->cells[cell].exits);

		smp_rmb(); /* likewise */
		sum->slots[slot_of(vm, cell)].exits += exits;
	}
}

/**
 * kvmstat_sum_counters - add a VM's counters to a sum, but its times
 * @vm: the VM
 * @sum: the sum, not cleared here
 *
 * What becomes of an exit is counted after it, and read before it here: the sum never
 * shows more returns or handled exits than exits.
 */
void kvmstat_sum_counters(const struct kvmstat_vm *vm, struct kvmstat_sum *sum)
{
	int cpu;

	if (vm->final) {
		add_but_exits(vm, vm->final, sum);
		add_exits(vm, vm->final, sum);
	} else {
		for_each_cpu(cpu, vm->cpus)
			add_but_exits(vm, per_cpu_ptr(vm->counts, cpu), sum);
		smp_rmb(); /* see above */
		for_each_cpu(cpu, vm->cpus)
			add_exits(vm, per_cpu_ptr(vm->counts, cpu), sum);
	}
	sum->vcpus += READ_ONCE(vm->nr_vcpus);
}

/**
 * kvmstat_sum_vm - add a VM's counters and times to a sum
 * @vm: the VM
 * @sum: the sum, not cleared here
 */
void kvmstat_sum_vm(struct kvmstat_vm *vm, struct kvmstat_sum *sum)
{
	kvmstat_sum_counters(vm, sum);
	kvmstat_sum_times(vm, sum->time);
}

/**
 * kvmstat_sum_times - add the times of a VM's vCPUs
 * @vm: the VM
 * @time: by enum kvmstat_time, in ticks
 */
void kvmstat_sum_times(struct kvmstat_vm *vm, u64 *time)
{
	struct kvmstat_vcpu *v;

	kvmstat_for_each_vcpu(v, vm)
		kvmstat_time_read(v, time);
}

/**
 * kvmstat_sum_add - add a sum to another
 * @other: is added
 * @sum: to this
 */
void kvmstat_sum_add(const struct kvmstat_sum *other, struct kvmstat_sum *sum)
{
	u32 slot;

	for (slot = 0; slot <= KVMSTAT_SLOTS; slot++) {
		add_cell(&other->slots[slot], &sum->slots[slot]);
		sum->slots[slot].exits += other->slots[slot].exits;
	}
	add_rest(&other->c, &sum->c);
	add_all(other->time, sum->time, KVMSTAT_NR_TIMES);
	sum->vcpus += other->vcpus;
}

/**
 * kvmstat_sum_row - compute the columns
 * @sum: from this
 * @row: filled
 */
void kvmstat_sum_row(const struct kvmstat_sum *sum, struct kvmstat_row *row)
{
	u32 slot;

	*row = (struct kvmstat_row){};
	for (slot = 0; slot < KVMSTAT_SLOTS; slot++) {
		u64 n = sum->slots[slot].exits;

		row->to_user += sum->slots[slot].to_user;
		if (!n)
			continue;
		row->exits += n;
		switch (kvmstat_slot_class(slot)) {
		case KVMSTAT_CLASS_IO:
			row->io += n;
			break;
		case KVMSTAT_CLASS_EXCEPTION:
			row->exception += n;
			break;
		case KVMSTAT_CLASS_INTERRUPT:
			row->interrupt += n;
			break;
		case KVMSTAT_CLASS_HALT:
			row->halt += n;
			break;
		case KVMSTAT_CLASS_FAULT:
			row->fault += n;
			break;
		default:
			break;
		}
	}
}

/**
 * kvmstat_sum_cpu - what one CPU did for a VM
 * @vm: the VM
 * @cpu: one of @vm->cpus
 * @row: filled
 */
void kvmstat_sum_cpu(const struct kvmstat_vm *vm, int cpu, struct kvmstat_cpu_row *row)
{
	const struct kvmstat_counts *c;
	unsigned int cell;

	if (vm->final) {
		unsigned int i = 0, before;

		for_each_cpu(before, vm->cpus) {
			if (before == cpu)
				break;
			i++;
		}
		*row = vm->final_cpus[i];
		return;
	}
	c = per_cpu_ptr(vm->counts, cpu);
	*row = (struct kvmstat_cpu_row){ .mmio = READ_ONCE(c->mmio), .guest = READ_ONCE(c->guest) };
	for (cell = 1; cell < KVMSTAT_CELLS; cell++) {
		u64 n = READ_ONCE(c->cells[cell].exits);

		row->exits += n;
		row->to_user += READ_ONCE(c->cells[cell].to_user);
		switch (kvmstat_slot_class(slot_of(vm, cell))) {
		case KVMSTAT_CLASS_IO:
			row->io += n;
			break;
		case KVMSTAT_CLASS_HALT:
			row->halt += n;
			break;
		default:
			break;
		}
	}
}

/**
 * kvmstat_sum_finish - keep the final totals of a VM that ended
 * @vm: the VM; its counters are not needed any more on success
 *
 * Context: may sleep.
 * Return: false if memory is short.
 */
bool kvmstat_sum_finish(struct kvmstat_vm *vm)
{
	struct kvmstat_cpu_row *rows;
	struct kvmstat_counts *sum;
	unsigned int cell, i = 0;
	int cpu;

	sum = kzalloc(sizeof(*sum), GFP_KERNEL);
	rows = kcalloc(cpumask_weight(vm->cpus) ?: 1, sizeof(*rows), GFP_KERNEL);
	if (!sum || !rows) {
		kfree(sum);
		kfree(rows);
		return false;
	}
	for_each_cpu(cpu, vm->cpus) {
		const struct kvmstat_counts *c = per_cpu_ptr(vm->counts, cpu);

		for (cell = 0; cell < KVMSTAT_CELLS; cell++) {
			add_cell(&c->cells[cell], &sum->cells[cell]);
			sum->cells[cell].exits += c->cells[cell].exits;
		}
		add_rest(c, sum);
		kvmstat_sum_cpu(vm, cpu, &rows[i++]);
	}
	vm->final_cpus = rows;
	vm->final = sum;
	return true;
}
