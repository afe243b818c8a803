/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Unpacks a tree of small files, as the kernel has them in /proc and /sys. A line "=== PATH"
 * begins a file, "=== PATH -> TARGET" is a symbolic link. Finds why something of a tree is missing.
 */
#ifndef UNIT_TREE_H
#define UNIT_TREE_H

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "data/detail.h"

static inline void tree_make_parents(char *path)
{
	for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		mkdir(path, 0755);
		*slash = '/';
	}
}

/* Returns the root, which tree_remove() frees. run.sh sets TREES. */
static inline char *tree_unpack(const char *name)
{
	char *root = strdup("/tmp/kvmstat-tree-XXXXXX"), line[1024], path[1100];
	FILE *in, *out = NULL;

	assert_non_null(mkdtemp(root));
	snprintf(path, sizeof(path), "%s/%s", getenv("TREES") ?: "tests/unit/trees", name);
	in = fopen(path, "r");
	assert_non_null(in);
	while (fgets(line, sizeof(line), in)) {
		char *target = strstr(line, " -> ");

		if (strncmp(line, "=== ", 4)) {
			if (out)
				fputs(line, out);
			continue;
		}
		line[strcspn(line, "\n")] = '\0';
		if (target)
			*target = '\0';
		snprintf(path, sizeof(path), "%s/%s", root, line + 4);
		tree_make_parents(path);
		if (out)
			fclose(out);
		out = NULL;
		if (target) {
			assert_int_equal(symlink(target + 4, path), 0);
			continue;
		}
		out = fopen(path, "w");
		assert_non_null(out);
	}
	if (out)
		fclose(out);
	fclose(in);
	return root;
}

static inline void tree_remove(char *root)
{
	char command[128];

	snprintf(command, sizeof(command), "rm -r '%s'", root);
	assert_int_equal(system(command), 0);
	free(root);
}

/* Returns why @what is missing, or "". */
static inline const char *tree_why(const struct detail *detail, const char *what)
{
	const struct missing *m;

	detail_for_each(m, detail, TABLE_MISSING)
		if (!strcmp(m->what, what))
			return m->why;
	return "";
}

#endif
