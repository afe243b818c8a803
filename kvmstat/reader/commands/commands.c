// SPDX-License-Identifier: GPL-2.0
/*
 * The table of commands.
 */
#include "commands/commands.h"

const struct command commands[COMMANDS_NR] = {
	{ .name = "",
	  .run = run_watch,
	  .usage = "[INTERVAL [COUNT]]",
	  .takes = { ARGUMENT_INTERVAL, ARGUMENT_COUNT },
	  .groups = { GROUP_SOURCE, GROUP_CHOICE, GROUP_CONFIG, GROUP_ROWS },
	  .doc = "Count the VM exits of KVM guests and say what they mean.\v"
		 "Without INTERVAL, print totals and their reading. With INTERVAL, print rates "
		 "every INTERVAL seconds, COUNT times or until interrupted, then the "
		 "reading.\n\n"
		 "Commands: list, show, threads, memory, host, top, classify, trace, record, report, export, doctor; see "
		 "'kvmstat help COMMAND' and kvmstat(1).\n\n"
		 "Exit status: 0 fine; 1 cannot read or write; 2 bad usage, file or guest." },
	{ .name = "list",
	  .run = run_list,
	  .usage = "",
	  .groups = { GROUP_SOURCE, GROUP_CHOICE, GROUP_WINDOW, GROUP_CONFIG, GROUP_ROWS,
		      GROUP_JSON },
	  .doc = "List the guests: who they are, their VM exits and where their time goes.\v" },
	{ .name = "show",
	  .run = run_show,
	  .usage = "[GUEST]",
	  .takes = { ARGUMENT_GUEST },
	  .groups = { GROUP_SOURCE, GROUP_CHOICE, GROUP_WINDOW, GROUP_SHOW, GROUP_CONFIG,
		      GROUP_JSON },
	  .doc = "Show all about one guest: verdict, exit reasons, devices, times, vCPUs, CPUs.\v"
		 "GUEST is a name, a pid or an id. It can be left out where there is one guest." },
	{ .name = "threads",
	  .run = run_threads,
	  .usage = "[GUEST [INTERVAL [COUNT]]]",
	  .takes = { ARGUMENT_GUEST, ARGUMENT_INTERVAL, ARGUMENT_COUNT },
	  .groups = { GROUP_SOURCE, GROUP_CHOICE, GROUP_WINDOW, GROUP_ROWS, GROUP_JSON },
	  .doc = "Show the threads that work for guests: roles, scheduling, CPUs, switches, cgroups.\v"
		 "It looks at 1 second, or, again and again, at INTERVAL seconds." },
	{ .name = "memory",
	  .run = run_memory,
	  .usage = "[GUEST [INTERVAL [COUNT]]]",
	  .takes = { ARGUMENT_GUEST, ARGUMENT_INTERVAL, ARGUMENT_COUNT },
	  .groups = { GROUP_SOURCE, GROUP_CHOICE, GROUP_WINDOW, GROUP_ROWS, GROUP_JSON },
	  .doc = "Show the memory behind guests: huge pages, nodes, KVM's mappings, faults, KSM.\v"
		 "It looks at 1 second, or, again and again, at INTERVAL seconds." },
	{ .name = "host",
	  .run = run_host,
	  .usage = "[INTERVAL [COUNT]]",
	  .takes = { ARGUMENT_INTERVAL, ARGUMENT_COUNT },
	  .groups = { GROUP_SOURCE, GROUP_WINDOW, GROUP_ROWS, GROUP_JSON },
	  .doc = "Show the host, and the processes beside the guests that use most of it.\v"
		 "It looks at 1 second, or, again and again, at INTERVAL seconds." },
	{ .name = "top",
	  .run = run_top,
	  .usage = "[INTERVAL]",
	  .takes = { ARGUMENT_INTERVAL },
	  .groups = { GROUP_SOURCE, GROUP_CHOICE, GROUP_EXTRACT, GROUP_CONFIG },
	  .doc = "Watch the guests live, or in a recording, full screen. Press '?' for the keys.\v"
		 "A recording is first shown at its beginning; it plays a snapshot every INTERVAL." },
	{ .name = "classify",
	  .run = run_classify,
	  .usage = "",
	  .groups = { GROUP_SOURCE, GROUP_CHOICE, GROUP_WINDOW, GROUP_CLASSIFY, GROUP_ROWS,
		      GROUP_JSON },
	  .doc = "Say of each guest what it is bound by, why, and what would help.\v"
		 "It looks at 5 seconds unless -w says otherwise, or at all of a recording." },
	{ .name = "trace",
	  .run = run_trace,
	  .usage = "GUEST [-r REASON] [SECONDS]",
	  .takes = { ARGUMENT_GUEST, ARGUMENT_INTERVAL },
	  .least = 1,
	  .groups = { GROUP_TRACE, GROUP_ROWS, GROUP_JSON },
	  .doc = "Record a guest's exits with trace-cmd, and say at which of its instructions they are.\v"
		 "It records for SECONDS (5), and keeps trace-cmd's file for trace-cmd report and "
		 "KernelShark." },
	{ .name = "record",
	  .run = run_record,
	  .usage = "FILE [INTERVAL [COUNT]]",
	  .takes = { ARGUMENT_FILE, ARGUMENT_INTERVAL, ARGUMENT_COUNT },
	  .least = 1,
	  .groups = { GROUP_ROOT, GROUP_RECORD },
	  .doc = "Append a snapshot of everything to FILE every INTERVAL seconds (10).\v"
		 "Each line is a snapshot as JSON. SIGHUP makes it open FILE anew." },
	{ .name = "report",
	  .run = run_report,
	  .usage = "FILE...",
	  .takes = { ARGUMENT_FILES },
	  .least = 1,
	  .groups = { GROUP_CHOICE, GROUP_EXTRACT, GROUP_REPORT, GROUP_CONFIG, GROUP_ROWS,
		      GROUP_JSON },
	  .doc = "Show what happened during a recording, or a span of it.\v"
		 "With -g GUEST, show all about that guest. Several files can be in any order." },
	{ .name = "export",
	  .run = run_export,
	  .usage = "",
	  .groups = { GROUP_SOURCE, GROUP_CHOICE, GROUP_CONFIG, GROUP_EXPORT },
	  .doc = "Print everything for other programs, once.\v" },
	{ .name = "doctor",
	  .run = run_doctor,
	  .usage = "",
	  .groups = { GROUP_ROOT, GROUP_JSON },
	  .doc = "Check that all is in order, and say what to do if it is not.\v" },
};
