/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a command exits with, as --help documents it, and who says so.
 */
#ifndef STATUS_H
#define STATUS_H

enum status {
	STATUS_OK,
	STATUS_NO_DATA, /* the numbers cannot be read, or the output cannot be written */
	STATUS_BAD, /* bad usage, a bad file, or an ambiguous guest */
};

/* The program that prints a message names itself in it: "kvmstat", unless its main() says otherwise. */
extern const char *status_program;

#endif
