/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The options are what the user asks for on the command line.
 */
#ifndef OPTIONS_H
#define OPTIONS_H

#include "commands/commands.h"
#include "data/session.h"
#include "text/grid.h"

struct options {
	struct request request;
	struct look look;
	int64_t interval; /* nanoseconds; 0: not given */
	uint64_t count; /* of intervals; 0: no end */
	bool thesis; /* classify */
	uint64_t vcpu; /* show: if request.vcpu is not NULL */
	const char *config; /* NULL: the usual file, if it exists */
	const char *path; /* record: the file */
	uint64_t size; /* record, trace: bytes of a file; 0: no limit */
	uint64_t keep; /* record: old files */
	bool rates, all, compare; /* report */
	const char *at; /* report: the moment that compare looks at; NULL: two files */
	const char *output; /* export, trace: the file; NULL: the usual */
	const char *table; /* export */
	unsigned int families; /* export: of METRICS; 0: the usual */
	uint64_t top; /* export: so many guests; 0: all */
	const char *reason, *kallsyms; /* trace; NULL: all reasons, no symbols */
};

/*
 * Parses the command line and returns the command to run. The strings in @options are those
 * of @argv. Exits after help, version, or, with STATUS_BAD, a mistake.
 */
const struct command *options_parse(struct options *options, int argc, char **argv);

/* Checks the times of --from, --to and --compare, and says what is wrong with one. */
enum status options_check_times(const struct options *options);

/* If @given, says that @option does nothing in @where, and returns STATUS_BAD. */
enum status options_refuse(bool given, const char *option, const char *where);

/* Refuses the options for rows if these are printed as JSON, which then has all of them. */
enum status options_refuse_rows(const struct options *options);

#endif
