/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Sentences on a screen.
 */
#ifndef WRAP_H
#define WRAP_H

/*
 * Prints @text, if there is any, behind @head in lines of at most 79 columns that end
 * between words; the later ones begin with as many blanks as @head does, and two.
 */
void wrap(const char *head, const char *text);

#endif
