/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The memory of a guest's process: how much, where, in which pages, and what KVM maps of it.
 */
#ifndef FOOTPRINT_H
#define FOOTPRINT_H

#include "data/detail.h"

/*
 * Fills in TABLE_MEMORY of a guest, and TABLE_MISSING with what could not be read. If @walk, the
 * kernel walks all of the process' page tables for huge pages and TABLE_NODES, which takes time
 * on a large guest. TABLE_THREADS tells the process' threads.
 */
void footprint_take(const char *root, uint64_t pid, bool walk, struct detail *detail);

#endif
