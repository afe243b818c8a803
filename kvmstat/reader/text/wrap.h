/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Breaks sentences into lines.
 */
#ifndef WRAP_H
#define WRAP_H

/*
 * Prints @head and @text, unless @text is empty, in lines of at most 79 columns that break
 * between words. Later lines begin with two more blanks than @head.
 */
void wrap(const char *head, const char *text);

#endif
