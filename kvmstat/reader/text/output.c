// SPDX-License-Identifier: GPL-2.0
/*
 * Notices when standard output cannot be written, for instance to a full disk.
 */
#include "text/output.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "data/status.h"

int output_flush(void)
{
	static bool failed;

	if (!failed && (fflush(stdout) || ferror(stdout))) {
		failed = true;
		if (errno != EPIPE)
			fprintf(stderr, "%s: cannot write the output: %s\n", status_program,
				strerror(errno));
	}
	return failed ? -1 : 0;
}

static void check_at_exit(void)
{
	if (output_flush())
		_exit(STATUS_NO_DATA);
}

void output_guard(void)
{
	atexit(check_at_exit);
}

void output_json(json_t *value, FILE *out)
{
	json_dumpf(value, out, JSON_INDENT(2) | JSON_REAL_PRECISION(12));
	fputc('\n', out);
	json_decref(value);
}
