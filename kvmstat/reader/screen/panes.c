// SPDX-License-Identifier: GPL-2.0
/*
 * Each pane fills a sheet from a table. Totals are those of the window, since the reset; rates
 * are those of the last interval.
 */
#include "screen/panes.h"

#include <string.h>

#include "text/sections.h"
#include "text/backing.h"
#include "verdict/device.h"

const char *const pane_name[PANE_NR] = {
	"overview", "reasons",	  "VMM",     "hot spots", "vCPUs",
	"CPUs",	    "histograms", "threads", "memory",	  "I/O",
};

static const enum table table_of[PANE_NR] = {
	[PANE_REASONS] = TABLE_REASONS, [PANE_VMM] = TABLE_USERSPACE,
	[PANE_HOT] = TABLE_HOT,		[PANE_VCPUS] = TABLE_VCPUS,
	[PANE_CPUS] = TABLE_CPUS,	[PANE_HISTOGRAMS] = TABLE_HISTOGRAMS,
	[PANE_THREADS] = TABLE_THREADS, [PANE_MEMORY] = TABLE_MEMORY,
	[PANE_IO] = TABLE_TRAFFIC,
};

enum { R_REASON, R_EXITS, R_EXITS_S, R_SHARE, R_TO_VMM, R_MEAN, R_LONGEST, R_KERNEL, R_VMM };
static const struct grid_column reason_columns[] = {
	[R_REASON] = { "reason", "REASON", UNIT_TEXT, 18, 0 },
	[R_EXITS] = { "exits", "EXITS", UNIT_COUNT, 9, 0 },
	[R_EXITS_S] = { "exits_s", "EXITS/s", UNIT_RATE, 7, 0 },
	[R_SHARE] = { "share", "EXITS%", UNIT_SHARE, 6, 1 },
	[R_TO_VMM] = { "to_vmm", "TO-VMM%", UNIT_SHARE, 7, 1 },
	[R_MEAN] = { "mean", "MEAN", UNIT_NS, 6, 0 },
	[R_LONGEST] = { "longest", "LONGEST", UNIT_NS, 7, 0 },
	[R_KERNEL] = { "kernel", "KERNEL", UNIT_NS, 6, 0 },
	[R_VMM] = { "vmm", "VMM", UNIT_NS, 6, 0 },
};

enum { V_NAME, V_KIND, V_RETURNS, V_RETURNS_S, V_SHARE };
static const struct grid_column vmm_columns[] = {
	[V_NAME] = { "name", "RETURN TO THE VMM", UNIT_TEXT, 24, 0 },
	[V_KIND] = { "kind", "KIND", UNIT_TEXT, 6, 0 },
	[V_RETURNS] = { "returns", "RETURNS", UNIT_COUNT, 9, 0 },
	[V_RETURNS_S] = { "returns_s", "RETURNS/s", UNIT_RATE, 9, 0 },
	[V_SHARE] = { "share", "RETURNS%", UNIT_SHARE, 8, 1 },
};

enum { H_KIND, H_DIRECTION, H_ADDRESS, H_DEVICE, H_CLASS, H_COUNT, H_COUNT_S, H_AT_MOST, H_TIME };
static const struct grid_column hot_columns[] = {
	[H_KIND] = { "kind", "KIND", UNIT_TEXT, 9, 0 },
	[H_DIRECTION] = { "direction", "", UNIT_TEXT, 5, 0 },
	[H_ADDRESS] = { "address", "ADDRESS", UNIT_HEX, 11, 0 },
	[H_DEVICE] = { "device", "DEVICE", UNIT_TEXT, 24, 0 },
	[H_CLASS] = { "class", "CLASS", UNIT_TEXT, 10, 0 },
	[H_COUNT] = { "count", "COUNT", UNIT_COUNT, 9, 0 },
	[H_COUNT_S] = { "count_s", "COUNT/s", UNIT_RATE, 7, 0 },
	[H_AT_MOST] = { "at_most", "AT-MOST", UNIT_COUNT, 9, 0 },
	[H_TIME] = { "ns", "TIME", UNIT_NS, 6, 0 },
};

enum { U_VCPU, U_MODE, U_EXITS, U_EXITS_S, U_TO_VMM_S, U_GUEST, U_KERNEL, U_VMM, U_HALTED };
static const struct grid_column vcpu_columns[] = {
	[U_VCPU] = { "vcpu", "VCPU", UNIT_ID, 4, 0 },
	[U_MODE] = { "mode", "IS IN", UNIT_TEXT, 9, 0 },
	[U_EXITS] = { "exits", "EXITS", UNIT_COUNT, 9, 0 },
	[U_EXITS_S] = { "exits_s", "EXITS/s", UNIT_RATE, 7, 0 },
	[U_TO_VMM_S] = { "to_vmm_s", "TO-VMM/s", UNIT_RATE, 8, 0 },
	[U_GUEST] = { "guest", "GUEST%", UNIT_SHARE, 6, 1 },
	[U_KERNEL] = { "kernel", "KERN%", UNIT_SHARE, 5, 1 },
	[U_VMM] = { "vmm", "VMM%", UNIT_SHARE, 5, 1 },
	[U_HALTED] = { "halted", "HALT%", UNIT_SHARE, 5, 1 },
};

enum { C_CPU, C_EXITS, C_EXITS_S, C_TO_VMM, C_IO, C_MMIO, C_HALTS, C_GUEST };
static const struct grid_column cpu_columns[] = {
	[C_CPU] = { "cpu", "CPU", UNIT_ID, 4, 0 },
	[C_EXITS] = { "exits", "EXITS", UNIT_COUNT, 9, 0 },
	[C_EXITS_S] = { "exits_s", "EXITS/s", UNIT_RATE, 7, 0 },
	[C_TO_VMM] = { "to_vmm", "TO-VMM%", UNIT_SHARE, 7, 1 },
	[C_IO] = { "io", "IO", UNIT_COUNT, 7, 0 },
	[C_MMIO] = { "mmio", "MMIO", UNIT_COUNT, 7, 0 },
	[C_HALTS] = { "halts", "HALTS", UNIT_COUNT, 7, 0 },
	[C_GUEST] = { "guest", "GUEST", UNIT_NS, 6, 0 },
};

enum { B_CLASS, B_THROUGH, B_EXITS, B_HALF, B_MOST };
static const struct grid_column histogram_columns[] = {
	[B_CLASS] = { "class", "CLASS", UNIT_TEXT, 11, 0 },
	[B_THROUGH] = { "through", "THROUGH", UNIT_TEXT, 9, 0 },
	[B_EXITS] = { "exits", "EXITS", UNIT_COUNT, 9, 0 },
	[B_HALF] = { "half", "50%<", UNIT_NS, 6, 0 },
	[B_MOST] = { "most", "99%<", UNIT_NS, 6, 0 },
};

/* What the rows and bars of a pane show. */
struct rows_of {
	const struct subject *subject;
	enum table table;
	struct detail since, last; /* both have the same rows in the same order */
	bool rates; /* the last interval is known */
	double most; /* the value of the longest bar */
};

static struct cell rate(const struct rows_of *of, uint64_t diff)
{
	return of->rates ? cell_rate(diff / of->subject->history->seconds) : (struct cell){ 0 };
}

static bool wanted(const struct rows_of *of, const char *text)
{
	return !of->subject->filter || !regexec(of->subject->filter, text, 0, NULL, 0);
}

static uint64_t time_of(const struct reason *reason)
{
	return reason->kernel_ns + reason->user_ns;
}

static void more(struct rows_of *of, double value)
{
	if (value > of->most)
		of->most = value;
}

static void fill_reasons(struct sheet *sheet, struct rows_of *of)
{
	const struct reason *since = of->since.table[TABLE_REASONS].row;
	const struct reason *last = of->last.table[TABLE_REASONS].row;
	const size_t nr = of->since.table[TABLE_REASONS].nr;
	uint64_t all = 0;

	for (size_t i = 0; i < nr; i++)
		all += since[i].exits;
	for (size_t i = 0; i < nr; i++) {
		const struct reason *r = &since[i];
		struct cell *cell;

		more(of, time_of(r));
		if (!r->exits || !wanted(of, r->reason))
			continue;
		cell = sheet_row(sheet, i);
		cell[R_REASON] = cell_text(r->reason);
		cell[R_EXITS] = cell_number(r->exits);
		cell[R_EXITS_S] = rate(of, of->rates ? last[i].exits : 0);
		cell[R_SHARE] = cell_share(r->exits, all);
		cell[R_TO_VMM] = cell_share(r->to_user, r->exits);
		cell[R_MEAN] = cell_number((r->kernel_ns + r->user_ns) / r->exits);
		cell[R_LONGEST] = cell_number(r->longest_ns);
		cell[R_KERNEL] = cell_number(r->kernel_ns);
		cell[R_VMM] = cell_number(r->user_ns);
	}
}

static void rest_of_reasons(void *data, const uint64_t *row, int y, int x, int width)
{
	const struct rows_of *of = data;
	const struct reason *r = of->since.table[TABLE_REASONS].row;
	int kernel;

	if (!row) {
		screen_text(y, x, width, STYLE_HEAD, "TIME OF HANDLING");
		return;
	}
	r += *row;
	if (of->most <= 0)
		return;
	kernel = r->kernel_ns / of->most * width + 0.5;
	screen_bar(y, x, kernel, 1, 1, TIME_KERNEL);
	screen_bar(y, x + kernel, width - kernel, r->user_ns / of->most * width, width - kernel,
		   TIME_VMM);
}

static void fill_vmm(struct sheet *sheet, struct rows_of *of)
{
	const struct outcome *since = of->since.table[TABLE_USERSPACE].row;
	const struct outcome *last = of->last.table[TABLE_USERSPACE].row;
	const size_t nr = of->since.table[TABLE_USERSPACE].nr;
	uint64_t all = 0;

	for (size_t i = 0; i < nr; i++)
		all += strcmp(since[i].kind, "noexit") ? since[i].returns : 0;
	for (size_t i = 0; i < nr; i++) {
		const struct outcome *o = &since[i];
		struct cell *cell;

		more(of, o->returns);
		if (!o->returns || !wanted(of, o->name))
			continue;
		cell = sheet_row(sheet, i);
		cell[V_NAME] = cell_text(o->name);
		cell[V_KIND] = cell_text(o->kind);
		cell[V_RETURNS] = cell_number(o->returns);
		cell[V_RETURNS_S] = rate(of, of->rates ? last[i].returns : 0);
		/* The other kinds already include the returns without an exit. */
		cell[V_SHARE] = cell_share(o->returns, strcmp(o->kind, "noexit") ? all : 0);
	}
}

static void rest_of_vmm(void *data, const uint64_t *row, int y, int x, int width)
{
	const struct rows_of *of = data;
	const struct outcome *o = of->since.table[TABLE_USERSPACE].row;

	if (row)
		screen_bar(y, x, width, o[*row].returns, of->most, TIME_VMM);
}

static void fill_hot(struct sheet *sheet, struct rows_of *of)
{
	const struct spot *since = of->since.table[TABLE_HOT].row;
	const struct spot *last = of->last.table[TABLE_HOT].row;

	for (size_t i = 0; i < of->since.table[TABLE_HOT].nr; i++) {
		const struct spot *s = &since[i];
		struct device device = device_find(of->since.isa, s->kind, s->address);
		struct cell *cell;

		more(of, s->count);
		if (!s->at_most || !(wanted(of, s->kind) || wanted(of, device.name)))
			continue;
		cell = sheet_row(sheet, i);
		cell[H_KIND] = cell_text(s->kind);
		cell[H_DIRECTION] = cell_text(s->direction);
		cell[H_ADDRESS] = cell_number(s->address);
		cell[H_DEVICE] = cell_text(device.name);
		cell[H_CLASS] = cell_text(device_class_name(device.class));
		cell[H_COUNT] = cell_number(s->count);
		cell[H_COUNT_S] = rate(of, of->rates ? last[i].count : 0);
		cell[H_AT_MOST] = cell_number(s->at_most);
		cell[H_TIME] = cell_maybe(s->ns);
	}
}

static void rest_of_hot(void *data, const uint64_t *row, int y, int x, int width)
{
	const struct rows_of *of = data;
	const struct spot *s = of->since.table[TABLE_HOT].row;

	if (row)
		screen_bar(y, x, width, s[*row].count, of->most, TIME_KERNEL);
}

/* Bars of time show the last interval if it is known. */
static const struct vcpu *vcpu_times(const struct rows_of *of)
{
	return of->rates ? of->last.table[TABLE_VCPUS].row : of->since.table[TABLE_VCPUS].row;
}

static void fill_vcpus(struct sheet *sheet, struct rows_of *of)
{
	const struct vcpu *since = of->since.table[TABLE_VCPUS].row, *times = vcpu_times(of);

	for (size_t i = 0; i < of->since.table[TABLE_VCPUS].nr; i++) {
		const struct vcpu *t = &times[i];
		const uint64_t halted = t->polled_ns + t->blocked_ns;
		const uint64_t all = t->guest_ns + t->kernel_ns + t->user_ns + halted;
		struct cell *cell;

		if (!wanted(of, since[i].mode))
			continue;
		cell = sheet_row(sheet, i);
		cell[U_VCPU] = cell_number(since[i].vcpu);
		cell[U_MODE] = cell_text(since[i].mode);
		cell[U_EXITS] = cell_number(since[i].exits);
		cell[U_EXITS_S] = rate(of, t->exits);
		cell[U_TO_VMM_S] = rate(of, t->to_user);
		cell[U_GUEST] = cell_share(t->guest_ns, all);
		cell[U_KERNEL] = cell_share(t->kernel_ns, all);
		cell[U_VMM] = cell_share(t->user_ns, all);
		cell[U_HALTED] = cell_share(halted, all);
	}
}

static void rest_of_vcpus(void *data, const uint64_t *row, int y, int x, int width)
{
	const struct vcpu *t = vcpu_times(data);

	if (!row) {
		screen_text(y, x, width, STYLE_HEAD, "TIME");
		return;
	}
	t += *row;
	screen_times(y, x, width,
		     (uint64_t[TIME_NR]){ [TIME_GUEST] = t->guest_ns,
					  [TIME_KERNEL] = t->kernel_ns,
					  [TIME_VMM] = t->user_ns,
					  [TIME_HALTED] = t->polled_ns + t->blocked_ns });
}

static void fill_cpus(struct sheet *sheet, struct rows_of *of)
{
	const struct cpu *since = of->since.table[TABLE_CPUS].row;
	const struct cpu *last = of->last.table[TABLE_CPUS].row;

	for (size_t i = 0; i < of->since.table[TABLE_CPUS].nr; i++) {
		const struct cpu *c = &since[i];
		struct cell *cell;

		more(of, c->guest_ns);
		if (!c->exits && !c->guest_ns)
			continue;
		cell = sheet_row(sheet, i);
		cell[C_CPU] = cell_number(c->cpu);
		cell[C_EXITS] = cell_number(c->exits);
		cell[C_EXITS_S] = rate(of, of->rates ? last[i].exits : 0);
		cell[C_TO_VMM] = cell_share(c->to_user, c->exits);
		cell[C_IO] = cell_number(c->io_num);
		cell[C_MMIO] = cell_number(c->mmio_num);
		cell[C_HALTS] = cell_number(c->halt_num);
		cell[C_GUEST] = cell_number(c->guest_ns);
	}
}

static void rest_of_cpus(void *data, const uint64_t *row, int y, int x, int width)
{
	const struct rows_of *of = data;
	const struct cpu *c = of->since.table[TABLE_CPUS].row;

	if (!row)
		screen_text(y, x, width, STYLE_HEAD, "TIME IN THE GUEST");
	else
		screen_bar(y, x, width, c[*row].guest_ns, of->most, TIME_GUEST);
}

static void fill_histograms(struct sheet *sheet, struct rows_of *of)
{
	const struct histogram *since = of->since.table[TABLE_HISTOGRAMS].row;

	for (size_t i = 0; i < of->since.table[TABLE_HISTOGRAMS].nr; i++) {
		const struct histogram *h = &since[i];
		struct cell *cell;
		uint64_t all = 0;

		for (int b = 0; b < DETAIL_BUCKETS; b++)
			all += h->bucket[b];
		if (!all || !(wanted(of, h->class) || wanted(of, h->through)))
			continue;
		cell = sheet_row(sheet, i);
		cell[B_CLASS] = cell_text(h->class);
		cell[B_THROUGH] = cell_text(h->through);
		cell[B_EXITS] = cell_number(all);
		cell[B_HALF] = histogram_percentile(h, all, 50);
		cell[B_MOST] = histogram_percentile(h, all, 99);
	}
}

/* Draws one or two columns of the screen for each bucket. */
static void rest_of_histograms(void *data, const uint64_t *row, int y, int x, int width)
{
	const struct rows_of *of = data;
	const struct histogram *h = of->since.table[TABLE_HISTOGRAMS].row;
	const int step = width >= 2 * DETAIL_BUCKETS ? 2 : 1;
	uint64_t most = 0;

	if (!row) {
		/* These are the bounds of the first, sixth and eleventh bucket. */
		screen_text(y, x, 5 * step, STYLE_HEAD, "512ns");
		screen_text(y, x + 5 * step, 5 * step, STYLE_HEAD, "16us");
		screen_text(y, x + 10 * step, 6 * step, STYLE_HEAD, "0.5ms");
		return;
	}
	h += *row;
	for (int b = 0; b < DETAIL_BUCKETS; b++)
		if (h->bucket[b] > most)
			most = h->bucket[b];
	for (int i = 0; i < DETAIL_BUCKETS * step && i < width; i++)
		screen_level(y, x + i, h->bucket[i / step], most);
}

/* Rows of a process' table are those of the last interval, or else of all time. */
static void fill_process(struct sheet *sheet, struct rows_of *of)
{
	const struct detail *detail = of->rates ? &of->last : &of->since;
	struct grid grid =
		backing_grid(of->table, detail, of->rates ? of->subject->history->seconds : 0);
	const size_t size = grid.nr_columns * sizeof(*grid.cell);

	for (size_t i = 0; i < grid.nr; i++) {
		struct cell *from = &grid.cell[i * grid.nr_columns];

		if (!wanted(of, from->text))
			continue;
		memcpy(sheet_row(sheet, i), from, size);
		memset(from, 0, size);
	}
	grid_free(&grid);
}

static const struct {
	void (*fill)(struct sheet *sheet, struct rows_of *of);
	struct sheet sheet;
} sheets[PANE_NR] = {
	[PANE_REASONS] = { fill_reasons,
			   { .grid = GRID(reason_columns),
			     .always = "reason,exits,exits_s,share,to_vmm,mean",
			     .wide = "longest,kernel,vmm",
			     .now = "exits_s",
			     .total = "exits",
			     .least = 18,
			     .rest = rest_of_reasons } },
	[PANE_VMM] = { fill_vmm,
		       { .grid = GRID(vmm_columns),
			 .always = "name,kind,returns,returns_s,share",
			 .wide = "",
			 .now = "returns_s",
			 .total = "returns",
			 .least = 18,
			 .rest = rest_of_vmm } },
	[PANE_HOT] = { fill_hot,
		       { .grid = GRID(hot_columns),
			 .always = "kind,direction,address,device,count,count_s",
			 .wide = "ns,class,at_most",
			 .now = "count_s",
			 .total = "count",
			 .least = 6,
			 .rest = rest_of_hot } },
	[PANE_VCPUS] = { fill_vcpus,
			 { .grid = GRID(vcpu_columns),
			   .always = "vcpu,mode,exits,exits_s,to_vmm_s",
			   .wide = "guest,kernel,vmm,halted",
			   .now = "exits_s",
			   .total = "exits",
			   .least = 36,
			   .rest = rest_of_vcpus } },
	[PANE_CPUS] = { fill_cpus,
			{ .grid = GRID(cpu_columns),
			  .always = "cpu,exits,exits_s,to_vmm,io,mmio,halts,guest",
			  .wide = "",
			  .now = "exits_s",
			  .total = "exits",
			  .least = 14,
			  .rest = rest_of_cpus } },
	[PANE_HISTOGRAMS] = { fill_histograms,
			      { .grid = GRID(histogram_columns),
				.always = "class,through,exits,half,most",
				.wide = "",
				.now = "exits",
				.total = "exits",
				.least = 32,
				.rest = rest_of_histograms } },
	[PANE_THREADS] = { fill_process,
			   { .always = "role,tid,policy,nice,rt_priority,cpu,run_share,ready_share",
			     .wide = "voluntary_s,involuntary_s,moves_s,allowed,node,weight,"
				     "quota_share,slice_ns,name",
			     .now = "run_share",
			     .total = "tid" } },
	[PANE_IO] = { fill_process,
		      { .always =
				"kind,name,in_s,in_bytes_s,out_s,out_bytes_s,interrupts_s,run_share",
			.wide = "ready_share,in,in_bytes,out,out_bytes,interrupts",
			.now = "kind",
			.total = "out_bytes_s" } },
};

void panes_open(struct panes *panes)
{
	*panes = (struct panes){ 0 };
	for (enum pane p = 0; p < PANE_NR; p++) {
		panes->sheet[p] = sheets[p].sheet;
		if (table_of[p] >= TABLE_MODULE_NR)
			panes->sheet[p].grid = backing_grid(table_of[p], &(struct detail){ 0 }, 0);
	}
}

void panes_close(struct panes *panes)
{
	overview_close(&panes->overview);
	page_clear(&panes->memory);
	for (enum pane p = 0; p < PANE_NR; p++)
		sheet_free(&panes->sheet[p]);
}

void panes_split(const struct counts *diff, uint64_t ready_ns, uint64_t times[TIME_NR])
{
	static const enum vcpu_time waits[] = { TIME_KERNEL, TIME_VMM, TIME_HALTED, TIME_GUEST };

	times[TIME_GUEST] = diff->v[COL_guest_ns];
	times[TIME_KERNEL] = diff->v[COL_kernel_ns];
	times[TIME_VMM] = diff->v[COL_user_ns];
	times[TIME_HALTED] = diff->v[COL_halted_ns];
	times[TIME_READY] = 0;
	for (size_t i = 0; i < sizeof(waits) / sizeof(*waits); i++) {
		uint64_t of = times[waits[i]] < ready_ns ? times[waits[i]] : ready_ns;

		times[waits[i]] -= of;
		times[TIME_READY] += of;
		ready_ns -= of;
	}
}

/* Computes what happened to the rows of a table. */
static void take_rows(struct rows_of *of, const struct subject *subject, enum table table)
{
	const struct history *history = subject->history;
	const struct about *was = history->was, *now = subject->guest->now;

	*of = (struct rows_of){ .subject = subject, .table = table };
	window_detail(subject->guest, &of->since);
	of->rates = history->seconds > 0 && now && history->now == now &&
		    (!was || was->detail.table[table].known);
	if (of->rates)
		detail_subtract(&of->last, was ? &was->detail : NULL, &now->detail);
}

static void drop_rows(struct rows_of *of)
{
	detail_free(&of->since);
	detail_free(&of->last);
}

void panes_missing(const struct detail *detail, int y)
{
	const struct missing *m;
	int x = 1;

	detail_for_each(m, detail, TABLE_MISSING)
		x += screen_print(y, x, COLS - x, STYLE_DIM, "%s %s: %s.",
				  x > 1 ? "" : "Not available:", m->what, m->why);
}

static void draw_memory(struct panes *panes, const struct subject *subject, int y, int height)
{
	struct page *page = &panes->memory;
	const struct missing *m;
	struct rows_of of;
	struct grid grid;

	take_rows(&of, subject, TABLE_MEMORY);
	grid = backing_grid(TABLE_MEMORY, of.rates ? &of.last : &of.since,
			    of.rates ? subject->history->seconds : 0);
	page_clear(page);
	for (size_t c = 0; grid.nr && c < grid.nr_columns; c++) {
		char text[GRID_CELL_SIZE];

		grid_format(text, sizeof(text), &grid.column[c], &grid.cell[c], false);
		if (grid.cell[c].known)
			page_add(page, STYLE_PLAIN, 0, "%-30s %10s", grid.column[c].head,
				 grid.cell[c].text ?: text);
	}
	detail_for_each(m, &of.since, TABLE_MISSING)
		page_add(page, STYLE_DIM, 2, "Not available: %s: %s", m->what, m->why);
	page_draw(page, y, height);
	grid_free(&grid);
	drop_rows(&of);
}

void panes_draw(struct panes *panes, enum pane pane, const struct subject *subject, int y,
		int height)
{
	const enum table table = table_of[pane];
	struct sheet *sheet = &panes->sheet[pane];
	struct rows_of of;
	bool missing;
	int note;

	if (pane == PANE_OVERVIEW) {
		overview_draw(&panes->overview, subject, y, height);
		return;
	}
	if (pane == PANE_MEMORY) {
		draw_memory(panes, subject, y, height);
		return;
	}
	take_rows(&of, subject, table);
	sheet_clear(sheet);
	sheets[pane].fill(sheet, &of);
	missing = table >= TABLE_MODULE_NR && height > 3;
	sheet_draw(sheet, y, height - missing, &of);
	note = sheet_note(sheet);
	if (missing)
		panes_missing(&of.since, y + height - 1);
	else if (table < TABLE_MODULE_NR && !of.since.table[table].known)
		screen_print(note, 2, COLS - 2, STYLE_PLAIN,
			     "Not known: debugfs' %s of this guest cannot be read. Root can, with "
			     "debugfs mounted.",
			     detail_form[table].name);
	if (of.since.table[table].known && !sheet->grid.nr)
		screen_text(note, 2, COLS - 2, STYLE_PLAIN,
			    subject->filter ? "Nothing matches the filter: 'c' clears it." :
					      "Nothing yet.");
	drop_rows(&of);
}

bool panes_key(struct panes *panes, enum pane pane, int key)
{
	if (pane == PANE_MEMORY)
		return page_key(&panes->memory, key);
	return pane == PANE_OVERVIEW ? page_key(&panes->overview.page, key) :
				       sheet_key(&panes->sheet[pane], key);
}
