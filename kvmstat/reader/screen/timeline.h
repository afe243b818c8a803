/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The time line of a recording: how far the view is, and the ways to another time.
 */
#ifndef TIMELINE_H
#define TIMELINE_H

#include "screen/view.h"

/* Draws the time line on line @y. */
void timeline_draw(struct view *view, int y);

/* Does what @key asks for, or returns false if a time line does not know the key. */
bool timeline_key(struct view *view, int key);

/* Goes to where a click was, or returns false if that was not on the time line. */
bool timeline_click(struct view *view, int y, int x);

/* Goes to the first snapshot at the time that @text says, or later, or says what is wrong. */
void timeline_find(struct view *view, const char *text);

#endif
