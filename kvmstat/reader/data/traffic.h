/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What moves data for a guest without exits: the block I/O of its process, its network
 * interfaces, the devices that are passed through to it.
 */
#ifndef TRAFFIC_H
#define TRAFFIC_H

#include "data/detail.h"

/* The kinds of rows. */
#define TRAFFIC_STORAGE "storage"
#define TRAFFIC_NETWORK "network"
#define TRAFFIC_PASSTHROUGH "passthrough"

/* Fills in TABLE_TRAFFIC of a guest, and TABLE_MISSING with what could not be read. */
void traffic_take(const char *root, uint64_t pid, struct detail *detail);

#endif
