/* SPDX-License-Identifier: GPL-2.0 */
/*
 * /proc/kvminfo.
 */
#ifndef KVMSTAT_PROC_H
#define KVMSTAT_PROC_H

#include <linux/types.h>

struct kvmstat_sum;
struct seq_file;

int kvmstat_proc_init(void);
void kvmstat_proc_exit(void);

void kvmstat_show_header(struct seq_file *m, const char *more);
void kvmstat_show_row(struct seq_file *m, u64 no, pid_t pid, u64 id, const struct kvmstat_sum *sum);

#endif
