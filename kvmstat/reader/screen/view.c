// SPDX-License-Identifier: GPL-2.0
/*
 * Reads the guests, and enters and leaves them.
 */
#include "screen/view.h"

#include <stdio.h>
#include <string.h>

#include "screen/screen.h"

#define JUDGE_EVERY INT64_C(5000000000)
#define TRY_AGAIN INT64_C(1000000000) /* while there is nothing to read */

void view_say(struct view *view, int64_t how_long, const char *text)
{
	snprintf(view->message, sizeof(view->message), "%s", text);
	view->message_until = session_now() + how_long;
}

struct filter *view_filter(struct view *view)
{
	return view->inside || view->host ? &view->row_filter : &view->guest_filter;
}

const struct window_guest *view_subject(const struct view *view)
{
	return window_find(&view->session.window, &view->subject);
}

void view_leave(struct view *view)
{
	view->inside = view->host = false;
	view->session.wanted = (struct wanted){ .depth = DEPTH_VCPUS };
}

static void lose(struct view *view)
{
	char why[400], text[512];

	if (!screen_said(why, sizeof(why)))
		strcpy(why, "the numbers cannot be read");
	snprintf(text, sizeof(text), "%s (the last figures stay; trying again)", why);
	view_say(view, INT64_MAX / 2, text);
	view->lost = true;
}

/* A reload of the module changes the ids, so this takes the first guest of the process. */
static void find_subject_again(struct view *view)
{
	const struct window *window = &view->session.window;

	if (!view->inside || view_subject(view))
		return;
	for (size_t i = 0; i < window->nr; i++)
		if (window->guest[i]->key.pid == view->subject.pid) {
			view->subject = window->guest[i]->key;
			return;
		}
	view_leave(view);
}

static void reopen(struct view *view)
{
	struct session session;

	if (session_open(&session, view->session.request, DEPTH_ALL)) {
		session_close(&session);
		lose(view);
		return;
	}
	session.wanted = view->session.wanted;
	session_close(&view->session);
	histories_free(&view->histories);
	judgements_free(&view->judgements);
	view->session = session;
	view->lost = false;
	session_begin_anew(&view->session, false);
	find_subject_again(view);
	view_say(view, VIEW_MESSAGE_SHOWN, "the numbers are back: counting anew");
}

static void forget(void *data, const struct guest_key *key)
{
	struct view *view = data;

	history_forget(&view->histories, key);
	judgements_forget(&view->judgements, key);
}

/* Adds what happened in the interval that was read last. */
static void follow(struct view *view, bool judge)
{
	struct session *session = &view->session;

	window_forget(&session->window, VIEW_ENDED_SHOWN, view->inside ? &view->subject : NULL,
		      forget, view);
	if (judge)
		judgements_follow(&view->judgements, &session->window, &view->thresholds);
}

/* Takes the next snapshot of a recording, which has all details. */
static void play_on(struct view *view)
{
	struct session *session = &view->session;

	session_step(session);
	if (!session->over) {
		history_add(&view->histories, &session->delta);
		follow(view, true);
	}
	view->paused |= session->archive.next == session->archive.nr;
}

/* The verdicts need all details, which are not read each time. */
static bool is_time_to_judge(const struct view *view, int64_t now)
{
	return !view->inside && !view->host && now >= view->judge;
}

void view_take(struct view *view, bool rates)
{
	const int64_t now = session_now();
	const bool judge = rates && is_time_to_judge(view, now);
	const enum depth depth = view->session.wanted.depth;

	if (session_is_recorded(&view->session)) {
		if (rates)
			play_on(view);
		view->next = now + view->interval;
		return;
	}
	if (judge)
		view->session.wanted.depth = DEPTH_ALL;
	if (view->lost)
		reopen(view);
	else if (session_step(&view->session))
		lose(view);
	else if (rates)
		history_add(&view->histories, &view->session.delta);
	follow(view, judge);
	if (judge) {
		view->session.wanted.depth = depth;
		view->judge = now + JUDGE_EVERY;
	}
	view->next = now + (view->lost && view->interval > TRY_AGAIN ? TRY_AGAIN : view->interval);
}

void view_tick(struct view *view)
{
	const int64_t due = view->next;

	view_take(view, true);
	if (!view->lost && due + view->interval > session_now())
		view->next = due + view->interval;
}

/* Returns the guest that the user chose last. */
static struct guest_key chosen_guest(const struct view *view)
{
	const uint64_t *row = view->inside || view->host ? NULL : sheet_selected(&view->list);

	return row ? ((const struct history *)(uintptr_t)*row)->key : view->subject;
}

void view_go(struct view *view, size_t at)
{
	struct session *session = &view->session;
	const struct archive *archive = &session->archive;
	const struct guest_key chosen = chosen_guest(view);

	if (at == archive->next && at < archive->nr) {
		play_on(view);
		return;
	}
	/* The first snapshot has no rates, so it is only shown if there is no other. */
	at = at < archive->nr ? at : archive->nr - 1;
	at = !at && archive->nr > 1 ? 1 : at;
	histories_free(&view->histories);
	judgements_free(&view->judgements);
	session_seek(session, at > VIEW_LOOK_BACK ? at - VIEW_LOOK_BACK : 0);
	session_begin(session, archive->nr == 1);
	if (archive->nr == 1)
		follow(view, true);
	while (archive->next <= at)
		play_on(view);
	/* Rows are known by their histories, which are new. */
	view->list.pick = window_find(&session->window, &chosen) ?
				  (uintptr_t)history_of(&view->histories, &chosen) :
				  0;
	if (view->inside && !view_subject(view))
		view_leave(view);
}

void view_enter(struct view *view, const struct guest_key *key)
{
	view->subject = *key;
	view->inside = true;
	view->host = false;
	view->panes.overview.page.first = 0;
	/* Pid 0 would choose all processes. */
	view->session.wanted = (struct wanted){ .depth = key->pid ? DEPTH_PROCESSES : DEPTH_ALL,
						.processes = { .pid = key->pid } };
	if (!view->lost)
		view_take(view, false);
}

void view_host(struct view *view)
{
	view_leave(view);
	view->host = view->session.wanted.host = true;
	if (!view->lost)
		view_take(view, false);
}

void view_reset(struct view *view)
{
	const enum depth depth = view->session.wanted.depth;

	/* The user may look into any guest later, so the totals need all details from now on. */
	view->session.wanted.depth = DEPTH_ALL;
	view_take(view, false);
	view->session.wanted.depth = depth;
	if (view->lost)
		return;
	session_begin_anew(&view->session, false);
	find_subject_again(view);
	view_say(view, VIEW_MESSAGE_SHOWN,
		 session_is_recorded(&view->session) ?
			 "totals begin anew here" :
			 "totals begin anew here; the kernel's counters go on");
}

void view_close(struct view *view)
{
	sheet_free(&view->list);
	page_clear(&view->help_page);
	filter_clear(&view->guest_filter);
	filter_clear(&view->row_filter);
	histories_free(&view->histories);
	judgements_free(&view->judgements);
	session_close(&view->session);
}
