// SPDX-License-Identifier: GPL-2.0
/*
 * Fills lines with words.
 */
#include "text/wrap.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define WIDTH 79

void wrap(const char *head, const char *text)
{
	const size_t indent = strspn(head, " ") + 2;
	size_t at = strlen(head);

	if (!*text)
		return;
	fputs(head, stdout);
	for (bool first = true; *text; first = false) {
		size_t len = strcspn(text, " ");

		if (!first && at + 1 + len > WIDTH) {
			printf("\n%*s", (int)indent, "");
			at = indent;
		} else if (!first) {
			at += printf(" ");
		}
		at += printf("%.*s", (int)len, text);
		text += len + (text[len] == ' ');
	}
	putchar('\n');
}
