/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A line of /proc/kvminfo, which is a line of debugfs's retired, too.
 */
#ifndef KVMSTAT_ROW_H
#define KVMSTAT_ROW_H

#include "../../include/kvmstat.h"
#include "sum.h"

struct seq_file;

/** struct kvmstat_row - the columns, in their order */
struct kvmstat_row {
#define KVMSTAT_ROW_MEMBER(name, what) u64 name;
	KVMSTAT_COLUMNS(KVMSTAT_ROW_MEMBER)
#undef KVMSTAT_ROW_MEMBER
};

void kvmstat_row_add_vcpu(struct kvmstat_row *row, struct kvmstat_vcpu *v);
void kvmstat_row_add_sum(struct kvmstat_row *row, const struct kvmstat_sum *sum);
void kvmstat_row_finish(struct kvmstat_row *row);
void kvmstat_row_show_names(struct seq_file *m, const char *more);
void kvmstat_row_show(struct seq_file *m, const struct kvmstat_row *row);

#endif
