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
	ORDERS_CONFIG,
	ORDERS_WINDOW,
	ORDERS_TRY,
	ORDERS_REALTIME,
	ORDERS_GROUPS
};

#define TASK_MAX_GROUPS 6

struct task {
	const char *name;
	enum status (*run)(const struct orders *orders);
	const char *usage; /* the arguments, for people */
	unsigned int least, most; /* how many arguments; most: 0 if there is no limit */
	enum order_group groups[TASK_MAX_GROUPS];
	const char *doc; /* what the command does; text behind \v is shown below the options */
};

#define TASKS_NR 12

/* The first one is for a command line without a command. */
extern const struct task tasks[TASKS_NR];

/* A test by permutations needs so many rounds to show anything; more than this take too long. */
#define ROUNDS_MIN 8
#define ROUNDS_MAX 20

enum status run_plan(const struct orders *orders);
enum status run_apply(const struct orders *orders);
enum status run_try(const struct orders *orders);
enum status run_pages(const struct orders *orders);
enum status run_ksm(const struct orders *orders);
enum status run_haltpoll(const struct orders *orders);
enum status run_set(const struct orders *orders);
enum status run_bind(const struct orders *orders);
enum status run_reconcile(const struct orders *orders);
enum status run_undo(const struct orders *orders);
enum status run_log(const struct orders *orders);

#endif
