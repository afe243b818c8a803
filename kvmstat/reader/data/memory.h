/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Allocations that exit with STATUS_NO_DATA and a message when there is no memory left.
 */
#ifndef MEMORY_H
#define MEMORY_H

#include <stddef.h>

/* Exits if @memory is NULL. */
void *memory_or_exit(void *memory);

/* These never return NULL. */
void *xcalloc(size_t nr, size_t size);
void *xreallocarray(void *old, size_t nr, size_t size);
/* Makes room for one more element behind the @nr there are. The room doubles at powers of two. */
void *xgrow(void *old, size_t nr, size_t size);
char *xstrdup(const char *text);
__attribute__((format(printf, 1, 2))) char *xasprintf(const char *format, ...);

#endif
