// SPDX-License-Identifier: GPL-2.0
/*
 * Reads thresholds from a file.
 */
#include "verdict/thresholds.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "data/config.h"

#define CONFIG_FILE "/etc/kvmstat.conf"

static int set_threshold(struct config *config, void *data, const char *section, const char *name,
			 const char *value)
{
	static const struct {
		const char *name;
		size_t at;
	} known[] = {
#define X(name, value, what) { #name, offsetof(struct thresholds, name) },
		THRESHOLDS(X)
#undef X
	};
	char *end;
	double number = strtod(value, &end);

	if (strcmp(section, "classify"))
		return config_wrong(config, "there is no section [%.40s]", section);
	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++) {
		if (strcmp(name, known[i].name))
			continue;
		if (!*value || *end || !(number >= 0 && number <= 1e9))
			return config_wrong(config, "%s must be a number from 0 to 1e9: '%.40s'",
					    name, value);
		*(double *)((char *)data + known[i].at) = number;
		return 1;
	}
	return config_wrong(config, "there is no threshold '%.40s'", name);
}

enum status thresholds_load(struct thresholds *thresholds, const char *path)
{
	*thresholds = (struct thresholds){
#define X(name, value, what) .name = value,
		THRESHOLDS(X)
#undef X
	};
	return config_load(path, CONFIG_FILE, set_threshold, thresholds);
}

double thresholds_keep(const struct thresholds *thresholds, bool again)
{
	return again && thresholds->keep > 0 && thresholds->keep < 1 ? thresholds->keep : 1;
}
