/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What differs between kernel versions, each decided by a probe that
 * scripts/probe.sh compiled against the kernel being built for.
 */
#ifndef KVMSTAT_COMPAT_H
#define KVMSTAT_COMPAT_H

#include <linux/irq_work.h>
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
 * These go around a probe of an event that KVM raises with preemption on. Upstream
 * a46023d5616e ("tracing: Guard __DECLARE_TRACE() use of __DO_TRACE_CALL() with SRCU-fast",
 * v7.0): until then tracepoints turned preemption off themselves, which makes an RCU section,
 * too.
 */
#ifdef KVMSTAT_HAVE_TRACEPOINT_PREEMPT_OFF
#define kvmstat_probe_begin() \
	do {                  \
	} while (0)
#define kvmstat_probe_end() \
	do {                \
	} while (0)
#else
#define kvmstat_probe_begin() preempt_disable_notrace()
#define kvmstat_probe_end() preempt_enable_notrace()
#endif

/* Upstream 128ea9f6ccfb (v6.17); since v7.2, the kernel warns of the old name. */
#ifndef KVMSTAT_HAVE_SYSTEM_DFL_WQ
#define system_dfl_wq system_unbound_wq
#endif

/* Work that runs in an interrupt, on PREEMPT_RT, too. Until v5.11, all of it did. */
#ifndef IRQ_WORK_INIT_HARD
#define IRQ_WORK_INIT_HARD(function) ((struct irq_work){ .func = (function) })
#endif

#endif
