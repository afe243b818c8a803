/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Replaces a file while others read it. They see all of the old one or all of the new one.
 */
#ifndef REPLACE_H
#define REPLACE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Replaces the file at @path by the @len bytes at @text. All users whom the umask allows can
 * read the file. If @path is a link, the file that it leads to is replaced. Only regular
 * files can be. On failure returns false with errno; the old file is then unchanged, and no
 * new one is left.
 */
bool replace_file(const char *path, const char *text, size_t len);

#endif
