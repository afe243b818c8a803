// SPDX-License-Identifier: GPL-2.0
/*
 * The command line, by argp. Help and version are options of our own because
 * argp's would not let a mistake be answered with the usage.
 */
#include "options.h"

#include <argp.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "kvmstat.h"

#define NSEC_PER_SEC 1000000000.0
#define INTERVAL_MIN 0.1
#define INTERVAL_MAX 86400.0

/* An option with no short form. */
#define KEY_USAGE 0x100

static const struct argp_option option_table[] = {
	{ "file", 'f', "FILE", 0, "Read FILE, a copy of /proc/" KVMSTAT_PROC_NAME " (- is stdin)",
	  0 },
	{ "guest", 'g', "NAME", 0, "Show only the guest of this name", 0 },
	{ "pid", 'p', "PID", 0, "Show only the guests of this process", 0 },
	{ "root", 'r', "DIR", 0, "Use DIR/proc instead of /proc", 0 },
	{ "help", 'h', NULL, 0, "Show this help", -1 },
	{ "usage", KEY_USAGE, NULL, 0, "Show the options in short", -1 },
	{ "version", 'V', NULL, 0, "Show the version", -1 },
	{ 0 }
};

static error_t parse_option(int key, char *arg, struct argp_state *state);

static const struct argp parser = {
	.options = option_table,
	.parser = parse_option,
	.args_doc = "[INTERVAL [COUNT]]",
	.doc = "Count the VM exits of KVM guests and say what they mean.\v"
	       "Without INTERVAL: the totals of each guest and their reading. With it: rates, "
	       "every INTERVAL seconds (0.1 to 86400), COUNT times or until interrupted, then "
	       "the reading of the whole time.\n\n"
	       "Exit status: 0 fine; 1 the numbers cannot be had: no module, no permission, no "
	       "such guest, output not written; 2 bad usage, a bad or foreign file, or an "
	       "ambiguous guest.",
};

/* Digits only, so no sign, blank, exponent or hexadecimal. */
static uint64_t parse_positive(struct argp_state *state, const char *what, const char *arg,
			       uint64_t max)
{
	uint64_t number;

	errno = 0;
	number = strtoull(arg, NULL, 10);
	if (arg[strspn(arg, "0123456789")] || !number || number > max || errno) {
		argp_error(state, "%s must be a whole number from 1 to %" PRIu64 ": '%s'", what,
			   max, arg);
		return 0;
	}
	return number;
}

static int64_t parse_interval(struct argp_state *state, const char *arg)
{
	char *end;
	double seconds = strtod(arg, &end);

	if (arg[strspn(arg, "0123456789.")] || *end || !(seconds >= INTERVAL_MIN) ||
	    seconds > INTERVAL_MAX) {
		argp_error(state, "the interval must be seconds from 0.1 to 86400: '%s'", arg);
		return 0;
	}
	return (int64_t)(seconds * NSEC_PER_SEC);
}

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
	struct options *options = state->input;

	switch (key) {
	case 'f':
		options->file = arg;
		return 0;
	case 'g':
		options->choice.name = arg;
		return 0;
	case 'p':
		options->choice.pid = parse_positive(state, "the pid", arg, INT_MAX);
		return options->choice.pid ? 0 : EINVAL;
	case 'r':
		options->root = arg;
		return 0;
	case 'h':
		argp_state_help(state, state->out_stream, ARGP_HELP_STD_HELP);
		exit(STATUS_OK);
	case KEY_USAGE:
		argp_state_help(state, state->out_stream, ARGP_HELP_USAGE);
		exit(STATUS_OK);
	case 'V':
		puts("kvmstat " KVMSTAT_VERSION);
		exit(STATUS_OK);
	case ARGP_KEY_ARG:
		if (state->arg_num == 0) {
			options->interval = parse_interval(state, arg);
			return options->interval ? 0 : EINVAL;
		}
		if (state->arg_num == 1) {
			options->count = parse_positive(state, "the count", arg, UINT32_MAX);
			return options->count ? 0 : EINVAL;
		}
		return ARGP_ERR_UNKNOWN;
	case ARGP_KEY_END:
		if (options->interval && options->file && !strcmp(options->file, "-")) {
			argp_error(state, "the standard input cannot be read at intervals");
			return EINVAL;
		}
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

void options_parse(struct options *options, int argc, char **argv)
{
	static char name[] = "kvmstat";

	*options = (struct options){ 0 };
	argp_err_exit_status = STATUS_BAD;
	if (argp_parse(&parser, argc, argv, ARGP_NO_EXIT | ARGP_NO_HELP, NULL, options)) {
		argp_help(&parser, stderr, ARGP_HELP_SHORT_USAGE, name);
		exit(STATUS_BAD);
	}
}
