// SPDX-License-Identifier: GPL-2.0
/*
 * Reads an INI file with inih, which says on which line a fault is; what the fault is, is ours.
 */
#include "data/config.h"

#include <errno.h>
#include <ini.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "data/name.h"

struct config {
	config_set *set;
	void *data;
	FILE *file;
	int line; /* that was read last */
	int wrong_line; /* the first one that we found wrong, or 0 */
	char wrong[160]; /* what is wrong there */
};

/* Stop at the first fault. */
static char *next_line(char *line, int size, void *data)
{
	struct config *config = data;

	config->line++;
	return config->wrong_line ? NULL : fgets(line, size, config->file);
}

static int set_one(void *data, const char *section, const char *name, const char *value)
{
	struct config *config = data;

	return config->set(config, config->data, section, name, value);
}

int config_wrong(struct config *config, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(config->wrong, sizeof(config->wrong), format, args);
	va_end(args);
	config->wrong_line = config->line;
	return 0;
}

enum status config_load(const char *path, const char *usual, config_set *set, void *data)
{
	struct config config = { .set = set, .data = data };
	const char *file = path ?: usual;
	char clean[NAME_SIZE];
	int line = 0, error = 0;

	config.file = fopen(file, "re");
	if (!config.file) {
		if (!path && errno == ENOENT)
			return STATUS_OK;
		error = errno;
	} else {
		line = ini_parse_stream(next_line, &config, set_one, &config);
		error = ferror(config.file) ? errno : 0;
		fclose(config.file);
	}
	if (error) {
		fprintf(stderr, "%s: cannot read %s: %s\n", status_program, file, strerror(error));
		return STATUS_NO_DATA;
	}
	if (!line)
		return STATUS_OK;
	name_clean(clean, line == config.wrong_line ? config.wrong : "not 'name = value'", true);
	fprintf(stderr, "%s: %s: line %d: %s\n", status_program, file, line, clean);
	return STATUS_BAD;
}
