/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Reads the small files of /proc and /sys.
 */
#ifndef TREE_H
#define TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/*
 * Reads a small file into a new string; the path is a format. Returns NULL with errno if that
 * fails. If @len is not NULL, it gets the number of bytes.
 */
__attribute__((format(printf, 2, 3))) char *tree_read(size_t *len, const char *format, ...);

/* What a file can make us do is bounded: no more is read, but for a little by which it is told. */
#define TREE_MAX_BYTES (16 << 20)

/* Reads @file to its end, likewise. @len, which is not NULL, is larger than the bound if there is more. */
char *tree_read_stream(FILE *file, size_t *len);

/*
 * Finds the line of @text that begins with @key and then has blanks, colons and a number, and
 * copies the number. One below 0 is in two's complement. Returns false if there is no such line.
 */
bool tree_number(const char *text, const char *key, uint64_t *number);

/* Copies the rest of such a line, without blanks around it, to a new string, or returns NULL. */
char *tree_text(const char *text, const char *key);

/* Reads the target of a symbolic link into a new string, or returns NULL with errno. */
__attribute__((format(printf, 1, 2))) char *tree_link(const char *format, ...);

/* Calls @use for each entry of a directory whose name is a number. Returns false with errno. */
bool tree_numbers(const char *path, void (*use)(void *data, uint64_t number), void *data);

/* Returns whether a list like "0-3,8" has @number. */
bool tree_list_has(const char *list, uint64_t number);

/*
 * Returns whether process ids below @root are those of the initial pid namespace, as the module
 * and KVM tell them.
 */
bool tree_is_initial(const char *root);

#endif
