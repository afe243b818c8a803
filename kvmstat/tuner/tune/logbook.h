/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Shows what the journal has.
 */
#ifndef LOGBOOK_H
#define LOGBOOK_H

#include <jansson.h>

#include "action/change.h"

/* Returns an action with its changes, a new reference. NULL is an empty object. */
json_t *logbook_json(const struct journal *journal, const struct action *action);

#endif
