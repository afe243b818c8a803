/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the keys and the mouse do in top.
 */
#ifndef KEYS_H
#define KEYS_H

#include "screen/view.h"

/* Does what a key, of screen_key(), asks for. */
void keys_use(struct view *view, int key);

#endif
