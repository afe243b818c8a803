// SPDX-License-Identifier: GPL-2.0
/*
 * The table of commands.
 */
#include "tune/tasks.h"

const struct task tasks[TASKS_NR] = {
	{ .name = "",
	  .run = run_nothing,
	  .usage = "COMMAND",
	  .least = 1,
	  .most = 1,
	  .doc = "Change how KVM guests are scheduled, remember how it was, and put it back.\v"
		 "Commands: set, bind, undo, log; see 'kvmtune COMMAND --help' for each, kvmtune(1) for "
		 "all.\n\n"
		 "Exit status: 0 fine; 1 something could not be done, so nothing is changed, or was "
		 "refused; 2 bad usage, a bad file, or an ambiguous guest." },
	{ .name = "set",
	  .run = run_set,
	  .usage = "GUEST[.ROLE] SETTING=VALUE...",
	  .least = 2,
	  .groups = { ORDERS_ROOT, ORDERS_MAKE, ORDERS_JSON },
	  .doc = "Set how the threads of a guest are scheduled.\v"
		 "SETTING: nice (-20 to 19), policy (other, batch, idle, rr), priority (of rr, 1 to "
		 "10), slice (0.1ms to 100ms), cpus (a list), weight (of the guest, 1 to 10000).\n"
		 "ROLE: vcpu, vcpu0, vcpu1, ..., emulator, main, worker, io, vhost; without it, all "
		 "threads." },
	{ .name = "bind",
	  .run = run_bind,
	  .usage = "GUEST CPUS",
	  .least = 2,
	  .most = 2,
	  .groups = { ORDERS_ROOT, ORDERS_BIND, ORDERS_MAKE, ORDERS_JSON },
	  .doc = "Bind all threads of a guest to CPUs.\v"
		 "CPUS is a list, for instance 2-3,8." },
	{ .name = "undo",
	  .run = run_undo,
	  .usage = "[N...]",
	  .groups = { ORDERS_ROOT, ORDERS_UNDO },
	  .doc = "Put back what was changed.\v"
		 "N is the number of an action; 'kvmtune log' lists them. Without N, the last "
		 "action that is in force. What somebody else has changed since is left alone." },
	{ .name = "log",
	  .run = run_log,
	  .usage = "",
	  .groups = { ORDERS_ROOT, ORDERS_JSON },
	  .doc = "Show what was done, by whom, when, and whether it still holds." },
};
