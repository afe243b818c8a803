/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The table of kvmtune's commands, and what each takes on its command line. A command says itself
 * what goes wrong.
 */
#ifndef TASKS_H
#define TASKS_H

#include "data/status.h"

struct orders;

/* The groups of options that commands share. */
enum order_group {
	ORDERS_NONE,
	ORDERS_ROOT,
	ORDERS_JSON,
	ORDERS_MAKE, /* of those that change something */
	ORDERS_BIND,
	ORDERS_UNDO,
	ORDERS_GROUPS
};

#define TASK_MAX_GROUPS 5

struct task {
	const char *name;
	enum status (*run)(const struct orders *orders);
	const char *usage; /* the arguments, for people */
	unsigned int least, most; /* how many arguments; most: 0 if there is no limit */
	enum order_group groups[TASK_MAX_GROUPS];
	const char *doc; /* what the command does; text behind \v is shown below the options */
};

#define TASKS_NR 5

/* The first one is for a command line without a command. */
extern const struct task tasks[TASKS_NR];

enum status run_nothing(const struct orders *orders);
enum status run_set(const struct orders *orders);
enum status run_bind(const struct orders *orders);
enum status run_undo(const struct orders *orders);
enum status run_log(const struct orders *orders);

#endif
