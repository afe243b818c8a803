/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The commands, each in the file of its name (memory is with threads), and what each takes on its command line. A
 * command says itself what goes wrong.
 */
#ifndef COMMANDS_H
#define COMMANDS_H

#include "data/status.h"

struct options;

/* The kinds of arguments that are not options. */
enum argument {
	ARGUMENT_NONE,
	ARGUMENT_GUEST,
	ARGUMENT_FILE,
	ARGUMENT_FILES, /* this argument and all that follow */
	ARGUMENT_INTERVAL,
	ARGUMENT_COUNT,
};

/* The groups of options that commands share. */
enum option_group {
	GROUP_NONE,
	GROUP_SOURCE,
	GROUP_ROOT,
	GROUP_CHOICE,
	GROUP_WINDOW,
	GROUP_ROWS,
	GROUP_JSON,
	GROUP_CLASSIFY,
	GROUP_CONFIG,
	GROUP_RECORD,
	GROUP_REPORT,
	GROUP_EXPORT,
	GROUP_SHOW,
	GROUP_TRACE,
	GROUP_EXTRACT,
	GROUP_NR
};

#define COMMAND_MAX_ARGUMENTS 3
#define COMMAND_MAX_GROUPS 6

struct command {
	const char *name; /* empty for the command without a name */
	enum status (*run)(const struct options *options);
	const char *usage; /* the arguments, for people */
	enum argument takes[COMMAND_MAX_ARGUMENTS];
	unsigned int least; /* the number of arguments that must be there */
	enum option_group groups[COMMAND_MAX_GROUPS]; /* besides the group of all commands */
	const char *doc; /* what the command does; text behind \v is shown below the options */
};

#define COMMANDS_NR 13

/* The first command is the one without a name. */
extern const struct command commands[COMMANDS_NR];

enum status run_watch(const struct options *options);
enum status run_list(const struct options *options);
enum status run_show(const struct options *options);
enum status run_threads(const struct options *options);
enum status run_memory(const struct options *options);
enum status run_host(const struct options *options);
enum status run_top(const struct options *options);
enum status run_classify(const struct options *options);
enum status run_record(const struct options *options);
enum status run_report(const struct options *options);
enum status run_export(const struct options *options);
enum status run_trace(const struct options *options);
enum status run_doctor(const struct options *options);

#endif
