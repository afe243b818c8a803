/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The user's choice of guests: which it means, is it there, and is it one?
 */
#ifndef CHOICE_H
#define CHOICE_H

#include <stdio.h>

#include "data/window.h"

/*
 * Whether @choice means the guest of this key and clean name. A GUEST is a name, a
 * pid or an id, or says which with name:, pid: or id: before it.
 */
bool choice_means(const struct choice *choice, const struct guest_key *key, const char *name);

/*
 * Checks the choice of @window against the guests in it: all chosen ones must be of
 * one process, and with @one one guest. Returns STATUS_OK; STATUS_NO_DATA when none is
 * there, or STATUS_BAD when it is ambiguous, having listed on @err what it could be.
 */
enum status choice_check(const struct window *window, bool one, FILE *err);

#endif
