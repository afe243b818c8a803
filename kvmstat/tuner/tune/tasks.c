// SPDX-License-Identifier: GPL-2.0
/*
 * The table of commands.
 */
#include "tune/tasks.h"

#define PLAN_GROUPS                                                    \
	{                                                              \
		ORDERS_ROOT, ORDERS_WINDOW, ORDERS_CONFIG, ORDERS_JSON \
	}

const struct task tasks[TASKS_NR] = {
	{ .name = "",
	  .run = run_plan,
	  .usage = "",
	  .groups = PLAN_GROUPS,
	  .doc = "Change how KVM guests are scheduled, find out whether it helps, put it back.\v"
		 "Without a command, print the plan, which changes nothing.\n\n"
		 "Commands: plan, apply, try, set, bind, pages, ksm, haltpoll, undo, log, reconcile; see "
		 "'kvmtune COMMAND --help' for each, kvmtune(1) for all.\n\n"
		 "Exit status: 0 fine; 1 something could not be done or was refused, and of that "
		 "action nothing is changed (pages can be half done); 2 bad usage, a bad file, "
		 "or an ambiguous guest." },
	{ .name = "plan",
	  .run = run_plan,
	  .usage = "[GUEST]",
	  .most = 1,
	  .groups = PLAN_GROUPS,
	  .doc = "Show what kvmtune would do, and the figures why. It changes nothing.\v"
		 "It looks at 5 seconds. 'kvmtune apply N' does what has the number N." },
	{ .name = "apply",
	  .run = run_apply,
	  .usage = "[N...]",
	  .groups = { ORDERS_ROOT, ORDERS_CONFIG, ORDERS_MAKE },
	  .doc = "Do what the plan of the last ten minutes says.\v"
		 "N is the number of an action in the plan. Without N, all of them but those that "
		 "cannot be undone." },
	{ .name = "try",
	  .run = run_try,
	  .usage = "N | GUEST[.ROLE] SETTING=VALUE...",
	  .least = 1,
	  .groups = { ORDERS_ROOT, ORDERS_CONFIG, ORDERS_REALTIME, ORDERS_TRY, ORDERS_JSON },
	  .doc = "Find out whether an action helps: on and off in turn, then put back.\v"
		 "N is the number of an action in the plan of the last ten minutes; for the rest "
		 "see 'kvmtune set --help'. The table has what it cost the other guests." },
	{ .name = "set",
	  .run = run_set,
	  .usage = "GUEST[.ROLE] SETTING=VALUE...",
	  .least = 2,
	  .groups = { ORDERS_ROOT, ORDERS_CONFIG, ORDERS_MAKE, ORDERS_JSON },
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
	  .groups = { ORDERS_ROOT, ORDERS_CONFIG, ORDERS_BIND, ORDERS_MAKE, ORDERS_JSON },
	  .doc = "Bind all threads of a guest to CPUs.\v"
		 "CPUS is a list, for instance 2-3,8." },
	{ .name = "pages",
	  .run = run_pages,
	  .usage = "GUEST",
	  .least = 1,
	  .most = 1,
	  .groups = { ORDERS_ROOT },
	  .doc = "Put the memory of a guest into huge pages while it runs.\v"
		 "That cannot be undone. Memory that the guest has not touched stays as it is." },
	{ .name = "ksm",
	  .run = run_ksm,
	  .usage = "on|off",
	  .least = 1,
	  .most = 1,
	  .groups = { ORDERS_ROOT, ORDERS_CONFIG, ORDERS_MAKE, ORDERS_JSON },
	  .doc = "Start or stop the host's merging of equal pages (KSM).\v" },
	{ .name = "haltpoll",
	  .run = run_haltpoll,
	  .usage = "NANOSECONDS",
	  .least = 1,
	  .most = 1,
	  .groups = { ORDERS_ROOT, ORDERS_CONFIG, ORDERS_MAKE, ORDERS_JSON },
	  .doc = "Set how long the host polls for a halted vCPU, of all guests.\v"
		 "On Linux 5.10 only guests that start later see the change." },
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
	{ .name = "reconcile",
	  .run = run_reconcile,
	  .usage = "",
	  .groups = { ORDERS_ROOT, ORDERS_CONFIG },
	  .doc = "Make what is in force be so again: for new threads, and guests that came back.\v"
		 "kvmtune.timer does this each minute. What somebody else changed is left alone." },
};
