/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The user's choice of guests, and which ones it means.
 */
#ifndef CHOICE_H
#define CHOICE_H

#include "data/snapshot.h"

/* A chosen guest meets both conditions if both are given. */
struct choice {
	uint64_t pid; /* 0: any */
	const char *guest; /* GUEST as the user wrote it; NULL: any */
};

/*
 * Returns whether @choice means the guest of this key and clean name. GUEST is a name, a
 * pid or an id; a prefix, name:, pid: or id:, says which of them.
 */
bool choice_means(const struct choice *choice, const struct guest_key *key, const char *name);

#endif
