/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A view is what top shows: the guests, read again and again or from a recording, and where the
 * user is.
 */
#ifndef VIEW_H
#define VIEW_H

#include "data/history.h"
#include "data/session.h"
#include "screen/filter.h"
#include "screen/ground.h"
#include "screen/page.h"
#include "screen/panes.h"
#include "screen/prompt.h"
#include "screen/sheet.h"
#include "verdict/thresholds.h"

#define VIEW_LEAST_INTERVAL (INT64_C(1000000000) / 10)
#define VIEW_MESSAGE_SHOWN (5 * INT64_C(1000000000))
#define VIEW_LOOK_BACK 60 /* bounds what it takes to go anywhere in a long recording */
#define VIEW_ENDED_SHOWN 10 /* so many seconds an ended guest stays in the list */

struct view {
	struct thresholds thresholds;
	struct session session;
	struct histories histories;
	struct judgements judgements;
	int64_t judge; /* the session_now() of the next verdicts on all guests */
	int64_t interval, next; /* the session_now() of the next reading */
	bool quit, help;
	bool paused; /* of a recording, the next snapshot does not come by itself */
	bool lost; /* the last reading failed, so what is shown is older */
	char message[512];
	int64_t message_until;
	struct page help_page;
	struct prompt prompt;
	struct filter guest_filter, row_filter;
	struct sheet list;
	bool inside; /* one guest is shown, not the list */
	bool host; /* the host is shown, not the list */
	struct guest_key subject; /* the guest that is shown */
	enum pane pane;
	struct panes panes;
	struct ground ground;
	int tab[PANE_NR + 1]; /* where the names of panes begin on the screen */
	int tabs_line;
	struct timeline {
		int y, x, width; /* where it is on the screen */
	} timeline;
	int64_t clicked; /* when, and on which line */
	int clicked_line;
};

/* Shows @text for @how_long nanoseconds. */
void view_say(struct view *view, int64_t how_long, const char *text);

/* Returns the filter of what is shown: of guests, or of the rows of a guest or the host. */
struct filter *view_filter(struct view *view);

/* Returns the guest that is shown, or NULL if the window does not have it. */
const struct window_guest *view_subject(const struct view *view);

/* Show one guest, or the host, or the list again. */
void view_enter(struct view *view, const struct guest_key *key);
void view_host(struct view *view);
void view_leave(struct view *view);

/* Reads again. Without @rates, the rates stay those of the last interval. */
void view_take(struct view *view, bool rates);

/* Reads again and sets the time of the next reading, without drift. */
void view_tick(struct view *view);

/*
 * Goes to the snapshot @at of a recording, from 0. On to the next one, the figures go on as in a
 * live view. To any other one, they begin VIEW_LOOK_BACK snapshots before it.
 */
void view_go(struct view *view, size_t at);

/* Begins the totals anew. */
void view_reset(struct view *view);

/* Frees what the view owns. */
void view_close(struct view *view);

#endif
