// SPDX-License-Identifier: GPL-2.0
/*
 * Counting: the probes that are the same on every architecture.
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/kvm_host.h>
#include <trace/events/kvm.h>

#include "count.h"
#include "hooks.h"
#include "time.h"

/**
 * kvmstat_count_mmio - kvmstat_count_device() for the loaded vCPU
 * @key: as there
 *
 * Context: a probe within KVM_RUN.
 */
void notrace kvmstat_count_mmio(u64 key)
{
	struct kvmstat_vcpu *v;

	kvmstat_probe_begin();
	v = kvmstat_table_find_loaded();
	if (likely(v))
		kvmstat_count_device(v, this_cpu_read(kvmstat_cpu.counts), key);
	kvmstat_probe_end();
}

/* KVM_TRACE_MMIO_WRITE (trace/events/kvm.h) is 2; the others are reads. */
static notrace void on_kvm_mmio(void *data, int type, int len, u64 gpa, void *val)
{
	kvmstat_count_mmio(gpa | (type == 2 ? KVMSTAT_SPOT_WRITE : 0));
}

/**
 * kvmstat_count_spot - the loaded vCPU's guest touched an MSR, or made a hypercall
 * @kind: of spot, a constant
 * @key: as for kvmstat_spots_count()
 *
 * Context: a probe within KVM_RUN.
 */
void notrace kvmstat_count_spot(enum kvmstat_spot_kind kind, u64 key)
{
	struct kvmstat_vcpu *v;

	kvmstat_probe_begin();
	v = kvmstat_table_find_loaded();
	if (likely(v))
		kvmstat_spots_count(&v->spots, kind, key);
	kvmstat_probe_end();
}

/**
 * kvmstat_count_other_port - the guest touched a port that is not the last one
 * @v: the vCPU
 * @port: as the hardware has it, see kvmstat_arch_port_key()
 *
 * Context: as kvmstat_count_port().
 */
void notrace kvmstat_count_other_port(struct kvmstat_vcpu *v, u32 port)
{
	if (v->port_run)
		kvmstat_spots_add(&v->spots, KVMSTAT_PORT, kvmstat_arch_port_key(v->port),
				  v->port_run);
	smp_wmb(); /* pairs with snapshot() */
	WRITE_ONCE(v->port_run, 0);
	WRITE_ONCE(v->port, port);
	WRITE_ONCE(v->port_run, 1);
}

/**
 * kvmstat_count_slow_passing - kvmstat_count_passing() for a vCPU that this CPU did not see
 * last
 * @coming: as there
 *
 * Context: as there.
 */
void notrace kvmstat_count_slow_passing(int coming)
{
	struct kvmstat_vcpu *v = kvmstat_table_miss_loaded();

	if (v)
		kvmstat_count_passing(v, coming);
}

static enum kvmstat_errno errno_of(int error)
{
	switch (error) {
	case -EINTR:
		return KVMSTAT_EINTR;
	case -EAGAIN:
		return KVMSTAT_EAGAIN;
	case -EFAULT:
		return KVMSTAT_EFAULT;
	default:
		return KVMSTAT_EOTHER;
	}
}

/**
 * kvmstat_count_rare_return - kvmstat_count_return() for an error, a reason that is new, or
 * no exit
 * @v: as there
 * @counts: likewise
 * @reason: likewise
 * @error: likewise
 *
 * Context: as there.
 */
void notrace kvmstat_count_rare_return(struct kvmstat_vcpu *v, struct kvmstat_counts *counts,
				       u32 reason, int error)
{
	bool noexit = v->returned == v->exits;
	enum kvmstat_errno e = errno_of(error);

	if (error >= 0) {
		counts->t.user_reasons[min(reason, KVMSTAT_USER_REASONS - 1)]++;
	} else {
		counts->t.errors[e]++;
		counts->t.noexit_errors[e] += noexit;
	}
	if (noexit)
		counts->t.noexit++;
	else
		kvmstat_count_to_user(v, counts);
}

/* Fires when a halted vCPU goes on, still within KVM_RUN. */
static notrace void on_kvm_vcpu_wakeup(void *data, __u64 ns, bool waited, bool valid)
{
	struct kvmstat_vcpu *v;

	kvmstat_probe_begin();
	v = kvmstat_table_find_loaded();
	if (likely(v))
		kvmstat_time_halted(v, ns, waited);
	kvmstat_probe_end();
}

/* Registered by name, so untyped; a wrong type would trap on a kernel with kCFI. */
static void __maybe_unused check_types(void)
{
	check_trace_callback_type_kvm_mmio(on_kvm_mmio);
	check_trace_callback_type_kvm_vcpu_wakeup(on_kvm_vcpu_wakeup);
}

static struct kvmstat_hook hooks[] = {
	{ .name = "kvm_mmio", .probe = on_kvm_mmio },
	{ .name = "kvm_vcpu_wakeup", .probe = on_kvm_vcpu_wakeup, .timing = true },
};
const struct kvmstat_hook_group kvmstat_count_hooks = { hooks, ARRAY_SIZE(hooks) };
