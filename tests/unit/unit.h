/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What every unit test starts with: cmocka, a main that runs a table, and a way to see
 * what is written to a stream.
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

/* The locale is that of a user with UTF-8. */
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

/* Makes *@stream, stdout or stderr say, write to memory until capture_end(). */
static inline void capture(struct capture *capture, FILE **stream)
{
	*capture = (struct capture){ .stream = stream, .was = *stream };
	*stream = open_memstream(&capture->text, &capture->len);
	assert_non_null(*stream);
}

/* Returns what was written, to be freed. */
static inline char *capture_end(struct capture *capture)
{
	fclose(*capture->stream);
	*capture->stream = capture->was;
	return capture->text;
}

#endif
