/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The whole screen of top: a view, drawn.
 */
#ifndef DRAWING_H
#define DRAWING_H

#include "screen/view.h"

/* Returns the sheet for the list of guests. */
struct sheet drawing_list(void);

void drawing_show(struct view *view);

#endif
