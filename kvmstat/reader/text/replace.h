/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A file that others read while it is written anew: they see the old one or the new
 * one, whole.
 */
#ifndef REPLACE_H
#define REPLACE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Makes @path a file of the @len bytes at @text, for all to read that the umask lets.
 * A link stays, and what it leads to is replaced; what is no regular file is refused.
 * Returns false with errno set; the old file is then as it was, and no other is left.
 */
bool replace_file(const char *path, const char *text, size_t len);

#endif
