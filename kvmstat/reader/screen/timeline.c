// SPDX-License-Identifier: GPL-2.0
/*
 * Draws the time line, and moves along it.
 */
#include "screen/timeline.h"

#include <stdio.h>
#include <string.h>

#include "data/when.h"
#include "screen/screen.h"

/* The line shows its times where it has so many columns. */
#define TIMES_COLUMNS 70

/* Returns the place of the snapshot that is shown, from 0. */
static size_t place(const struct view *view)
{
	return view->session.archive.next - 1;
}

static size_t last(const struct view *view)
{
	return view->session.archive.nr - 1;
}

void timeline_draw(struct view *view, int y)
{
	const size_t at = place(view), end = last(view);
	struct timeline *line = &view->timeline;
	char first_time[32] = "", last_time[32] = "", right[96];

	if (COLS >= TIMES_COLUMNS) {
		when_format(first_time, sizeof(first_time),
			    archive_time(&view->session.archive, 0));
		when_format(last_time, sizeof(last_time),
			    archive_time(&view->session.archive, end));
	}
	snprintf(right, sizeof(right), "%s  %zu of %zu", last_time, at + 1, end + 1);
	line->y = y;
	line->x = screen_text(y, 0, COLS, STYLE_PLAIN, first_time);
	line->x += line->x > 0;
	line->width = COLS - line->x - strlen(right) - 1;
	screen_times(y, line->x, line->width,
		     (uint64_t[TIME_NR]){ [TIME_GUEST] = at, [TIME_HALTED] = end - at });
	screen_text(y, COLS - strlen(right), COLS, STYLE_PLAIN, right);
}

/* Goes so many snapshots back, at most to the beginning. */
static void go_back(struct view *view, size_t snapshots)
{
	const size_t at = place(view);

	view_go(view, at > snapshots ? at - snapshots : 0);
}

static void play(struct view *view)
{
	if (view->paused && place(view) == last(view))
		view_go(view, 0);
	view->paused = !view->paused;
	view->next = session_now() + view->interval;
}

bool timeline_key(struct view *view, int key)
{
	const size_t leap = last(view) / 10 + 1;

	switch (key) {
	case '[':
		go_back(view, 1);
		return true;
	case ']':
		view_go(view, place(view) + 1);
		return true;
	case '{':
		go_back(view, leap);
		return true;
	case '}':
		view_go(view, place(view) + leap);
		return true;
	case '(':
		view_go(view, 0);
		return true;
	case ')':
		view_go(view, last(view));
		return true;
	case ' ':
	case 'Z':
		play(view);
		return true;
	default:
		return false;
	}
}

bool timeline_click(struct view *view, int y, int x)
{
	const struct timeline *line = &view->timeline;

	if (y != line->y || x < line->x || x >= line->x + line->width || line->width < 2)
		return false;
	view_go(view, last(view) * (x - line->x) / (line->width - 1));
	return true;
}

void timeline_find(struct view *view, const char *text)
{
	const struct archive *archive = &view->session.archive;
	size_t at = 0;
	int64_t ns;

	if (!when_parse(text, archive_time(archive, 0), &ns)) {
		view_say(view, VIEW_MESSAGE_SHOWN,
			 "the time must be '2026-11-21 14:00', 14:00, +90s, +5m or +2h after the "
			 "start, or @SECONDS");
		return;
	}
	while (at < last(view) && archive_time(archive, at) < ns)
		at++;
	view_go(view, at);
}
