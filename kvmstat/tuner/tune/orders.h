/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The orders are what the user asks for on the command line.
 */
#ifndef ORDERS_H
#define ORDERS_H

#include <stdint.h>

#include "data/session.h"
#include "tune/tasks.h"

struct orders {
	struct request request;
	const char *command; /* the whole command line, for the journal */
	char **argument; /* those that are no options */
	size_t nr;
	bool json, shell, realtime, each, all;
	int64_t lasts_ns; /* 0: until it is undone */
	const char *emulator, *vhost, *io; /* CPUs; NULL: those of the guest */
};

/*
 * Parses the command line and returns the command to run. The strings in @orders are those of
 * @argv. Exits after help, version, or, with STATUS_BAD, a mistake.
 */
const struct task *orders_parse(struct orders *orders, int argc, char **argv);

#endif
