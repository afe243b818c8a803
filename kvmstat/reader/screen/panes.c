// SPDX-License-Identifier: GPL-2.0
/*
 * Each pane shows the grid of a table in a sheet. Totals are those of the window, since the reset; rates
 * are those of the last interval.
 */
#include "screen/panes.h"

#include <string.h>

#include "text/sections.h"

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

/* What the rows and bars of a pane show. */
struct rows_of {
	const struct subject *subject;
	enum table table;
	struct detail since, last; /* both have the same rows in the same order */
	bool rates; /* the last interval is known */
	double most; /* the value of the longest bar */
};

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

static void rest_of_vmm(void *data, const uint64_t *row, int y, int x, int width)
{
	const struct rows_of *of = data;
	const struct outcome *o = of->since.table[TABLE_USERSPACE].row;

	if (row)
		screen_bar(y, x, width, o[*row].returns, of->most, TIME_VMM);
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

static void rest_of_cpus(void *data, const uint64_t *row, int y, int x, int width)
{
	const struct rows_of *of = data;
	const struct cpu *c = of->since.table[TABLE_CPUS].row;

	if (!row)
		screen_text(y, x, width, STYLE_HEAD, "TIME IN THE GUEST");
	else
		screen_bar(y, x, width, c[*row].guest_ns, of->most, TIME_GUEST);
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

static double time_of_reason(const void *row)
{
	const struct reason *reason = row;

	return reason->kernel_ns + reason->user_ns;
}

static double returns_of(const void *row)
{
	return ((const struct outcome *)row)->returns;
}

static double count_of(const void *row)
{
	return ((const struct spot *)row)->count;
}

static double guest_time_of(const void *row)
{
	return ((const struct cpu *)row)->guest_ns;
}

static const struct {
	struct sheet sheet;
	/* The value of a row's bar, where the longest bar is that of the largest value. */
	double (*value)(const void *row);
	size_t size; /* of the row */
} sheets[PANE_NR] = {
	[PANE_REASONS] = { .sheet = { .always =
					      "reason,exits,exits_s,exits_share,to_user_share,mean_ns",
				      .wide = "longest_ns,kernel_ns,user_ns",
				      .now = "exits_s",
				      .total = "exits",
				      .least = 18,
				      .rest = rest_of_reasons },
			   .value = time_of_reason,
			   .size = sizeof(struct reason) },
	[PANE_VMM] = { .sheet = { .always = "name,kind,returns,returns_s,returns_share",
				  .wide = "",
				  .now = "returns_s",
				  .total = "returns",
				  .least = 18,
				  .rest = rest_of_vmm },
		       .value = returns_of,
		       .size = sizeof(struct outcome) },
	[PANE_HOT] = { .sheet = { .always = "kind,direction,address,device,count,count_s",
				  .wide = "ns,class,at_most",
				  .now = "count_s",
				  .total = "count",
				  .least = 6,
				  .rest = rest_of_hot },
		       .value = count_of,
		       .size = sizeof(struct spot) },
	[PANE_VCPUS] = { .sheet = { .always = "vcpu,mode,exits,exits_s,to_vmm_s",
				    .wide = "guest,kernel,vmm,halted",
				    .now = "exits_s",
				    .total = "exits",
				    .least = 36,
				    .rest = rest_of_vcpus } },
	[PANE_CPUS] = { .sheet = { .always = "cpu,exits,exits_s,to_vmm,io,mmio,halts,guest_ns",
				   .wide = "",
				   .now = "exits_s",
				   .total = "exits",
				   .least = 14,
				   .rest = rest_of_cpus },
			.value = guest_time_of,
			.size = sizeof(struct cpu) },
	[PANE_HISTOGRAMS] = { .sheet = { .always = "class,through,exits,p50_ns,p99_ns",
					 .wide = "p90_ns",
					 .now = "exits",
					 .total = "exits",
					 .least = 32,
					 .rest = rest_of_histograms } },
	[PANE_THREADS] = { .sheet = { .always =
					      "role,tid,policy,nice,rt_priority,cpu,run_share,ready_share",
				      .wide = "voluntary_s,involuntary_s,moves_s,allowed,node,weight,"
					      "quota_share,slice_ns,name",
				      .now = "run_share",
				      .total = "tid" } },
	[PANE_IO] = { .sheet = { .always =
					 "kind,name,in_s,in_bytes_s,out_s,out_bytes_s,interrupts_s,run_share",
				 .wide = "ready_share,in,in_bytes,out,out_bytes,interrupts",
				 .now = "kind",
				 .total = "out_bytes_s" } },
};

/* Returns whether something is in the row, and one of its texts matches the filter. */
static bool wanted(const struct rows_of *of, const struct grid *grid, size_t row)
{
	const struct cell *cell = &grid->cell[row * grid->nr_columns];
	const regex_t *filter = of->subject->filter;
	bool matches = !filter, has_text = false;

	if (of->table < TABLE_MODULE_NR && of->table != TABLE_VCPUS && grid_is_zero(grid, row))
		return false;
	for (size_t c = 0; !matches && c < grid->nr_columns; c++) {
		if (grid->column[c].unit != UNIT_TEXT || !cell[c].text)
			continue;
		has_text = true;
		matches = !regexec(filter, cell[c].text, 0, NULL, 0);
	}
	return matches || !has_text;
}

static void fill(struct sheet *sheet, struct rows_of *of, enum pane pane)
{
	const char *rows = of->since.table[of->table].row;
	struct grid grid = section_screen(of->table, &of->since, of->rates ? &of->last : NULL,
					  of->subject->history->seconds);
	const size_t size = grid.nr_columns * sizeof(*grid.cell);

	for (size_t i = 0; i < grid.nr; i++) {
		struct cell *from = &grid.cell[i * grid.nr_columns];
		const double value =
			sheets[pane].value ? sheets[pane].value(rows + i * sheets[pane].size) : 0;

		of->most = value > of->most ? value : of->most;
		if (!wanted(of, &grid, i))
			continue;
		memcpy(sheet_row(sheet, i), from, size);
		memset(from, 0, size);
	}
	grid_free(&grid);
}

void panes_open(struct panes *panes)
{
	*panes = (struct panes){ 0 };
	for (enum pane p = 0; p < PANE_NR; p++) {
		panes->sheet[p] = sheets[p].sheet;
		if (p != PANE_OVERVIEW)
			panes->sheet[p].grid =
				section_screen(table_of[p], &(struct detail){ 0 }, NULL, 0);
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
	grid = section_screen(TABLE_MEMORY, &of.since, of.rates ? &of.last : NULL,
			      subject->history->seconds);
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
	fill(sheet, &of, pane);
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
