// SPDX-License-Identifier: GPL-2.0
/*
 * Counting: the probes that are the same on every architecture, and the columns
 * computed from the counters.
 */
#include <linux/kernel.h>

#include "account.h"
#include "arch.h"
#include "hooks.h"

/**
 * kvmstat_count_mmio - the loaded vCPU's guest touched device memory
 *
 * An instruction may touch it several times, and again when userspace has
 * answered: it counts once for its exit.
 *
 * Context: a probe within KVM_RUN.
 */
void notrace kvmstat_count_mmio(void)
{
	struct kvm_vcpu *vcpu = kvmstat_loaded_vcpu();
	struct kvmstat_cpu *cpu;

	kvmstat_probe_begin();
	cpu = this_cpu_ptr(&kvmstat_cpu);
	if (vcpu && kvmstat_table_find(cpu, vcpu) && cpu->v->mmio != cpu->v->exits) {
		cpu->v->mmio = cpu->v->exits;
		cpu->counts->mmio++;
	}
	kvmstat_probe_end();
}

static notrace void on_kvm_mmio(void *data, int type, int len, u64 gpa, void *val)
{
	kvmstat_count_mmio();
}

static __always_inline void count_return(struct kvmstat_cpu *cpu)
{
	struct kvmstat_vcpu *v = kvmstat_table_returning(cpu);
	struct kvmstat_counts *counts;

	if (unlikely(!v)) {
		cpu->lost_returns++;
		return;
	}
	counts = likely(v == cpu->v) ? cpu->counts : this_cpu_ptr(v->vm->counts);
	if (v->returned == v->exits) {
		counts->noexit++;
	} else {
		v->returned = v->exits;
		counts->to_user[v->slot]++;
	}
}

static notrace void on_kvm_userspace_exit(void *data, __u32 reason, int errno)
{
	if (unlikely(!READ_ONCE(kvmstat_hooks_live)))
		return;
	kvmstat_probe_begin();
	count_return(this_cpu_ptr(&kvmstat_cpu));
	kvmstat_probe_end();
}

struct kvmstat_hook kvmstat_account_hooks[] = {
	{ .name = "kvm_mmio", .probe = on_kvm_mmio },
	{ .name = "kvm_userspace_exit", .probe = on_kvm_userspace_exit, .required = true },
};
const unsigned int kvmstat_nr_account_hooks = ARRAY_SIZE(kvmstat_account_hooks);

/**
 * kvmstat_row - compute the columns from summed counters
 * @sum: the sums
 * @row: filled
 */
void kvmstat_row(const struct kvmstat_counts *sum, struct kvmstat_row *row)
{
	u32 slot;

	*row = (struct kvmstat_row){};
	for (slot = 0; slot < KVMSTAT_SLOTS; slot++) {
		u64 n = sum->exits[slot];

		row->to_user += sum->to_user[slot];
		if (!n)
			continue;
		row->exits += n;
		switch (kvmstat_slot_class(slot)) {
		case KVMSTAT_CLASS_IO:
			row->io += n;
			break;
		case KVMSTAT_CLASS_EXCEPTION:
			row->exception += n;
			break;
		case KVMSTAT_CLASS_INTERRUPT:
			row->interrupt += n;
			break;
		case KVMSTAT_CLASS_HALT:
			row->halt += n;
			break;
		case KVMSTAT_CLASS_OTHER:
			break;
		}
	}
}
