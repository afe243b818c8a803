/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The table of rules by which guests are judged. A class of guests is a row: when it is
 * met, what helps, and what it cannot see.
 */
#ifndef RULES_H
#define RULES_H

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
	BOUND_NOT, /* it has room */
	BOUND_EXIT, /* exits that take its time */
	BOUND_STARVED, /* it wants to run and does not get a CPU */
	BOUND_PAUSED, /* the VMM holds it */
	BOUND_NR
};

/* What a rule needs to be known. */
enum {
	NEEDS_TIMES = 1, /* of enough vCPU seconds */
	NEEDS_BUSY = 2, /* of enough busy seconds */
	NEEDS_COUNTS = 4, /* enough exits */
	NEEDS_REASONS = 8,
	NEEDS_NO_TIMES = 16, /* it stands in for rules that need times */
	NEEDS_NO_REASONS = 32,
};

enum order { AT_LEAST, ABOVE, BELOW, AT_MOST };

/* A share of the evidence against a threshold. */
struct condition {
	const char *name; /* of the share, for people; NULL: no condition */
	size_t value, threshold; /* offsets in struct evidence and in struct thresholds */
	enum order order;
	double most; /* at so many thresholds the confidence is whole; 0: where the share is 1 */
};

/* Rules are tried from the first one to the last one. */
enum stage {
	STAGE_FIRST, /* decides alone */
	STAGE_FINDING, /* adds a finding; several findings are a mix */
	STAGE_LAST, /* decides if nothing was found */
};

#define RULE_CONDITIONS 4

struct advice;

struct rule {
	const char *name; /* for people, instead of that of its first condition */
	enum stage stage;
	enum bound bound;
	unsigned int needs;
	struct condition when[RULE_CONDITIONS]; /* all hold; the first one decides the margin */
	double (*size)(const struct evidence *e); /* of what it finds, a share of all time */
	void (*advise)(struct advice *advice);
	const char *blind; /* NULL: nothing of its own */
};

#define RULES_MAX 32

extern const struct rule rules[];
extern const size_t rules_nr;

/* Returns the names of the thresholds by their places in struct thresholds. */
const char *rules_threshold(size_t at);

#endif
