// SPDX-License-Identifier: GPL-2.0
/*
 * Upstream "srcu: Add srcu_read_lock_fast_notrace() and srcu_read_unlock_fast_notrace()"
 * (v6.18), made for "tracing: Guard __DECLARE_TRACE() use of __DO_TRACE_CALL() with
 * SRCU-fast" (v7.0): with that a tracepoint no longer turns preemption off.
 */
#include <linux/srcu.h>

void *probe(struct srcu_struct *ssp);
void *probe(struct srcu_struct *ssp)
{
	return (void *)srcu_read_lock_fast_notrace(ssp);
}
