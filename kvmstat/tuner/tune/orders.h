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
	char **words; /* the whole command line, for the journal; the last one is NULL */
	char **argument; /* those that are no options */
	size_t nr;
	bool json, shell, realtime, each, all;
	int64_t lasts_ns; /* 0: until it is undone */
	uint64_t renews; /* an action that is in force, or 0 */
	const char *renewed; /* the guest of that action */
	bool *absent; /* gets whether that guest is not there */
	uint64_t *made; /* if not NULL, gets the action, for which nothing waits */
	bool temporary, quiet; /* the caller puts it back; and says what was done */
	uint64_t rounds; /* try */
	int64_t period_ns; /* try: how long each half of a round is observed */
	const char *config; /* NULL: the usual file, if it exists */
	const char *emulator, *vhost, *io; /* CPUs; NULL: those of the guest */
};

/*
 * Parses a command line that kvmtune made itself, which ends with NULL. @made gets its action, which
 * is put back by the caller if it is not to last. What is not in the line is as in @by. orders_free() frees @orders.
 */
const struct task *orders_parse_step(struct orders *orders, const struct orders *by, char **words,
				     uint64_t *made);

void orders_free(struct orders *orders);

/*
 * Parses the command line and returns the command to run. The strings in @orders are those of
 * @argv. Exits after help, version, or, with STATUS_BAD, a mistake.
 */
const struct task *orders_parse(struct orders *orders, int argc, char **argv);

#endif
