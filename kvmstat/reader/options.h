/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the user asked for on the command line, and what the command answers
 * with when it exits.
 */
#ifndef OPTIONS_H
#define OPTIONS_H

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
	const char *name; /* NULL: any */
};

struct options {
	const char *file; /* NULL: the module's own */
	const char *root; /* NULL: none given; else proc/ is below it */
	struct choice choice;
	int64_t interval; /* nanoseconds; 0: one shot */
	uint64_t count; /* of intervals; 0: without end */
};

/*
 * Parses the command line; strings stay those of @argv. Does not return when
 * there is nothing left to do: help, version, or a mistake (STATUS_BAD).
 */
void options_parse(struct options *options, int argc, char **argv);

#endif
