/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Draws a view on the whole screen of top.
 */
#ifndef DRAWING_H
#define DRAWING_H

#include "screen/view.h"

/* Returns an empty sheet for the list of guests. */
struct sheet drawing_list(void);

void drawing_show(struct view *view);

#endif
