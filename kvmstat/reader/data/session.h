/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A session reads the module, a copy or a recording, once or many times, and collects in a
 * window what happened.
 */
#ifndef SESSION_H
#define SESSION_H

#include "data/live.h"
#include "data/recording.h"
#include "data/window.h"

/* What the user asks for: the source of the numbers, the guests and the time. */
struct request {
	const char *file; /* NULL: the running module */
	const char *root; /* the module's files are below it; "" unless given */
	char **files; /* recordings to read one after the other instead */
	size_t nr_files;
	struct choice choice;
	bool host; /* the host is wanted, too */
	int64_t window; /* nanoseconds; 0: since each guest was first seen; -1: not given */
	const char *from, *to; /* the span of the recordings that is wanted; NULL: all */
};

struct session {
	const struct request *request;
	struct wanted wanted;
	struct window window;
	struct snapshot last;
	struct delta delta; /* of the last interval */
	struct recording recording; /* has a file while a recording is read */
	size_t next_file; /* of request->files */
	int64_t first_ns, from_ns, to_ns; /* the start of the recording, the span that is wanted */
	size_t snapshots;
	bool over; /* the end was reached */
};

/*
 * Takes the first snapshot, of request->files, of request->file or of the module. Returns
 * STATUS_OK, or says what went wrong. The caller closes the session in both cases.
 */
enum status session_open(struct session *session, const struct request *request, enum depth depth);

/* Opens the window. Its figures begin now, or, if @zero, when each guest was first seen. */
void session_begin(struct session *session, bool zero);

/* Opens the window again, with all the time up to the last snapshot in it. */
void session_begin_anew(struct session *session);

/* Reads again and adds the time since to the window. Says what went wrong. */
enum status session_step(struct session *session);

void session_close(struct session *session);

/* Returns whether the session reads recordings, which have an end. */
bool session_is_recorded(const struct session *session);

/*
 * Opens a session for a command that prints once. Fills the window with the time that
 * @request asks for, or else with @usual nanoseconds, by waiting for so long; a recording
 * fills it with all of its time. Checks the choice of guests, which is one guest if @one.
 */
enum status session_observe(struct session *session, const struct request *request,
			    enum depth depth, int64_t usual, bool one);

/* Returns CLOCK_MONOTONIC in nanoseconds. */
int64_t session_now(void);

/* Makes SIGINT, SIGTERM and, if it is not 0, @also end session_wait() and not the process. */
void session_catch_signals(int also);

/* Waits until session_now() is @until. Returns 0, or the signal that came before. */
int session_wait(int64_t until);

/*
 * Computes into @detail what the tables of the host did in the last interval, or in all of a
 * recording. Returns its seconds, or 0 if they are those of all time. The caller frees @detail.
 */
double session_host(const struct session *session, struct detail *detail);

/* Writes the time that the window covers to @text, for instance "10.0 s". */
void session_span(const struct session *session, char *text, size_t size);

#endif
