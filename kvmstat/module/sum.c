// SPDX-License-Identifier: GPL-2.0
/*
 * Sums of a VM's counters for the files: over its CPUs, its vCPUs, over VMs.
 *
 * All is to be called with the roster's mutex held.
 */
#include <linux/kernel.h>
#include <linux/slab.h>

#include "sum.h"
#include "table.h"
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

static void add_tallies(const struct kvmstat_tallies *from, struct kvmstat_tallies *to)
{
	add_all((const u64 *)from, (u64 *)to, sizeof(*from) / sizeof(u64));
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
	add_tallies(&c->t, &sum->t);
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
	add_tallies(&other->t, &sum->t);
	add_all(other->time, sum->time, KVMSTAT_NR_TIMES);
	sum->vcpus += other->vcpus;
}

/**
 * kvmstat_sum_cpu - what one CPU did for a VM
 * @vm: the VM
 * @cpu: one of @vm->cpus
 * @nth: which of them it is, from 0
 * @row: filled
 */
void kvmstat_sum_cpu(const struct kvmstat_vm *vm, int cpu, unsigned int nth,
		     struct kvmstat_cpu_row *row)
{
	const struct kvmstat_counts *c;
	unsigned int cell;

	if (vm->final) {
		*row = vm->final_cpus[nth];
		return;
	}
	c = per_cpu_ptr(vm->counts, cpu);
	*row = (struct kvmstat_cpu_row){
		.mmio = READ_ONCE(c->t.mmio),
		.guest = READ_ONCE(c->t.guest),
	};
	for (cell = 1; cell < KVMSTAT_CELLS; cell++) {
		u64 exits = READ_ONCE(c->cells[cell].exits);
		enum kvmstat_class class = kvmstat_arch_class(slot_of(vm, cell));

		row->exits += exits;
		row->to_user += READ_ONCE(c->cells[cell].to_user);
		if (class == KVMSTAT_CLASS_IO)
			row->io += exits;
		else if (class == KVMSTAT_CLASS_HALT)
			row->halt += exits;
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
		add_tallies(&c->t, &sum->t);
		kvmstat_sum_cpu(vm, cpu, i, &rows[i]);
		i++;
	}
	vm->final_cpus = rows;
	vm->final = sum;
	return true;
}
