/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the command exits with, as --help documents it.
 */
#ifndef STATUS_H
#define STATUS_H

enum status {
	STATUS_OK,
	STATUS_NO_DATA, /* the numbers cannot be read, or the output cannot be written */
	STATUS_BAD, /* bad usage, a bad file, or an ambiguous guest */
};

#endif
