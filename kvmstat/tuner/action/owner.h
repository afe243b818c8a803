/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The programs of those who own guests. What an owner keeps a record of is changed by the owner
 * only, because it would undo any other change.
 */
#ifndef OWNER_H
#define OWNER_H

#include "action/subject.h"

#define OWNER_ARGUMENTS 8
#define OWNER_WHY 256

/* A command, as exec() takes it. */
struct owner_command {
	const char *argv[OWNER_ARGUMENTS];
	char *text; /* that one of the arguments points to; owned */
};

/* Words the owner's command that sets @value. Returns false if no owner is needed for that. */
bool owner_command(struct owner_command *command, const struct subject *subject,
		   enum setting setting, const char *value);

/*
 * Returns why the owner does not let this be set, or NULL.
 */
const char *owner_refuses(const struct subject *subject, enum setting setting);

/* The weight of a unit that systemd gives none, so that the CPU controller can be off there. */
#define OWNER_NO_WEIGHT "none"

/* Returns whether the owner has a record of the guest's weight, which is not the cgroup's file. */
bool owner_has_weight(const struct subject *subject);

/* Returns the weight of the owner's record, a new string, or NULL with the reason in @why. */
char *owner_weight(const struct subject *subject, char why[OWNER_WHY]);

/* Returns whether the owner's record has a weight, which it keeps when the guest's process has gone. */
bool owner_keeps_weight(const struct subject *subject);

/*
 * Runs a command, and ends one that is silent for a minute. Returns false with the first line of its
 * complaint in @why.
 */
bool owner_run(const struct owner_command *command, char why[OWNER_WHY]);

/* Returns a command as a shell takes it, a new string. */
char *owner_shell(const struct owner_command *command);

void owner_free(struct owner_command *command);

#endif
