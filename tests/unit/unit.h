/* SPDX-License-Identifier: GPL-2.0 */
/*
 * All unit tests begin with this: cmocka, a main that runs a table of tests, and a way to
 * catch what is written to a stream.
 */
#ifndef UNIT_H
#define UNIT_H

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

/* The user has a locale with UTF-8. */
#define UNIT_MAIN(tests)                                          \
	int main(void)                                            \
	{                                                         \
		if (!setlocale(LC_CTYPE, "C.UTF-8"))              \
			return 1;                                 \
		cmocka_set_message_output(CM_OUTPUT_TAP);         \
		return cmocka_run_group_tests(tests, NULL, NULL); \
	}

struct capture {
	FILE **stream, *was;
	char *text;
	size_t len;
};

/* Makes *@stream, for instance stdout, write to memory until capture_end(). */
static inline void capture(struct capture *capture, FILE **stream)
{
	*capture = (struct capture){ .stream = stream, .was = *stream };
	*stream = open_memstream(&capture->text, &capture->len);
	assert_non_null(*stream);
}

/* Returns what was written. The caller frees it. */
static inline char *capture_end(struct capture *capture)
{
	fclose(*capture->stream);
	*capture->stream = capture->was;
	return capture->text;
}

#endif
