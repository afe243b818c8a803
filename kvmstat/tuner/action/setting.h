/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Reads and changes settings. Values are texts, so that they can be remembered and compared.
 */
#ifndef SETTING_H
#define SETTING_H

#include "action/subject.h"

/* Room for why something did not work. */
#define SETTING_WHY 256

/*
 * Brings a value that a user gave into the form in which it is read. Returns a new string, or NULL
 * and says in @why that there is no such value.
 */
char *setting_parse(enum setting setting, const char *text, char why[SETTING_WHY]);

/*
 * Returns whether the subject is there, or a systemd that keeps its weight for when it is there
 * again.
 */
bool setting_is_there(const struct subject *subject);

/* Reads the value into a new string. Returns NULL and says in @why what went wrong. */
char *setting_read(const struct subject *subject, enum setting setting, char why[SETTING_WHY]);

/*
 * Sets the value, by a system call or by the owner's command. Returns false and says in @why what
 * went wrong.
 */
bool setting_write(const struct subject *subject, enum setting setting, const char *value,
		   char why[SETTING_WHY]);

/* Returns the shell's command that sets the value, a new string. */
char *setting_shell(const struct subject *subject, enum setting setting, const char *value);

#endif
