// SPDX-License-Identifier: GPL-2.0
/*
 * A module that is not KVM and has a tracepoint with the name of one of KVM's, for the case
 * twin.
 */
#include <linux/module.h>
#include <linux/tracepoint.h>

/* Newer kernels' DECLARE_TRACE() puts "_tp" behind the name. */
#ifndef DECLARE_TRACE_EVENT
#define DECLARE_TRACE_EVENT DECLARE_TRACE
#endif
DECLARE_TRACE_EVENT(kvm_mmio, TP_PROTO(int type, int len, u64 gpa, void *val),
		    TP_ARGS(type, len, gpa, val));
DEFINE_TRACE(kvm_mmio, TP_PROTO(int type, int len, u64 gpa, void *val),
	     TP_ARGS(type, len, gpa, val));

static int __init twin_init(void)
{
	return 0;
}

static void __exit twin_exit(void)
{
}

module_init(twin_init);
module_exit(twin_exit);

MODULE_DESCRIPTION("Has a tracepoint of KVM's name");
MODULE_LICENSE("GPL");
