/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The verdict on a guest says what it is bound by, the numbers behind that, the rule that
 * they met, what would help, and what kvmstat cannot see.
 */
#ifndef VERDICT_H
#define VERDICT_H

#include <jansson.h>

#include "verdict/evidence.h"
#include "verdict/thresholds.h"

enum bound {
	BOUND_UNKNOWN, /* too little was seen */
	BOUND_IDLE,
	BOUND_CPU,
	BOUND_IO,
	BOUND_MEMORY, /* page faults that the host handles */
	BOUND_SPIN, /* vCPUs that wait for each other with PAUSE */
	BOUND_MIXED,
	BOUND_NOT_IO, /* counts without times say no more */
};

#define VERDICT_TEXT_SIZE 1024

struct verdict {
	enum bound bound;
	double confidence; /* 0 to 1, by the distance from the threshold and by how much was seen */
	struct evidence evidence;
	char rule[384]; /* with its numbers, "io_time 0.84 >= 0.20" */
	char why[VERDICT_TEXT_SIZE];
	char advice[VERDICT_TEXT_SIZE]; /* empty if there is nothing to do */
	char blind[VERDICT_TEXT_SIZE]; /* what the verdict could miss; empty if nothing is known */
};

/* Judges what @guest did in a window that has the columns @has. */
void verdict_judge(struct verdict *verdict, const struct window_guest *guest, uint32_t has,
		   const struct thresholds *thresholds);

/* Returns the word for a verdict, for people and for grep. */
const char *verdict_word(enum bound bound);

/* Returns the verdict as a JSON object, a new reference. */
json_t *verdict_json(const struct verdict *verdict);

#endif
