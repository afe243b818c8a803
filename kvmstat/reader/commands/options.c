// SPDX-License-Identifier: GPL-2.0
/*
 * Parses the command line: the name of the command, and its options.
 */
#include "commands/options.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "data/nsec.h"
#include "data/when.h"
#include "kvmstat.h"
#include "text/parser.h"
#include "text/prometheus.h"

#define INTERVAL_MIN 0.1
#define INTERVAL_MAX 86400.0

/* Options without a short form. */
enum {
	KEY_CSV = PARSER_KEYS,
	KEY_JSON,
	KEY_RAW,
	KEY_THESIS,
	KEY_CONFIG,
	KEY_FORMAT,
	KEY_TABLE,
	KEY_SIZE,
	KEY_KEEP,
	KEY_HOST,
	KEY_FROM,
	KEY_TO,
	KEY_RATES,
	KEY_ALL,
	KEY_COMPARE,
	KEY_FAMILIES,
	KEY_TOP,
	KEY_ROOT,
	KEY_KALLSYMS,
	KEY_VCPU,
};

static error_t parse_option(int key, char *arg, struct argp_state *state);

PARSER_GROUP(source,
	     { "file", 'f', "FILE", 0,
	       "A recording, or copy of /proc/" KVMSTAT_PROC_NAME "; - is stdin", 0 },
	     { "root", 'r', "DIR", 0, "The module's files are in DIR/proc, DIR/sys", 0 });
PARSER_GROUP(root, { "root", 'r', "DIR", 0, "The module's files are in DIR/proc, DIR/sys", 0 });
PARSER_GROUP(choice,
	     { "guest", 'g', "GUEST", 0, "This guest: name, pid, id, or name:X, pid:N, id:N", 0 },
	     { "pid", 'p', "PID", 0, "Only the guests of this process", 0 });
PARSER_GROUP(window, { "window", 'w', "SECONDS", 0,
		       "Look at so much time; 0: all since the guests began", 0 });
PARSER_GROUP(rows,
	     { "columns", 'c', "LIST", 0, "Show these columns; +LIST: these too; ? lists all", 0 },
	     { "sort", 's', "COLUMN", 0, "Sort by this column; -COLUMN: the other way round", 0 },
	     { "skip-zeros", 'z', NULL, 0, "Leave out rows that are all zero", 0 },
	     { "raw", KEY_RAW, NULL, 0, "Print exact numbers and whole names", 0 },
	     { "csv", KEY_CSV, NULL, 0, "Print CSV", 0 });
PARSER_GROUP(json, { "json", KEY_JSON, NULL, 0, "Print JSON", 0 });
PARSER_GROUP(classify,
	     { "config", KEY_CONFIG, "FILE", 0, "Thresholds, instead of /etc/kvmstat.conf", 0 },
	     { "thesis", KEY_THESIS, NULL, 0,
	       "Print Table 3-17 of Feng Hua's thesis, and its reading", 0 });
PARSER_GROUP(config,
	     { "config", KEY_CONFIG, "FILE", 0, "Thresholds, instead of /etc/kvmstat.conf", 0 });
PARSER_GROUP(record,
	     { "size", KEY_SIZE, "MIB", 0, "Begin a new file at this size (64; 0: never)", 0 },
	     { "keep", KEY_KEEP, "N", 0, "Keep so many old files, FILE.1 the newest (4)", 0 });
PARSER_GROUP(extract, { "host", KEY_HOST, "NAME", 0, "Only what was recorded on this host", 0 },
	     { "from", KEY_FROM, "TIME", 0,
	       "Begin at '2026-11-21 14:00', 14:00, or +90s, +5m, +2h after the start", 0 },
	     { "to", KEY_TO, "TIME", 0, "End at this time", 0 });
PARSER_GROUP(report, { "rates", KEY_RATES, NULL, 0, "Print the rates of each interval", 0 },
	     { "compare", KEY_COMPARE, "TIME", OPTION_ARG_OPTIONAL,
	       "Compare two FILEs, or before and after TIME", 0 },
	     { "all", KEY_ALL, NULL, 0, "Show all guests, not only the busiest 20", 0 });
PARSER_GROUP(export,
	     { "format", KEY_FORMAT, "FORMAT", 0, "prometheus (the default), json or csv", 0 },
	     { "output", 'o', "FILE", 0, "Write FILE, all at once, not standard output", 0 },
	     { "families", KEY_FAMILIES, "LIST", 0,
	       "For Prometheus: guest,reasons (the default), userspace, times, latency, all", 0 },
	     { "top", KEY_TOP, "N", 0, "For Prometheus: only the N guests with the most exits", 0 },
	     { "table", KEY_TABLE, "NAME", 0,
	       "For csv: guests (the default), reasons, userspace, "
	       "histograms, hot, vcpus, cpus, threads, cgroups, memory, nodes, traffic or "
	       "missing",
	       0 });

PARSER_GROUP(show,
	     { "vcpu", KEY_VCPU, "N", 0, "Show this vCPU: its reasons, times and thread", 0 });
PARSER_GROUP(trace, { "reason", 'r', "REASON", 0, "Only exits for this reason, as show has it", 0 },
	     { "kallsyms", KEY_KALLSYMS, "FILE", 0,
	       "Name addresses by a copy of the guest's /proc/kallsyms, or its vmlinux", 0 },
	     { "output", 'o', "FILE", 0, "trace-cmd's file (trace.dat)", 0 },
	     { "size", KEY_SIZE, "MIB", 0, "Keep only the latest exits in the file (64)", 0 },
	     { "root", KEY_ROOT, "DIR", 0, "The module's files are in DIR/proc, DIR/sys", 0 });

static const struct argp *const groups[GROUP_NR] = {
	[GROUP_SOURCE] = &source_group,	    [GROUP_ROOT] = &root_group,
	[GROUP_CHOICE] = &choice_group,	    [GROUP_WINDOW] = &window_group,
	[GROUP_ROWS] = &rows_group,	    [GROUP_JSON] = &json_group,
	[GROUP_CLASSIFY] = &classify_group, [GROUP_CONFIG] = &config_group,
	[GROUP_RECORD] = &record_group,	    [GROUP_REPORT] = &report_group,
	[GROUP_EXPORT] = &export_group,	    [GROUP_TRACE] = &trace_group,
	[GROUP_EXTRACT] = &extract_group,   [GROUP_SHOW] = &show_group,
};

struct parsing {
	struct options *options;
	const struct command *command;
};

/* Accepts digits only, no sign, blank, exponent or hexadecimal. */
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

static enum argument argument_at(const struct command *command, unsigned int at)
{
	for (unsigned int i = 0; i < COMMAND_MAX_ARGUMENTS; i++)
		if (i == at || command->takes[i] == ARGUMENT_FILES)
			return command->takes[i];
	return ARGUMENT_NONE;
}

static error_t parse_argument(struct argp_state *state, char *arg, void *input)
{
	struct parsing *parsing = input;
	struct options *options = parsing->options;
	struct request *request = &options->request;

	switch (argument_at(parsing->command, state->arg_num)) {
	case ARGUMENT_GUEST:
		request->choice.guest = arg;
		return 0;
	case ARGUMENT_FILE:
		options->path = arg;
		return 0;
	case ARGUMENT_FILES:
		if (!request->nr_files++)
			request->files = &state->argv[state->next - 1];
		return 0;
	case ARGUMENT_INTERVAL:
		return parse_seconds(state, "the interval", arg, &options->interval);
	case ARGUMENT_COUNT:
		return parse_whole(state, "the count", arg, 1, UINT32_MAX, &options->count);
	default:
		argp_error(state, "Too many arguments: '%s'", arg);
		return EINVAL;
	}
}

static error_t parse_end(struct argp_state *state, void *input)
{
	struct parsing *parsing = input;
	const struct options *options = parsing->options;
	const struct command *command = parsing->command;
	const struct request *request = &options->request;

	if (state->arg_num < command->least) {
		argp_error(state, "%s is missing", command->usage);
		return EINVAL;
	}
	if (options->interval && request->file && !strcmp(request->file, "-")) {
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
		if (parsing->command->run == run_trace)
			options->reason = arg;
		else
			options->request.root = arg;
		return 0;
	case KEY_ROOT:
		options->request.root = arg;
		return 0;
	case KEY_VCPU:
		options->request.vcpu = &options->vcpu;
		return parse_whole(state, "the vCPU", arg, 0, UINT32_MAX, &options->vcpu);
	case KEY_KALLSYMS:
		options->kallsyms = arg;
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
		if (parse_whole(state, "the size", arg, parsing->command->run == run_trace, 1 << 20,
				&options->size))
			return EINVAL;
		options->size <<= 20;
		return 0;
	case KEY_KEEP:
		return parse_whole(state, "the number of files", arg, 0, 1000, &options->keep);
	case KEY_HOST:
		options->request.extract.host = arg;
		return 0;
	case KEY_FROM:
		options->request.extract.from = arg;
		return 0;
	case KEY_TO:
		options->request.extract.to = arg;
		return 0;
	case KEY_FAMILIES:
		options->families = metrics_parse(arg);
		if (options->families)
			return 0;
		argp_error(state,
			   "the families are guest, reasons, userspace, times, latency or "
			   "all: '%s'",
			   arg);
		return EINVAL;
	case KEY_TOP:
		return parse_whole(state, "the number of guests", arg, 1, UINT32_MAX,
				   &options->top);
	case KEY_COMPARE:
		options->compare = true;
		options->at = arg;
		return 0;
	case KEY_ALL:
		options->all = true;
		return 0;
	case KEY_RATES:
		options->rates = true;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct command *find_command(const char *name)
{
	for (size_t i = 1; i < COMMANDS_NR; i++)
		if (!strcmp(commands[i].name, name))
			return &commands[i];
	return NULL;
}

/*
 * Returns whether the option of this name, or, without a name, of the key @len, takes an argument,
 * which an optional one is only behind a =; -1: there is no such option.
 */
static int takes_argument(const struct argp_option *option, const char *name, size_t len)
{
	for (; option->name; option++)
		if (name ? !strncmp(option->name, name, len) && !option->name[len] :
			   option->key == (int)len)
			return option->arg && !(option->flags & OPTION_ARG_OPTIONAL);
	return -1;
}

/* Whether the value of the option @word is the next word. */
static bool wants_next(const char *word)
{
	const bool is_long = word[1] == '-';

	if (is_long && strchr(word, '='))
		return false;
	for (const char *c = word + 1; *c; c++) {
		int takes = -1;

		for (size_t i = 0; i < GROUP_NR && takes < 0; i++)
			if (groups[i])
				takes = is_long ? takes_argument(groups[i]->options, c + 1,
								 strlen(c + 1)) :
						  takes_argument(groups[i]->options, NULL,
								 (unsigned char)*c);
		if (is_long || takes)
			return takes > 0 && (is_long || !c[1]);
	}
	return false;
}

/* Returns where the first word is that is no option, or @argc. */
static int find_word(int argc, char **argv)
{
	int i = 1;

	while (i < argc && argv[i][0] == '-' && argv[i][1]) {
		if (!strcmp(argv[i], "--"))
			return i + 1;
		i += wants_next(argv[i]) ? 2 : 1;
	}
	return i < argc ? i : argc;
}

/* Makes "help COMMAND" "COMMAND --help", and moves the name of a command to the front. */
static void arrange_words(int argc, char **argv)
{
	static char help[] = "--help";
	const int at = find_word(argc, argv);
	char *name;

	if (at == argc)
		return;
	if (at == 1 && !strcmp(argv[1], "help")) {
		argv[1] = argc > 2 ? argv[2] : help;
		if (argc > 2)
			argv[2] = help;
		return;
	}
	name = argv[at];
	if (!find_command(name))
		return;
	memmove(argv + 2, argv + 1, (at - 1) * sizeof(*argv));
	argv[1] = name;
}

const struct command *options_parse(struct options *options, int argc, char **argv)
{
	struct parsing parsing = { .options = options };
	struct parser parser = { .argument = parse_argument, .end = parse_end, .input = &parsing };
	const struct command *command;

	arrange_words(argc, argv);
	command = argc > 1 ? find_command(argv[1]) : NULL;
	if (argc > 1 && !command)
		parser_refuse(argv[1]);
	parsing.command = command ?: commands;
	*options = (struct options){ .request = { .root = "", .window = -1 },
				     .size = 64 << 20,
				     .keep = 4 };
	parser.command = parsing.command->name;
	parser.usage = parsing.command->usage;
	parser.doc = parsing.command->doc;
	for (size_t i = 0; i < COMMAND_MAX_GROUPS; i++)
		parser.group[i] = groups[parsing.command->groups[i]];
	parser_run(&parser, argc - (command != NULL), argv + (command != NULL));
	return parsing.command;
}

static enum status check_time(const char *option, const char *text)
{
	int64_t ns;

	if (!text || when_parse(text, 0, &ns))
		return STATUS_OK;
	fprintf(stderr,
		"kvmstat: --%s must be '2026-11-21 14:00', 14:00, +90s, +5m, +2h after the "
		"start, or @SECONDS: '%s'\n",
		option, text);
	return STATUS_BAD;
}

enum status options_check_times(const struct options *options)
{
	const struct extract *extract = &options->request.extract;

	return check_time("compare", options->at)	 ?:
		       check_time("from", extract->from) ?:
							   check_time("to", extract->to);
}

enum status options_refuse(bool given, const char *option, const char *where)
{
	if (!given)
		return STATUS_OK;
	fprintf(stderr, "kvmstat: %s would do nothing %s\n", option, where);
	return STATUS_BAD;
}

enum status options_refuse_rows(const struct options *options)
{
	const struct look *look = &options->look;

	return options_refuse(look->format == FORMAT_JSON &&
				      (look->columns || look->sort || look->skip_zeros),
			      "-c, -s or -z", "with --json, which has everything");
}
