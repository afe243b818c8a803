/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Keeps the last plan, so that a number means what the user saw.
 */
#ifndef PLANNER_H
#define PLANNER_H

#include "plan/plan.h"
#include "tune/orders.h"

/* Reads the plan of the last ten minutes. Says what is wrong if there is none. */
enum status planner_load(struct plan *plan, const char *root);

/* Returns the action that has this number, or NULL, and says so. */
const struct step *planner_find(const struct plan *plan, const char *number);

/* Runs a step, as @by says. @action gets the action that it made, or 0. */
enum status planner_run(const struct step *step, const struct orders *by, uint64_t *action);

#endif
