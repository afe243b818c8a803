/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the user asked for on the command line.
 */
#ifndef OPTIONS_H
#define OPTIONS_H

#include "commands/commands.h"
#include "data/session.h"
#include "text/grid.h"

struct options {
	struct request request;
	struct look look;
	int64_t interval; /* nanoseconds; 0: none given */
	uint64_t count; /* of intervals; 0: without end */
	bool thesis; /* classify */
	const char *config; /* NULL: the usual file, if it is there */
	const char *path; /* record: the file */
	uint64_t size, keep; /* record: bytes of a file (0: any), files beside it */
	bool rates; /* report */
	const char *output; /* export; NULL: standard output */
	const char *table;
};

/*
 * Parses the command line; strings stay those of @argv. Returns the command to run.
 * Does not return when there is nothing left to do: help, version, or a mistake
 * (STATUS_BAD).
 */
const struct command *options_parse(struct options *options, int argc, char **argv);

#endif
