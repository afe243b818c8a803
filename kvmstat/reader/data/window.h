/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The window of observation has every guest that was seen in it, ended or not, with its
 * name and what it did since the window opened.
 */
#ifndef WINDOW_H
#define WINDOW_H

#include <stdio.h>

#include "data/choice.h"
#include "data/delta.h"
#include "data/keyed.h"
#include "data/status.h"

/* A window that is open for long sees VMs come and go, but follows no more than these. */
#define WINDOW_MAX_GUESTS SNAPSHOT_MAX_GUESTS

/* So many ended guests are kept beside as many as run. */
#define WINDOW_ENDED 64

struct window_guest {
	struct guest_key key;
	char name[NAME_SIZE]; /* clean; the first name that was known */
	bool chosen; /* the user wants to see it */
	bool ended;
	double ended_at; /* the window's seconds then */
	bool restarted;
	struct counts last; /* its latest line */
	struct counts sum; /* the differences since the window opened, added up */
	double seconds; /* the part of the window in which it was there */
	struct about *was, *now; /* when the window opened (NULL: zeros) and now; held */
};

struct window {
	struct window_guest **guest; /* in the order in which they were first seen */
	size_t nr;
	size_t missed; /* how many new guests came past WINDOW_MAX_GUESTS */
	size_t forgotten; /* how many ended guests window_forget() dropped */
	uint32_t has; /* columns that every snapshot had */
	double seconds; /* that it covers; 0: all since each guest was first seen */
	bool named; /* the names are known */
	/* The host when the window opened, or since its last boot, and now; held. */
	struct about *host_was, *host_now;
	double host_seconds; /* between them */
	double host_peak; /* the busiest interval, as a share of all CPUs; below 0: not known */
	const struct choice *choice;
	struct keyed tree; /* of the same guests */
};

/* Opens a window in which @choice chooses the guests. @choice must outlive the window. */
void window_open(struct window *window, const struct choice *choice);

/* Adds what happened in @delta. */
void window_add(struct window *window, const struct delta *delta);

/*
 * Drops guests that ended more than @seconds ago, and the first to end of those that are more
 * than the guests that run and WINDOW_ENDED, so that memory is bounded by what runs. Keeps
 * @keep, unless it is NULL. Calls @gone with @data and the key of each before it goes, unless
 * @gone is NULL.
 */
void window_forget(struct window *window, double seconds, const struct guest_key *keep,
		   void (*gone)(void *data, const struct guest_key *key), void *data);

/* Returns the guest of this key, valid until window_close(), or NULL. */
const struct window_guest *window_find(const struct window *window, const struct guest_key *key);

/* Returns the first guest that the user chose, valid likewise, or NULL. */
const struct window_guest *window_chosen(const struct window *window);

/* Returns whether the line stands for all VMs past the module's cap. */
bool window_guest_is_others(const struct window_guest *guest);

/* Computes into @diff what the detail did in the window. The caller frees @diff. */
void window_detail(const struct window_guest *guest, struct detail *diff);

/* Says on @err how many guests came past WINDOW_MAX_GUESTS, if any did. */
void window_warn(const struct window *window, FILE *err);

/*
 * Warns of guests that are missed. Checks that the chosen guests of @window are of one process,
 * or, if @one, are one guest. Returns STATUS_OK, STATUS_NO_DATA if there is no such guest, or
 * STATUS_BAD if several match, which are then listed on @err. Everything is fine if the user
 * chose no guest.
 */
enum status window_check(const struct window *window, bool one, FILE *err);

/* Computes what the tables of the host did in the window. The caller frees @diff. */
void window_host(const struct window *window, struct detail *diff);

/* Frees what the window owns and empties it. */
void window_close(struct window *window);

#endif
