// SPDX-License-Identifier: GPL-2.0
/*
 * Reads about VMMs through libproc2, and the ready time of their vCPUs from schedstat.
 */
#include "data/process.h"

#include <inttypes.h>
#include <libproc2/pids.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "data/nsec.h"

/* procps_pids_select() takes no more at once. */
#define BATCH 255

enum item { ITEM_PID, ITEM_ARGS, ITEM_COMMAND, ITEM_CGROUPS, ITEM_NR };

static struct pids_info *info;

static void close_info(void)
{
	procps_pids_unref(&info);
}

static bool open_info(void)
{
	enum pids_item items[ITEM_NR] = {
		[ITEM_PID] = PIDS_ID_PID,
		[ITEM_ARGS] = PIDS_CMDLINE_V,
		[ITEM_COMMAND] = PIDS_CMD,
		[ITEM_CGROUPS] = PIDS_CGROUP_V,
	};

	if (info)
		return true;
	if (procps_pids_new(&info, items, ITEM_NR) < 0)
		return false;
	atexit(close_info);
	return true;
}

/* Returns the path of the unified hierarchy ("0::/path"), or else of the first one. */
static const char *find_cgroup(char *const *cgroups)
{
	const char *path = NULL;

	for (; cgroups && *cgroups; cgroups++) {
		if (!strncmp(*cgroups, "0::", 3))
			return *cgroups + 3;
		path = path ?: strchr(*cgroups, '/');
	}
	return path ?: "";
}

static void describe(struct about *about, const struct pids_stack *stack)
{
	char *const *args = PIDS_VAL(ITEM_ARGS, strv, stack, info);
	const char *command = PIDS_VAL(ITEM_COMMAND, str, stack, info);
	struct name_found found = { 0 };

	if (args)
		name_find(args, &found);
	name_clean(about->name, found.name[0] ? found.name : command, false);
	name_clean(about->uuid, found.uuid, false);
	name_clean(about->vmm, found.vmm ?: command, false);
	/* systemd's own escapes stay, so that others know the name. */
	name_clean(about->cgroup, find_cgroup(PIDS_VAL(ITEM_CGROUPS, strv, stack, info)), true);
}

static void describe_batch(struct snapshot *snap, size_t from, size_t to)
{
	unsigned int pids[BATCH];
	struct pids_fetch *fetch;
	size_t nr = 0;

	for (size_t i = from; i < to; i++)
		if (snap->guest[i].v[COL_pid])
			pids[nr++] = snap->guest[i].v[COL_pid];
	fetch = nr ? procps_pids_select(info, pids, nr, PIDS_SELECT_PID) : NULL;
	for (int s = 0; fetch && s < fetch->counts->total; s++) {
		uint64_t pid = PIDS_VAL(ITEM_PID, s_int, fetch->stacks[s], info);

		for (size_t i = from; i < to; i++)
			if (snap->guest[i].v[COL_pid] == pid)
				describe(snap->about[i], fetch->stacks[s]);
	}
}

void process_describe(struct snapshot *snap)
{
	bool can = open_info();

	for (size_t from = 0; from < snap->nr; from += BATCH) {
		size_t to = from + BATCH < snap->nr ? from + BATCH : snap->nr;

		for (size_t i = from; i < to; i++)
			strcpy(snap->about[i]->name,
			       counts_are_others(&snap->guest[i]) ? "(others)" : "?");
		if (can)
			describe_batch(snap, from, to);
	}
}

/* What a thread does before its vCPU runs first is less than that, and so is what clocks differ by. */
#define SLACK_NS (NSEC_PER_SEC / 10)
#define SLACK_PART 20

/* A thread that has run and waited for longer than the module has counted is older than that. */
static bool is_older(const struct vcpu *vcpu, uint64_t ns)
{
	const uint64_t counted = vcpu->guest_ns + vcpu->kernel_ns + vcpu->user_ns + vcpu->polled_ns;

	return ns > counted + counted / SLACK_PART + SLACK_NS;
}

void process_ready(struct about *about, uint64_t pid)
{
	struct vcpu *vcpu;

	detail_for_each(vcpu, &about->detail, TABLE_VCPUS) {
		char path[80];
		uint64_t run, ready;
		FILE *file;

		snprintf(path, sizeof(path), "/proc/%" PRIu64 "/task/%" PRIu64 "/schedstat", pid,
			 vcpu->tid);
		file = fopen(path, "re");
		if (!file)
			continue;
		if (fscanf(file, "%" SCNu64 " %" SCNu64, &run, &ready) == 2) {
			about->ready_ns += ready;
			about->ready_older |= is_older(vcpu, run + ready);
			vcpu->ready_ns = ready;
			about->has_ready = true;
		}
		fclose(file);
	}
}
