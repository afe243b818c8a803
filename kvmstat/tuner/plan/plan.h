/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The plan: what kvmtune would do, each action as a command line of its own with the figure that
 * causes it, and what only the admin can do.
 */
#ifndef PLAN_H
#define PLAN_H

#include <jansson.h>

#include "data/session.h"
#include "plan/policy.h"
#include "verdict/verdict.h"

#define PLAN_WORDS 7

/* A command line, or, without words, a hint. */
struct step {
	char guest[NAME_SIZE]; /* clean; "" for the host */
	const char *verdict; /* its word; "" for the host */
	char *word[PLAN_WORDS]; /* owned; the last one is NULL */
	char *why; /* owned; ends with what the admin can do if it is a hint */
};

struct plan {
	struct step *step;
	size_t nr;
};

/* Makes the plan for what the session observed. plan_free() frees it. */
void plan_make(struct plan *plan, const struct session *session, const struct policy *policy,
	       const struct thresholds *thresholds);

/* Returns whether a step is an action. */
bool plan_is_action(const struct step *step);

/* Returns a step's command line, without "kvmtune", as a shell takes it; a new string. */
char *plan_command(const struct step *step);

/*
 * The plan as JSON, a new reference, and back. plan_read() returns false if the JSON is no plan.
 */
json_t *plan_json(const struct plan *plan);
bool plan_read(struct plan *plan, const json_t *json);

void plan_free(struct plan *plan);

#endif
