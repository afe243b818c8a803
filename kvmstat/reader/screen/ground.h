/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The ground that all guests stand on: the host, and the processes beside the guests.
 */
#ifndef GROUND_H
#define GROUND_H

#include <regex.h>

#include "data/session.h"
#include "screen/sheet.h"

struct ground {
	struct sheet sheet; /* of the processes */
};

void ground_open(struct ground *ground);

/* Writes what the CPUs do in one line of at most @width columns. */
void ground_draw_cpus(const struct session *session, int y, int width);

/*
 * Draws the rest from line @y, @height lines. @filter shows only processes whose name or user
 * matches; NULL for all.
 */
void ground_draw(struct ground *ground, const struct session *session, const regex_t *filter, int y,
		 int height);

/* Does what @key asks for, or returns false if it is for something else. */
bool ground_key(struct ground *ground, int key);

void ground_close(struct ground *ground);

#endif
