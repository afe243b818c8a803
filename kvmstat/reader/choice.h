/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The user's choice of guests: is it there, and is it one?
 */
#ifndef CHOICE_H
#define CHOICE_H

#include <stdio.h>

#include "window.h"

/*
 * Checks the choice of @window against the guests in it. Returns STATUS_OK;
 * STATUS_NO_DATA when no guest is the one, or STATUS_BAD when the name is that
 * of several processes, having said so on @err.
 */
enum status choice_check(const struct window *window, FILE *err);

#endif
