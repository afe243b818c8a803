// SPDX-License-Identifier: GPL-2.0
/*
 * Counts the holds of an about.
 */
#include "data/about.h"

#include <stdlib.h>

#include "data/memory.h"

struct about *about_new(void)
{
	struct about *about = xcalloc(1, sizeof(*about));

	about->holds = 1;
	return about;
}

struct about *about_get(struct about *about)
{
	if (about)
		about->holds++;
	return about;
}

void about_put(struct about *about)
{
	if (!about || --about->holds)
		return;
	detail_free(&about->detail);
	free(about);
}

bool about_ready(const struct about *was, const struct about *now, uint64_t *ns)
{
	if (!now || !now->has_ready || (was ? !was->has_ready : now->ready_older))
		return false;
	*ns = now->ready_ns;
	/* ready_ns is lower than before when the thread of a vCPU has gone. */
	if (was)
		*ns -= was->ready_ns < *ns ? was->ready_ns : *ns;
	return true;
}
