/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Files of settings, which the operator writes: INI, read with inih.
 */
#ifndef CONFIG_H
#define CONFIG_H

#include "data/status.h"

struct config;

/*
 * Takes a setting into @data. Returns 1, or what config_wrong() returns. The strings are valid for
 * the call.
 */
typedef int config_set(struct config *config, void *data, const char *section, const char *name,
		       const char *value);

/*
 * Reads the file at @path, up to its first fault. If @path is NULL, the file is @usual, which need
 * not exist. Returns STATUS_OK, or says what is wrong, with the file and the line.
 */
enum status config_load(const char *path, const char *usual, config_set *set, void *data);

/* Notes what is wrong with the setting that is being taken. Returns 0. */
__attribute__((format(printf, 2, 3))) int config_wrong(struct config *config, const char *format,
						       ...);

#endif
