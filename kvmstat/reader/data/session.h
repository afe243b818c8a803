/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A session reads the module, a copy or a recording, once or many times, and collects in a
 * window what happened.
 */
#ifndef SESSION_H
#define SESSION_H

#include "data/archive.h"
#include "data/live.h"
#include "data/window.h"

/* What the user asks for: the source of the numbers, the guests and the time. */
struct request {
	const char *file; /* a recording, or a copy; NULL: the running module */
	const char *root; /* the module's files are below it; "" unless given */
	char **files; /* recordings to read instead, in any order */
	size_t nr_files;
	struct choice choice;
	bool host; /* the host is wanted, too */
	const uint64_t *vcpu; /* whose reasons are wanted; NULL: those of all vCPUs */
	int64_t window; /* nanoseconds; 0: since each guest was first seen; -1: not given */
	struct extract extract; /* of the recordings */
};

struct session {
	const struct request *request;
	/*
	 * The source: takes the next snapshot from the module, a copy or recordings. Returns SOURCE_OK
	 * also at the end, and says in @over that this is it.
	 */
	enum source_status (*next)(struct session *session, struct snapshot *snap,
				   struct source_error *err);
	struct wanted wanted;
	struct window window;
	struct snapshot last;
	struct delta delta; /* of the last interval */
	struct archive archive; /* has recordings, if these are read */
	size_t snapshots, boots; /* of this host */
	bool over; /* the end was reached, for recordings that of this host */
};

/*
 * Takes the first snapshot, of request->files, of request->file or of the module. Returns
 * STATUS_OK, or says what went wrong. The caller closes the session in both cases.
 */
enum status session_open(struct session *session, const struct request *request, enum depth depth);

/* Opens the window. Its figures begin now, or, if @zero, when each guest was first seen. */
void session_begin(struct session *session, bool zero);

/* Opens the window again at the last snapshot, with figures as session_begin() has them. */
void session_begin_anew(struct session *session, bool zero);

/* Reads again and adds the time since to the window. Says what went wrong. */
enum status session_step(struct session *session);

/*
 * Takes the first snapshot of the next host of the recordings, into an empty window. Returns false
 * if there is none. session_open() does so for the first host.
 */
bool session_next_host(struct session *session);

/*
 * Takes the snapshot @at of the recordings, from 0, into an empty window. Counting then begins as
 * after session_open().
 */
void session_seek(struct session *session, size_t at);

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

/* Writes how much time that is to @text, for instance "10.0 s"; 0: all time. */
void session_span(double seconds, char *text, size_t size);

#endif
