// SPDX-License-Identifier: GPL-2.0
/*
 * Shows what kvmstat host prints: figures in columns, and a sheet of processes.
 */
#include "screen/ground.h"

#include <string.h>

#include "data/share.h"
#include "screen/panes.h"
#include "screen/screen.h"
#include "text/backing.h"

/* Columns of the screen for a figure. */
#define HEAD_WIDTH 29
#define FIGURE_WIDTH 39

/* The processes have so many lines, at least. */
#define SHEET_LINES 3

void ground_open(struct ground *ground)
{
	*ground = (struct ground){
		.sheet = { .grid = backing_grid(TABLE_PROCESSES, &(struct detail){ 0 }, 0),
			   .always = "pid,user,policy,nice,rt_priority,cpu,cpu_share,"
				     "resident_bytes,voluntary_s,involuntary_s,name",
			   .wide = "threads,cpu_ns",
			   .now = "cpu_share",
			   .total = "cpu_ns" },
	};
}

void ground_close(struct ground *ground)
{
	sheet_free(&ground->sheet);
}

/* Writes a share of all time of the CPUs, or "-". */
static void print_share(char text[32], const struct detail *detail, bool idle)
{
	const struct host *host = detail->table[TABLE_HOST].row;

	strcpy(text, "-");
	if (host && host->busy_ns != DETAIL_UNKNOWN)
		share_percent(text, 32, idle ? host->idle_ns : host->busy_ns,
			      host->busy_ns + host->idle_ns + host->steal_ns, 1);
}

void ground_draw_cpus(const struct session *session, int y, int width)
{
	const double peak = session->window.host_peak;
	char now[32], idle[32], average[32], most[32] = "-";
	struct detail last, all;

	session_host(session, &last);
	window_host(&session->window, &all);
	print_share(now, &last, false);
	print_share(idle, &last, true);
	print_share(average, &all, false);
	if (peak >= 0)
		snprintf(most, sizeof(most), "%.1f", 100 * peak);
	screen_print(y, 0, width, STYLE_PLAIN, "CPU %%: now %s, average %s, peak %s, idle %s", now,
		     average, most, idle);
	detail_free(&last);
	detail_free(&all);
}

/* A figure that belongs to the one above has an indented head, and stays in its column. */
static bool begins_column(const struct grid_column *column, int line, int lines)
{
	return line >= lines && column->head[0] != ' ';
}

/*
 * Draws the figures downwards in columns, in @height lines at most. Returns how many lines they
 * take.
 */
static int draw_figures(const struct grid *grid, int y, int height)
{
	const int columns = COLS > FIGURE_WIDTH ? COLS / FIGURE_WIDTH : 1;
	int known = 0, lines, line = 0, x = 0, most = 0;

	for (size_t c = 0; grid->nr && c < grid->nr_columns; c++)
		known += grid->cell[c].known;
	lines = (known + columns - 1) / columns;
	for (size_t c = 0; grid->nr && c < grid->nr_columns; c++) {
		char text[GRID_CELL_SIZE];

		if (!grid->cell[c].known)
			continue;
		if (begins_column(&grid->column[c], line, lines)) {
			line = 0;
			x += FIGURE_WIDTH;
		}
		if (line++ >= height)
			continue;
		grid_format(text, sizeof(text), &grid->column[c], &grid->cell[c], false);
		screen_text(y + line - 1, x + 1, HEAD_WIDTH, STYLE_PLAIN, grid->column[c].head);
		screen_print(y + line - 1, x + HEAD_WIDTH, FIGURE_WIDTH - HEAD_WIDTH, STYLE_PLAIN,
			     "%9s", grid->cell[c].text ?: text);
		most = line > most ? line : most;
	}
	return most;
}

static int draw_nodes(const struct detail *detail, int y)
{
	struct grid grid = backing_grid(TABLE_HOST_NODES, detail, 0);
	int x = 1;

	for (size_t row = 0; grid.nr > 1 && row < grid.nr; row++)
		for (size_t c = 0; c < grid.nr_columns; c++) {
			const struct cell *cell = &grid.cell[row * grid.nr_columns + c];
			char text[GRID_CELL_SIZE];

			grid_format(text, sizeof(text), &grid.column[c], cell, false);
			if (cell->known)
				x += screen_print(y, x, COLS - x, STYLE_PLAIN, "%s%s %s",
						  c   ? ", " :
						  row ? "; " :
							"",
						  grid.column[c].head, cell->text ?: text);
		}
	grid_free(&grid);
	return x > 1;
}

static bool is_wanted(const regex_t *filter, const struct process *process)
{
	return !filter || !regexec(filter, process->name, 0, NULL, 0) ||
	       !regexec(filter, process->user, 0, NULL, 0);
}

static void fill(struct sheet *sheet, const struct detail *detail, double seconds,
		 const regex_t *filter)
{
	const struct process *processes = detail->table[TABLE_PROCESSES].row;
	struct grid grid = backing_grid(TABLE_PROCESSES, detail, seconds);
	const size_t size = grid.nr_columns * sizeof(*grid.cell);

	sheet_clear(sheet);
	for (size_t i = 0; i < grid.nr; i++) {
		struct cell *from = &grid.cell[i * grid.nr_columns];

		if (!is_wanted(filter, &processes[i]))
			continue;
		memcpy(sheet_row(sheet, processes[i].pid), from, size);
		memset(from, 0, size);
	}
	grid_free(&grid);
}

void ground_draw(struct ground *ground, const struct session *session, const regex_t *filter, int y,
		 int height)
{
	const int end = y + height - 1;
	struct detail detail;
	const double seconds = session_host(session, &detail);
	struct grid grid = backing_grid(TABLE_HOST, &detail, seconds);

	y += draw_figures(&grid, y, end - y - SHEET_LINES);
	if (end - y > SHEET_LINES)
		y += draw_nodes(&detail, y);
	fill(&ground->sheet, &detail, seconds, filter);
	sheet_draw(&ground->sheet, y, end - y, NULL);
	panes_missing(&detail, end);
	grid_free(&grid);
	detail_free(&detail);
}

bool ground_key(struct ground *ground, int key)
{
	struct sheet *sheet = &ground->sheet;

	if (key != 'm')
		return sheet_key(sheet, key);
	sheet->sort = grid_find(&sheet->grid, "resident_bytes", strlen("resident_bytes"));
	sheet->upside_down = false;
	return true;
}
