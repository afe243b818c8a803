// SPDX-License-Identifier: GPL-2.0
/*
 * Names settings, and tells whose they are.
 */
#include "action/subject.h"

#include <inttypes.h>
#include <string.h>

#include "data/memory.h"
#include "data/thread.h"

static const char *const names[SETTING_NR] = {
	[SETTING_POLICY] = "policy",
	[SETTING_NICE] = "nice",
	[SETTING_SLICE] = "slice",
	[SETTING_CPUS] = "cpus",
	[SETTING_WEIGHT] = "weight",
	[SETTING_KSM] = "ksm",
	[SETTING_HALT_POLL] = "halt_poll_ns",
};

const char *subject_setting_name(enum setting setting)
{
	return names[setting];
}

enum setting subject_find_setting(const char *name, size_t len)
{
	enum setting setting = 0;

	while (setting < SETTING_NR &&
	       (strlen(names[setting]) != len || memcmp(names[setting], name, len)))
		setting++;
	return setting;
}

/* A process can have gone while a thread of the kernel that worked for it is still there. */
bool subject_is_there(const struct subject *subject)
{
	uint64_t start;

	if (subject->pid &&
	    (!thread_start("", subject->pid, &start) || start != subject->pid_start))
		return false;
	return !subject->tid ||
	       (thread_start("", subject->tid, &start) && start == subject->tid_start);
}

bool subject_is_same(const struct subject *a, const struct subject *b)
{
	return a->pid == b->pid && a->pid_start == b->pid_start && a->tid == b->tid &&
	       a->tid_start == b->tid_start && !strcmp(a->file, b->file);
}

char *subject_text(const struct subject *subject)
{
	if (subject->tid)
		return xasprintf("%s: %s (%" PRIu64 ")", subject->guest, subject->role,
				 subject->tid);
	return xstrdup(subject->pid ? subject->guest : "host");
}
