// SPDX-License-Identifier: GPL-2.0
/*
 * Wraps the allocations of the C library.
 */
#define _GNU_SOURCE
#include "data/memory.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "data/status.h"

void *memory_or_exit(void *memory)
{
	if (memory)
		return memory;
	fprintf(stderr, "%s: out of memory\n", status_program);
	exit(STATUS_NO_DATA);
}

void *xcalloc(size_t nr, size_t size)
{
	return memory_or_exit(calloc(nr, size));
}

void *xreallocarray(void *old, size_t nr, size_t size)
{
	return memory_or_exit(reallocarray(old, nr, size));
}

void *xgrow(void *old, size_t nr, size_t size)
{
	return nr & (nr - 1) ? old : xreallocarray(old, nr ? 2 * nr : 1, size);
}

char *xstrdup(const char *text)
{
	return memory_or_exit(strdup(text));
}

char *xasprintf(const char *format, ...)
{
	va_list args;
	char *text;
	int len;

	va_start(args, format);
	len = vasprintf(&text, format, args);
	va_end(args);
	return memory_or_exit(len < 0 ? NULL : text);
}
