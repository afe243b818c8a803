// SPDX-License-Identifier: GPL-2.0
/*
 * Names the columns and adds them up.
 */
#include "data/counts.h"

const char *const column_name[COL_NR] = {
#define X(name, what) [COL_##name] = #name,
	KVMSTAT_COLUMNS(X)
#undef X
};

bool counts_are_others(const struct counts *guest)
{
	return !guest->v[COL_pid] && !guest->v[COL_id];
}

uint64_t counts_total(const struct counts *guest)
{
	return guest->v[COL_kvm_vm_switch_num] + guest->v[COL_kvm_qemu_switch_num];
}

uint64_t counts_time(const struct counts *guest)
{
	return guest->v[COL_guest_ns] + guest->v[COL_kernel_ns] + guest->v[COL_user_ns] +
	       guest->v[COL_halted_ns];
}
