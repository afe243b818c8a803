/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The overview of a guest in words: the verdict, what happens now, and what is busiest.
 */
#ifndef OVERVIEW_H
#define OVERVIEW_H

#include "screen/judged.h"
#include "screen/page.h"
#include "screen/subject.h"

struct overview {
	struct page page;
	struct judged judged;
};

/* Draws the overview from line @y, @height lines. */
void overview_draw(struct overview *overview, const struct subject *subject, int y, int height);

void overview_close(struct overview *overview);

#endif
