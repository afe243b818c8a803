/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The verdict on a guest: what its exits say about it, with the numbers that
 * say it and what would help.
 */
#ifndef VERDICT_H
#define VERDICT_H

#include "source.h"

/* With fewer exits a share is chance: one more or less would move it visibly. */
#define VERDICT_MIN_EXITS 1000

/* A share of the exits that is worth a word: one in ten. */
#define VERDICT_NOTABLE 10

enum verdict {
	VERDICT_FEW_EXITS, /* below VERDICT_MIN_EXITS: no reading */
	VERDICT_IO_BOUND, /* over half of the exits are port I/O */
	VERDICT_NOT_IO_BOUND, /* by port I/O: the rest is not seen here */
};

/* Room for verdict_explain(). */
#define VERDICT_TEXT_SIZE 512

/* Judges the counters of @guest, totals or differences. */
enum verdict verdict_of(const struct counts *guest);

/* Returns the verdict's word, for people and for grep. */
const char *verdict_word(enum verdict verdict);

/*
 * Writes to @text one sentence: the verdict on @guest, its numbers, what would
 * help. @has: the columns that are known.
 */
void verdict_explain(char text[VERDICT_TEXT_SIZE], const struct counts *guest, uint32_t has);

/* What VERDICT_NOT_IO_BOUND cannot know, one sentence. */
extern const char verdict_blind_spot[];

#endif
