/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The standard output, on which nothing may be lost in silence.
 */
#ifndef OUTPUT_H
#define OUTPUT_H

#include <jansson.h>
#include <stdio.h>

/* Makes the process exit with STATUS_NO_DATA if its output could not be written. */
void output_guard(void);

/*
 * Writes out what is buffered. Returns 0, or -1 having said why; a reader that
 * has gone away (a broken pipe) needs no word.
 */
int output_flush(void);

/* Prints a JSON value indented for people, and drops it. */
void output_json(json_t *value, FILE *out);

#endif
