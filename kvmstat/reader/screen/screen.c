// SPDX-License-Identifier: GPL-2.0
/*
 * Draws with ncurses, takes signals only while it waits, and holds back standard error.
 */
#define _GNU_SOURCE
#include "screen/screen.h"

#include <fcntl.h>
#include <langinfo.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <term.h>
#include <unistd.h>

#include "data/name.h"
#include "data/nsec.h"
#include "data/session.h"

#define ESCAPE_DELAY_MS 50

const char *const screen_time_name[TIME_NR] = { "guest", "kernel", "VMM", "ready", "halted" };

static SCREEN *terminal;
static sigset_t before; /* the signals that were blocked before */
static volatile sig_atomic_t stop_signal;
static int real_stderr = -1, held_stderr = -1;
static bool utf8, coloured;

/* Glyphs differ in shape, as colours may be missing or look alike to people. */
static const struct {
	const char *utf8, *ascii;
	short colour;
} glyphs[TIME_NR] = {
	[TIME_GUEST] = { "█", "#", COLOR_GREEN }, [TIME_KERNEL] = { "▓", "k", COLOR_RED },
	[TIME_VMM] = { "▒", "v", COLOR_YELLOW },  [TIME_READY] = { "╳", "!", COLOR_MAGENTA },
	[TIME_HALTED] = { "·", ".", COLOR_BLUE },
};

/* The colour pairs of times come first. */
enum { PAIR_TIMES = 1, PAIR_HEAD = PAIR_TIMES + TIME_NR, PAIR_SELECTED, PAIR_ALERT, PAIR_RATE };

static void on_stop(int signal)
{
	stop_signal = signal;
}

static void take_signals(void)
{
	static const int stops[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };
	const struct sigaction action = { .sa_handler = on_stop };
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < sizeof(stops) / sizeof(*stops); i++) {
		sigaction(stops[i], &action, NULL);
		sigaddset(&set, stops[i]);
	}
	/* ncurses must not handle these while something is being drawn. */
	sigaddset(&set, SIGTSTP);
	sigaddset(&set, SIGWINCH);
	sigprocmask(SIG_BLOCK, &set, &before);
}

static void hold_stderr(void)
{
	held_stderr = memfd_create("stderr", MFD_CLOEXEC);
	real_stderr = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	if (held_stderr >= 0 && real_stderr >= 0)
		dup2(held_stderr, STDERR_FILENO);
}

static ssize_t take_held(char *text, size_t size)
{
	ssize_t len = pread(held_stderr, text, size - 1, 0);

	if (len <= 0 || ftruncate(held_stderr, 0))
		return 0;
	lseek(held_stderr, 0, SEEK_SET);
	text[len] = '\0';
	return len;
}

static void release_stderr(void)
{
	char text[4096];
	ssize_t len = take_held(text, sizeof(text));

	if (held_stderr < 0 || real_stderr < 0)
		return;
	dup2(real_stderr, STDERR_FILENO);
	close(real_stderr);
	close(held_stderr);
	real_stderr = held_stderr = -1;
	if (len)
		fwrite(text, 1, len, stderr);
}

bool screen_said(char *text, size_t size)
{
	char held[4096], *line = held, *end;

	if (!take_held(held, sizeof(held)))
		return false;
	end = strchrnul(held, '\0');
	while (end > held && end[-1] == '\n')
		*--end = '\0';
	if (strrchr(held, '\n'))
		line = strrchr(held, '\n') + 1;
	if (!strncmp(line, "kvmstat: ", strlen("kvmstat: ")))
		line += strlen("kvmstat: ");
	snprintf(text, size, "%s", line);
	return true;
}

static void open_colours(void)
{
	const char *no = getenv("NO_COLOR");
	short ground = COLOR_BLACK;

	if ((no && *no) || !has_colors() || start_color() == ERR)
		return;
	coloured = true;
	if (use_default_colors() != ERR)
		ground = -1;
	for (int i = 0; i < TIME_NR; i++)
		init_pair(PAIR_TIMES + i, glyphs[i].colour, ground);
	init_pair(PAIR_HEAD, COLOR_BLACK, COLOR_GREEN);
	init_pair(PAIR_SELECTED, COLOR_BLACK, COLOR_CYAN);
	init_pair(PAIR_ALERT, COLOR_WHITE, COLOR_RED);
	init_pair(PAIR_RATE, COLOR_CYAN, ground);
}

static enum status check_terminal(void)
{
	const char *name = getenv("TERM") ?: "", *move;
	char clean[NAME_SIZE], shown[NAME_SHOWN_SIZE];
	int error;

	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)) {
		fprintf(stderr, "kvmstat: top needs a terminal; use 'kvmstat list' or "
				"'kvmstat INTERVAL' for files and pipes\n");
		return STATUS_NO_DATA;
	}
	name_clean(clean, name, false);
	name_show(shown, clean, NAME_SIZE);
	if (setupterm(NULL, STDOUT_FILENO, &error) == ERR) {
		fprintf(stderr,
			"kvmstat: the terminal TERM='%s' is not known here; set TERM to one "
			"that is, for instance xterm or vt100\n",
			shown);
		return STATUS_NO_DATA;
	}
	move = tigetstr("cup");
	del_curterm(cur_term);
	if (!move || move == (char *)-1) {
		fprintf(stderr,
			"kvmstat: top cannot draw on the terminal TERM='%s', which cannot move "
			"its cursor\n",
			shown);
		return STATUS_NO_DATA;
	}
	return STATUS_OK;
}

enum status screen_open(void)
{
	enum status status = check_terminal();

	if (status)
		return status;
	take_signals();
	utf8 = !strcmp(nl_langinfo(CODESET), "UTF-8");
	terminal = newterm(NULL, stdout, stdin);
	if (!terminal) {
		fprintf(stderr, "kvmstat: cannot draw on this terminal\n");
		return STATUS_NO_DATA;
	}
	atexit(screen_close);
	hold_stderr();
	open_colours();
	cbreak();
	noecho();
	nonl();
	curs_set(0);
	keypad(stdscr, TRUE);
	nodelay(stdscr, TRUE);
	set_escdelay(ESCAPE_DELAY_MS);
	mousemask(BUTTON1_PRESSED | BUTTON4_PRESSED | BUTTON5_PRESSED, NULL);
	/* Report clicks at once; double clicks are found in keys.c. */
	mouseinterval(0);
	return STATUS_OK;
}

void screen_close(void)
{
	if (!terminal)
		return;
	endwin();
	delscreen(terminal);
	terminal = NULL;
	release_stderr();
	sigprocmask(SIG_SETMASK, &before, NULL);
}

void screen_end_by_signal(void)
{
	if (stop_signal != SIGHUP && stop_signal != SIGQUIT)
		return;
	signal(stop_signal, SIG_DFL);
	raise(stop_signal);
}

int screen_key(int64_t until)
{
	struct pollfd keys = { .fd = STDIN_FILENO, .events = POLLIN };

	for (;;) {
		int64_t left;
		struct timespec ts;
		wint_t key;
		int got = stop_signal ? ERR : get_wch(&key);

		if (stop_signal || keys.revents & (POLLHUP | POLLERR | POLLNVAL))
			return SCREEN_STOP;
		if (got != ERR)
			return got == KEY_CODE_YES ? SCREEN_FUNCTION((int)key) : (int)key;
		left = until - session_now();
		if (left <= 0)
			return SCREEN_TIME_UP;
		ts = (struct timespec){ left / NSEC_PER_SEC, left % NSEC_PER_SEC };
		keys.revents = 0;
		ppoll(&keys, 1, &ts, &before);
	}
}

void screen_style(enum style style)
{
	static const struct {
		attr_t plain; /* without colours */
		attr_t attr;
		short pair;
	} styles[] = {
		[STYLE_PLAIN] = { A_NORMAL, A_NORMAL, 0 },
		[STYLE_BOLD] = { A_BOLD, A_BOLD, 0 },
		[STYLE_DIM] = { A_DIM, A_DIM, 0 },
		[STYLE_HEAD] = { A_REVERSE, A_NORMAL, PAIR_HEAD },
		[STYLE_SORTED] = { A_REVERSE | A_BOLD | A_UNDERLINE, A_NORMAL, PAIR_SELECTED },
		[STYLE_SELECTED] = { A_REVERSE, A_NORMAL, PAIR_SELECTED },
		[STYLE_ALERT] = { A_REVERSE | A_BOLD, A_BOLD, PAIR_ALERT },
		[STYLE_KEY] = { A_REVERSE, A_NORMAL, PAIR_SELECTED },
	};
	attr_set(coloured ? styles[style].attr : styles[style].plain,
		 coloured ? styles[style].pair : 0, NULL);
}

void screen_fill(int y, int x, int width, enum style style)
{
	screen_style(style);
	mvhline(y, x, ' ', width);
	screen_style(STYLE_PLAIN);
}

int screen_text(int y, int x, int width, enum style style, const char *text)
{
	char shown[NAME_SHOWN_SIZE];
	int used;

	if (width > COLS - x)
		width = COLS - x;
	if (width <= 0 || y < 0 || y >= LINES)
		return 0;
	used = name_show(shown, text, width < NAME_SIZE ? width : NAME_SIZE);
	screen_style(style);
	mvaddstr(y, x, shown);
	screen_style(STYLE_PLAIN);
	return used;
}

int screen_print(int y, int x, int width, enum style style, const char *format, ...)
{
	char text[NAME_SHOWN_SIZE];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	return screen_text(y, x, width, style, text);
}

static void put_time(int y, int x, enum vcpu_time time, int width)
{
	if (coloured)
		attr_set(A_NORMAL, PAIR_TIMES + time, NULL);
	for (int i = 0; i < width; i++)
		mvaddstr(y, x + i, utf8 ? glyphs[time].utf8 : glyphs[time].ascii);
	screen_style(STYLE_PLAIN);
}

void screen_times(int y, int x, int width, const uint64_t times[TIME_NR])
{
	double all = 0, sum = 0;
	int at = 0;

	for (int i = 0; i < TIME_NR; i++)
		all += times[i];
	for (int i = 0; all > 0 && i < TIME_NR; i++) {
		int end;

		sum += times[i];
		end = sum / all * width + 0.5;
		put_time(y, x + at, i, end - at);
		at = end;
	}
}

void screen_time_glyph(int y, int x, enum vcpu_time time)
{
	put_time(y, x, time, 1);
}

void screen_level(int y, int x, double value, double most)
{
	static const char *const levels[2][9] = {
		{ "_", ".", ":", "-", "=", "+", "*", "%", "#" },
		{ "▁", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█" },
	};
	int level = most > 0 ? value / most * 8 + 0.5 : 0;

	/* A value above 0 must not look like 0. */
	if (!level && value > 0)
		level = 1;
	if (coloured)
		attr_set(value > 0 ? A_NORMAL : A_DIM, PAIR_RATE, NULL);
	mvaddstr(y, x, levels[utf8][level < 8 ? level : 8]);
	screen_style(STYLE_PLAIN);
}

void screen_bar(int y, int x, int width, double value, double most, enum vcpu_time time)
{
	put_time(y, x, time, most > 0 ? value / most * width + 0.5 : 0);
}

void screen_sparkline(int y, int x, int width, const struct history *history)
{
	double most = 0;

	for (int i = 0; i < width; i++)
		if (history_rate(history, i) > most)
			most = history_rate(history, i);
	for (int i = 0; i < width && history_rate(history, i) >= 0; i++)
		screen_level(y, x + width - 1 - i, history_rate(history, i), most);
}

const char *screen_arrow(bool up)
{
	if (utf8)
		return up ? "▲" : "▼";
	return up ? "^" : "v";
}
