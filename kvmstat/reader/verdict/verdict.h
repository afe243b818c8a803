/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The verdict on a guest says what it is bound by, the numbers behind that, the rule that
 * they met, what would help, and what kvmstat cannot see.
 */
#ifndef VERDICT_H
#define VERDICT_H

#include <jansson.h>

#include "verdict/advice.h"
#include "verdict/rules.h"

/*
 * The evidence as it is shown, by the names of struct evidence: EVIDENCE(FLAG, COUNT, NUMBER,
 * TEXT), each a macro of the field's name.
 */
#define EVIDENCE(FLAG, COUNT, NUMBER, TEXT) \
	FLAG(timed)                         \
	FLAG(detailed)                      \
	COUNT(exits)                        \
	NUMBER(seconds)                     \
	NUMBER(busy)                        \
	NUMBER(halted)                      \
	NUMBER(polled)                      \
	NUMBER(ready)                       \
	NUMBER(guest)                       \
	NUMBER(kernel)                      \
	NUMBER(user)                        \
	NUMBER(io_time)                     \
	NUMBER(memory_time)                 \
	NUMBER(io_exits)                    \
	NUMBER(mmio_exits)                  \
	NUMBER(memory_exits)                \
	NUMBER(spin_exits)                  \
	NUMBER(user_exits)                  \
	NUMBER(spin_rate)                   \
	NUMBER(device_exits)                \
	NUMBER(device_waits)                \
	NUMBER(busy_share)                  \
	NUMBER(throttled)                   \
	NUMBER(held)                        \
	NUMBER(room)                        \
	NUMBER(waited)                      \
	NUMBER(starving)                    \
	NUMBER(exit_time)                   \
	NUMBER(device_rate)                 \
	NUMBER(memory_waits)                \
	COUNT(vcpus)                        \
	COUNT(full_vcpus)                   \
	TEXT(top_reason)                    \
	NUMBER(exit_rate)                   \
	NUMBER(server)

struct verdict {
	enum bound bound;
	double confidence; /* 0 to 1, by the distance from the threshold and by how much was seen */
	struct evidence evidence;
	uint32_t met; /* bits of the rules that were met, by their places in the table */
	char rule[1024]; /* with its numbers, "io_time 0.84 >= 0.20, room 0.000 < 0.30" */
	char why[VERDICT_TEXT_SIZE];
	char advice[VERDICT_TEXT_SIZE]; /* empty if there is nothing to do */
	char blind[VERDICT_TEXT_SIZE]; /* what the verdict could miss; empty if nothing is known */
};

/* Judges what @guest did in a window that has the columns @has. */
void verdict_judge(struct verdict *verdict, const struct window_guest *guest, uint32_t has,
		   const struct thresholds *thresholds);

/*
 * Judges again, and keeps to the words that @verdict has found unless the guest has left
 * them well behind. A window with too little in it leaves @verdict as it was.
 */
void verdict_follow(struct verdict *verdict, const struct window_guest *guest, uint32_t has,
		    const struct thresholds *thresholds);

/* Returns the word for a verdict, for people and for grep. */
const char *verdict_word(enum bound bound);

/* Returns the verdict as a JSON object, a new reference. */
json_t *verdict_json(const struct verdict *verdict);

#endif
