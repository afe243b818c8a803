/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The guard watches the host while something is changed for a time: pressure, the other guests, and
 * threads of the kernel that get no CPU.
 */
#ifndef GUARD_H
#define GUARD_H

#include "data/session.h"

struct guard {
	struct request request; /* of all guests */
	struct session session;
	uint64_t pid; /* of the guest that is changed, which may wait; 0: none */
	double pressure, ready; /* before the change */
	uint64_t some_ns; /* the host's CPU pressure when it was looked at */
	struct waiter {
		uint64_t tid, run_ns;
	} * waiter; /* threads of the kernel that waited then */
	size_t waiters;
	char why[256]; /* it fired; empty if not */
};

/* Looks at the host as it is before the change, for a second. */
enum status guard_begin(struct guard *guard, const char *root);

/*
 * Waits until session_now() is @until. Returns true then. Returns false earlier if a signal comes, or if
 * the change does too much harm, which guard->why says.
 */
bool guard_wait(struct guard *guard, int64_t until);

void guard_end(struct guard *guard);

#endif
