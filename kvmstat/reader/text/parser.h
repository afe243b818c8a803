/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Parses the command line of a command with argp. The parser of a command consists of the groups
 * of options that it takes, and of help and version, which all commands take.
 */
#ifndef PARSER_H
#define PARSER_H

#include <argp.h>

/* Defines a group of options, which parse_option() of the same file parses. */
#define PARSER_GROUP(name, ...)                                                    \
	static const struct argp_option name##_options[] = { __VA_ARGS__, { 0 } }; \
	static const struct argp name##_group = { .options = name##_options,       \
						  .parser = parse_option }

/* The keys of options without a short form begin here. */
#define PARSER_KEYS 0x100

#define PARSER_MAX_GROUPS 8

struct parser {
	const char *command; /* its name; empty for the command without one */
	const char *usage, *doc;
	const struct argp *group[PARSER_MAX_GROUPS]; /* NULL after the last one */
	/* Handle an argument that is no option, and the end. They return what argp wants. */
	error_t (*argument)(struct argp_state *state, char *arg, void *input);
	error_t (*end)(struct argp_state *state, void *input);
	void *input; /* of these and of parse_option() */
};

/* If @word should have been a command's name, says that there is none, and exits. */
void parser_refuse(const char *word);

/*
 * Parses @argc words at @argv, of which the first one is replaced by the name. Exits after help,
 * version, or, with STATUS_BAD, a mistake.
 */
void parser_run(const struct parser *parser, int argc, char **argv);

#endif
