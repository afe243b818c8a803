// SPDX-License-Identifier: GPL-2.0
/*
 * Takes snapshots of the running module.
 */
#define _GNU_SOURCE
#include "data/live.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "data/about.h"
#include "data/footprint.h"
#include "data/machine.h"
#include "data/memory.h"
#include "data/nsec.h"
#include "data/process.h"
#include "data/thread.h"
#include "data/traffic.h"
#include "data/tree.h"

static int64_t clock_ns(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return ts.tv_sec * NSEC_PER_SEC + ts.tv_nsec;
}

void live_moment(struct moment *at)
{
	struct utsname name;
	char *id;

	*at = (struct moment){ .cpus = sysconf(_SC_NPROCESSORS_ONLN) };
	uname(&name);
	name_clean(at->host, name.nodename, false);
	name_clean(at->kernel, name.release, false);
	id = tree_read(NULL, "/proc/sys/kernel/random/boot_id");
	if (id)
		snprintf(at->boot_id, sizeof(at->boot_id), "%.*s", (int)strcspn(id, "\n"), id);
	free(id);
	at->real_ns = clock_ns(CLOCK_REALTIME);
	at->boot_ns = clock_ns(CLOCK_BOOTTIME);
}

char *live_info(const char *root)
{
	return tree_read(NULL, "%s/sys/kernel/debug/" KVMSTAT_DEBUGFS_DIR "/info", root);
}

bool live_info_value(const char *info, const char *key, char value[NAME_SIZE])
{
	const size_t len = strlen(key);

	for (const char *line = info; line && *line;) {
		const char *end = strchrnul(line, '\n');

		if (!strncmp(line, key, len) && !strncmp(line + len, ": ", 2)) {
			snprintf(value, NAME_SIZE, "%.*s", (int)(end - line - len - 2),
				 line + len + 2);
			return true;
		}
		line = *end ? end + 1 : end;
	}
	return false;
}

static void take_isa(const char *root, char isa[MOMENT_TEXT_SIZE])
{
	char *info = live_info(root), value[NAME_SIZE];

	if (live_info_value(info, "isa", value))
		name_clean(isa, value, true);
	free(info);
}

static void take_detail(const char *root, const struct wanted *wanted, uint64_t id,
			struct about *about)
{
	for (enum table t = 0; t < TABLE_MODULE_NR; t++) {
		const bool of_vcpu = wanted->vcpu && t == TABLE_REASONS;
		struct rows *rows = &about->detail.table[t];
		char *buf;
		size_t len;

		if (wanted->depth == DEPTH_VCPUS && t != TABLE_VCPUS)
			continue;
		buf = tree_read(&len, "%s/sys/kernel/debug/" KVMSTAT_DEBUGFS_DIR "/%" PRIu64 "/%s",
				root, id, of_vcpu ? "vcpu_reasons" : detail_form[t].name);
		if (buf && of_vcpu)
			detail_parse_vcpu(*wanted->vcpu, buf, len, rows);
		else if (buf)
			detail_parse(&detail_form[t], buf, len, rows);
		free(buf);
	}
}

/* Looks at the processes of the guests that @wanted means. */
static void take_processes(const char *root, const struct wanted *wanted, struct snapshot *snap)
{
	struct kthreads kthreads;

	thread_find_kernels(root, &kthreads);
	for (size_t i = 0; i < snap->nr; i++) {
		const uint64_t *v = snap->guest[i].v;
		const struct guest_key key = { .id = v[COL_id], .pid = v[COL_pid] };

		struct detail *detail = &snap->about[i]->detail;

		if (!v[COL_pid] || !choice_means(&wanted->processes, &key, snap->about[i]->name))
			continue;
		thread_take(root, v[COL_pid], &kthreads, detail);
		if (wanted->depth == DEPTH_THREADS || !detail->table[TABLE_THREADS].known)
			continue;
		footprint_take(root, v[COL_pid], wanted->depth == DEPTH_PAGES, detail);
		traffic_take(root, v[COL_pid], detail);
	}
	thread_free_kernels(&kthreads);
}

enum source_status live_take(const char *root, const struct wanted *wanted, struct snapshot *snap,
			     struct source_error *err)
{
	const enum depth depth = wanted->depth;
	char *path = xasprintf("%s/proc/" KVMSTAT_PROC_NAME, root);
	enum source_status status = source_load(path, snap, err);

	free(path);
	if (status != SOURCE_OK)
		return status;
	live_moment(&snap->at);
	snap->about = xcalloc(snap->nr + 1, sizeof(*snap->about));
	for (size_t i = 0; i < snap->nr; i++) {
		snap->about[i] = about_new();
		snap->about[i]->boot_ns = snap->at.boot_ns;
	}
	process_describe(snap);
	if (depth >= DEPTH_ALL)
		take_isa(root, snap->at.isa);
	for (size_t i = 0; depth != DEPTH_COUNTS && i < snap->nr; i++) {
		const uint64_t *v = snap->guest[i].v;

		snap->about[i]->detail.isa = isa_of(snap->at.isa);
		take_detail(root, wanted, v[COL_id], snap->about[i]);
		process_ready(snap->about[i], v[COL_pid]);
	}
	if (depth >= DEPTH_THREADS)
		take_processes(root, wanted, snap);
	if (wanted->host) {
		snap->host = about_new();
		machine_take(root, snap, wanted->most, &snap->host->detail);
	}
	return SOURCE_OK;
}
