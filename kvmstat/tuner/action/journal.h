/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The journal has every change: what was meant before it is made, that it was made, and that it is
 * over. It lies in /run, as a boot ends all changes. Whoever writes it is alone.
 */
#ifndef JOURNAL_H
#define JOURNAL_H

#include "action/subject.h"
#include "data/status.h"

enum change_state {
	CHANGE_MEANT, /* it may have been made or not */
	CHANGE_MADE,
	CHANGE_OVER, /* it was put back, or left as it was found */
};

struct change {
	uint64_t nr, action;
	struct subject subject; /* its texts are owned */
	enum setting setting;
	char *old, *new;
	enum change_state state;
	char *how; /* it ended; NULL unless over */
};

/* What one command did. */
struct action {
	uint64_t nr;
	int64_t seconds; /* when, since 1970 */
	uint64_t pid, start; /* the kvmtune that makes it */
	char *user, *command; /* clean */
	char **words; /* of the command line; the last one is NULL */
	bool lasting; /* else it ends with its kvmtune */
	bool complete;
};

struct journal {
	int file; /* below 0: there is none, or it is only read */
	char *path;
	char boot[64];
	struct action *action;
	struct change *change;
	size_t nr_actions, nr_changes;
};

/*
 * Reads the journal below @root. If @write, makes it if it is missing, and waits for a moment
 * until no other kvmtune writes it. Returns STATUS_OK, or says what is wrong; then @journal is empty.
 */
enum status journal_open(struct journal *journal, const char *root, bool write);

/* As journal_open() to write, but waits as long as another kvmtune writes it. */
enum status journal_wait(struct journal *journal, const char *root);

void journal_close(struct journal *journal);

/*
 * These write to the journal what is about to happen or has happened, and return when that is in
 * the file. They return NULL or false, and say why, if it cannot be written. What they return is
 * valid until the next call.
 */
struct action *journal_begin(struct journal *journal, char *const *words, bool lasting);
struct change *journal_mean(struct journal *journal, uint64_t action, const struct subject *subject,
			    enum setting setting, const char *old, const char *new);
bool journal_made(struct journal *journal, struct change *change);
bool journal_over(struct journal *journal, struct change *change, const char *how);
bool journal_complete(struct journal *journal, uint64_t action);

/* The first words of how a change ended that a later one of the same setting continues. */
#define JOURNAL_HANDED "handed to "

/* Returns the action of this number, or NULL. */
struct action *journal_find(const struct journal *journal, uint64_t action);

/* Returns the first change of an action, or NULL. */
const struct change *journal_first(const struct journal *journal, uint64_t action);

/* Returns whether the kvmtune that makes an action still runs. */
bool journal_is_held(const struct action *action);

#endif
