// SPDX-License-Identifier: GPL-2.0
/*
 * Holds of what is known about a guest.
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

bool about_ready(const struct about *from, const struct about *about, uint64_t *ns)
{
	if (!about || !about->has_ready || (from && !from->has_ready))
		return false;
	*ns = about->ready_ns;
	/* It goes back when a vCPU's thread has gone. */
	if (from)
		*ns -= from->ready_ns < *ns ? from->ready_ns : *ns;
	return true;
}
