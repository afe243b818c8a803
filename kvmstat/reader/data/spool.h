/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Opens a file so that it can be read more than once, whether it is plain, a gzip or a pipe.
 */
#ifndef SPOOL_H
#define SPOOL_H

#include <stdio.h>

/*
 * Opens the file at @path; "-" is the standard input. A gzip, or what can be read only once, is
 * first unpacked into a file without a name; of what is no recording only the first
 * SOURCE_MAX_BYTES, as more of that is of no use. Warns if a gzip has no end or is damaged, and takes
 * what is before that. Returns NULL with errno if the file cannot be read.
 */
FILE *spool_open(const char *path);

#endif
