/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The host: its CPUs, memory and pressure, and the processes beside the guests.
 */
#ifndef MACHINE_H
#define MACHINE_H

#include "data/snapshot.h"

/*
 * Fills in TABLE_HOST, TABLE_HOST_NODES and TABLE_PROCESSES, and TABLE_MISSING with what could
 * not be read. The processes of the guests in @snap are left out. They are those of this machine
 * whatever @root is. If @most is not 0, only so many of them are taken, by their CPU time.
 */
void machine_take(const char *root, const struct snapshot *snap, size_t most,
		  struct detail *detail);

#endif
