// SPDX-License-Identifier: GPL-2.0
/*
 * Reads thresholds from an INI file with inih.
 */
#include "verdict/thresholds.h"

#include <errno.h>
#include <ini.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "data/name.h"

#define CONFIG_FILE "/etc/kvmstat.conf"

struct loading {
	struct thresholds *thresholds;
	FILE *file;
	int line; /* that was read last */
	int wrong_line; /* the first one that we found wrong, or 0 */
	char wrong[160]; /* what is wrong there */
};

/* Stop at the first fault. */
static char *next_line(char *line, int size, void *data)
{
	struct loading *loading = data;

	loading->line++;
	return loading->wrong_line ? NULL : fgets(line, size, loading->file);
}

__attribute__((format(printf, 2, 3))) static int wrong(struct loading *loading, const char *format,
						       ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(loading->wrong, sizeof(loading->wrong), format, args);
	va_end(args);
	loading->wrong_line = loading->line;
	return 0;
}

static int set_threshold(void *data, const char *section, const char *name, const char *value)
{
	static const struct {
		const char *name;
		size_t at;
	} known[] = {
#define X(name, value, what) { #name, offsetof(struct thresholds, name) },
		THRESHOLDS(X)
#undef X
	};
	struct loading *loading = data;
	char *end;
	double number = strtod(value, &end);

	if (strcmp(section, "classify"))
		return wrong(loading, "there is no section [%.40s]", section);
	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++) {
		if (strcmp(name, known[i].name))
			continue;
		if (!*value || *end || !(number >= 0 && number <= 1e9))
			return wrong(loading, "%s must be a number from 0 to 1e9: '%.40s'", name,
				     value);
		*(double *)((char *)loading->thresholds + known[i].at) = number;
		return 1;
	}
	return wrong(loading, "there is no threshold '%.40s'", name);
}

enum status thresholds_load(struct thresholds *thresholds, const char *path)
{
	struct loading loading = { .thresholds = thresholds };
	const char *file = path ?: CONFIG_FILE;
	char clean[NAME_SIZE];
	int line = 0, error = 0;

	*thresholds = (struct thresholds){
#define X(name, value, what) .name = value,
		THRESHOLDS(X)
#undef X
	};
	loading.file = fopen(file, "re");
	if (!loading.file) {
		if (!path && errno == ENOENT)
			return STATUS_OK;
		error = errno;
	} else {
		line = ini_parse_stream(next_line, &loading, set_threshold, &loading);
		error = ferror(loading.file) ? errno : 0;
		fclose(loading.file);
	}
	if (error) {
		fprintf(stderr, "%s: cannot read %s: %s\n", status_program, file, strerror(error));
		return STATUS_NO_DATA;
	}
	if (!line)
		return STATUS_OK;
	name_clean(clean, line == loading.wrong_line ? loading.wrong : "not 'name = value'", true);
	fprintf(stderr, "%s: %s: line %d: %s\n", status_program, file, line, clean);
	return STATUS_BAD;
}
