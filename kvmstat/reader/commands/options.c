// SPDX-License-Identifier: GPL-2.0
/*
 * The command line, by argp: a parser for each command, made of groups of options
 * that they share. Help and version are options of our own because argp's would not
 * let a mistake be answered with the usage.
 */
#include "commands/options.h"

#include <argp.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kvmstat.h"
#include "commands/views.h"

#define NSEC_PER_SEC 1000000000.0
#define INTERVAL_MIN 0.1
#define INTERVAL_MAX 86400.0

/* Options with no short form. */
enum {
	KEY_USAGE = 0x100,
	KEY_CSV,
	KEY_JSON,
	KEY_RAW,
	KEY_THESIS,
	KEY_CONFIG,
	KEY_FORMAT,
	KEY_TABLE,
	KEY_SIZE,
	KEY_KEEP,
	KEY_FROM,
	KEY_TO,
	KEY_RATES,
};

static error_t parse_option(int key, char *arg, struct argp_state *state);

#define GROUP(name, ...)                                                           \
	static const struct argp_option name##_options[] = { __VA_ARGS__, { 0 } }; \
	static const struct argp name##_group = { .options = name##_options,       \
						  .parser = parse_option }

GROUP(source,
      { "file", 'f', "FILE", 0, "A recording, or copy of /proc/" KVMSTAT_PROC_NAME "; - is stdin",
	0 },
      { "root", 'r', "DIR", 0, "The module's files are in DIR/proc, DIR/sys", 0 });
GROUP(root, { "root", 'r', "DIR", 0, "The module's files are in DIR/proc, DIR/sys", 0 });
GROUP(choice, { "guest", 'g', "GUEST", 0, "This guest: name, pid, id, or name:X, pid:N, id:N", 0 },
      { "pid", 'p', "PID", 0, "Only the guests of this process", 0 });
GROUP(window,
      { "window", 'w', "SECONDS", 0, "Look at so much time; 0: all since the guests began", 0 });
GROUP(rows, { "columns", 'c', "LIST", 0, "These columns; +LIST: these too; ? lists them", 0 },
      { "sort", 's', "COLUMN", 0, "Sort by it; -COLUMN: the other way round", 0 },
      { "skip-zeros", 'z', NULL, 0, "Leave out what is all zero", 0 },
      { "raw", KEY_RAW, NULL, 0, "Exact numbers, whole names", 0 },
      { "csv", KEY_CSV, NULL, 0, "Print CSV", 0 });
GROUP(json, { "json", KEY_JSON, NULL, 0, "Print JSON", 0 });
GROUP(classify, { "config", KEY_CONFIG, "FILE", 0, "Thresholds, instead of /etc/kvmstat.conf", 0 },
      { "thesis", KEY_THESIS, NULL, 0, "The thesis' Table 3-17 and its reading", 0 });
GROUP(config, { "config", KEY_CONFIG, "FILE", 0, "Thresholds, instead of /etc/kvmstat.conf", 0 });
GROUP(record, { "size", KEY_SIZE, "MIB", 0, "Begin a new file at this size (64; 0: never)", 0 },
      { "keep", KEY_KEEP, "N", 0, "Old files kept, FILE.1 the newest (4)", 0 });
GROUP(report,
      { "from", KEY_FROM, "TIME", 0,
	"From then on: '2026-11-21 14:00', 14:00, or +90s, +5m, +2h "
	"after the start",
	0 },
      { "to", KEY_TO, "TIME", 0, "Up to then", 0 },
      { "rates", KEY_RATES, NULL, 0, "The rates of each interval", 0 });
GROUP(export, { "format", KEY_FORMAT, "FORMAT", 0, "prometheus (the default), json or csv", 0 },
      { "output", 'o', "FILE", 0, "Write FILE, all at once, not standard output", 0 },
      { "table", KEY_TABLE, "NAME", 0,
	"Of csv: guests (the default), reasons, userspace, "
	"histograms, hot, vcpus or cpus",
	0 });
GROUP(help, { "help", 'h', NULL, 0, "Show this help", -1 },
      { "usage", KEY_USAGE, NULL, 0, "Show the options in short", -1 },
      { "version", 'V', NULL, 0, "Show the version", -1 });

#define MAX_GROUPS 8

static const struct usage {
	struct command command;
	const char *args; /* as argp's args_doc */
	unsigned int least, most; /* how many there are */
	const char *doc;
	struct argp_child groups[MAX_GROUPS];
} usages[] = {
	{ { "", run_watch },
	  "[INTERVAL [COUNT]]",
	  0,
	  2,
	  "Count the VM exits of KVM guests and say what they mean.\v"
	  "Without INTERVAL: totals and their reading. With it: rates every INTERVAL seconds, "
	  "COUNT times or until interrupted, then the reading.\n\n"
	  "Commands: list, show, top, classify, record, report, export, doctor; 'kvmstat COMMAND "
	  "--help' tells of each, kvmstat(1) of all.\n\n"
	  "Exit status: 0 fine; 1 the numbers cannot be had, or not be written; 2 bad usage, a bad "
	  "file, or an ambiguous guest.",
	  { { &source_group, 0, NULL, 0 },
	    { &choice_group, 0, NULL, 0 },
	    { &rows_group, 0, NULL, 0 },
	    { &help_group, 0, NULL, -1 } } },
	{ { "list", run_list },
	  "",
	  0,
	  0,
	  "List the guests: who they are, their VM exits and where their time goes.\v",
	  { { &source_group, 0, NULL, 0 },
	    { &choice_group, 0, NULL, 0 },
	    { &window_group, 0, NULL, 0 },
	    { &rows_group, 0, NULL, 0 },
	    { &json_group, 0, NULL, 0 },
	    { &help_group, 0, NULL, -1 } } },
	{ { "show", run_show },
	  "GUEST",
	  0,
	  1,
	  "Show all about one guest: verdict, exit reasons, devices, times, vCPUs, CPUs.\v"
	  "GUEST is a name, a pid or an id.",
	  { { &source_group, 0, NULL, 0 },
	    { &choice_group, 0, NULL, 0 },
	    { &window_group, 0, NULL, 0 },
	    { &config_group, 0, NULL, 0 },
	    { &json_group, 0, NULL, 0 },
	    { &help_group, 0, NULL, -1 } } },
	{ { "top", run_top },
	  "[INTERVAL]",
	  0,
	  1,
	  "Watch the guests live, full screen. '?' there tells the keys.\v",
	  { { &root_group, 0, NULL, 0 },
	    { &choice_group, 0, NULL, 0 },
	    { &config_group, 0, NULL, 0 },
	    { &help_group, 0, NULL, -1 } } },
	{ { "classify", run_classify },
	  "",
	  0,
	  0,
	  "Say of each guest what it is bound by, why, and what would help.\v"
	  "It looks at 5 seconds unless told otherwise, at all of a recording.",
	  { { &source_group, 0, NULL, 0 },
	    { &choice_group, 0, NULL, 0 },
	    { &window_group, 0, NULL, 0 },
	    { &classify_group, 0, NULL, 0 },
	    { &rows_group, 0, NULL, 0 },
	    { &json_group, 0, NULL, 0 },
	    { &help_group, 0, NULL, -1 } } },
	{ { "record", run_record },
	  "FILE [INTERVAL [COUNT]]",
	  1,
	  3,
	  "Append a snapshot of everything to FILE every INTERVAL seconds (10).\v"
	  "A line is a snapshot as JSON. SIGHUP opens FILE anew.",
	  { { &root_group, 0, NULL, 0 },
	    { &record_group, 0, NULL, 0 },
	    { &help_group, 0, NULL, -1 } } },
	{ { "report", run_report },
	  "FILE...",
	  1,
	  UINT_MAX,
	  "Tell what a recording, or any part of it, has seen.\v"
	  "With -g GUEST all about that one. Several files are read one after the other.",
	  { { &choice_group, 0, NULL, 0 },
	    { &report_group, 0, NULL, 0 },
	    { &config_group, 0, NULL, 0 },
	    { &rows_group, 0, NULL, 0 },
	    { &json_group, 0, NULL, 0 },
	    { &help_group, 0, NULL, -1 } } },
	{ { "export", run_export },
	  "",
	  0,
	  0,
	  "Print everything for other programs, once.\v",
	  { { &source_group, 0, NULL, 0 },
	    { &choice_group, 0, NULL, 0 },
	    { &export_group, 0, NULL, 0 },
	    { &help_group, 0, NULL, -1 } } },
	{ { "doctor", run_doctor },
	  "",
	  0,
	  0,
	  "Check that all is in order, and say what to do where it is not.\v",
	  { { &root_group, 0, NULL, 0 },
	    { &json_group, 0, NULL, 0 },
	    { &help_group, 0, NULL, -1 } } },
};

struct parsing {
	struct options *options;
	const struct usage *usage;
};

/* Digits only, so no sign, blank, exponent or hexadecimal. */
static error_t parse_whole(struct argp_state *state, const char *what, const char *arg,
			   uint64_t min, uint64_t max, uint64_t *number)
{
	errno = 0;
	*number = strtoull(arg, NULL, 10);
	if (*arg && !arg[strspn(arg, "0123456789")] && *number >= min && *number <= max && !errno)
		return 0;
	argp_error(state, "%s must be a whole number from %" PRIu64 " to %" PRIu64 ": '%s'", what,
		   min, max, arg);
	return EINVAL;
}

static error_t parse_seconds(struct argp_state *state, const char *what, const char *arg,
			     int64_t *ns)
{
	char *end;
	double seconds = strtod(arg, &end);

	if (arg[strspn(arg, "0123456789.")] || *end || !(seconds >= INTERVAL_MIN) ||
	    seconds > INTERVAL_MAX) {
		argp_error(state, "%s must be seconds from 0.1 to 86400: '%s'", what, arg);
		return EINVAL;
	}
	*ns = (int64_t)(seconds * NSEC_PER_SEC);
	return 0;
}

static error_t parse_format(struct argp_state *state, const char *arg, enum format *format)
{
	static const char *const name[] = {
		[FORMAT_CSV] = "csv", [FORMAT_JSON] = "json", [FORMAT_PROMETHEUS] = "prometheus"
	};

	for (size_t i = FORMAT_CSV; i <= FORMAT_PROMETHEUS; i++)
		if (!strcmp(arg, name[i])) {
			*format = i;
			return 0;
		}
	argp_error(state, "the format must be prometheus, json or csv: '%s'", arg);
	return EINVAL;
}

/* An argument that is no option: files first where there are any, then the interval. */
static error_t parse_argument(struct argp_state *state, char *arg)
{
	struct parsing *parsing = state->input;
	struct options *options = parsing->options;
	enum status (*run)(const struct options *options) = parsing->usage->command.run;
	unsigned int at = state->arg_num;

	if (at >= parsing->usage->most) {
		argp_error(state, "Too many arguments: '%s'", arg);
		return EINVAL;
	}
	if (run == run_show) {
		options->request.choice.guest = arg;
		return 0;
	}
	if (run == run_report) {
		if (!at)
			options->request.files = &state->argv[state->next - 1];
		options->request.nr_files = at + 1;
		return 0;
	}
	if (run == run_record && !at) {
		options->path = arg;
		return 0;
	}
	at -= run == run_record;
	return at ? parse_whole(state, "the count", arg, 1, UINT32_MAX, &options->count) :
		    parse_seconds(state, "the interval", arg, &options->interval);
}

static error_t parse_end(struct argp_state *state)
{
	struct parsing *parsing = state->input;
	const struct options *options = parsing->options;

	if (state->arg_num < parsing->usage->least) {
		argp_error(state, "%s is missing", parsing->usage->args);
		return EINVAL;
	}
	if (parsing->usage->command.run == run_show && !options->request.choice.guest &&
	    !options->request.choice.pid) {
		argp_error(state, "GUEST is missing: 'kvmstat list' shows which there are");
		return EINVAL;
	}
	if (options->interval && options->request.file && !strcmp(options->request.file, "-")) {
		argp_error(state, "the standard input cannot be read at intervals");
		return EINVAL;
	}
	return 0;
}

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
	struct parsing *parsing = state->input;
	struct options *options = parsing ? parsing->options : NULL;

	switch (key) {
	case 'f':
		options->request.file = arg;
		return 0;
	case 'r':
		options->request.root = arg;
		return 0;
	case 'g':
		options->request.choice.guest = arg;
		return 0;
	case 'p':
		return parse_whole(state, "the pid", arg, 1, INT_MAX, &options->request.choice.pid);
	case 'w':
		options->request.window = 0;
		return strcmp(arg, "0") ?
			       parse_seconds(state, "the window", arg, &options->request.window) :
			       0;
	case 'c':
		options->look.columns = arg;
		return 0;
	case 's':
		options->look.sort = arg;
		return 0;
	case 'z':
		options->look.skip_zeros = true;
		return 0;
	case 'o':
		options->output = arg;
		return 0;
	case KEY_RAW:
		options->look.raw = true;
		return 0;
	case KEY_CSV:
		options->look.format = FORMAT_CSV;
		return 0;
	case KEY_JSON:
		options->look.format = FORMAT_JSON;
		return 0;
	case KEY_THESIS:
		options->thesis = true;
		return 0;
	case KEY_CONFIG:
		options->config = arg;
		return 0;
	case KEY_FORMAT:
		return parse_format(state, arg, &options->look.format);
	case KEY_TABLE:
		options->table = arg;
		return 0;
	case KEY_SIZE:
		if (parse_whole(state, "the size", arg, 0, 1 << 20, &options->size))
			return EINVAL;
		options->size <<= 20;
		return 0;
	case KEY_KEEP:
		return parse_whole(state, "the number of files", arg, 0, 1000, &options->keep);
	case KEY_FROM:
		options->request.from = arg;
		return 0;
	case KEY_TO:
		options->request.to = arg;
		return 0;
	case KEY_RATES:
		options->rates = true;
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
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* The root of each command's parser: it has no options, only arguments. */
static error_t parse_root(int key, char *arg, struct argp_state *state)
{
	const struct parsing *parsing = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		for (size_t i = 0; parsing->usage->groups[i].argp; i++)
			state->child_inputs[i] = state->input;
		return 0;
	case ARGP_KEY_ARG:
		return parse_argument(state, arg);
	case ARGP_KEY_END:
		return parse_end(state);
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct usage *find_usage(const char *name)
{
	for (size_t i = 1; i < sizeof(usages) / sizeof(*usages); i++)
		if (!strcmp(usages[i].command.name, name))
			return &usages[i];
	return NULL;
}

const struct command *options_parse(struct options *options, int argc, char **argv)
{
	const struct usage *usage = argc > 1 ? find_usage(argv[1]) : NULL;
	struct parsing parsing = { options, usage ?: usages };
	struct argp parser = { .parser = parse_root };
	static char name[32] = "kvmstat";

	*options = (struct options){ .request = { .root = "", .window = -1 },
				     .size = 64 << 20,
				     .keep = 4 };
	argp_err_exit_status = STATUS_BAD;
	/* What it would say of the arguments of options takes help off the screen. */
	setenv("ARGP_HELP_FMT", "no-dup-args-note", 0);
	if (usage) {
		snprintf(name, sizeof(name), "kvmstat %s", usage->command.name);
		argc--;
		argv++;
	} else if (argc > 1 && argv[1][0] >= 'a' && argv[1][0] <= 'z') {
		fprintf(stderr, "kvmstat: no command '%s': 'kvmstat --help' lists them\n", argv[1]);
		exit(STATUS_BAD);
	}
	argv[0] = name;
	parser.args_doc = parsing.usage->args;
	parser.doc = parsing.usage->doc;
	parser.children = parsing.usage->groups;
	if (argp_parse(&parser, argc, argv, ARGP_NO_EXIT | ARGP_NO_HELP, NULL, &parsing)) {
		argp_help(&parser, stderr, ARGP_HELP_SHORT_USAGE, name);
		exit(STATUS_BAD);
	}
	return &parsing.usage->command;
}
