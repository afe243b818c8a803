/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The verdict on a guest: what it is bound by, the numbers that say so, the rule
 * that they met, what would help, and what cannot be seen from here.
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
	BOUND_SPIN, /* PAUSE: vCPUs that wait for each other */
	BOUND_MIXED,
	BOUND_NOT_IO, /* counts alone tell no more */
};

#define VERDICT_TEXT_SIZE 1024

struct verdict {
	enum bound bound;
	double confidence; /* 0 to 1: how far past its threshold, and how much was seen */
	struct evidence evidence;
	char rule[384]; /* with the numbers: "io_time 0.84 >= 0.20" */
	char why[VERDICT_TEXT_SIZE];
	char advice[VERDICT_TEXT_SIZE]; /* empty: nothing to do */
	char blind[VERDICT_TEXT_SIZE]; /* what this could miss; empty: nothing that we know */
};

/* Judges what @guest did in a window that has the columns @has. */
void verdict_judge(struct verdict *verdict, const struct window_guest *guest, uint32_t has,
		   const struct thresholds *thresholds);

/* Returns the verdict's word, for people and for grep. */
const char *verdict_word(enum bound bound);

/* Returns all of it as a JSON object. */
json_t *verdict_json(const struct verdict *verdict);

#endif
