// SPDX-License-Identifier: GPL-2.0
/*
 * Upstream a46023d5616e ("tracing: Guard __DECLARE_TRACE() use of __DO_TRACE_CALL() with
 * SRCU-fast", v7.0): until then a tracepoint turned preemption off around its probes.
 *
 * That it did is what compiles: turned_off() is used then, by the macro or by the guard
 * that took its place in 6.13. Where this goes wrong for another reason, probes turn
 * preemption off themselves, which is never wrong.
 */
#include <linux/tracepoint.h>

static void turned_off(void)
{
}

#undef preempt_disable_notrace
#define preempt_disable_notrace() turned_off()
#define class_preempt_notrace_constructor() \
	({                                  \
		turned_off();               \
		(class_preempt_notrace_t){};  \
	})

DECLARE_TRACE(kvmstat_probe, TP_PROTO(int n), TP_ARGS(n));
