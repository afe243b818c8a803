/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Standard output, where nothing is lost in silence.
 */
#ifndef OUTPUT_H
#define OUTPUT_H

#include <jansson.h>
#include <stdio.h>

/* Makes the process exit with STATUS_NO_DATA if its output cannot be written. */
void output_guard(void);

/*
 * Writes out what is buffered. Returns 0, or -1 and says why. A broken pipe needs no
 * message, as its reader has gone.
 */
int output_flush(void);

/* Prints a JSON value, indented for people, and drops the reference. */
void output_json(json_t *value, FILE *out);

#endif
