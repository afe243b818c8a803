// SPDX-License-Identifier: GPL-2.0
/*
 * Upstream a46023d5616e ("tracing: Guard __DECLARE_TRACE() use of __DO_TRACE_CALL() with
 * SRCU-fast", v7.0). Until then, a tracepoint turned preemption off around its probes.
 *
 * The file compiles if the tracepoint does so, because turned_off() is then used, by the macro
 * or by the guard that replaced the macro in 6.13. If the file does not compile for another
 * reason, the probes turn preemption off themselves, which is always correct.
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
