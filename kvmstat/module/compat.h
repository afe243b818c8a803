/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What differs between kernel versions, each decided by a probe that
 * scripts/probe.sh compiled against the kernel being built for.
 */
#ifndef KVMSTAT_COMPAT_H
#define KVMSTAT_COMPAT_H

#include <linux/kconfig.h>
#include <linux/preempt.h>

#include "kvmstat_probes.h"

#ifndef CONFIG_64BIT
#error "kvmstat needs a 64-bit kernel: its counters are 64-bit and read without a lock"
#endif
#if !IS_ENABLED(CONFIG_KVM)
#error "kvmstat needs a kernel with CONFIG_KVM: this one cannot run virtual machines"
#endif
#ifndef CONFIG_TRACEPOINTS
#error "kvmstat needs a kernel with CONFIG_TRACEPOINTS: KVM's events are how it counts"
#endif
#ifndef CONFIG_KPROBES
#error "kvmstat needs a kernel with CONFIG_KPROBES: it is how the end of a VM is seen"
#endif

/*
 * The kvm_exit event's arguments. Upstream 0a62a0319abb ("KVM: x86: Get exit
 * reason via kvm_x86_ops", v5.16) dropped the leading exit reason.
 */
#ifdef KVMSTAT_HAVE_EXIT_INFO_REASON
#define KVMSTAT_EXIT_ARGS struct kvm_vcpu *vcpu, u32 isa
#else
#define KVMSTAT_EXIT_ARGS unsigned int reason, struct kvm_vcpu *vcpu, u32 isa
#endif

/*
 * Around a probe of an event that KVM raises with preemption on. Before tracepoints were
 * guarded by SRCU-fast they turned it off themselves.
 */
#ifdef KVMSTAT_HAVE_SRCU_FAST_NOTRACE
#define kvmstat_probe_begin() preempt_disable_notrace()
#define kvmstat_probe_end() preempt_enable_notrace()
#else
#define kvmstat_probe_begin() \
	do {                  \
	} while (0)
#define kvmstat_probe_end() \
	do {                \
	} while (0)
#endif

#endif
