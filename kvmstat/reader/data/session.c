// SPDX-License-Identifier: GPL-2.0
/*
 * Has the three sources, reads one of them, waits, and knows the time.
 */
#define _GNU_SOURCE
#include "data/session.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <time.h>

#include "data/nsec.h"
#include "data/spool.h"

static sigset_t stop_signals;

int64_t session_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * NSEC_PER_SEC + ts.tv_nsec;
}

void session_catch_signals(int also)
{
	sigemptyset(&stop_signals);
	sigaddset(&stop_signals, SIGINT);
	sigaddset(&stop_signals, SIGTERM);
	if (also)
		sigaddset(&stop_signals, also);
	sigprocmask(SIG_BLOCK, &stop_signals, NULL);
}

int session_wait(int64_t until)
{
	for (;;) {
		int64_t left = until - session_now();
		struct timespec ts = { left / NSEC_PER_SEC, left % NSEC_PER_SEC };
		int signal;

		if (left <= 0)
			return 0;
		signal = sigtimedwait(&stop_signals, NULL, &ts);
		if (signal > 0)
			return signal;
	}
}

static enum status explain(const struct session *session, const struct source_error *err)
{
	const char *path = session->request->file;
	char live[512], text[1024];

	snprintf(live, sizeof(live), "%s/proc/" KVMSTAT_PROC_NAME, session->request->root);
	source_explain(text, sizeof(text), err, path ?: live, !path);
	fprintf(stderr, "%s: %s\n", status_program, text);
	return err->status == SOURCE_UNREADABLE ? STATUS_NO_DATA : STATUS_BAD;
}

static enum source_status next_live(struct session *session, struct snapshot *snap,
				    struct source_error *err)
{
	return live_take(session->request->root, &session->wanted, snap, err);
}

static enum source_status read_copy(FILE *file, struct snapshot *snap, struct source_error *err)
{
	const enum source_status status = source_read(file, snap, err);

	fclose(file);
	live_moment(&snap->at);
	return status;
}

static enum source_status next_copy(struct session *session, struct snapshot *snap,
				    struct source_error *err)
{
	FILE *file = spool_open(session->request->file);

	*snap = (struct snapshot){ 0 };
	*err = (struct source_error){ .status = SOURCE_UNREADABLE, .err = errno };
	return file ? read_copy(file, snap, err) : err->status;
}

static enum source_status next_recorded(struct session *session, struct snapshot *snap,
					struct source_error *err)
{
	(void)err;
	session->over = !archive_next(&session->archive, snap);
	session->snapshots += !session->over;
	return SOURCE_OK;
}

/* Reads the file: a copy of /proc/kvminfo into session->last, a recording into the archive. */
static enum status read_file(struct session *session, const char *path, bool copies)
{
	FILE *file = spool_open(path);
	struct source_error err;

	if (!file) {
		fprintf(stderr, "%s: cannot read %s: %s\n", status_program,
			strcmp(path, "-") ? path : "standard input", strerror(errno));
		return STATUS_NO_DATA;
	}
	if (!copies || recording_is(file)) {
		session->next = next_recorded;
		return archive_add(&session->archive, file, path);
	}
	session->next = next_copy;
	return read_copy(file, &session->last, &err) == SOURCE_OK ? STATUS_OK :
								    explain(session, &err);
}

static enum status read_files(struct session *session)
{
	const struct request *request = session->request;
	enum status status = STATUS_OK;

	if (request->file)
		status = read_file(session, request->file, true);
	for (size_t i = 0; !status && i < request->nr_files; i++)
		status = read_file(session, request->files[i], false);
	if (status || !session_is_recorded(session))
		return status;
	status = archive_order(&session->archive, &request->extract);
	if (!status && !request->nr_files)
		status = archive_check_one(&session->archive);
	if (!status && !session_next_host(session))
		status = STATUS_NO_DATA;
	return status;
}

static void account(struct session *session, const struct snapshot *was, double seconds)
{
	delta_free(&session->delta);
	delta_compute(&session->delta, was, &session->last, seconds);
	window_add(&session->window, &session->delta);
}

enum status session_open(struct session *session, const struct request *request, enum depth depth)
{
	struct source_error err = { 0 };

	*session = (struct session){ .request = request,
				     .next = next_live,
				     .wanted = { depth, request->choice, request->host, 0,
						 request->vcpu } };
	window_open(&session->window, &request->choice);
	if (request->file || request->nr_files)
		return read_files(session);
	return session->next(session, &session->last, &err) == SOURCE_OK ? STATUS_OK :
									   explain(session, &err);
}

void session_begin(struct session *session, bool zero)
{
	const struct snapshot nothing = SNAPSHOT_EMPTY;

	/* No time has passed, so all guests are known from the start and none is new. */
	account(session, zero ? &nothing : &session->last, 0);
}

void session_begin_anew(struct session *session, bool zero)
{
	window_close(&session->window);
	window_open(&session->window, &session->request->choice);
	session_begin(session, zero);
}

enum status session_step(struct session *session)
{
	struct snapshot was = session->last, now;
	struct source_error err;
	double seconds;

	if (session->next(session, &now, &err) != SOURCE_OK)
		return explain(session, &err);
	if (session->over)
		return STATUS_OK;
	session->last = now;
	seconds = moment_seconds(&was.at, &now.at);
	if (seconds < 0) {
		/* All guests end with a boot, and what is there then is where counting begins. */
		session->last = SNAPSHOT_EMPTY;
		account(session, &was, 0);
		session->last = now;
		session_begin(session, false);
		session->boots++;
	} else {
		account(session, &was, seconds);
	}
	snapshot_free(&was);
	return STATUS_OK;
}

/* Forgets the snapshots that were taken. */
static void empty(struct session *session)
{
	window_close(&session->window);
	window_open(&session->window, &session->request->choice);
	snapshot_free(&session->last);
}

bool session_next_host(struct session *session)
{
	struct archive *archive = &session->archive;

	empty(session);
	do
		session->over = !archive_host(archive);
	while (!session->over && !archive_next(archive, &session->last));
	session->snapshots = session->boots = !session->over;
	return !session->over;
}

void session_seek(struct session *session, size_t at)
{
	empty(session);
	archive_seek(&session->archive, at);
	session->over = !archive_next(&session->archive, &session->last);
}

void session_close(struct session *session)
{
	delta_free(&session->delta);
	snapshot_free(&session->last);
	window_close(&session->window);
	archive_close(&session->archive);
}

bool session_is_recorded(const struct session *session)
{
	return session->next == next_recorded;
}

enum status session_observe(struct session *session, const struct request *request,
			    enum depth depth, int64_t usual, bool one)
{
	int64_t window = request->window >= 0 ? request->window : usual;
	enum status status = session_open(session, request, depth);

	if (status)
		return status;
	/* A copy does not change. */
	if (session->next == next_copy)
		window = 0;
	session_begin(session, !window);
	while (!status && session_is_recorded(session) && !session->over)
		status = session_step(session);
	if (session_is_recorded(session) && (!window || !session->window.seconds))
		session_begin_anew(session, true);
	if (!status)
		status = window_check(&session->window, one, stderr);
	if (status || !window || session_is_recorded(session))
		return status;
	session_catch_signals(0);
	session_wait(session_now() + window);
	return session_step(session);
}

double session_host(const struct session *session, struct detail *detail)
{
	const struct delta *delta = &session->delta;
	static const struct detail nothing;

	if (session_is_recorded(session) || !delta->host_was) {
		window_host(&session->window, detail);
		return session->window.host_was ? session->window.host_seconds : 0;
	}
	detail_subtract(detail, &delta->host_was->detail,
			delta->host_now ? &delta->host_now->detail : &nothing);
	return delta->seconds;
}

void session_span(double seconds, char *text, size_t size)
{
	if (seconds > 0)
		snprintf(text, size, "%.1f s", seconds);
	else
		snprintf(text, size, "the totals since each guest was first seen");
}
