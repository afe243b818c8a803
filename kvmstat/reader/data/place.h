/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The place of a process in the cgroup file systems.
 */
#ifndef PLACE_H
#define PLACE_H

#include <stdbool.h>

struct place {
	unsigned int version;
	char *mount, *path; /* of the file system, and in it; owned */
};

/*
 * Finds in the text of /proc/PID/cgroup, which is changed, the place that @controller has, or else
 * that of v2. Returns false if there is none. The caller frees @place.
 */
bool place_find(struct place *place, const char *root, char *lines, const char *controller);

void place_free(struct place *place);

#endif
