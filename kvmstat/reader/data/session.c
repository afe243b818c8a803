// SPDX-License-Identifier: GPL-2.0
/*
 * Reads the source, waits, and knows the time.
 */
#define _GNU_SOURCE
#include "data/session.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <time.h>

#include "data/nsec.h"
#include "data/when.h"

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

static const char *path_of(const struct session *session)
{
	const struct request *request = session->request;

	return request->nr_files ? request->files[session->next_file - 1] : request->file;
}

static enum status explain(const struct session *session, const struct source_error *err)
{
	const char *path = path_of(session);
	char live[512], text[1024];

	snprintf(live, sizeof(live), "%s/proc/" KVMSTAT_PROC_NAME, session->request->root);
	source_explain(text, sizeof(text), err, path ?: live, !path);
	fprintf(stderr, "%s: %s\n", status_program, text);
	return err->status == SOURCE_UNREADABLE ? STATUS_NO_DATA : STATUS_BAD;
}

/* Opens the file. A copy of /proc/kvminfo is read at once, a recording later. */
static enum source_status open_file(struct session *session, struct snapshot *snap,
				    struct source_error *err)
{
	const char *path = path_of(session);
	FILE *file = strcmp(path, "-") ? fopen(path, "re") : stdin;
	enum source_status status;

	*snap = (struct snapshot){ 0 };
	if (!file) {
		*err = (struct source_error){ .status = SOURCE_UNREADABLE, .err = errno };
		return err->status;
	}
	if (session->request->nr_files || recording_is(file)) {
		recording_open(&session->recording, file, path);
		return SOURCE_OK;
	}
	status = source_read(file, snap, err);
	if (file != stdin)
		fclose(file);
	live_moment(&snap->at);
	return status;
}

static void end_of_file(struct session *session)
{
	if (session->recording.cut)
		fprintf(stderr, "%s: %s: the last line has no end and is left out\n",
			status_program, session->recording.path);
	session->over = session->next_file == session->request->nr_files;
	if (session->over)
		return;
	recording_close(&session->recording);
}

static bool is_asked_for(struct session *session, const struct snapshot *snap)
{
	const struct request *request = session->request;

	if (!session->first_ns) {
		session->first_ns = snap->at.real_ns;
		session->from_ns = INT64_MIN;
		session->to_ns = INT64_MAX;
		if (request->from)
			when_parse(request->from, session->first_ns, &session->from_ns);
		if (request->to)
			when_parse(request->to, session->first_ns, &session->to_ns);
	}
	return snap->at.real_ns >= session->from_ns && snap->at.real_ns <= session->to_ns;
}

/* Takes the next snapshot that is wanted, or none at the end of the last file. */
static enum source_status take_recorded(struct session *session, struct snapshot *snap,
					struct source_error *err)
{
	enum source_status status = SOURCE_OK;
	bool end;

	while (status == SOURCE_OK && !session->over) {
		if (!session->recording.file) {
			session->next_file++;
			status = open_file(session, snap, err);
			continue;
		}
		status = recording_next(&session->recording, snap, &end, err);
		if (status != SOURCE_OK)
			break;
		if (end)
			end_of_file(session);
		else if (is_asked_for(session, snap))
			break;
		snapshot_free(snap);
	}
	return status;
}

static enum source_status take(struct session *session, struct snapshot *snap,
			       struct source_error *err)
{
	const struct request *request = session->request;
	enum source_status status = SOURCE_OK;

	if (request->file && !session->recording.file)
		status = open_file(session, snap, err);
	else if (!request->file && !request->nr_files)
		status = live_take(request->root, &session->wanted, snap, err);
	if (status == SOURCE_OK && (session->recording.file || request->nr_files))
		status = take_recorded(session, snap, err);
	session->snapshots += status == SOURCE_OK && !session->over;
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
	struct source_error err;

	*session = (struct session){ .request = request,
				     .wanted = { depth, request->choice, request->host, 0 } };
	window_open(&session->window, &request->choice);
	if (take(session, &session->last, &err) != SOURCE_OK)
		return explain(session, &err);
	if (!session->over)
		return STATUS_OK;
	fprintf(stderr, "%s: %s: no snapshot in this recording%s\n", status_program,
		path_of(session),
		request->from || request->to ? ", or none in this span of it" : " yet");
	return STATUS_NO_DATA;
}

void session_begin(struct session *session, bool zero)
{
	const struct snapshot nothing = SNAPSHOT_EMPTY;

	/* No time has passed, so all guests are known from the start and none is new. */
	account(session, zero ? &nothing : &session->last, 0);
}

void session_begin_anew(struct session *session)
{
	window_close(&session->window);
	window_open(&session->window, &session->request->choice);
	session_begin(session, true);
}

enum status session_step(struct session *session)
{
	const struct snapshot nothing = SNAPSHOT_EMPTY;
	struct snapshot was = session->last, now;
	struct source_error err;
	double seconds;

	if (take(session, &now, &err) != SOURCE_OK)
		return explain(session, &err);
	if (session->over)
		return STATUS_OK;
	session->last = now;
	seconds = moment_seconds(&was.at, &now.at);
	if (seconds < 0) {
		/* After a boot all guests are new, whatever their ids. */
		session->last = nothing;
		account(session, &was, 0);
		session->last = now;
		account(session, &nothing, 0);
	} else {
		account(session, &was, seconds);
	}
	snapshot_free(&was);
	return STATUS_OK;
}

void session_close(struct session *session)
{
	delta_free(&session->delta);
	snapshot_free(&session->last);
	window_close(&session->window);
	recording_close(&session->recording);
}

bool session_is_recorded(const struct session *session)
{
	return session->recording.file || session->request->nr_files;
}

enum status session_observe(struct session *session, const struct request *request,
			    enum depth depth, int64_t usual, bool one)
{
	int64_t window = request->window >= 0 ? request->window : usual;
	enum status status = session_open(session, request, depth);

	if (status)
		return status;
	/* A copy cannot be read a second time. */
	if (request->file && !session_is_recorded(session))
		window = 0;
	session_begin(session, !window);
	while (!status && session_is_recorded(session) && !session->over)
		status = session_step(session);
	if (session_is_recorded(session) && (!window || !session->window.seconds))
		session_begin_anew(session);
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
		return session->window.host_was ? session->window.seconds : 0;
	}
	detail_subtract(detail, &delta->host_was->detail,
			delta->host_now ? &delta->host_now->detail : &nothing);
	return delta->seconds;
}

void session_span(const struct session *session, char *text, size_t size)
{
	if (session->window.seconds > 0)
		snprintf(text, size, "%.1f s", session->window.seconds);
	else
		snprintf(text, size, "the totals since each guest was first seen");
}
