/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Makes changes and puts them back. Each is in the journal before it is made, so that it can be
 * put back whatever happens.
 */
#ifndef CHANGE_H
#define CHANGE_H

#include <stdio.h>

#include "action/journal.h"
#include "action/setting.h"

/* A change that is wanted. */
struct wish {
	struct subject subject;
	enum setting setting;
	const char *value;
};

/*
 * Makes all changes as a new action, or none. Then @action is its number, or 0 if there was nothing
 * to change. An action that is not @lasting is not complete: it ends with this process at the latest.
 */
enum status change_make_all(struct journal *journal, char *const *words, bool lasting,
			    const struct wish *wish, size_t nr, uint64_t *action);

/*
 * Makes the changes that an action would make now and has not made: of threads that it does not
 * know, and of those that lost their CPUs when their cpuset changed. What somebody else changed is
 * left alone.
 */
enum status change_renew(struct journal *journal, uint64_t action, const struct wish *wish,
			 size_t nr);

/*
 * Puts back what still has the value that the action gave it, the last change first. Says on @out
 * what it leaves alone, and why. Returns STATUS_NO_DATA if something could not be put back.
 */
enum status change_undo(struct journal *journal, uint64_t action, FILE *out);

/*
 * Switches all changes of an action off or on again, and leaves them in the journal. Returns
 * STATUS_NO_DATA if one does not have the value that the action or what was before it gave, and says so.
 */
enum status change_switch(struct journal *journal, uint64_t action, bool on);

/* Puts back the actions whose kvmtune ended in their midst, and says so. */
enum status change_recover(struct journal *journal);

/* Returns whether a change is in force: it was made, and nobody has changed the value since. */
bool change_holds(const struct change *change);

/* Returns whether any change of an action is not over. */
bool change_is_open(const struct journal *journal, uint64_t action);

#endif
