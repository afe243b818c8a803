/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The hot spots of a VM: its vCPUs' sketches together.
 */
#ifndef KVMSTAT_HOT_H
#define KVMSTAT_HOT_H

#include "record.h"

/**
 * struct kvmstat_hot - a key's figures, summed over vCPUs
 * @key: the port, address, MSR or hypercall, with KVMSTAT_SPOT_WRITE
 * @count: of touches, at least
 * @at_most: of touches
 * @ticks: the handling of the exits that touched it
 */
struct kvmstat_hot {
	u64 key;
	u64 count;
	u64 at_most;
	u64 ticks;
};

unsigned int kvmstat_hot_merge(struct kvmstat_vm *vm, enum kvmstat_spot_kind kind,
			       struct kvmstat_hot *hot, unsigned int max);

#endif
