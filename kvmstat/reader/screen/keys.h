/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Does what keys and the mouse ask for in top.
 */
#ifndef KEYS_H
#define KEYS_H

#include "screen/view.h"

/* Does what @key, from screen_key(), asks for. */
void keys_use(struct view *view, int key);

#endif
