// SPDX-License-Identifier: GPL-2.0
/*
 * Reads cpusets of v1 and of v2.
 */
#include "action/cpuset.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "data/memory.h"
#include "data/place.h"
#include "data/tree.h"

/* One of so many CPUs is kept for the host. */
#define KEPT_OF 8

static bool find_online(const char *root, struct cpus *cpus)
{
	char *list = tree_read(NULL, "%s/sys/devices/system/cpu/online", root);
	const bool known = list && cpus_parse(cpus, list);

	free(list);
	return known;
}

/* A cgroup of v2 has the file only where the controller is on; else those above it have it. */
static bool read_place(struct place *place, struct cpus *cpus)
{
	const char *file = place->version == 1 ? "cpuset.effective_cpus" : "cpuset.cpus.effective";

	for (;;) {
		char *list = tree_read(NULL, "%s%s/%s", place->mount, place->path, file);
		const bool known = list && cpus_parse(cpus, list);
		char *slash = strrchr(place->path, '/');

		free(list);
		if (known)
			return true;
		if (!slash)
			return false;
		*slash = '\0';
	}
}

/* A domain is a scope of systemd's, or a folder of libvirt's own. */
static void cut_to_domain(char *path)
{
	static const char *const ends[] = { ".scope/", ".libvirt-qemu/" };

	for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++) {
		char *end = strstr(path, ends[i]);

		if (end)
			end[strlen(ends[i]) - 1] = '\0';
	}
}

bool cpuset_find(const char *root, uint64_t tid, enum manager owner, struct cpus *cpus,
		 char **whose)
{
	char *lines = tree_read(NULL, "%s/proc/%" PRIu64 "/cgroup", root, tid);
	struct place place;
	bool known = false;

	*whose = NULL;
	if (place_find(&place, root, lines, "cpuset")) {
		if (owner == MANAGER_LIBVIRT)
			cut_to_domain(place.path);
		known = read_place(&place, cpus);
		if (known)
			*whose = xstrdup(*place.path ? place.path : "/");
		place_free(&place);
	}
	free(lines);
	if (!known && find_online(root, cpus)) {
		*whose = xstrdup("/");
		known = true;
	}
	return known;
}

bool cpuset_kept(const char *root, const char *list, struct cpus *kept)
{
	struct cpus online;
	size_t left;

	if (list)
		return cpus_parse(kept, list);
	if (!find_online(root, &online))
		return false;
	*kept = (struct cpus){ 0 };
	left = cpus_count(&online) < KEPT_OF ? 1 : cpus_count(&online) / KEPT_OF;
	for (size_t cpu = cpus_next(&online, 0); left && cpu < CPUS_MAX;
	     cpu = cpus_next(&online, cpu + 1), left--)
		cpus_add(kept, cpu);
	return true;
}
