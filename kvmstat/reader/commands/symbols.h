/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The symbols of a guest's kernel, from a copy of its /proc/kallsyms or from its vmlinux.
 */
#ifndef SYMBOLS_H
#define SYMBOLS_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "data/status.h"

/* What a file can make us do is bounded. */
#define SYMBOLS_MAX (1 << 22)

struct symbol {
	uint64_t address;
	char *name; /* clean */
};

/* Those of code, in the order of their addresses. */
struct symbols {
	struct symbol *symbol;
	size_t nr;
};

/*
 * Reads the file at @path. Returns STATUS_OK, or says what is wrong. symbols_free() frees @symbols,
 * in both cases.
 */
enum status symbols_load(struct symbols *symbols, const char *path);

/* Reads the lines of a kallsyms, in any order. Returns how many addresses were hidden. */
size_t symbols_read(struct symbols *symbols, FILE *file);

/* Returns a new string like "do_idle+0x1c", or NULL if no symbol is near below @address. */
char *symbols_name(const struct symbols *symbols, uint64_t address);

void symbols_free(struct symbols *symbols);

#endif
