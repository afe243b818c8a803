/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Memory, or the end: a command that has none left can only say so.
 */
#ifndef MEMORY_H
#define MEMORY_H

#include <stddef.h>

/* As calloc(), reallocarray(), strdup() and asprintf(); without memory they exit with STATUS_NO_DATA. */
void *xcalloc(size_t nr, size_t size);
void *xreallocarray(void *old, size_t nr, size_t size);
char *xstrdup(const char *text);
__attribute__((format(printf, 1, 2))) char *xasprintf(const char *format, ...);

#endif
