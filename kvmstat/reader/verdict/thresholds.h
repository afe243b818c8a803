/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The thresholds of verdicts, and the file in which the operator changes them.
 */
#ifndef THRESHOLDS_H
#define THRESHOLDS_H

#include "data/status.h"

/*
 * The thresholds, X(name, value, what). Times are of what the guest's vCPUs were busy:
 * neither halted nor, where that is known, waiting for a CPU of the host. Exits are
 * those that are no halts.
 */
#define THRESHOLDS(X)                                                                      \
	X(min_exits, 1000, "exits below which their shares are chance")                    \
	X(min_seconds, 0.5, "vCPU seconds below which times are chance")                   \
	X(idle_busy, 0.05, "of all time, that busy: less is idle")                         \
	X(io_time, 0.20, "of busy time, for devices: from there on I/O-bound")             \
	X(io_exits, 0.50, "of exits, those for port I/O: I/O-bound, the thesis' rule")     \
	X(device_exits, 0.33, "of exits, those for devices: I/O-bound, if they take time") \
	X(device_waits, 0.50, "device exits per halt: I/O-bound, if it halts much")        \
	X(halted, 0.30, "of all time, halted: that is much")                               \
	X(memory_time, 0.25, "of busy time, for memory faults: memory-bound")              \
	X(memory_exits, 0.50, "of exits, memory faults, where times are not known")        \
	X(spin_exits, 0.50, "of exits, those for PAUSE: spin-bound")                       \
	X(spin_rate, 500, "PAUSE exits per busy second that it takes too")                 \
	X(cpu_time, 0.60, "of busy time, in guest mode: CPU-bound")                        \
	X(notable, 0.10, "a share that is worth a word")                                   \
	X(waiting, 0.20, "of all time, waiting for a CPU of the host: worth a word")       \
	X(polling, 0.20, "of all time, polling in halts: worth a word")

struct thresholds {
#define X(name, value, what) double name;
	THRESHOLDS(X)
#undef X
};

/*
 * Reads thresholds from the file at @path (NULL: /etc/kvmstat.conf, if it is there),
 * section [classify], the others as they come. Returns STATUS_OK, or has said what is
 * wrong.
 */
enum status thresholds_load(struct thresholds *thresholds, const char *path);

#endif
