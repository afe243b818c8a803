/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The counters of a guest: its line in /proc/kvminfo, column by column.
 */
#ifndef COUNTS_H
#define COUNTS_H

#include <stdbool.h>
#include <stdint.h>

#include "kvmstat.h"

enum column {
#define X(name, what) COL_##name,
	KVMSTAT_COLUMNS(X)
#undef X
		COL_NR
};

/* A file without these first columns is not ours. */
#define COL_NEEDED (COL_exits + 1)
#define COL_BIT(column) (UINT32_C(1) << (column))

struct counts {
	uint64_t v[COL_NR];
};

extern const char *const column_name[COL_NR];

/* Returns whether the line stands for all VMs past the module's cap. */
bool counts_are_others(const struct counts *guest);

/* Returns all exits of a guest, those that the kernel handled and those that the VMM did. */
uint64_t counts_total(const struct counts *guest);

/* Returns all of the vCPUs' time, of which guest, kernel, VMM and halted time are shares. */
uint64_t counts_time(const struct counts *guest);

#endif
