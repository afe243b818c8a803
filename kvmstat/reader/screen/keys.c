// SPDX-License-Identifier: GPL-2.0
/*
 * Handles keys, clicks, and the answers to prompts.
 */
#include "screen/keys.h"

#include <stdlib.h>
#include <string.h>

#include "data/nsec.h"
#include "screen/screen.h"
#include "screen/timeline.h"

#define MOST_INTERVAL (86400 * NSEC_PER_SEC)
#define DOUBLE_CLICK (NSEC_PER_SEC / 2)
#define WHEEL_ROWS 3

#define ESCAPE 27
#define CONTROL(letter) ((letter)&31)

enum asked { ASKED_REGEX, ASKED_GUEST, ASKED_INTERVAL, ASKED_TIME };

static void ask(struct view *view, enum asked what)
{
	static const char *const label[] = {
		[ASKED_REGEX] = "Only what matches (a regular expression)",
		[ASKED_GUEST] = "Only guests of this name, part of a name, pid or id",
		[ASKED_INTERVAL] = "Interval in seconds (0.1 to 86400)",
		[ASKED_TIME] = "Go to the time (14:00:30, or +5m after the start)",
	};

	prompt_open(&view->prompt, what, label[what]);
}

static void set_interval(struct view *view, const char *text)
{
	char *end;
	double ns = strtod(text, &end) * NSEC_PER_SEC;

	if (!*text || text[strspn(text, "0123456789.")] || *end || !(ns >= VIEW_LEAST_INTERVAL) ||
	    ns > MOST_INTERVAL) {
		view_say(view, VIEW_MESSAGE_SHOWN,
			 "the interval must be seconds from 0.1 to 86400");
		return;
	}
	view->interval = ns;
	view->next = session_now() + view->interval;
}

static void set_filter(struct view *view, struct filter *filter, bool regular)
{
	char why[128];

	if (!filter_set(filter, view->prompt.text, regular, why, sizeof(why)))
		view_say(view, VIEW_MESSAGE_SHOWN, why);
}

static void answer(struct view *view)
{
	switch ((enum asked)view->prompt.what) {
	case ASKED_REGEX:
		set_filter(view, view_filter(view), true);
		break;
	case ASKED_GUEST:
		view_leave(view);
		set_filter(view, &view->guest_filter, false);
		break;
	case ASKED_INTERVAL:
		set_interval(view, view->prompt.text);
		break;
	case ASKED_TIME:
		timeline_find(view, view->prompt.text);
		break;
	}
}

static void enter_selected(struct view *view)
{
	const uint64_t *row = sheet_selected(&view->list);

	if (!view->inside && !view->host && row)
		view_enter(view, &((const struct history *)(uintptr_t)*row)->key);
}

static void click_row(struct view *view, const MEVENT *event)
{
	struct sheet *sheet = view->inside ? &view->panes.sheet[view->pane] :
			      view->host   ? &view->ground.sheet :
					     &view->list;
	const int64_t now = session_now();
	const bool twice = now - view->clicked < DOUBLE_CLICK && view->clicked_line == event->y;

	for (enum pane p = 0; view->inside && event->y == view->tabs_line && p < PANE_NR; p++)
		if (event->x >= view->tab[p] && event->x < view->tab[p + 1])
			view->pane = p;
	if (view->inside && (view->pane == PANE_OVERVIEW || event->y == view->tabs_line))
		return;
	if (sheet_click(sheet, event->y, event->x) == 1 && twice)
		enter_selected(view);
	view->clicked = twice ? 0 : now;
	view->clicked_line = event->y;
}

/* Moves within what is shown. Returns false if @key is for something else. */
static bool navigate(struct view *view, int key)
{
	return view->inside ? panes_key(&view->panes, view->pane, key) :
	       view->host   ? ground_key(&view->ground, key) :
			      sheet_key(&view->list, key);
}

static void use_mouse(struct view *view)
{
	MEVENT event;

	if (getmouse(&event) != OK)
		return;
	if (event.bstate & BUTTON1_PRESSED && session_is_recorded(&view->session) &&
	    timeline_click(view, event.y, event.x))
		return;
	for (int i = 0; event.bstate & (BUTTON4_PRESSED | BUTTON5_PRESSED) && i < WHEEL_ROWS; i++)
		navigate(view, event.bstate & BUTTON4_PRESSED ? SCREEN_FUNCTION(KEY_UP) :
								SCREEN_FUNCTION(KEY_DOWN));
	if (event.bstate & BUTTON1_PRESSED)
		click_row(view, &event);
}

static void read_now(struct view *view)
{
	/* The rates of a very short interval would be chance. */
	if (!view->paused && !session_is_recorded(&view->session) &&
	    view->next - session_now() < view->interval - VIEW_LEAST_INTERVAL)
		view_take(view, true);
}

static void show_pane(struct view *view, enum pane pane)
{
	if (view->inside)
		view->pane = pane;
}

static void press(struct view *view, int key)
{
	if (session_is_recorded(&view->session) && timeline_key(view, key))
		return;
	switch (key) {
	case 'q':
	case SCREEN_FUNCTION(KEY_F(10)):
		view->quit = true;
		return;
	case '?':
	case 'h':
	case SCREEN_FUNCTION(KEY_F(1)):
		view->help = true;
		return;
	case '\n':
	case '\r':
	case SCREEN_FUNCTION(KEY_ENTER):
		enter_selected(view);
		return;
	case ESCAPE:
	case CONTROL('H'):
	case 127:
	case SCREEN_FUNCTION(KEY_BACKSPACE):
		view_leave(view);
		return;
	case 'H':
		if (view->host)
			view_leave(view);
		else
			view_host(view);
		return;
	case 'x':
		if (view->inside || view->host) {
			view_leave(view);
		} else {
			enter_selected(view);
			show_pane(view, PANE_REASONS);
		}
		return;
	case '\t':
	case SCREEN_FUNCTION(KEY_RIGHT):
		show_pane(view, (view->pane + 1) % PANE_NR);
		return;
	case SCREEN_FUNCTION(KEY_BTAB):
	case SCREEN_FUNCTION(KEY_LEFT):
		show_pane(view, (view->pane + PANE_NR - 1) % PANE_NR);
		return;
	case '1' ... '9':
		show_pane(view, key - '1');
		return;
	case '0':
		show_pane(view, PANE_IO);
		return;
	case 'f':
	case '/':
		ask(view, ASKED_REGEX);
		return;
	case 'g':
	case 'p':
		ask(view, ASKED_GUEST);
		return;
	case 'c':
		filter_clear(view_filter(view));
		return;
	case 'r':
		view_reset(view);
		return;
	case 's':
		ask(view, ASKED_INTERVAL);
		return;
	case 't':
		if (session_is_recorded(&view->session))
			ask(view, ASKED_TIME);
		return;
	case ' ':
	case 'Z':
		view->paused = !view->paused;
		return;
	case CONTROL('L'):
		clearok(curscr, TRUE);
		return;
	case SCREEN_FUNCTION(KEY_MOUSE):
		use_mouse(view);
		return;
	case SCREEN_FUNCTION(KEY_RESIZE):
		return;
	default:
		if (!navigate(view, key))
			read_now(view);
	}
}

void keys_use(struct view *view, int key)
{
	if (view->help && key != SCREEN_FUNCTION(KEY_RESIZE))
		view->help = page_key(&view->help_page, key);
	else if (!view->prompt.label || key == SCREEN_FUNCTION(KEY_RESIZE))
		press(view, key);
	else if (prompt_key(&view->prompt, key) == PROMPT_DONE)
		answer(view);
}
