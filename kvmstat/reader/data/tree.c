// SPDX-License-Identifier: GPL-2.0
/*
 * Reads files, and finds values in them.
 */
#define _GNU_SOURCE
#include "data/tree.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "data/memory.h"

static char *format_path(const char *format, va_list args)
{
	char *path;

	if (vasprintf(&path, format, args) < 0)
		abort();
	return path;
}

char *tree_read_stream(FILE *file, size_t *len)
{
	char *buf = NULL;
	size_t room = 0;

	*len = 0;
	do {
		room = room ? room * 2 : 8192;
		buf = xreallocarray(buf, room + 1, 1);
		errno = 0;
		*len += fread(buf + *len, 1, room - *len, file);
	} while (*len == room && room <= TREE_MAX_BYTES);
	buf[*len] = '\0';
	if (ferror(file)) {
		int error = errno;

		free(buf);
		buf = NULL;
		errno = error;
	}
	return buf;
}

char *tree_read(size_t *len, const char *format, ...)
{
	size_t ignored;
	va_list args;
	char *path, *buf = NULL;
	FILE *file;
	int error;

	len = len ?: &ignored;
	*len = 0;
	va_start(args, format);
	path = format_path(format, args);
	va_end(args);
	file = fopen(path, "re");
	if (file)
		buf = tree_read_stream(file, len);
	error = errno;
	if (file)
		fclose(file);
	free(path);
	errno = error;
	return buf;
}

/* Returns what is behind @key and its separators, or NULL. */
static const char *find(const char *text, const char *key)
{
	const size_t len = strlen(key);

	for (const char *line = text; line && *line;) {
		const char *value = line + len;

		if (!strncmp(line, key, len) && strchr(" \t:", *value) && *value)
			return value + strspn(value, " \t:");
		line = strchrnul(line, '\n');
		line += *line == '\n';
	}
	return NULL;
}

bool tree_number(const char *text, const char *key, uint64_t *number)
{
	const char *value = find(text, key);
	char *end;

	if (!value || !(isdigit((unsigned char)value[*value == '-'])))
		return false;
	errno = 0;
	if (*value == '-')
		*number = (uint64_t)strtoll(value, &end, 10);
	else
		*number = strtoull(value, &end, 10);
	return !errno;
}

char *tree_text(const char *text, const char *key)
{
	const char *value = find(text, key);
	char *copy;

	if (!value)
		return NULL;
	copy = xstrdup(value);
	copy[strcspn(copy, "\n")] = '\0';
	return copy;
}

char *tree_link(const char *format, ...)
{
	char target[4096], *path;
	va_list args;
	ssize_t len;
	int error;

	va_start(args, format);
	path = format_path(format, args);
	va_end(args);
	len = readlink(path, target, sizeof(target) - 1);
	error = errno;
	free(path);
	errno = error;
	if (len < 0)
		return NULL;
	target[len] = '\0';
	return xstrdup(target);
}

bool tree_numbers(const char *path, void (*use)(void *data, uint64_t number), void *data)
{
	DIR *dir = opendir(path);
	const struct dirent *entry;

	if (!dir)
		return false;
	while ((entry = readdir(dir)))
		if (entry->d_name[0] && !entry->d_name[strspn(entry->d_name, "0123456789")])
			use(data, strtoull(entry->d_name, NULL, 10));
	closedir(dir);
	return true;
}

bool tree_list_has(const char *list, uint64_t number)
{
	while (list && *list >= '0' && *list <= '9') {
		char *end;
		uint64_t first = strtoull(list, &end, 10), last = first;

		if (*end == '-')
			last = strtoull(end + 1, &end, 10);
		if (number >= first && number <= last)
			return true;
		list = *end == ',' ? end + 1 : NULL;
	}
	return false;
}

bool tree_is_initial(const char *root)
{
	/* The kernel's PROC_PID_INIT_INO. */
	char *link = tree_link("%s/proc/self/ns/pid", root);
	const bool initial = link && !strcmp(link, "pid:[4026531836]");

	free(link);
	return initial;
}
