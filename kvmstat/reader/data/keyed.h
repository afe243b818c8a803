/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A tree of structures, one for each guest. Each begins with the guest's struct guest_key.
 */
#ifndef KEYED_H
#define KEYED_H

#include "data/snapshot.h"

struct keyed {
	void *root;
};

/* Returns the structure of this key, or NULL. */
void *keyed_find(const struct keyed *keyed, const struct guest_key *key);

/* Adds @node, whose key the tree does not have. */
void keyed_add(struct keyed *keyed, void *node);

/* Takes the structure of this key out of the tree and returns it, or NULL if there is none. */
void *keyed_take(struct keyed *keyed, const struct guest_key *key);

/* Calls @forget for each structure, and empties the tree. */
void keyed_free(struct keyed *keyed, void (*forget)(void *node));

#endif
