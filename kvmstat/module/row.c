// SPDX-License-Identifier: GPL-2.0
/*
 * A line of /proc/kvminfo: its values, and how it is written.
 */
#include <linux/seq_file.h>

#include "clock.h"
#include "row.h"

static u64 *column_of(struct kvmstat_row *row, enum kvmstat_class class)
{
	switch (class) {
	case KVMSTAT_CLASS_IO:
		return &row->io_num;
	case KVMSTAT_CLASS_EXCEPTION:
		return &row->exception_num;
	case KVMSTAT_CLASS_INTERRUPT:
		return &row->interrupt_num;
	case KVMSTAT_CLASS_HALT:
		return &row->halt_num;
	case KVMSTAT_CLASS_FAULT:
		return &row->fault_num;
	default:
		return NULL;
	}
}

static void fill_from_slots(struct kvmstat_row *row, const struct kvmstat_cell *slots)
{
	u64 *column;
	u32 slot;

	for (slot = 0; slot < KVMSTAT_SLOTS; slot++) {
		if (!slots[slot].exits)
			continue;
		row->exits += slots[slot].exits;
		row->kvm_qemu_switch_num += slots[slot].to_user;
		column = column_of(row, kvmstat_arch_class(slot));
		if (column)
			*column += slots[slot].exits;
	}
	row->kvm_vm_switch_num = row->exits - row->kvm_qemu_switch_num;
}

/**
 * kvmstat_row_fill - compute the columns
 * @row: is filled, but for the number of the line and the process id, which are 0
 * @id: of the VM
 * @sum: its counters
 */
void kvmstat_row_fill(struct kvmstat_row *row, u64 id, const struct kvmstat_sum *sum)
{
	const u64 *time = sum->time;

	*row = (struct kvmstat_row){
		.noexit_return_num = sum->t.noexit,
		.mmio_num = sum->t.mmio,
		.vcpus = sum->vcpus,
		.id = id,
		.guest_ns = kvmstat_clock_ns(time[KVMSTAT_GUEST]),
		.kernel_ns = kvmstat_clock_ns(time[KVMSTAT_KERNEL]),
		.user_ns = kvmstat_clock_ns(time[KVMSTAT_USER]),
		.halted_ns = kvmstat_clock_ns(time[KVMSTAT_POLLED] + time[KVMSTAT_BLOCKED]),
		.polled_ns = kvmstat_clock_ns(time[KVMSTAT_POLLED]),
		.fault_mmio_num = sum->t.fault_mmio,
		.injected_num = sum->t.injected,
		.nested_num = sum->t.nested,
	};
	fill_from_slots(row, sum->slots);
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
