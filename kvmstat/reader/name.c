// SPDX-License-Identifier: GPL-2.0
/*
 * Finds the name of a guest in its VMM's command line, and makes any name
 * harmless to a terminal.
 */
#define _GNU_SOURCE
#include "name.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>
#include <wctype.h>

/* The name comes early even in libvirt's command lines of tens of KiB. */
#define CMDLINE_SIZE (128 << 10)

/* Reads at most @size - 1 bytes of a file of @pid and puts a NUL behind them. */
static size_t read_proc(const char *root, uint64_t pid, const char *file, char *buf, size_t size)
{
	size_t len = 0;
	char *path;
	FILE *f;

	buf[0] = '\0';
	if (asprintf(&path, "%s/proc/%" PRIu64 "/%s", root, pid, file) < 0)
		return 0;
	f = fopen(path, "re");
	free(path);
	if (f) {
		len = fread(buf, 1, size - 1, f);
		buf[len] = '\0';
		fclose(f);
	}
	return len;
}

/*
 * The argument of -name is QEMU's key=value list: a first part with no '=' is
 * the guest's name, ",," is a comma in a value, the last guest= wins.
 */
static bool name_from_option(const char *at, char name[NAME_SIZE])
{
	bool found = false;

	for (const char *start = at; *at;) {
		size_t key = strcspn(at, "=,");
		bool is_name = at == start;
		size_t len = 0;

		if (at[key] == '=') {
			is_name = key == 5 && !strncmp(at, "guest", key);
			at += key + 1;
		}
		for (; *at && (*at != ',' || at[1] == ','); at++) {
			if (*at == ',')
				at++;
			if (is_name && len < NAME_SIZE - 1)
				name[len++] = *at;
		}
		if (is_name) {
			name[len] = '\0';
			found = len;
		}
		if (*at)
			at++;
	}
	return found;
}

bool name_from_cmdline(const char *cmdline, size_t len, char name[NAME_SIZE])
{
	const char *const end = cmdline + len;
	bool found = false;

	while (cmdline < end) {
		const char *next = cmdline + strlen(cmdline) + 1;

		if (next < end && (!strcmp(cmdline, "-name") || !strcmp(cmdline, "--name"))) {
			found = name_from_option(next, name) || found;
			next += strlen(next) + 1;
		}
		cmdline = next;
	}
	return found;
}

void name_of(const char *root, uint64_t pid, char name[NAME_SIZE])
{
	static char cmdline[CMDLINE_SIZE];
	size_t len = read_proc(root, pid, "cmdline", cmdline, sizeof(cmdline));

	if (name_from_cmdline(cmdline, len, name))
		return;
	len = read_proc(root, pid, "comm", name, NAME_SIZE);
	if (len && name[len - 1] == '\n')
		name[len - 1] = '\0';
	if (!name[0])
		strcpy(name, "?");
}

int name_show(char out[NAME_SHOWN_SIZE], const char *name, int width)
{
	int used = 0, kept_used = 0;
	char *to = out, *kept = out;
	mbstate_t state = { 0 };

	while (*name) {
		wchar_t wide;
		size_t len = mbrtowc(&wide, name, strlen(name), &state);
		/* A character without a width of its own could change its neighbours. */
		bool harmless = len <= MB_LEN_MAX && wide != L'\\' && iswprint(wide) &&
				wcwidth(wide) > 0;
		int columns = harmless ? wcwidth(wide) : (int)strlen("\\x00");

		if (used + columns > width) {
			/* What was kept leaves a column for the mark. */
			*kept = '+';
			kept[1] = '\0';
			return kept_used + 1;
		}
		if (harmless) {
			to = mempcpy(to, name, len);
			name += len;
		} else {
			to += sprintf(to, "\\x%02x", (unsigned char)*name++);
			state = (mbstate_t){ 0 };
		}
		used += columns;
		if (used < width) {
			kept = to;
			kept_used = used;
		}
	}
	*to = '\0';
	return used;
}
