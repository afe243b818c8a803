// SPDX-License-Identifier: GPL-2.0
/*
 * Names settings, and tells whose they are.
 */
#define _GNU_SOURCE
#include "action/subject.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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

static bool is_file(const struct subject *subject)
{
	return !subject->tid && *subject->file;
}

/* A cgroup can outlive the process of the guest, and is there for the next one. */
static bool folder_is_there(const char *file)
{
	char *folder = xstrdup(file), *slash = strrchr(folder, '/');
	bool there;

	if (slash)
		*slash = '\0';
	there = !access(folder, F_OK);
	free(folder);
	return there;
}

/* A process can have gone while a thread of the kernel that worked for it is still there. */
bool subject_is_there(const struct subject *subject)
{
	uint64_t start;

	if (is_file(subject))
		return folder_is_there(subject->file);
	if (subject->pid &&
	    (!thread_start("", subject->pid, &start) || start != subject->pid_start))
		return false;
	return !subject->tid ||
	       (thread_start("", subject->tid, &start) && start == subject->tid_start);
}

bool subject_is_same(const struct subject *a, const struct subject *b)
{
	if (is_file(a))
		return is_file(b) && !strcmp(a->file, b->file);
	return a->pid == b->pid && a->pid_start == b->pid_start && a->tid == b->tid &&
	       a->tid_start == b->tid_start && !is_file(b);
}

char *subject_text(const struct subject *subject)
{
	if (subject->tid)
		return xasprintf("%s: %s (%" PRIu64 ")", subject->guest, subject->role,
				 subject->tid);
	return xstrdup(subject->pid ? subject->guest : "host");
}
