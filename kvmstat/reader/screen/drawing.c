// SPDX-License-Identifier: GPL-2.0
/*
 * Draws the lines at the top, the list of guests or one guest, and the line of keys.
 */
#include "screen/drawing.h"

#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "data/nsec.h"
#include "data/share.h"
#include "screen/screen.h"
#include "screen/timeline.h"
#include "text/guests.h"
#include "text/number.h"

#define LIST_REST 31 /* columns of the screen for history and times, at least */

/* The lines at the top, and how high the screen must be for each. */
enum line { LINE_TITLE, LINE_SUMS, LINE_TIMES, LINE_NOTICE, LINE_NR };
static const int line_needs[LINE_NR + 1] = {
	[LINE_TITLE] = 8,
	[LINE_SUMS] = 4,
	[LINE_TIMES] = 9,
	[LINE_NOTICE] = 6,
};

/* How high the screen must be for the lines at the bottom, and for the names of panes. */
#define KEYS_NEED 5
#define TIMELINE_NEEDS 7
#define TABS_NEED 9
#define ADVICE_NEEDS 10

/* How wide it must be for the time of day beside the title. */
#define TIME_NEEDS 50

/* Returns where a line at the top is, or -1 where there is no room for it. */
static int line_at(enum line line)
{
	int y = 0;

	for (enum line above = 0; above < line; above++)
		y += LINES >= line_needs[above];
	return LINES < line_needs[line] ? -1 : y;
}

static bool is_listed(const struct view *view, const struct window_guest *guest)
{
	if (!guest->chosen || !filter_passes(&view->guest_filter, guest))
		return false;
	return !guest->ended || view->session.window.seconds - guest->ended_at <= VIEW_ENDED_SHOWN;
}

/* Rates and shares are those of the last interval, counts and times those of the window. */
static void list_guest(struct view *view, const struct window_guest *guest,
		       const struct history *history)
{
	const struct window *window = &view->session.window;
	const struct moment *at = &view->session.last.at;
	struct grid *grid = &view->list.grid, totals = guests_grid(NULL);
	const struct delta interval = { .has = window->has,
					.seconds = guest->ended ? 0 : history->seconds };
	const struct delta_row row = {
		.state = guest->ended ? DELTA_ENDED : DELTA_STAYED,
		.diff = history->diff,
		.was = history->was,
		.now = history->now,
	};

	const struct verdict *verdict = judgements_find(&view->judgements, &guest->key);

	sheet_identify(&view->list, (uintptr_t)history);
	guests_add_delta(grid, guest, &interval, &row, at);
	guests_add_total(&totals, window, guest, at);
	for (size_t c = 0; c < grid->nr_columns; c++) {
		const enum unit unit = grid->column[c].unit;

		if (unit == UNIT_COUNT || unit == UNIT_NS)
			grid->cell[(grid->nr - 1) * grid->nr_columns + c] = totals.cell[c];
	}
	grid_free(&totals);
	if (verdict)
		guests_judge(grid, verdict);
}

static void rest_of_list(void *data, const uint64_t *row, int y, int x, int width)
{
	const struct history *history = row ? (const struct history *)(uintptr_t)*row : NULL;
	const struct window *window = data;
	const int spark = width / 3 < HISTORY_RATES ? width / 3 : HISTORY_RATES;
	uint64_t times[TIME_NR];

	if (!row) {
		if (spark >= (int)strlen("LATELY"))
			screen_text(y, x, width, STYLE_HEAD, spark < 8 ? "LATELY" : "EXITS/s");
		screen_text(y, x + spark + 1, width - spark - 1, STYLE_HEAD,
			    width < 30 ? "TIME" : "TIME OF THE vCPUs");
		return;
	}
	screen_sparkline(y, x, spark, history);
	if (window_find(window, &history->key)->ended) {
		screen_text(y, x + spark + 1, width - spark - 1, STYLE_DIM, "ended");
		return;
	}
	panes_split(&history->diff, history->ready_ns, times);
	screen_times(y, x + spark + 1, width - spark - 1, times);
}

struct sheet drawing_list(void)
{
	return (struct sheet){
		.grid = guests_grid(NULL),
		.always = "name,pid,exits_s,bound",
		.wide = "vcpus,to_vmm_s,in_kernel,exits,halts_s,io_s,mmio_s,interrupts_s,faults_s,"
			"ready_share,to_vmm,vmm,id,injected_s,guest_share,kernel_share,"
			"user_share,halted_share",
		.now = "exits_s",
		.total = "exits",
		.rest = rest_of_list,
	};
}

/* Says in a line what would help the guest that is selected. */
static void draw_advice(const struct view *view, int y)
{
	const uint64_t *selected = sheet_selected(&view->list);
	const struct history *history = selected ? (const struct history *)(uintptr_t)*selected :
						   NULL;
	const struct verdict *verdict =
		history ? judgements_find(&view->judgements, &history->key) : NULL;

	if (verdict)
		screen_print(y, 0, COLS, STYLE_BOLD, "%s%s%s", verdict_word(verdict->bound),
			     verdict->advice[0] ? ": " : "", verdict->advice);
}

static void draw_list(struct view *view, int y, int height)
{
	struct window *window = &view->session.window;

	sheet_clear(&view->list);
	view->list.least = COLS / 3 > LIST_REST ? COLS / 3 : LIST_REST;
	for (size_t i = 0; i < window->nr; i++) {
		const struct window_guest *guest = window->guest[i];

		if (is_listed(view, guest))
			list_guest(view, guest, history_of(&view->histories, &guest->key));
	}
	sheet_draw(&view->list, y, height, window);
	if (!view->list.grid.nr)
		screen_text(sheet_note(&view->list), 2, COLS - 2, STYLE_PLAIN,
			    view->guest_filter.text[0] ?
				    "No guest matches the filter: 'c' clears it." :
			    session_is_recorded(&view->session) ?
				    "No guests at this time." :
				    "No guests: the first to run appears here.");
}

/* Says where and when, and inside a guest, which guest. */
static void draw_title(const struct view *view, const struct window_guest *guest)
{
	const struct moment *at = &view->session.last.at;
	const time_t seconds = at->real_ns / NSEC_PER_SEC;
	char host[NAME_SIZE], when[32] = "";
	const int width = COLS < TIME_NEEDS ? COLS : COLS - 20;
	struct tm tm;
	int x;

	if (width < COLS && localtime_r(&seconds, &tm))
		strftime(when, sizeof(when), "%F %T", &tm);
	screen_text(line_at(LINE_TITLE), COLS - strlen(when), 20, STYLE_PLAIN, when);
	if (!guest) {
		name_clean(host, at->host, false);
		screen_print(line_at(LINE_TITLE), 0, width, STYLE_BOLD,
			     "kvmstat %s  %s  Linux %s  %u CPUs", KVMSTAT_VERSION, host, at->kernel,
			     at->cpus);
		return;
	}
	x = screen_text(line_at(LINE_TITLE), 0, width / 2, STYLE_BOLD, guest->name);
	screen_print(line_at(LINE_TITLE), x + 2, width - x - 2, STYLE_PLAIN,
		     "pid %" PRIu64 "  id %" PRIu64 "  %" PRIu64 " vCPUs  %s", guest->key.pid,
		     guest->key.id, guest->last.v[COL_vcpus], guest->now ? guest->now->vmm : "");
}

/* Says the state of the view at the right end of a line. Returns the column where it begins. */
static int draw_state(const struct view *view, int y)
{
	char every[32], since[32], text[256];
	const bool recorded = session_is_recorded(&view->session);
	const char *state = view->lost		      ? " no data " :
			    recorded && !view->paused ? " playing " :
			    view->paused && !recorded ? " paused " :
							"";
	int x;

	/* A recording has its own intervals. */
	number_time(every, sizeof(every),
		    recorded ? view->session.delta.seconds * 1e9 : view->interval);
	number_time(since, sizeof(since), view->session.window.seconds * 1e9);
	snprintf(text, sizeof(text), "%s %s, totals of %s", recorded ? "over" : "every", every,
		 since);
	if (recorded && view->session.archive.nr == 1)
		strcpy(text, "totals since the guests began");
	/* On a narrow screen, the sums take the line. */
	if (2 * strlen(text) > (size_t)COLS)
		text[0] = '\0';
	x = COLS - strlen(text);
	screen_text(y, x, COLS, STYLE_PLAIN, text);
	if (*state) {
		x -= strlen(state) + 1;
		screen_text(y, x, COLS, STYLE_ALERT, state);
	}
	return x;
}

/* Draws the bar of time, with a legend. */
static void draw_times(const uint64_t times[TIME_NR], bool has_ready)
{
	const int names = 61, y = line_at(LINE_TIMES);
	uint64_t all = 0;
	int x = COLS > names ? COLS - names + 1 : 0;

	for (int i = 0; i < TIME_NR; i++)
		all += times[i];
	screen_times(y, 0, COLS - names, times);
	for (int i = 0; i < TIME_NR; i++) {
		char share[8] = "-";

		if (all && (has_ready || i != TIME_READY))
			snprintf(share, sizeof(share), "%.0f%%", 100.0 * times[i] / all);
		screen_time_glyph(y, x, i);
		screen_print(y, x + 2, COLS, STYLE_PLAIN, "%s %s", screen_time_name[i], share);
		x += strlen(screen_time_name[i]) + 7;
	}
}

/* Says how often guests exit now, and who handles that. */
static void draw_rates(int x, int width, double rate, uint64_t to_vmm, uint64_t exits)
{
	char number[32], share[32];

	number_rate(number, sizeof(number), rate, 9);
	share_percent(share, sizeof(share), to_vmm, exits, 1);
	screen_print(line_at(LINE_SUMS), x, width - x, STYLE_PLAIN,
		     exits ? "%s exits/s, %s%% to the VMM" : "%s exits/s", number, share);
}

static double rate_of(const struct history *history)
{
	return history->seconds > 0 ? history->diff.v[COL_exits] / history->seconds : 0;
}

static void draw_sums(struct view *view)
{
	const struct window *window = &view->session.window;
	uint64_t times[TIME_NR] = { 0 }, exits = 0, to_vmm = 0, vcpus = 0;
	const int width = draw_state(view, line_at(LINE_SUMS)) - 1;
	bool has_ready = false;
	size_t guests = 0;
	double rate = 0;
	int x;

	for (size_t i = 0; i < window->nr; i++) {
		const struct window_guest *guest = window->guest[i];
		const struct history *history = history_of(&view->histories, &guest->key);
		uint64_t own[TIME_NR];

		if (!guest->chosen || guest->ended)
			continue;
		guests++;
		vcpus += guest->last.v[COL_vcpus];
		exits += history->diff.v[COL_exits];
		to_vmm += history->diff.v[COL_kvm_qemu_switch_num];
		rate += rate_of(history);
		has_ready |= history->has_ready;
		panes_split(&history->diff, history->ready_ns, own);
		for (int p = 0; p < TIME_NR; p++)
			times[p] += own[p];
	}
	x = screen_print(line_at(LINE_SUMS), 0, width, STYLE_PLAIN,
			 "%zu guest%s, %" PRIu64 " vCPUs: ", guests, guests == 1 ? "" : "s", vcpus);
	draw_rates(x, width, rate, to_vmm, exits);
	draw_times(times, has_ready);
}

static void draw_host(struct view *view, int y, int height)
{
	const struct filter *filter = view_filter(view);

	ground_draw_cpus(&view->session, line_at(LINE_SUMS),
			 draw_state(view, line_at(LINE_SUMS)) - 1);
	ground_draw(&view->ground, &view->session, filter->text[0] ? &filter->regex : NULL, y,
		    height);
}

static void draw_subject_sums(struct view *view, const struct window_guest *guest,
			      const struct history *history)
{
	const int width = draw_state(view, line_at(LINE_SUMS)) - 1;
	const struct counts *diff = &history->diff;
	uint64_t times[TIME_NR];
	int x = 0;

	if (guest->ended || guest->restarted)
		x = 1 + screen_text(line_at(LINE_SUMS), 0, width, STYLE_ALERT,
				    guest->ended ? " ended " : " restarted ");
	if (guest->ended)
		return;
	draw_rates(x, width, rate_of(history), diff->v[COL_kvm_qemu_switch_num],
		   diff->v[COL_exits]);
	panes_split(diff, history->ready_ns, times);
	draw_times(times, history->has_ready);
}

static int tab_width(enum pane pane)
{
	return strlen(pane_name[pane]) + 4;
}

/* Draws as many names of panes as there is room for, that of the pane that is shown included. */
static void draw_tabs(struct view *view, int y)
{
	enum pane first = 0;
	bool full = false;
	int x = 0;

	for (enum pane p = 0; p <= view->pane; p++)
		for (x += tab_width(p); x > COLS && first < view->pane; first++)
			x -= tab_width(first);
	x = 0;
	view->tabs_line = y;
	for (enum pane p = 0; p < PANE_NR; p++) {
		view->tab[p] = x;
		full |= x + tab_width(p) > COLS;
		if (p < first || (full && p != first))
			continue;
		x += screen_print(y, x, COLS, p == view->pane ? STYLE_SELECTED : STYLE_PLAIN,
				  " %d %s ", ((int)p + 1) % 10, pane_name[p]);
	}
	view->tab[PANE_NR] = x;
	if (full)
		screen_text(y, COLS - 1, 1, STYLE_DIM, ">");
}

/* Draws a notice in one line or more. Returns the first line below it. */
static int draw_notice(struct view *view)
{
	const struct filter *filter = view_filter(view);
	const int y = line_at(LINE_NOTICE), below = line_at(LINE_NR);
	struct page page = { 0 };
	int lines;

	if (session_now() < view->message_until) {
		page_add(&page, STYLE_ALERT, 0, "%s", view->message);
		lines = page.nr < 4 ? page.nr : 4;
		if (lines > LINES - below)
			lines = LINES - below;
		page_draw(&page, y < 0 ? below : y, lines);
		page_clear(&page);
		return below + lines - (y >= 0);
	}
	if (filter->text[0])
		screen_print(y, 0, COLS, STYLE_BOLD, "only %s '%s' (c: all)",
			     filter->regular ? "what matches" : "guests that are", filter->text);
	else if (view->session.window.missed)
		screen_print(y, 0, COLS, STYLE_BOLD,
			     "%zu more guests came than can be followed; r begins anew",
			     view->session.window.missed);
	return below;
}

static void draw_keys(const struct view *view)
{
	static const struct hint {
		const char *key, *what;
	} list[] = { { "?", "help" },	{ "Enter", "look in" }, { "<>", "sort" },
		     { "f", "filter" }, { "Space", "pause" },	{ "r", "reset" },
		     { "H", "host" },	{ "q", "quit" },	{ NULL, NULL } },
	  inside[] = { { "?", "help" },	 { "Esc", "back" }, { "Tab", "pane" },
		       { "<>", "sort" }, { "f", "filter" }, { "Space", "pause" },
		       { "r", "reset" }, { "q", "quit" },   { NULL, NULL } },
	  host[] = { { "?", "help" },	   { "Esc", "back" }, { "<>", "sort" },
		     { "m", "by memory" }, { "f", "filter" }, { "Space", "pause" },
		     { "r", "reset" },	   { "q", "quit" },   { NULL, NULL } };
	const struct hint *hint = view->inside ? inside : view->host ? host : list;

	const bool recorded = session_is_recorded(&view->session);

	for (int x = 0; hint->key; hint++) {
		const char *key = hint->key, *what = hint->what;

		if (recorded && !strcmp(key, "Space"))
			what = view->paused ? "play" : "stop";
		if (recorded && !strcmp(key, "r")) {
			key = "[ ]";
			what = "go";
		}
		if (x + strlen(key) + 1 + strlen(what) > (size_t)COLS)
			continue;
		x += screen_text(LINES - 1, x, COLS, STYLE_KEY, key);
		x += 1 + screen_print(LINES - 1, x, COLS, STYLE_PLAIN, " %s", what);
	}
}

static void draw_help(struct view *view)
{
	const bool recorded = session_is_recorded(&view->session);
	static const char *const times[] = {
		"In a recording:",
		"[ ]  a snapshot back, on; { }  a tenth of the recording; ( )  its ends",
		"t, click on the line   go to a time; Space, Z: play and stop",
		"s    the time from snapshot to snapshot while it plays",
		"",
	};
	static const char *const lines[] = {
		"Up Down PgUp PgDn Home End, wheel   choose a row; Home: always the first",
		"Enter, double click    look into the guest; Esc, Backspace: back",
		"Tab, Left, Right, 0-9  another pane of the guest",
		"H                      the host; there, m sorts by memory; H, Esc: back",
		"< >, click on a head   sort by another column; I: the other way round",
		"Space, Z               pause: the figures stay",
		"",
		"As in kvm_stat:",
		"o    sort by rates, or by totals",
		"x    the reasons of the guest, and back",
		"f /  show only what matches a regular expression; c: all again",
		"g p  show only guests of this name, part of a name, pid or id; c: all again",
		"r    totals begin anew on this screen; the kernel's counters go on",
		"s    the interval",
		"h    this help, also ? and F1; q: quit, also F10; any other key: read now",
		"",
		"Rates and bars of time show the last interval. Totals and shares cover all time "
		"since the start or r; the verdict does so for 10 seconds, and is of the last 10 "
		"seconds from then on. Ready means waiting for a CPU of the host, which the "
		"guest calls stolen time; it is subtracted from the other times, from the kernel's "
		"first. Guests are always listed one by one, so kvm_stat's b is not needed.",
	};

	page_clear(&view->help_page);
	for (size_t i = 0; recorded && i < sizeof(times) / sizeof(*times); i++)
		page_add(&view->help_page, STYLE_PLAIN, 0, "%s", times[i]);
	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++)
		page_add(&view->help_page, STYLE_PLAIN, 0, "%s", lines[i]);
	if (LINES < KEYS_NEED) {
		page_draw(&view->help_page, 0, LINES);
		return;
	}
	screen_text(0, 0, COLS, STYLE_BOLD, "kvmstat top: keys");
	page_draw(&view->help_page, 1, LINES - 2);
	screen_text(LINES - 1, 0, COLS, STYLE_PLAIN, "any key: back");
}

void drawing_show(struct view *view)
{
	const struct window_guest *guest = view->inside ? view_subject(view) : NULL;
	const bool recorded = session_is_recorded(&view->session);
	const bool timeline = recorded && LINES >= TIMELINE_NEEDS, advice = LINES >= ADVICE_NEEDS;
	const int bottom = LINES - (LINES >= KEYS_NEED) - timeline;
	int y;

	erase();
	if (view->help) {
		draw_help(view);
		refresh();
		return;
	}
	draw_title(view, guest);
	y = draw_notice(view);
	if (guest) {
		struct history history = *history_of(&view->histories, &guest->key);
		struct subject shown = {
			.guest = guest,
			.history = &history,
			.has = view->session.window.has,
			.thresholds = &view->thresholds,
			.verdict = recorded ? judgements_find(&view->judgements, &guest->key) :
					      NULL,
			.filter = view->row_filter.text[0] ? &view->row_filter.regex : NULL,
		};

		/* What has ended has totals and a past, but no rates. */
		if (guest->ended)
			history.seconds = 0;
		draw_subject_sums(view, guest, &history);
		view->tabs_line = -1;
		if (LINES >= TABS_NEED)
			draw_tabs(view, y++);
		panes_draw(&view->panes, view->pane, &shown, y, bottom - y);
	} else if (view->host) {
		draw_host(view, y, bottom - y);
	} else {
		draw_sums(view);
		draw_list(view, y, bottom - y - advice);
		if (advice)
			draw_advice(view, bottom - 1);
	}
	if (timeline)
		timeline_draw(view, bottom);
	if (view->prompt.label)
		prompt_draw(&view->prompt, LINES - 1);
	else if (LINES >= KEYS_NEED)
		draw_keys(view);
	refresh();
}
