/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Names of guests, from the process that runs them. They come from whoever
 * created the guest, so they are data to show with care, not text.
 */
#ifndef NAME_H
#define NAME_H

#include <stdbool.h>

/* Room for a name; a longer one is cut. */
#define NAME_SIZE 256

/* Enough for name_show() at a width of NAME_SIZE. */
#define NAME_SHOWN_SIZE (4 * NAME_SIZE)

/* What kind of VMM a command line is, and the name that it gives its guest. */
struct name_found {
	const char *vmm; /* static; NULL: none that we know */
	char name[NAME_SIZE]; /* raw bytes; empty: it gives none */
};

/*
 * Finds the name in @argv, a VMM's arguments ended by NULL: QEMU's -name in both
 * forms (so libvirt's), Firecracker's --id, crosvm's and kvmtool's --name, or the
 * name of Cloud Hypervisor's and crosvm's socket.
 */
void name_find(char *const *argv, struct name_found *found);

/*
 * Writes @raw to @out as valid UTF-8 without anything that is not printed: other
 * bytes, backslashes, and a first =, +, - or @ of more than itself as \xNN, so that
 * different names stay different. One that is too long is cut and ends in '+'. Text that
 * is clean already is given with @again, and keeps its backslashes.
 */
void name_clean(char out[NAME_SIZE], const char *raw, bool again);

/*
 * Writes the clean @name to @out as at most @width columns of the current locale:
 * bytes that it cannot show as \xNN, a cut one ends in '+'. Returns the columns used.
 */
int name_show(char out[NAME_SHOWN_SIZE], const char *name, int width);

#endif
