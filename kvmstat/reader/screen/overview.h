/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The overview of a guest in words: the verdict, what happens now, and what is busiest.
 */
#ifndef OVERVIEW_H
#define OVERVIEW_H

#include "screen/page.h"
#include "screen/subject.h"
#include "verdict/verdict.h"

/* The verdict on the guest that is shown, and where its window begins. */
struct overview {
	struct page page;
	struct guest_key key;
	struct counts sum;
	struct about *about; /* held */
	int64_t at; /* session_now(); 0: nothing was judged */
	bool recent; /* it is of the last window, not of all time */
	struct verdict verdict;
};

/* Draws the overview from line @y, @height lines. */
void overview_draw(struct overview *overview, const struct subject *subject, int y, int height);

void overview_close(struct overview *overview);

#endif
