// SPDX-License-Identifier: GPL-2.0
/*
 * Knows cgroups of v1 and of v2.
 */
#define _GNU_SOURCE
#include "data/place.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "data/memory.h"

static bool has_word(const char *list, const char *word)
{
	const size_t len = strlen(word);

	for (; *list; list += strcspn(list, ",:"), list += *list == ',') {
		if (!strncmp(list, word, len) && strchr(",:", list[len]))
			return true;
		if (*list == ':')
			break;
	}
	return false;
}

bool place_find(struct place *place, const char *root, char *lines, const char *controller)
{
	char *state, *best = NULL, *controllers;

	for (char *line = lines ? strtok_r(lines, "\n", &state) : NULL; line;
	     line = strtok_r(NULL, "\n", &state)) {
		controllers = strchr(line, ':');
		if (!controllers || !strchr(++controllers, ':'))
			continue;
		if (has_word(controllers, controller) || (*controllers == ':' && !best))
			best = controllers;
	}
	if (!best)
		return false;
	*place = (struct place){ .version = *best == ':' ? 2 : 1 };
	controllers = best;
	best = strchr(best, ':');
	*best++ = '\0';
	place->mount = xasprintf("%s/sys/fs/cgroup/%s", root, controllers);
	if (place->version == 2) {
		char *probe = xasprintf("%scgroup.controllers", place->mount);

		if (access(probe, F_OK)) {
			free(place->mount);
			place->mount = xasprintf("%s/sys/fs/cgroup/unified", root);
		}
		free(probe);
	}
	place->path = xstrdup(best);
	return true;
}

void place_free(struct place *place)
{
	free(place->mount);
	free(place->path);
	*place = (struct place){ 0 };
}
