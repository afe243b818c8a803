/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The user's choice of guests, and which ones it means.
 */
#ifndef CHOICE_H
#define CHOICE_H

#include "data/snapshot.h"

/* Which guests; both conditions hold when both are given. */
struct choice {
	uint64_t pid; /* 0: any */
	const char *guest; /* GUEST as the user gave it; NULL: any */
};

/*
 * Whether @choice means the guest of this key and clean name. A GUEST is a name, a
 * pid or an id, or says which with name:, pid: or id: before it.
 */
bool choice_means(const struct choice *choice, const struct guest_key *key, const char *name);

#endif
