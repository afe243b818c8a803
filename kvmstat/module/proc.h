/* SPDX-License-Identifier: GPL-2.0 */
/*
 * /proc/kvminfo.
 */
#ifndef KVMSTAT_PROC_H
#define KVMSTAT_PROC_H

int kvmstat_proc_init(void);
void kvmstat_proc_exit(void);

#endif
