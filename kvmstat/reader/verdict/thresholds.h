/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The thresholds of verdicts, which the operator can change in a file.
 */
#ifndef THRESHOLDS_H
#define THRESHOLDS_H

#include <stdbool.h>

#include "data/status.h"

/*
 * The thresholds, X(name, value, what). The vCPUs of a guest are busy when they are neither
 * halted nor, if that is known, ready. Exits do not include halts.
 */
#define THRESHOLDS(X)                                                                      \
	X(min_exits, 1000, "with fewer exits, their shares are chance")                    \
	X(min_seconds, 0.5, "with fewer vCPU seconds, shares of time are chance")          \
	X(min_busy, 0.1, "with fewer busy seconds, shares of busy time are chance")        \
	X(idle_busy, 0.05, "share of all time that is busy; below it, idle")               \
	X(room, 0.30, "share of all time halted with nothing to do; not bound")            \
	X(io_time, 0.20, "share of busy time for devices; I/O-bound")                      \
	X(io_exits, 0.50, "share of exits for port I/O; I/O-bound by the thesis' rule")    \
	X(device_exits, 0.33, "share of exits for devices; I/O-bound if they take time")   \
	X(device_waits, 0.40, "device exits for each halt of a guest that hardly runs")    \
	X(device_halts, 0.20, "device exits for each halt; I/O-bound if it halts much")    \
	X(device_rate, 5, "device exits a second that waiting for devices needs")          \
	X(halted, 0.30, "share of all time halted for devices or memory; much")            \
	X(server, 0.75, "share of time in which vhost or an I/O thread wants a CPU; full") \
	X(memory_time, 0.25, "share of busy time for memory faults; memory-bound")         \
	X(memory_exits, 0.50, "share of exits for memory faults, if times are not known")  \
	X(fault_slow, 50, "microseconds of a fault from which memory is swapped in")       \
	X(spin_exits, 0.50, "share of exits for PAUSE; spin-bound")                        \
	X(spin_rate, 500, "PAUSE exits for each busy second, which spin-bound also needs") \
	X(exit_time, 0.25, "share of busy time for other exits; exit-bound")               \
	X(exit_rate, 500, "other exits for each busy second, which exit-bound also needs") \
	X(kernel_time, 0.50, "share of busy time in the kernel, if reasons are not known") \
	X(starving, 0.75, "share of the time it wants to run in which it gets no CPU")     \
	X(throttled, 0.20, "share of all time throttled by a quota; starved")              \
	X(held, 0.40, "share of all time that the VMM holds it; paused")                   \
	X(cpu_time, 0.60, "share of busy time in guest mode; CPU-bound")                   \
	X(native, 0.95, "share of busy time in guest mode; nearly as on the bare machine") \
	X(keep, 0.80, "share of a threshold at which the last verdict still holds")        \
	X(notable, 0.10, "a share that is worth a word")                                   \
	X(waiting, 0.20, "share of all time that is ready; worth a word")                  \
	X(polling, 0.20, "share of all time that halts poll; worth a word")

struct thresholds {
#define X(name, value, what) double name;
	THRESHOLDS(X)
#undef X
};

/*
 * Sets the thresholds to their usual values, and those in the section [classify] of the
 * file at @path to the values there. If @path is NULL, the file is /etc/kvmstat.conf, which
 * need not exist. Returns STATUS_OK, or says what is wrong.
 */
enum status thresholds_load(struct thresholds *thresholds, const char *path);

/*
 * Returns the share of a threshold at which something holds, @again if the last verdict had it.
 * A share of 0 would hold for ever, so it is none.
 */
double thresholds_keep(const struct thresholds *thresholds, bool again);

#endif
