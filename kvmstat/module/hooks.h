/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Attaching to KVM's tracepoints, and to the creation of its vCPUs and the end of its VMs.
 */
#ifndef KVMSTAT_HOOKS_H
#define KVMSTAT_HOOKS_H

#include <linux/types.h>

struct seq_file;
struct tracepoint;

/**
 * struct kvmstat_hook - one tracepoint
 * @name: the event
 * @probe: called with a data pointer (unused), then the event's arguments
 * @any_clock: instead of @probe, where kvmstat_clock_is_fast() is not so; NULL: as elsewhere
 * @required: nothing is counted without it
 * @timing: nothing is timed without it, and it is attached only while timing is on
 * @tp: where it was found, NULL if not
 * @error: why it is not attached, 0 if it is
 */
struct kvmstat_hook {
	const char *name;
	void *probe;
	void *any_clock;
	bool required;
	bool timing;
	struct tracepoint *tp;
	int error;
};

/**
 * struct kvmstat_hook_group - hooks that are attached in their order
 * @hooks: the first
 * @nr: how many there are
 */
struct kvmstat_hook_group {
	struct kvmstat_hook *hooks;
	unsigned int nr;
};

int kvmstat_hooks_init(const struct kvmstat_hook_group *first, unsigned int nr);
void kvmstat_hooks_exit(void);
void kvmstat_hooks_check(void);
void kvmstat_hooks_info(struct seq_file *m);
char *kvmstat_hooks_list(char *buf, size_t size, bool attached);
const char *kvmstat_hooks_state(void);

#endif
