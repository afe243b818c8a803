// SPDX-License-Identifier: GPL-2.0
/*
 * Finds guests by key.
 */
#define _GNU_SOURCE
#include "data/keyed.h"

#include <search.h>
#include <stdlib.h>

static int compare(const void *a, const void *b)
{
	return guest_key_compare(a, b);
}

void *keyed_find(const struct keyed *keyed, const struct guest_key *key)
{
	void **found = tfind(key, &keyed->root, compare);

	return found ? *found : NULL;
}

void keyed_add(struct keyed *keyed, void *node)
{
	if (!tsearch(node, &keyed->root, compare))
		abort();
}

void *keyed_take(struct keyed *keyed, const struct guest_key *key)
{
	void *node = keyed_find(keyed, key);

	if (node)
		tdelete(key, &keyed->root, compare);
	return node;
}

void keyed_free(struct keyed *keyed, void (*forget)(void *node))
{
	tdestroy(keyed->root, forget);
	keyed->root = NULL;
}
