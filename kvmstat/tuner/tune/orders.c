// SPDX-License-Identifier: GPL-2.0
/*
 * Parses the command line: the name of the command, and its options.
 */
#include "tune/orders.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "data/memory.h"
#include "data/nsec.h"
#include "text/parser.h"

#define LASTS_MAX (7 * 86400)
#define USUAL_PERIOD INT64_C(5000000000)

/* Options without a short form. */
enum {
	KEY_JSON = PARSER_KEYS,
	KEY_SHELL,
	KEY_REALTIME,
	KEY_FOR,
	KEY_EACH,
	KEY_EMULATOR,
	KEY_VHOST,
	KEY_IO,
	KEY_ALL,
	KEY_CONFIG,
	KEY_ROUNDS,
	KEY_PERIOD,
};

static error_t parse_option(int key, char *arg, struct argp_state *state);

PARSER_GROUP(root, { "root", 'r', "DIR", 0, "The module's files are in DIR/proc, DIR/sys", 0 });
PARSER_GROUP(json, { "json", KEY_JSON, NULL, 0, "Print JSON", 0 });
#define REALTIME                                                               \
	{                                                                      \
		"realtime", KEY_REALTIME, NULL, 0,                             \
			"Allow real-time policies, which can starve others", 0 \
	}
PARSER_GROUP(realtime, REALTIME);
PARSER_GROUP(make,
	     { "for", KEY_FOR, "TIME", 0, "Put it back after so many seconds, or 90s, 10m, 2h", 0 },
	     REALTIME,
	     { "shell", KEY_SHELL, NULL, 0, "Change nothing; print the commands that would", 0 });
PARSER_GROUP(bind, { "each", KEY_EACH, NULL, 0, "Give each vCPU one of the CPUs", 0 },
	     { "emulator", KEY_EMULATOR, "CPUS", 0, "Other CPUs for the VMM's own threads", 0 },
	     { "vhost", KEY_VHOST, "CPUS", 0, "Other CPUs for vhost", 0 },
	     { "io", KEY_IO, "CPUS", 0, "Other CPUs for I/O threads", 0 });
PARSER_GROUP(config,
	     { "config", KEY_CONFIG, "FILE", 0, "The policy, instead of /etc/kvmtune.conf", 0 });
PARSER_GROUP(window, { "window", 'w', "TIME", 0,
		       "Look at so much time; 0: all since the guests began", 0 });
PARSER_GROUP(try, { "rounds", KEY_ROUNDS, "N", 0, "So many rounds, 8 (the default) to 20", 0 },
	     { "period", KEY_PERIOD, "TIME", 0, "Observe each half of a round for so long (5s)",
	       0 });
PARSER_GROUP(undo, { "all", KEY_ALL, NULL, 0, "Put back all that is in force", 0 });

static const struct argp *const groups[ORDERS_GROUPS] = {
	[ORDERS_ROOT] = &root_group,	     [ORDERS_JSON] = &json_group,
	[ORDERS_MAKE] = &make_group,	     [ORDERS_BIND] = &bind_group,
	[ORDERS_UNDO] = &undo_group,	     [ORDERS_CONFIG] = &config_group,
	[ORDERS_WINDOW] = &window_group,     [ORDERS_TRY] = &try_group,
	[ORDERS_REALTIME] = &realtime_group,
};

struct parsing {
	struct orders *orders;
	const struct task *task;
};

static error_t parse_time(struct argp_state *state, const char *arg, int64_t *ns)
{
	static const struct {
		const char *unit;
		double seconds;
	} units[] = { { "", 1 }, { "s", 1 }, { "m", 60 }, { "h", 3600 } };
	const char *unit = arg + strspn(arg, "0123456789.");
	char *end;
	double time = strtod(arg, &end);

	for (size_t i = 0; end == unit && end != arg && i < sizeof(units) / sizeof(*units); i++)
		if (!strcmp(unit, units[i].unit) && time > 0 &&
		    time * units[i].seconds <= LASTS_MAX) {
			*ns = (int64_t)(time * units[i].seconds * NSEC_PER_SEC);
			return 0;
		}
	argp_error(state, "the time must be seconds, or 90s, 10m, 2h, and a week at most: '%s'",
		   arg);
	return EINVAL;
}

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
	struct parsing *parsing = state->input;
	struct orders *orders = parsing ? parsing->orders : NULL;

	switch (key) {
	case 'r':
		orders->request.root = arg;
		return 0;
	case KEY_JSON:
		orders->json = true;
		return 0;
	case KEY_SHELL:
		orders->shell = true;
		return 0;
	case KEY_REALTIME:
		orders->realtime = true;
		return 0;
	case KEY_FOR:
		return parse_time(state, arg, &orders->lasts_ns);
	case 'w':
		orders->request.window = 0;
		return strcmp(arg, "0") ? parse_time(state, arg, &orders->request.window) : 0;
	case KEY_CONFIG:
		orders->config = arg;
		return 0;
	case KEY_ROUNDS:
		orders->rounds = strtoul(arg, NULL, 10);
		if (!arg[strspn(arg, "0123456789")] && orders->rounds >= ROUNDS_MIN &&
		    orders->rounds <= ROUNDS_MAX)
			return 0;
		argp_error(state, "the rounds must be a number from %d to %d: '%s'", ROUNDS_MIN,
			   ROUNDS_MAX, arg);
		return EINVAL;
	case KEY_PERIOD:
		return parse_time(state, arg, &orders->period_ns);
	case KEY_EACH:
		orders->each = true;
		return 0;
	case KEY_EMULATOR:
		orders->emulator = arg;
		return 0;
	case KEY_VHOST:
		orders->vhost = arg;
		return 0;
	case KEY_IO:
		orders->io = arg;
		return 0;
	case KEY_ALL:
		orders->all = true;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static error_t parse_argument(struct argp_state *state, char *arg, void *input)
{
	struct parsing *parsing = input;
	const struct task *task = parsing->task;

	if (task->most ? state->arg_num >= task->most : !*task->usage) {
		argp_error(state, "Too many arguments: '%s'", arg);
		return EINVAL;
	}
	parsing->orders->argument[parsing->orders->nr++] = arg;
	return 0;
}

static error_t parse_end(struct argp_state *state, void *input)
{
	const struct task *task = ((struct parsing *)input)->task;

	if (state->arg_num >= task->least)
		return 0;
	argp_error(state, "%s is missing", task->usage);
	return EINVAL;
}

static const struct task *find_task(const char *name)
{
	for (size_t i = 1; i < TASKS_NR; i++)
		if (!strcmp(tasks[i].name, name))
			return &tasks[i];
	return NULL;
}

void orders_free(struct orders *orders)
{
	free(orders->argument);
	free(orders->words);
	*orders = (struct orders){ 0 };
}

const struct task *orders_parse_step(struct orders *orders, const struct orders *by, char **words,
				     uint64_t *made)
{
	const struct task *task;
	char **argv;
	int argc = 1;

	while (words[argc - 1])
		argc++;
	argv = xcalloc(argc + 1, sizeof(*argv));
	argv[0] = "kvmtune";
	memcpy(argv + 1, words, (argc - 1) * sizeof(*argv));
	task = orders_parse(orders, argc, argv);
	free(argv);
	orders->request.root = by->request.root;
	orders->realtime = orders->realtime && by->realtime;
	orders->config = by->config ?: orders->config;
	orders->shell = by->shell;
	orders->temporary = by->temporary || by->lasts_ns;
	orders->quiet = by->quiet;
	orders->made = made;
	return task;
}

const struct task *orders_parse(struct orders *orders, int argc, char **argv)
{
	const struct task *task = argc > 1 ? find_task(argv[1]) : NULL;
	struct parsing parsing = { orders, task ?: tasks };
	struct parser parser = { .command = parsing.task->name,
				 .usage = parsing.task->usage,
				 .doc = parsing.task->doc,
				 .argument = parse_argument,
				 .end = parse_end,
				 .input = &parsing };

	if (argc > 1 && !task)
		parser_refuse(argv[1]);
	*orders = (struct orders){ .request = { .root = "", .window = -1 },
				   .rounds = ROUNDS_MIN,
				   .period_ns = USUAL_PERIOD,
				   .words = xcalloc(argc, sizeof(*argv)),
				   .argument = xcalloc(argc, sizeof(*argv)) };
	/* argp changes the order of argv. */
	memcpy(orders->words, argv + 1, (argc - 1) * sizeof(*argv));
	for (size_t i = 0; i < TASK_MAX_GROUPS; i++)
		parser.group[i] = groups[parsing.task->groups[i]];
	parser_run(&parser, argc - (task != NULL), argv + (task != NULL));
	return parsing.task;
}
