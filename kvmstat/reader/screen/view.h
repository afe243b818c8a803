/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What top looks at: the guests, read again and again, and where the user is in them.
 */
#ifndef VIEW_H
#define VIEW_H

#include "data/history.h"
#include "data/session.h"
#include "screen/filter.h"
#include "screen/page.h"
#include "screen/panes.h"
#include "screen/prompt.h"
#include "screen/sheet.h"
#include "verdict/thresholds.h"

#define VIEW_LEAST_INTERVAL (INT64_C(1000000000) / 10)
#define VIEW_MESSAGE_SHOWN (5 * INT64_C(1000000000))

struct view {
	struct thresholds thresholds;
	struct session session;
	struct histories histories;
	int64_t interval, next; /* when to read again */
	bool quit, help, paused;
	bool lost; /* the last reading failed: what is shown is older */
	char message[512];
	int64_t message_until;
	struct page help_page;
	struct prompt prompt;
	struct filter guest_filter, row_filter;
	struct sheet list;
	bool inside; /* one guest is shown, not the list */
	struct guest_key subject; /* that one */
	enum pane pane;
	struct panes panes;
	int tab[PANE_NR + 1]; /* where their names begin on the screen */
	int tabs_line;
	int64_t clicked; /* when, and which line */
	int clicked_line;
};

/* Shows @text for so long. */
void view_say(struct view *view, int64_t how_long, const char *text);

/* The guest that is shown, or NULL. */
const struct window_guest *view_subject(const struct view *view);

/* Shows one guest, or the list again. */
void view_enter(struct view *view, const struct guest_key *key);
void view_leave(struct view *view);

/* Reads again. Without @rates the last interval stays what it was. */
void view_take(struct view *view, bool rates);

/* Reads again at the times of a grid, unless they were missed. */
void view_tick(struct view *view);

/* Begins the totals anew. */
void view_reset(struct view *view);

/* Releases what it owns. */
void view_close(struct view *view);

#endif
