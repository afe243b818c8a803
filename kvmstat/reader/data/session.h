/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Watching the guests: reads the module, a copy or a recording, once or again and
 * again, and sums up in a window what happened.
 */
#ifndef SESSION_H
#define SESSION_H

#include "data/live.h"
#include "data/recording.h"
#include "data/window.h"

/* What the user asks for: whose numbers, of which guests, of what time. */
struct request {
	const char *file; /* NULL: the running module */
	const char *root; /* the module's files are below it; "" unless given */
	char **files; /* recordings, to be read one after the other, instead */
	size_t nr_files;
	struct choice choice;
	int64_t window; /* nanoseconds; 0: since each guest was first seen; -1: none given */
	const char *from, *to; /* the span of recordings that counts; NULL: all */
};

struct session {
	const struct request *request;
	enum depth depth;
	struct window window;
	struct snapshot last;
	struct delta delta; /* up to it */
	struct recording recording; /* has a file if that is what is read */
	size_t next_file; /* of request->files */
	int64_t first_ns, from_ns, to_ns; /* of the recording: its start, the span that counts */
	size_t snapshots;
	bool over; /* the end was reached */
};

/*
 * Takes the first snapshot: of the files, one after the other, else of
 * --file, else of the module. Returns STATUS_OK, or has said what went wrong; to be
 * closed in both cases.
 */
enum status session_open(struct session *session, const struct request *request, enum depth depth);

/* Opens the window: its figures are from now on, or, @zero, since guests were first seen. */
void session_begin(struct session *session, bool zero);

/* Drops what the window has: it tells of all the time up to the last snapshot. */
void session_begin_anew(struct session *session);

/* Reads again, and adds the time since to the window; says what went wrong. */
enum status session_step(struct session *session);

void session_close(struct session *session);

/* Whether it reads recordings, which have an end. */
bool session_is_recorded(const struct session *session);

/*
 * What one-shot views show: opens a session, and fills its window with the time that
 * @request asks for, @usual nanoseconds if it does not, by waiting for it. Of a
 * recording, all of it if there is to be a window. Checks the choice of guests, to be
 * @one if so asked.
 */
enum status session_observe(struct session *session, const struct request *request,
			    enum depth depth, int64_t usual, bool one);

/* CLOCK_MONOTONIC in nanoseconds. */
int64_t session_now(void);

/* Makes SIGINT, SIGTERM and @also (0: none) end session_wait() rather than the process. */
void session_catch_signals(int also);

/* Waits; returns the signal that ended it, or 0 when the time has come. */
int session_wait(int64_t until);

/* Writes to @text of what the window's figures are, "10.0 s" say. */
void session_span(const struct session *session, char *text, size_t size);

#endif
