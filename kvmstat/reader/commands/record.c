// SPDX-License-Identifier: GPL-2.0
/*
 * kvmstat record appends snapshots to a file, one on each line, and begins new files.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "commands/options.h"
#include "data/jsonl.h"
#include "data/memory.h"
#include "data/session.h"

/* So many processes beside the guests are recorded. */
#define PROCESSES 50

#define USUAL_INTERVAL INT64_C(10000000000)

struct recorder {
	const struct options *options;
	const char *path;
	int fd;
	off_t size;
	bool failing; /* the module cannot be read, and that has been said */
};

static enum status failed(const struct recorder *recorder, const char *what)
{
	fprintf(stderr, "kvmstat: cannot %s %s: %s\n", what, recorder->path, strerror(errno));
	return STATUS_NO_DATA;
}

/* Drops the rest of a last line that a crash has cut. Returns false with errno. */
static bool drop_cut_line(struct recorder *recorder)
{
	off_t end = recorder->size;
	char c = '\n';

	while (end && pread(recorder->fd, &c, 1, end - 1) == 1 && c != '\n')
		end--;
	if (end == recorder->size)
		return true;
	fprintf(stderr, "kvmstat: %s: the last line has no end and is dropped\n", recorder->path);
	recorder->size = end;
	return !ftruncate(recorder->fd, end);
}

/* Returns whether the file, however short, begins like a recording. */
static bool is_recording(const struct recorder *recorder)
{
	static const char start[] = "{\"kvmstat\":";
	char first[sizeof(start) - 1];
	ssize_t len = pread(recorder->fd, first, sizeof(first), 0);

	return len > 0 && !memcmp(first, start, len);
}

static enum status open_file(struct recorder *recorder)
{
	struct stat st;

	recorder->fd = open(recorder->path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
	if (recorder->fd < 0 || fstat(recorder->fd, &st))
		return failed(recorder, "open");
	if (flock(recorder->fd, LOCK_EX | LOCK_NB)) {
		if (errno != EWOULDBLOCK)
			return failed(recorder, "lock");
		fprintf(stderr, "kvmstat: another kvmstat records to %s; choose another file\n",
			recorder->path);
		return STATUS_BAD;
	}
	recorder->size = S_ISREG(st.st_mode) ? st.st_size : 0;
	if (recorder->size && !is_recording(recorder)) {
		fprintf(stderr,
			"kvmstat: %s is not a recording and is left as it is; choose another file\n",
			recorder->path);
		return STATUS_BAD;
	}
	return drop_cut_line(recorder) ? STATUS_OK : failed(recorder, "repair");
}

static enum status reopen(struct recorder *recorder)
{
	close(recorder->fd);
	return open_file(recorder);
}

/* FILE.1 becomes FILE.2 and so on, FILE becomes FILE.1. */
static enum status rotate(struct recorder *recorder)
{
	const char *path = recorder->path;
	const uint64_t keep = recorder->options->keep;

	for (uint64_t i = keep; i; i--) {
		char *to = xasprintf("%s.%" PRIu64, path, i);
		char *from = i > 1 ? xasprintf("%s.%" PRIu64, path, i - 1) : xstrdup(path);
		int ret = rename(from, to);

		free(to);
		free(from);
		if (ret && (errno != ENOENT || i == 1))
			return failed(recorder, "rename");
	}
	if (!keep && unlink(path))
		return failed(recorder, "remove");
	return reopen(recorder);
}

static enum status write_line(struct recorder *recorder, const char *line, size_t len)
{
	const uint64_t limit = recorder->options->size;
	ssize_t done;

	if (limit && recorder->size && recorder->size + len > limit) {
		enum status status = rotate(recorder);

		if (status)
			return status;
	}
	done = write(recorder->fd, line, len);
	if (done == (ssize_t)len && (!fdatasync(recorder->fd) || errno == EINVAL)) {
		recorder->size += len;
		return STATUS_OK;
	}
	if (done >= 0 && done < (ssize_t)len)
		errno = ENOSPC;
	failed(recorder, "write");
	/* Keep whole lines only. */
	if (done > 0 && ftruncate(recorder->fd, recorder->size))
		failed(recorder, "repair");
	return STATUS_NO_DATA;
}

/* Records a snapshot of the module. If the module has gone, it may come back later. */
static enum status record_one(struct recorder *recorder, bool first)
{
	static const struct wanted everything = { .depth = DEPTH_PROCESSES,
						  .host = true,
						  .most = PROCESSES };
	const char *root = recorder->options->request.root;
	struct source_error err;
	struct snapshot snap;
	enum status status;
	char *line;

	if (live_take(root, &everything, &snap, &err) != SOURCE_OK) {
		char path[512], text[1024];

		snprintf(path, sizeof(path), "%s/proc/" KVMSTAT_PROC_NAME, root);
		source_explain(text, sizeof(text), &err, path, true);
		if (!recorder->failing)
			fprintf(stderr, "kvmstat: %s%s\n", text,
				first ? "" : "; recording goes on when it can be read again");
		recorder->failing = true;
		return first ? STATUS_NO_DATA : STATUS_OK;
	}
	if (recorder->failing)
		fprintf(stderr, "kvmstat: recording again\n");
	recorder->failing = false;
	/* Where nothing can be read, no empty file is left. */
	status = recorder->fd < 0 ? open_file(recorder) : STATUS_OK;
	if (status) {
		snapshot_free(&snap);
		return status;
	}
	line = jsonl_line(&snap);
	snapshot_free(&snap);
	status = write_line(recorder, line, strlen(line));
	free(line);
	return status;
}

enum status run_record(const struct options *options)
{
	struct recorder recorder = { .options = options, .path = options->path, .fd = -1 };
	const int64_t interval = options->interval ?: USUAL_INTERVAL;
	int64_t next = session_now();
	enum status status = STATUS_OK;
	int signal = 0;

	session_catch_signals(SIGHUP);
	for (uint64_t done = 0; !status && (!options->count || done < options->count);) {
		status = signal ? reopen(&recorder) : record_one(&recorder, !done);
		done += !signal;
		if (status || done == options->count)
			break;
		/* Intervals that were missed, for instance while it was stopped, stay missed. */
		if (!signal)
			next += ((session_now() - next) / interval + 1) * interval;
		signal = session_wait(next);
		if (signal && signal != SIGHUP)
			break;
	}
	if (recorder.fd >= 0)
		close(recorder.fd);
	return status;
}
