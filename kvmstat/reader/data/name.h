/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Names of guests, from the processes that run them. Whoever created a guest chose its
 * name, so names are cleaned before they are shown.
 */
#ifndef NAME_H
#define NAME_H

#include <stdbool.h>

/* Room for a name; longer names are cut. */
#define NAME_SIZE 256

/* Enough for name_show() at a width of NAME_SIZE. */
#define NAME_SHOWN_SIZE (4 * NAME_SIZE)

/* What a command line says about the guest. */
struct name_found {
	const char *vmm; /* the kind of VMM, a static string; NULL if it is not known */
	char name[NAME_SIZE]; /* raw bytes; empty if there is no name */
	char uuid[NAME_SIZE]; /* likewise; QEMU's -uuid, which libvirt gives it */
};

/*
 * Finds the guest's name in @argv, the arguments of a VMM with NULL at the end. The name is
 * in QEMU's -name in both forms (libvirt uses QEMU's), Firecracker's --id, crosvm's and
 * kvmtool's --name, or the socket of Cloud Hypervisor and crosvm.
 */
void name_find(char *const *argv, struct name_found *found);

/*
 * Writes @raw to @out as valid UTF-8 of printed characters only. Other bytes and
 * backslashes become \xNN, and so does a first =, +, - or @ if more follows. Different
 * names stay different. Too long a name is cut and ends in '+'. If @again is set, @raw is
 * clean text already and keeps its backslashes.
 */
void name_clean(char out[NAME_SIZE], const char *raw, bool again);

/*
 * Writes the clean @name to @out in at most @width columns of the current locale. Bytes
 * that the locale cannot show become \xNN; a cut name ends in '+'. Returns the columns
 * that @out takes. If @width is more than NAME_SIZE, @out needs four bytes for each of @name,
 * and four more.
 */
int name_show(char out[NAME_SHOWN_SIZE], const char *name, int width);

/* Returns whether the user's @text is the clean @name, as it is shown or as it was given. */
bool name_means(const char *text, const char *name);

#endif
