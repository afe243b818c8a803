// SPDX-License-Identifier: GPL-2.0
/*
 * Runs argp. Help and version are our own options, because with argp's a mistake could not be
 * answered with the usage.
 */
#include "text/parser.h"

#include <stdio.h>
#include <stdlib.h>

#include "data/status.h"
#include "kvmstat.h"

enum { KEY_USAGE = PARSER_KEYS - 1 };

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
	(void)arg;
	switch (key) {
	case 'h':
		argp_state_help(state, state->out_stream, ARGP_HELP_STD_HELP);
		exit(STATUS_OK);
	case KEY_USAGE:
		argp_state_help(state, state->out_stream, ARGP_HELP_USAGE);
		exit(STATUS_OK);
	case 'V':
		printf("%s " KVMSTAT_VERSION "\n", status_program);
		exit(STATUS_OK);
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

PARSER_GROUP(help, { "help", 'h', NULL, 0, "Show this help", -1 },
	     { "usage", KEY_USAGE, NULL, 0, "Show the options in short", -1 },
	     { "version", 'V', NULL, 0, "Show the version", -1 });

/* The root of a command's parser has no options, only arguments. */
static error_t parse_root(int key, char *arg, struct argp_state *state)
{
	const struct parser *parser = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		for (size_t i = 0; state->root_argp->children[i].argp; i++)
			state->child_inputs[i] = parser->input;
		return 0;
	case ARGP_KEY_ARG:
		return parser->argument(state, arg, parser->input);
	case ARGP_KEY_END:
		return parser->end(state, parser->input);
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

void parser_refuse(const char *word)
{
	if (word[0] < 'a' || word[0] > 'z')
		return;
	fprintf(stderr, "%s: no command '%s'; '%s --help' lists them\n", status_program, word,
		status_program);
	exit(STATUS_BAD);
}

void parser_run(const struct parser *parser, int argc, char **argv)
{
	struct argp_child children[PARSER_MAX_GROUPS + 2] = { 0 }, *child = children;
	const struct argp root = { .parser = parse_root,
				   .children = children,
				   .args_doc = parser->usage,
				   .doc = parser->doc };
	static char name[32];

	argp_err_exit_status = STATUS_BAD;
	/* Otherwise a note on the arguments of options would push help off the screen. */
	setenv("ARGP_HELP_FMT", "no-dup-args-note", 0);
	snprintf(name, sizeof(name), "%s%s%s", status_program, *parser->command ? " " : "",
		 parser->command);
	argv[0] = name;
	/* kvmtune parses several lines. */
	optind = 0;
	for (size_t i = 0; i < PARSER_MAX_GROUPS && parser->group[i]; i++)
		child++->argp = parser->group[i];
	*child = (struct argp_child){ .argp = &help_group, .group = -1 };
	if (!argp_parse(&root, argc, argv, ARGP_NO_EXIT | ARGP_NO_HELP, NULL, (void *)parser))
		return;
	argp_help(&root, stderr, ARGP_HELP_SHORT_USAGE, name);
	exit(STATUS_BAD);
}
