/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The window of observation: every guest seen in it, with its name and what it
 * did from the window's start to now, ended or not.
 */
#ifndef WINDOW_H
#define WINDOW_H

#include <stdio.h>

#include "data/choice.h"
#include "data/delta.h"
#include "data/status.h"

/* Guests that a window follows; VMs may come and go for as long as it is open. */
#define WINDOW_MAX_GUESTS SNAPSHOT_MAX_GUESTS

struct window_guest {
	struct guest_key key;
	char name[NAME_SIZE]; /* clean, as it was when first known */
	bool chosen; /* by the user, to be shown */
	bool ended;
	bool restarted;
	struct counts last; /* its latest line */
	struct counts sum; /* of the differences since the window opened */
	struct about *was, *now; /* when the window opened (NULL: zeros), and the latest */
};

struct window {
	struct window_guest **guest; /* in the order of their first sight */
	size_t nr;
	size_t missed; /* new guests past WINDOW_MAX_GUESTS */
	uint32_t has; /* columns that every snapshot had */
	double seconds; /* 0: since each guest was first seen */
	bool named; /* names are known */
	const struct choice *choice;
	void *tree; /* guest by key */
};

/* Opens a window in which the guests of @choice are chosen; it must outlive it. */
void window_open(struct window *window, const struct choice *choice);

/* Adds what @delta saw. */
void window_add(struct window *window, const struct delta *delta);

/* Returns the guest, valid until window_close(), or NULL. */
const struct window_guest *window_find(const struct window *window, const struct guest_key *key);

/* Whether the line stands for all VMs past the module's cap. */
bool window_guest_is_others(const struct window_guest *guest);

/* Computes into @diff what the details did in the window; for detail_free(). */
void window_detail(const struct window_guest *guest, struct detail *diff);

/*
 * Checks the choice of @window against the guests in it: all chosen ones must be of
 * one process, and with @one one guest. Returns STATUS_OK; STATUS_NO_DATA when none is
 * there, or STATUS_BAD when it is ambiguous, having listed on @err what it could be.
 */
enum status window_check(const struct window *window, bool one, FILE *err);

/* Releases what the window owns. */
void window_close(struct window *window);

#endif
