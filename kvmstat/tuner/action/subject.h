/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What can be set from outside, and of what: of a thread, of a cgroup, or of the host.
 */
#ifndef SUBJECT_H
#define SUBJECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "data/thread.h"

enum setting {
	SETTING_POLICY, /* "other", "batch", "idle", "rr:5", "fifo:99" */
	SETTING_NICE,
	SETTING_SLICE, /* nanoseconds, or "usual" */
	SETTING_CPUS, /* a list */
	SETTING_THREAD_NR, /* so many are a thread's */
	SETTING_WEIGHT = SETTING_THREAD_NR, /* of a cgroup: cpu.weight */
	SETTING_KSM, /* of the host, as the next ones */
	SETTING_HALT_POLL,
	SETTING_NR
};

/* The texts are the caller's. Those that do not apply are "". */
struct subject {
	uint64_t pid, pid_start; /* the process of the guest; 0: the host */
	uint64_t tid, tid_start; /* 0: no thread */
	const char *guest, *role, *thread; /* its name, role and thread's name; clean */
	const char *file; /* of a setting that is not a thread's */
	enum manager owner; /* who must make the change; MANAGER_NONE: the kernel is asked */
	const char *unit; /* how the owner calls the guest */
};

/* Returns the word of the command line and of the journal. */
const char *subject_setting_name(enum setting setting);

/* Finds a setting by its word. Returns SETTING_NR if there is none. */
enum setting subject_find_setting(const char *name, size_t len);

/* Returns whether @subject is still there, and not another one with its pid or tid. */
bool subject_is_there(const struct subject *subject);

/* Returns whether the two are the same thread, or the same cgroup or host, whoever is in it. */
bool subject_is_same(const struct subject *a, const struct subject *b);

/* Returns what messages call it, a new string, for instance "web: vCPU 0 (4711)". */
char *subject_text(const struct subject *subject);

#endif
