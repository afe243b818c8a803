/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The evidence for a verdict: where each vCPU-second went, in parts that add up, and shares,
 * which mean the same on a fast and on a slow host.
 */
#ifndef EVIDENCE_H
#define EVIDENCE_H

#include "data/beside.h"
#include "data/window.h"
#include "verdict/device.h"
#include "verdict/reason.h"
#include "verdict/thresholds.h"

/*
 * The parts of all vCPU time, X(name, group, what). They add up to 1. Those of the kernel and
 * of the VMM begin with one for each cause, in their order.
 */
#define PARTS(X)                                      \
	X(GUEST, ALONE, "guest mode")                 \
	X(KERNEL, KERNEL, "devices")                  \
	X(KERNEL_MEMORY, KERNEL, "memory faults")     \
	X(KERNEL_TIMER, KERNEL, "timers, interrupts") \
	X(KERNEL_SPIN, KERNEL, "spinning")            \
	X(KERNEL_HYPERCALL, KERNEL, "hypercalls")     \
	X(KERNEL_NESTED, KERNEL, "nested guests")     \
	X(KERNEL_OTHER, KERNEL, "other")              \
	X(HOST, KERNEL, "the host's interrupts")      \
	X(VMM, VMM, "devices")                        \
	X(VMM_MEMORY, VMM, "memory")                  \
	X(VMM_TIMER, VMM, "timers, interrupts")       \
	X(VMM_SPIN, VMM, "spinning")                  \
	X(VMM_HYPERCALL, VMM, "hypercalls")           \
	X(VMM_NESTED, VMM, "nested guests")           \
	X(VMM_OTHER, VMM, "other")                    \
	X(READY, ALONE, "ready, waiting")             \
	X(THROTTLED, ALONE, "throttled by quota")     \
	X(HELD, ALONE, "held by the VMM")             \
	X(DEVICE_WAIT, ALONE, "halted, for devices")  \
	X(MEMORY_WAIT, ALONE, "halted, for memory")   \
	X(IDLE, ALONE, "halted, idle")

enum part {
#define X(name, group, what) PART_##name,
	PARTS(X)
#undef X
		PART_NR
};

enum part_group { PARTS_ALONE, PARTS_KERNEL, PARTS_VMM };

struct part_info {
	enum part_group group;
	const char *what; /* for people */
};

extern const struct part_info part_info[PART_NR];

/* What is not known is 0. Shares are of busy time or of exits unless said. */
struct evidence {
	bool timed; /* times are known */
	bool detailed; /* reasons are known */
	bool ready_known;
	bool ready_older; /* not known, as the vCPUs are older than the counters */
	uint64_t exits; /* without halts */
	/* Of all vCPUs; busy is neither halted, ready, held nor in interrupts of the host. */
	double seconds, busy;
	double busy_share; /* of all time */
	double halted, polled, ready, throttled, held; /* shares of all time */
	double room; /* of the fullest vCPU: share of all time halted with nothing to do */
	double waited; /* share of all time halted for devices or memory */
	double starving; /* ready time as a share of that in which the guest wanted to run */
	double part[PART_NR]; /* shares of all time */
	double cause[CAUSE_NR]; /* times in the kernel and in the VMM */
	double guest, kernel, user;
	double io_time, memory_time, exit_time;
	double io_exits, mmio_exits, memory_exits, spin_exits, user_exits; /* shares of exits */
	/*
	 * Accesses to ports and device memory, without timers and interrupt controllers, as a
	 * share of exits, for each halt, and a second.
	 */
	double device_exits, device_waits, device_rate;
	double device_user; /* the share of them that the VMM handles */
	double memory_waits; /* memory faults for each halt */
	double spin_rate, exit_rate; /* PAUSE exits, and those of exit_time, per busy second */
	double fault_ns, cheap_ns; /* mean time of a memory fault, and of the cheapest exit */
	double hidden; /* share of exits that do not tell what they are for */
	bool answered; /* its halts are waits for the other end of its network */
	bool too_late; /* it ended before its reasons were read, which intervals leave out */
	bool dirty; /* the guest's writes to memory are logged */
	char top_reason[DETAIL_TEXT_SIZE]; /* that takes most of exit_time, and that share */
	double top_share;
	enum cause top_cause; /* of exit_time, that takes most */
	bool intel; /* exits of VT-x */
	uint64_t vcpus, full_vcpus; /* how many there are, and how many have no room */
	/* How often the hot spots of each class of devices were seen. */
	uint64_t touched[DEVICE_NR_CLASSES];
	struct beside beside;
	double server; /* the share of time in which the busiest thread that serves it wants a CPU */
};

/*
 * Computes the evidence of what @guest did in a window that has the columns @has. @detail
 * is the guest's window_detail(). Halts in which the guest waited before, @again, are waits
 * with a little less evidence, too.
 */
void evidence_of(struct evidence *e, const struct window_guest *guest, const struct detail *detail,
		 uint32_t has, const struct thresholds *t, bool again);

#endif
