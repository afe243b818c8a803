/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the user asked for on the command line, and what the command answers
 * with when it exits.
 */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Exit statuses, as --help documents them. */
enum status {
	STATUS_OK,
	STATUS_NO_DATA, /* the numbers cannot be had, or not be written */
	STATUS_BAD, /* bad usage, or a bad file */
};

/* Which guests; both conditions hold when both are given. */
struct choice {
	uint64_t pid; /* 0: any */
	const char *guest; /* GUEST as the user gave it; NULL: any */
};

enum format { FORMAT_TEXT, FORMAT_CSV, FORMAT_JSON, FORMAT_PROMETHEUS };

struct options {
	const char *file; /* NULL: the running module */
	const char *root; /* kvmstat's files are below it; "" unless given */
	struct choice choice;
	int64_t interval; /* nanoseconds; 0: none given */
	uint64_t count; /* of intervals; 0: without end */
	int64_t window; /* nanoseconds; 0: since each guest was first seen; -1: none given */
	enum format format;
	const char *columns, *sort; /* NULL: the view's own */
	bool raw, skip_zeros;
	bool thesis; /* classify */
	const char *config; /* NULL: the usual file, if it is there */
	char **files; /* record's or report's */
	size_t nr_files;
	uint64_t size, keep; /* record: bytes of a file (0: any), files beside it */
	const char *from, *to; /* report: part of the recording; NULL: all */
	bool rates;
	const char *output; /* export; NULL: standard output */
	const char *table;
};

struct command {
	const char *name;
	enum status (*run)(const struct options *options);
};

/*
 * Parses the command line; strings stay those of @argv. Returns the command to run.
 * Does not return when there is nothing left to do: help, version, or a mistake
 * (STATUS_BAD).
 */
const struct command *options_parse(struct options *options, int argc, char **argv);

#endif
