/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What is refused, because it could starve the host or because it is another's to change.
 */
#ifndef SAFETY_H
#define SAFETY_H

#include "action/change.h"
#include "action/cpus.h"
#include "action/target.h"

struct safety {
	bool realtime; /* the user allows real-time policies, */
	bool thesis; /* and those of the thesis, too */
	struct cpus kept; /* CPUs for the host */
};

/*
 * Checks a wish for a target. @cpus are the CPUs that the thread will have, a list. Returns whether
 * it is safe, or says why not.
 */
bool safety_allows(const struct safety *safety, const struct target *target,
		   const struct wish *wish, const char *cpus);

#endif
