// SPDX-License-Identifier: GPL-2.0
/*
 * A line of /proc/kvminfo: its values, and how it is written.
 */
#include <linux/seq_file.h>

#include "racy.h"
#include "row.h"
#include "time.h"

static void add_exits(struct kvmstat_row *row, u32 slot, u64 exits)
{
	if (!exits)
		return;
	row->exits += exits;
	switch (kvmstat_arch_class(slot)) {
	case KVMSTAT_CLASS_IO:
		row->io_num += exits;
		break;
	case KVMSTAT_CLASS_EXCEPTION:
		row->exception_num += exits;
		break;
	case KVMSTAT_CLASS_INTERRUPT:
		row->interrupt_num += exits;
		break;
	case KVMSTAT_CLASS_HALT:
		row->halt_num += exits;
		break;
	case KVMSTAT_CLASS_FAULT:
		row->fault_num += exits;
		break;
	default:
		break;
	}
}

static void add_tallies(struct kvmstat_row *row, const struct kvmstat_tallies *t)
{
	row->noexit_return_num += kvmstat_racy_read(t->noexit);
	row->mmio_num += kvmstat_racy_read(t->mmio);
	row->fault_mmio_num += kvmstat_racy_read(t->fault_mmio);
	row->injected_num += kvmstat_racy_read(t->injected);
	row->nested_num += kvmstat_racy_read(t->nested);
}

static void add_times(struct kvmstat_row *row, const u64 *time)
{
	row->guest_ns += time[KVMSTAT_GUEST];
	row->kernel_ns += time[KVMSTAT_KERNEL];
	row->user_ns += time[KVMSTAT_USER];
	row->halted_ns += time[KVMSTAT_POLLED] + time[KVMSTAT_BLOCKED];
	row->polled_ns += time[KVMSTAT_POLLED];
}

/**
 * kvmstat_row_add_vcpu - add a vCPU's counters and times
 * @row: the row
 * @v: the vCPU
 *
 * Context: the roster's mutex.
 */
void kvmstat_row_add_vcpu(struct kvmstat_row *row, struct kvmstat_vcpu *v)
{
	u64 time[KVMSTAT_NR_TIMES] = {};
	unsigned int cell;

	add_tallies(row, &v->t);
	row->kvm_qemu_switch_num += kvmstat_sum_to_user(v); /* before the exits, see sum.c */
	kvmstat_sum_for_each_cell(cell, v)
		add_exits(row, kvmstat_sum_slot(v, cell), kvmstat_racy_read(v->cells[cell].exits));
	kvmstat_time_read(v, time);
	add_times(row, time);
	row->vcpus++;
}

/**
 * kvmstat_row_add_sum - add a sum
 * @row: the row
 * @sum: the sum
 */
void kvmstat_row_add_sum(struct kvmstat_row *row, const struct kvmstat_sum *sum)
{
	u32 slot;

	add_tallies(row, &sum->t);
	for (slot = 0; slot < KVMSTAT_SLOTS; slot++) {
		row->kvm_qemu_switch_num += sum->slots[slot].to_user;
		add_exits(row, slot, sum->slots[slot].exits);
	}
	add_times(row, sum->time);
	row->vcpus += sum->vcpus;
}

/**
 * kvmstat_row_finish - compute what follows from the rest
 * @row: the row; ready but for the number of the line, the process id and the VM's id
 */
void kvmstat_row_finish(struct kvmstat_row *row)
{
	row->kvm_vm_switch_num = row->exits - row->kvm_qemu_switch_num;
}

/**
 * kvmstat_row_show_names - write the line of column names
 * @m: the file
 * @more: what follows them
 */
void kvmstat_row_show_names(struct seq_file *m, const char *more)
{
#define NAME(name, what) #name " "
	static const char names[] = KVMSTAT_COLUMNS(NAME);
#undef NAME

	seq_printf(m, "%.*s%s\n", (int)sizeof(names) - 2, names, more);
}

/**
 * kvmstat_row_show - write a line, without its end
 * @m: the file
 * @row: the columns
 */
void kvmstat_row_show(struct seq_file *m, const struct kvmstat_row *row)
{
	const u64 *column = (const u64 *)row;
	size_t i;

	for (i = 0; i < sizeof(*row) / sizeof(u64); i++)
		seq_put_decimal_ull(m, i ? " " : "", column[i]);
}
