// SPDX-License-Identifier: GPL-2.0
/*
 * kvmstat top: the guests live, full screen, and any one of them in detail.
 */
#define _GNU_SOURCE
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "commands/options.h"
#include "data/choice.h"
#include "data/session.h"
#include "data/share.h"
#include "screen/panes.h"
#include "screen/prompt.h"
#include "screen/screen.h"
#include "text/guests.h"
#include "text/number.h"

#define NSEC_PER_SEC INT64_C(1000000000)
#define USUAL_INTERVAL NSEC_PER_SEC
#define FIRST_INTERVAL (NSEC_PER_SEC / 4) /* so that rates are there soon */
#define TRY_AGAIN NSEC_PER_SEC /* at least so often while there is nothing to read */
#define LEAST_INTERVAL (NSEC_PER_SEC / 10)
#define MOST_INTERVAL (86400 * NSEC_PER_SEC)
#define ENDED_SHOWN (10 * NSEC_PER_SEC) /* how long an ended guest stays in the list */
#define MESSAGE_SHOWN (5 * NSEC_PER_SEC)
#define DOUBLE_CLICK (NSEC_PER_SEC / 2)
#define WHEEL_ROWS 3
#define LIST_REST 31 /* columns for history and times, at least */

#define ESCAPE 27
#define CONTROL(letter) ((letter)&31)

/* Lines of the screen. */
enum { LINE_TITLE, LINE_SUMS, LINE_TIMES, LINE_NOTICE };

/* Which rows are shown. */
struct filter {
	char text[PROMPT_SIZE]; /* empty: all */
	bool regular; /* an expression, compiled; else a guest */
	regex_t regex;
};

enum asked { ASKED_REGEX, ASKED_GUEST, ASKED_INTERVAL };

struct top {
	const struct options *options;
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

static void say(struct top *top, int64_t how_long, const char *text)
{
	snprintf(top->message, sizeof(top->message), "%s", text);
	top->message_until = session_now() + how_long;
}

/* Reading */

static const struct window_guest *subject(const struct top *top)
{
	return window_find(&top->session.window, &top->subject);
}

static void leave(struct top *top)
{
	top->inside = false;
	top->session.depth = DEPTH_VCPUS;
}

static void lose(struct top *top)
{
	char why[400], text[512];

	if (!screen_said(why, sizeof(why)))
		strcpy(why, "the numbers cannot be read");
	snprintf(text, sizeof(text), "%s (the last figures stay; trying again)", why);
	say(top, INT64_MAX / 2, text);
	top->lost = true;
}

/* After a reload of the module a guest has another id: the first of its process is taken. */
static void find_subject_again(struct top *top)
{
	const struct window *window = &top->session.window;

	if (!top->inside || subject(top))
		return;
	for (size_t i = 0; i < window->nr; i++)
		if (window->guest[i]->key.pid == top->subject.pid) {
			top->subject = window->guest[i]->key;
			return;
		}
	leave(top);
}

/* Begins the window again with what was read last. */
static void begin(struct top *top)
{
	window_close(&top->session.window);
	window_open(&top->session.window, &top->options->request.choice);
	session_begin(&top->session, false);
}

static void reopen(struct top *top)
{
	struct session session;

	if (session_open(&session, &top->options->request, DEPTH_ALL)) {
		session_close(&session);
		lose(top);
		return;
	}
	session.depth = top->session.depth;
	session_close(&top->session);
	histories_free(&top->histories);
	top->session = session;
	top->lost = false;
	begin(top);
	find_subject_again(top);
	say(top, MESSAGE_SHOWN, "the numbers are back: counting anew");
}

/* Reads again. Without @rates the last interval stays what it was. */
static void take(struct top *top, bool rates)
{
	const int64_t now = session_now();

	if (top->lost)
		reopen(top);
	else if (session_step(&top->session))
		lose(top);
	else if (rates)
		history_add(&top->histories, &top->session.delta, now);
	top->next = now + (top->lost && top->interval > TRY_AGAIN ? TRY_AGAIN : top->interval);
}

/* At the times of a grid, unless they were missed. */
static void tick(struct top *top)
{
	const int64_t due = top->next;

	take(top, true);
	if (!top->lost && due + top->interval > session_now())
		top->next = due + top->interval;
}

static void enter(struct top *top, const struct guest_key *key)
{
	top->subject = *key;
	top->inside = true;
	top->panes.overview.first = 0;
	top->session.depth = DEPTH_ALL;
	if (!top->lost)
		take(top, false);
}

static void reset(struct top *top)
{
	const enum depth depth = top->session.depth;

	/* The next figures of a guest may need the details of now. */
	top->session.depth = DEPTH_ALL;
	take(top, false);
	top->session.depth = depth;
	if (top->lost)
		return;
	begin(top);
	find_subject_again(top);
	say(top, MESSAGE_SHOWN, "totals begin anew here; the kernel's counters go on");
}

/* Filters */

static void filter_clear(struct filter *filter)
{
	if (filter->text[0] && filter->regular)
		regfree(&filter->regex);
	filter->text[0] = '\0';
}

static void filter_set(struct top *top, struct filter *filter, const char *text, bool regular)
{
	char why[128];
	regex_t regex;
	int error = 0;

	if (*text && regular)
		error = regcomp(&regex, text, REG_EXTENDED | REG_ICASE | REG_NOSUB);
	if (error) {
		regerror(error, &regex, why, sizeof(why));
		say(top, MESSAGE_SHOWN, why);
		return;
	}
	filter_clear(filter);
	filter->regular = regular;
	if (*text && regular)
		filter->regex = regex;
	strcpy(filter->text, text);
}

static bool filter_passes(const struct filter *filter, const struct window_guest *guest)
{
	const struct choice choice = { .guest = filter->text };

	if (!filter->text[0])
		return true;
	if (filter->regular)
		return !regexec(&filter->regex, guest->name, 0, NULL, 0);
	return choice_means(&choice, &guest->key, guest->name) ||
	       strcasestr(guest->name, filter->text);
}

/* The list */

static bool is_listed(struct top *top, const struct window_guest *guest,
		      const struct history *history)
{
	if (!guest->chosen || !filter_passes(&top->guest_filter, guest))
		return false;
	return !guest->ended || session_now() - history->ended < ENDED_SHOWN;
}

/* Rates and shares are of the last interval; counts and times, of the window. */
static void list_guest(struct top *top, const struct window_guest *guest,
		       const struct history *history)
{
	const struct window *window = &top->session.window;
	const struct moment *at = &top->session.last.at;
	struct grid *grid = &top->list.grid, totals = guests_grid(NULL);
	const struct delta interval = { .has = window->has, .seconds = history->seconds };
	const struct delta_row row = {
		.state = guest->ended ? DELTA_ENDED : DELTA_STAYED,
		.diff = history->diff,
		.was = history->was,
		.about = history->now,
	};

	sheet_identify(&top->list, (uintptr_t)history);
	guests_add_delta(grid, guest, &interval, &row, at);
	guests_add_total(&totals, window, guest, at);
	for (size_t c = 0; c < grid->nr_columns; c++) {
		const enum unit unit = grid->column[c].unit;

		if (unit == UNIT_COUNT || unit == UNIT_NS)
			grid->cell[(grid->nr - 1) * grid->nr_columns + c] = totals.cell[c];
	}
	grid_free(&totals);
}

static void rest_of_list(void *data, const uint64_t *row, int y, int x, int width)
{
	const struct history *history = row ? (const struct history *)(uintptr_t)*row : NULL;
	const int spark = width / 3 < HISTORY_RATES ? width / 3 : HISTORY_RATES;
	uint64_t part[TIME_NR];

	(void)data;
	if (!row) {
		screen_text(y, x, width, STYLE_HEAD, spark < 8 ? "LATELY" : "EXITS/s");
		screen_text(y, x + spark + 1, width - spark - 1, STYLE_HEAD,
			    width < 30 ? "TIME" : "TIME OF THE vCPUs");
		return;
	}
	screen_sparkline(y, x, spark, history);
	if (history->ended) {
		screen_text(y, x + spark + 1, width - spark - 1, STYLE_DIM, "ended");
		return;
	}
	panes_split(&history->diff, history->ready_ns, part);
	screen_times(y, x + spark + 1, width - spark - 1, part);
}

static void draw_list(struct top *top, int y, int height)
{
	const struct window *window = &top->session.window;

	sheet_clear(&top->list);
	top->list.least = COLS / 3 > LIST_REST ? COLS / 3 : LIST_REST;
	for (size_t i = 0; i < window->nr; i++) {
		struct history *history = history_of(&top->histories, &window->guest[i]->key);

		if (is_listed(top, window->guest[i], history))
			list_guest(top, window->guest[i], history);
	}
	sheet_draw(&top->list, y, height, NULL);
	if (!top->list.grid.nr)
		screen_text(y + 2, 2, COLS - 2, STYLE_PLAIN,
			    top->guest_filter.text[0] ?
				    "No guest matches the filter: 'c' clears it." :
				    "No guests: the first to run appears here.");
}

/* The lines above */

/* Where and when; inside a guest, which. */
static void draw_title(const struct top *top, const struct window_guest *guest)
{
	const struct moment *at = &top->session.last.at;
	const time_t seconds = at->real_ns / NSEC_PER_SEC;
	char host[NAME_SIZE], when[32] = "";
	const int width = COLS - 20;
	struct tm tm;
	int x;

	if (localtime_r(&seconds, &tm))
		strftime(when, sizeof(when), "%F %T", &tm);
	screen_text(LINE_TITLE, COLS - strlen(when), 20, STYLE_PLAIN, when);
	if (!guest) {
		name_clean(host, at->host, false);
		screen_print(LINE_TITLE, 0, width, STYLE_BOLD, "kvmstat %s  %s  Linux %s  %u CPUs",
			     KVMSTAT_VERSION, host, at->kernel, at->cpus);
		return;
	}
	x = screen_text(LINE_TITLE, 0, width / 2, STYLE_BOLD, guest->name);
	screen_print(LINE_TITLE, x + 2, width - x - 2, STYLE_PLAIN,
		     "pid %" PRIu64 "  id %" PRIu64 "  %" PRIu64 " vCPUs  %s", guest->key.pid,
		     guest->key.id, guest->last.v[COL_vcpus],
		     guest->about ? guest->about->vmm : "");
}

/* What the view is like, from the right end of a line; returns where it begins. */
static int draw_state(const struct top *top, int y)
{
	char every[32], since[32], text[256];
	const char *state = top->lost ? " no data " : top->paused ? " paused " : "";
	int x;

	number_time(every, sizeof(every), top->interval);
	number_time(since, sizeof(since), top->session.window.seconds * 1e9);
	snprintf(text, sizeof(text), "every %s, totals of %s", every, since);
	x = COLS - strlen(text);
	screen_text(y, x, COLS, STYLE_PLAIN, text);
	if (*state) {
		x -= strlen(state) + 1;
		screen_text(y, x, COLS, STYLE_ALERT, state);
	}
	return x;
}

/* The bar of time, and what its parts are called. */
static void draw_times(const uint64_t part[TIME_NR], bool has_ready)
{
	const int names = 61;
	uint64_t all = 0;
	int x = COLS - names + 1;

	for (int i = 0; i < TIME_NR; i++)
		all += part[i];
	screen_times(LINE_TIMES, 0, COLS - names, part);
	for (int i = 0; i < TIME_NR; i++) {
		char share[8] = "-";

		if (all && (has_ready || i != TIME_READY))
			snprintf(share, sizeof(share), "%.0f%%", 100.0 * part[i] / all);
		screen_time_glyph(LINE_TIMES, x, i);
		screen_print(LINE_TIMES, x + 2, COLS, STYLE_PLAIN, "%s %s", screen_time_name[i],
			     share);
		x += strlen(screen_time_name[i]) + 7;
	}
}

/* How often guests exit now, and where it is handled. */
static void draw_rates(int x, int width, double rate, uint64_t to_vmm, uint64_t exits)
{
	char number[32], share[32];

	number_rate(number, sizeof(number), rate, 9);
	share_percent(share, sizeof(share), to_vmm, exits, 1);
	screen_print(LINE_SUMS, x, width - x, STYLE_PLAIN,
		     exits ? "%s exits/s, %s%% to the VMM" : "%s exits/s", number, share);
}

static double rate_of(const struct history *history)
{
	return history->seconds > 0 ? history->diff.v[COL_exits] / history->seconds : 0;
}

static void draw_sums(struct top *top)
{
	const struct window *window = &top->session.window;
	uint64_t part[TIME_NR] = { 0 }, exits = 0, to_vmm = 0, vcpus = 0;
	const int width = draw_state(top, LINE_SUMS) - 1;
	bool has_ready = false;
	size_t guests = 0;
	double rate = 0;
	int x;

	for (size_t i = 0; i < window->nr; i++) {
		const struct window_guest *guest = window->guest[i];
		const struct history *history = history_of(&top->histories, &guest->key);
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
			part[p] += own[p];
	}
	x = screen_print(LINE_SUMS, 0, width, STYLE_PLAIN,
			 "%zu guest%s, %" PRIu64 " vCPUs: ", guests, guests == 1 ? "" : "s", vcpus);
	draw_rates(x, width, rate, to_vmm, exits);
	draw_times(part, has_ready);
}

static void draw_subject_sums(struct top *top, const struct window_guest *guest,
			      const struct history *history)
{
	const int width = draw_state(top, LINE_SUMS) - 1;
	const struct counts *diff = &history->diff;
	uint64_t part[TIME_NR];
	int x = 0;

	if (guest->ended || guest->restarted)
		x = 1 + screen_text(LINE_SUMS, 0, width, STYLE_ALERT,
				    guest->ended ? " ended " : " restarted ");
	draw_rates(x, width, rate_of(history), diff->v[COL_kvm_qemu_switch_num],
		   diff->v[COL_exits]);
	panes_split(diff, history->ready_ns, part);
	draw_times(part, history->has_ready);
}

static void draw_tabs(struct top *top, int y)
{
	int x = 0;

	top->tabs_line = y;
	for (enum pane p = 0; p < PANE_NR; p++) {
		top->tab[p] = x;
		x += screen_print(y, x, COLS, p == top->pane ? STYLE_SELECTED : STYLE_PLAIN,
				  " %d %s ", (int)p + 1, pane_name[p]);
	}
	top->tab[PANE_NR] = x;
}

/* A line of what there is to know, or more: returns the first line below. */
static int draw_notice(struct top *top)
{
	const struct filter *filter = top->inside ? &top->row_filter : &top->guest_filter;
	struct page page = { 0 };
	int lines;

	if (session_now() < top->message_until) {
		page_add(&page, STYLE_ALERT, 0, "%s", top->message);
		lines = page.nr < 4 ? page.nr : 4;
		page_draw(&page, LINE_NOTICE, lines);
		page_clear(&page);
		return LINE_NOTICE + lines;
	}
	if (filter->text[0])
		screen_print(LINE_NOTICE, 0, COLS, STYLE_BOLD, "only %s '%s' (c: all)",
			     filter->regular ? "what matches" : "guests that are", filter->text);
	else if (top->session.window.missed)
		screen_print(LINE_NOTICE, 0, COLS, STYLE_BOLD,
			     "%zu more guests came than can be followed: r begins anew",
			     top->session.window.missed);
	return LINE_NOTICE + 1;
}

static void draw_keys(const struct top *top)
{
	static const struct {
		const char *key, *what;
	} list[] = { { "?", "help" },	  { "Enter", "look in" }, { "<>", "sort" },
		     { "f", "filter" },	  { "Space", "pause" },	  { "r", "reset" },
		     { "s", "interval" }, { "q", "quit" } },
	  inside[] = { { "?", "help" },	  { "Esc", "back" },	{ "Tab", "pane" }, { "<>", "sort" },
		       { "f", "filter" }, { "Space", "pause" }, { "r", "reset" },  { "q", "quit" } };
	const size_t nr = top->inside ? sizeof(inside) / sizeof(*inside) :
					sizeof(list) / sizeof(*list);
	int x = 0;

	for (size_t i = 0; i < nr; i++) {
		x += screen_text(LINES - 1, x, COLS, STYLE_KEY,
				 top->inside ? inside[i].key : list[i].key);
		x += 1 + screen_print(LINES - 1, x, COLS, STYLE_PLAIN, " %s",
				      top->inside ? inside[i].what : list[i].what);
	}
}

static void draw_help(struct top *top)
{
	static const char *const lines[] = {
		"Up Down PgUp PgDn Home End, wheel   choose a row; Home: always the first",
		"Enter, double click    look into the guest; Esc, Backspace: back",
		"Tab, Left, Right, 1-7  what is shown of it",
		"< >, click on a head   sort by another column; I: the other way round",
		"Space, Z               pause: figures stay",
		"",
		"As in kvm_stat:",
		"o    sort by what is now, or by totals",
		"x    the reasons of the guest, and back",
		"f /  filter: only what matches a regular expression; c: all again",
		"g p  only guests of this name, part of a name, pid or id; c: all again",
		"r    totals begin anew, here only: the kernel's counters go on",
		"s    the interval",
		"h    this help, also ? and F1; q: quit, also F10; any other key: read now",
		"",
		"Rates are of the last interval, and so are bars of the guest's time; totals, shares "
		"and the verdict are of all time since the start or r. Ready is what vCPUs wait for "
		"a CPU of the host, to the guest stolen time; it is taken out of the kernel's first. "
		"Guests are always apart, so that kvm_stat's b has no use.",
	};

	page_clear(&top->help_page);
	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++)
		page_add(&top->help_page, STYLE_PLAIN, 0, "%s", lines[i]);
	screen_text(0, 0, COLS, STYLE_BOLD, "kvmstat top: keys");
	page_draw(&top->help_page, 1, LINES - 2);
	screen_text(LINES - 1, 0, COLS, STYLE_PLAIN, "any key: back");
}

static void draw(struct top *top)
{
	const struct window_guest *guest = top->inside ? subject(top) : NULL;
	int y;

	erase();
	if (LINES < SCREEN_ROWS || COLS < SCREEN_COLUMNS) {
		screen_print(0, 0, COLS, STYLE_PLAIN, "kvmstat top needs %dx%d", SCREEN_COLUMNS,
			     SCREEN_ROWS);
		screen_print(1, 0, COLS, STYLE_PLAIN, "this is %dx%d; q: quit", COLS, LINES);
		refresh();
		return;
	}
	if (top->help) {
		draw_help(top);
		refresh();
		return;
	}
	draw_title(top, guest);
	y = draw_notice(top);
	if (guest) {
		struct subject shown = {
			.guest = guest,
			.history = history_of(&top->histories, &guest->key),
			.has = top->session.window.has,
			.thresholds = &top->thresholds,
			.filter = top->row_filter.text[0] ? &top->row_filter.regex : NULL,
		};

		draw_subject_sums(top, guest, shown.history);
		draw_tabs(top, y);
		panes_draw(&top->panes, top->pane, &shown, y + 1, LINES - y - 2);
	} else {
		draw_sums(top);
		draw_list(top, y, LINES - y - 1);
	}
	if (top->prompt.label)
		prompt_draw(&top->prompt, LINES - 1);
	else
		draw_keys(top);
	refresh();
}

/* Keys */

static void ask(struct top *top, enum asked what)
{
	static const char *const label[] = {
		[ASKED_REGEX] = "Only what matches (a regular expression)",
		[ASKED_GUEST] = "Only guests of this name, part of a name, pid or id",
		[ASKED_INTERVAL] = "Interval in seconds (0.1 to 86400)",
	};

	prompt_open(&top->prompt, what, label[what]);
}

static void set_interval(struct top *top, const char *text)
{
	char *end;
	double ns = strtod(text, &end) * NSEC_PER_SEC;

	if (!*text || text[strspn(text, "0123456789.")] || *end || !(ns >= LEAST_INTERVAL) ||
	    ns > MOST_INTERVAL) {
		say(top, MESSAGE_SHOWN, "the interval must be seconds from 0.1 to 86400");
		return;
	}
	top->interval = ns;
	top->next = session_now() + top->interval;
}

static void answer(struct top *top)
{
	const char *text = top->prompt.text;

	switch ((enum asked)top->prompt.what) {
	case ASKED_REGEX:
		filter_set(top, top->inside ? &top->row_filter : &top->guest_filter, text, true);
		break;
	case ASKED_GUEST:
		leave(top);
		filter_set(top, &top->guest_filter, text, false);
		break;
	case ASKED_INTERVAL:
		set_interval(top, text);
		break;
	}
}

static void enter_selected(struct top *top)
{
	const uint64_t *row = sheet_selected(&top->list);

	if (!top->inside && row)
		enter(top, &((const struct history *)(uintptr_t)*row)->key);
}

static void click_row(struct top *top, const MEVENT *event)
{
	struct sheet *sheet = top->inside ? &top->panes.sheet[top->pane] : &top->list;
	const int64_t now = session_now();
	const bool twice = now - top->clicked < DOUBLE_CLICK && top->clicked_line == event->y;

	for (enum pane p = 0; top->inside && event->y == top->tabs_line && p < PANE_NR; p++)
		if (event->x >= top->tab[p] && event->x < top->tab[p + 1])
			top->pane = p;
	if (top->inside && (top->pane == PANE_OVERVIEW || event->y == top->tabs_line))
		return;
	if (sheet_click(sheet, event->y, event->x) == 1 && twice)
		enter_selected(top);
	top->clicked = twice ? 0 : now;
	top->clicked_line = event->y;
}

/* Keys that move within what is shown. */
static bool navigate(struct top *top, int key)
{
	return top->inside ? panes_key(&top->panes, top->pane, key) : sheet_key(&top->list, key);
}

static void use_mouse(struct top *top)
{
	MEVENT event;

	if (getmouse(&event) != OK)
		return;
	for (int i = 0; event.bstate & (BUTTON4_PRESSED | BUTTON5_PRESSED) && i < WHEEL_ROWS; i++)
		navigate(top, event.bstate & BUTTON4_PRESSED ? SCREEN_FUNCTION(KEY_UP) :
							       SCREEN_FUNCTION(KEY_DOWN));
	if (event.bstate & BUTTON1_PRESSED)
		click_row(top, &event);
}

static void read_now(struct top *top)
{
	/* So little time later there would be chance in the rates, not news. */
	if (!top->paused && top->next - session_now() < top->interval - LEAST_INTERVAL)
		take(top, true);
}

static void show_pane(struct top *top, enum pane pane)
{
	if (top->inside)
		top->pane = pane;
}

static void press(struct top *top, int key)
{
	switch (key) {
	case 'q':
	case SCREEN_FUNCTION(KEY_F(10)):
		top->quit = true;
		return;
	case '?':
	case 'h':
	case SCREEN_FUNCTION(KEY_F(1)):
		top->help = true;
		return;
	case '\n':
	case '\r':
	case SCREEN_FUNCTION(KEY_ENTER):
		enter_selected(top);
		return;
	case ESCAPE:
	case CONTROL('H'):
	case 127:
	case SCREEN_FUNCTION(KEY_BACKSPACE):
		leave(top);
		return;
	case 'x':
		if (top->inside) {
			leave(top);
		} else {
			enter_selected(top);
			show_pane(top, PANE_REASONS);
		}
		return;
	case '\t':
	case SCREEN_FUNCTION(KEY_RIGHT):
		show_pane(top, (top->pane + 1) % PANE_NR);
		return;
	case SCREEN_FUNCTION(KEY_BTAB):
	case SCREEN_FUNCTION(KEY_LEFT):
		show_pane(top, (top->pane + PANE_NR - 1) % PANE_NR);
		return;
	case '1' ... '0' + PANE_NR:
		show_pane(top, key - '1');
		return;
	case 'f':
	case '/':
		ask(top, ASKED_REGEX);
		return;
	case 'g':
	case 'p':
		ask(top, ASKED_GUEST);
		return;
	case 'c':
		filter_clear(top->inside ? &top->row_filter : &top->guest_filter);
		return;
	case 'r':
		reset(top);
		return;
	case 's':
		ask(top, ASKED_INTERVAL);
		return;
	case ' ':
	case 'Z':
		top->paused = !top->paused;
		return;
	case CONTROL('L'):
		clearok(curscr, TRUE);
		return;
	case SCREEN_FUNCTION(KEY_MOUSE):
		use_mouse(top);
		return;
	case SCREEN_FUNCTION(KEY_RESIZE):
		return;
	default:
		if (!navigate(top, key))
			read_now(top);
	}
}

static void use_key(struct top *top, int key)
{
	if (top->help && key != SCREEN_FUNCTION(KEY_RESIZE))
		top->help = page_key(&top->help_page, key);
	else if (!top->prompt.label || key == SCREEN_FUNCTION(KEY_RESIZE))
		press(top, key);
	else if (prompt_key(&top->prompt, key) == PROMPT_DONE)
		answer(top);
}

static void run(struct top *top)
{
	while (!top->quit) {
		int64_t until;
		int key;

		draw(top);
		/* A message goes away in time, also while paused. */
		until = top->paused ? session_now() + NSEC_PER_SEC : top->next;
		key = screen_key(until);
		if (key == SCREEN_STOP)
			return;
		if (key != SCREEN_TIME_UP)
			use_key(top, key);
		if (!top->paused && session_now() >= top->next)
			tick(top);
	}
}

enum status run_top(const struct options *options)
{
	struct top top = {
		.options = options,
		.interval = options->interval ?: USUAL_INTERVAL,
		.list = { .grid = guests_grid(NULL),
			  .always = "name,pid,vcpus,exits_s,to_vmm_s",
			  .wide = "in_kernel,exits,halts_s,io_s,mmio_s,interrupts_s,faults_s,"
				  "ready_share,to_vmm,vmm,id,injected_s,guest_share,kernel_share,"
				  "user_share,halted_share",
			  .now = "exits_s",
			  .total = "exits",
			  .rest = rest_of_list },
	};
	enum status status = thresholds_load(&top.thresholds, options->config);

	if (status)
		return status;
	status = session_open(&top.session, &options->request, DEPTH_ALL);
	if (!status) {
		session_begin(&top.session, false);
		status = window_check(&top.session.window, false, stderr);
	}
	if (!status)
		status = screen_open();
	if (!status) {
		panes_open(&top.panes);
		leave(&top);
		top.next = session_now() + FIRST_INTERVAL;
		run(&top);
		screen_close();
		panes_close(&top.panes);
	}
	sheet_free(&top.list);
	page_clear(&top.help_page);
	filter_clear(&top.guest_filter);
	filter_clear(&top.row_filter);
	histories_free(&top.histories);
	session_close(&top.session);
	screen_end_by_signal();
	return status;
}
