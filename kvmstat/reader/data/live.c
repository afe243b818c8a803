// SPDX-License-Identifier: GPL-2.0
/*
 * Takes snapshots of the running module.
 */
#define _GNU_SOURCE
#include "data/live.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "data/about.h"
#include "data/memory.h"
#include "data/process.h"

#define NSEC_PER_SEC INT64_C(1000000000)

static int64_t clock_ns(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return ts.tv_sec * NSEC_PER_SEC + ts.tv_nsec;
}

char *live_read(const char *path, size_t *len)
{
	FILE *file = fopen(path, "re");
	char *buf = NULL;
	size_t room = 0;

	*len = 0;
	if (!file)
		return NULL;
	do {
		room = room ? room * 2 : 8192;
		buf = xreallocarray(buf, room + 1, 1);
		errno = 0;
		*len += fread(buf + *len, 1, room - *len, file);
	} while (*len == room && room < SOURCE_MAX_BYTES);
	buf[*len] = '\0';
	if (ferror(file)) {
		int error = errno;

		free(buf);
		buf = NULL;
		errno = error;
	}
	fclose(file);
	return buf;
}

void live_moment(struct moment *at)
{
	struct utsname name;
	char *id;
	size_t len;

	*at = (struct moment){ .cpus = sysconf(_SC_NPROCESSORS_ONLN) };
	uname(&name);
	name_clean(at->host, name.nodename, false);
	name_clean(at->kernel, name.release, false);
	id = live_read("/proc/sys/kernel/random/boot_id", &len);
	if (id)
		snprintf(at->boot_id, sizeof(at->boot_id), "%.*s", (int)strcspn(id, "\n"), id);
	free(id);
	at->real_ns = clock_ns(CLOCK_REALTIME);
	at->boot_ns = clock_ns(CLOCK_BOOTTIME);
}

char *live_info(const char *root)
{
	char *path = xasprintf("%s/sys/kernel/debug/" KVMSTAT_DEBUGFS_DIR "/info", root);
	size_t len;
	char *info = live_read(path, &len);
	const int error = errno;

	free(path);
	errno = error;
	return info;
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

static void take_detail(const char *root, enum depth depth, uint64_t id, struct about *about)
{
	for (enum table t = 0; t < TABLE_NR; t++) {
		char *path, *buf;
		size_t len;

		if (depth == DEPTH_VCPUS && t != TABLE_VCPUS)
			continue;
		path = xasprintf("%s/sys/kernel/debug/" KVMSTAT_DEBUGFS_DIR "/%" PRIu64 "/%s", root,
				 id, detail_form[t].name);
		buf = live_read(path, &len);
		if (buf)
			detail_parse(&detail_form[t], buf, len, &about->detail.table[t]);
		free(buf);
		free(path);
	}
}

enum source_status live_take(const char *root, enum depth depth, struct snapshot *snap,
			     struct source_error *err)
{
	char *path = xasprintf("%s/proc/" KVMSTAT_PROC_NAME, root);
	enum source_status status = source_load(path, snap, err);

	free(path);
	if (status != SOURCE_OK)
		return status;
	live_moment(&snap->at);
	snap->about = xcalloc(snap->nr + 1, sizeof(*snap->about));
	for (size_t i = 0; i < snap->nr; i++)
		snap->about[i] = about_new();
	process_describe(snap);
	if (depth == DEPTH_ALL)
		take_isa(root, snap->at.isa);
	for (size_t i = 0; depth != DEPTH_COUNTS && i < snap->nr; i++) {
		const uint64_t *v = snap->guest[i].v;

		snap->about[i]->detail.isa = isa_of(snap->at.isa);
		take_detail(root, depth, v[COL_id], snap->about[i]);
		process_ready(snap->about[i], v[COL_pid]);
	}
	return SOURCE_OK;
}
