/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Names of guests, from the process that runs them. They come from whoever
 * created the guest, so they are data to show with care, not text.
 */
#ifndef NAME_H
#define NAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Room for a name; a longer one is cut. */
#define NAME_SIZE 256

/* Enough for name_show() at a width of NAME_SIZE. */
#define NAME_SHOWN_SIZE (4 * NAME_SIZE)

/*
 * Writes to @name the name of the guest that process @pid runs: QEMU's -name,
 * else the process's command, else "?". The processes are those of @root/proc.
 */
void name_of(const char *root, uint64_t pid, char name[NAME_SIZE]);

/*
 * Finds QEMU's -name in @cmdline: @len bytes, arguments ended by NUL, with one
 * more NUL behind them. Returns false when there is none.
 */
bool name_from_cmdline(const char *cmdline, size_t len, char name[NAME_SIZE]);

/*
 * Writes @name to @out as at most @width columns of harmless text of the
 * current locale: other bytes as \xNN, a cut one ends in '+'. Returns the
 * columns used.
 */
int name_show(char out[NAME_SHOWN_SIZE], const char *name, int width);

#endif
