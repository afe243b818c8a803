// SPDX-License-Identifier: GPL-2.0
/*
 * kvmstat threads and kvmstat memory show the processes behind the guests.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "commands/options.h"
#include "data/jsonl.h"
#include "data/memory.h"
#include "data/session.h"
#include "data/thread.h"
#include "text/output.h"
#include "text/sections.h"

#define USUAL_WINDOW INT64_C(1000000000)

/* The tables of a command. The first one is what CSV has. */
#define TABLES 3
static const enum table of_threads[TABLES] = { TABLE_THREADS, TABLE_CGROUPS, TABLE_MISSING };
static const enum table of_memory[TABLES] = { TABLE_MEMORY, TABLE_NODES, TABLE_MISSING };

/* The first columns of CSV. */
enum { OF_GUEST, OF_PID, OF_ID, OF_NR };
static const struct grid_column of_columns[OF_NR] = {
	[OF_GUEST] = { "guest", "GUEST", UNIT_TEXT, 17, 0 },
	[OF_PID] = { "pid", "PID", UNIT_ID, 7, 0 },
	[OF_ID] = { "id", "ID", UNIT_ID, 4, 0 },
};

static struct grid grid_of(const struct window_guest *guest, enum table table)
{
	struct detail detail;
	struct grid grid;

	window_detail(guest, &detail);
	grid = section_grid(section_of(table), &detail, guest->seconds, 0);
	detail_free(&detail);
	return grid;
}

/* Appends the rows of a guest, behind who it is. */
static void append(struct grid *all, enum table table, const struct window_guest *guest)
{
	struct grid grid = grid_of(guest, table);

	for (size_t row = 0; row < grid.nr; row++) {
		struct cell *from = &grid.cell[row * grid.nr_columns], *cell = grid_row(all);

		cell[OF_GUEST] = cell_text(guest->name);
		cell[OF_PID] = cell_number(guest->key.pid);
		cell[OF_ID] = cell_number(guest->key.id);
		memcpy(cell + OF_NR, from, grid.nr_columns * sizeof(*cell));
		memset(from, 0, grid.nr_columns * sizeof(*cell));
	}
	grid_free(&grid);
}

/* Returns an empty grid of a table of all guests. free_all() frees it. */
static struct grid all_grid(enum table table)
{
	const struct detail nothing = { 0 };
	struct grid grid = section_grid(section_of(table), &nothing, 0, 0);
	struct grid_column *columns = xcalloc(OF_NR + grid.nr_columns, sizeof(*columns));

	memcpy(columns, of_columns, sizeof(of_columns));
	memcpy(columns + OF_NR, grid.column, grid.nr_columns * sizeof(*columns));
	grid.column = columns;
	grid.nr_columns += OF_NR;
	return grid;
}

static void free_all(struct grid *all)
{
	grid_free(all);
	free((void *)all->column);
}

static void print_text(const enum table tables[TABLES], const struct window_guest *guest,
		       const struct look *look)
{
	const struct look plain = { .raw = look->raw };
	char shown[NAME_SHOWN_SIZE];
	struct grid all = all_grid(tables[0]), grid;

	name_show(shown, guest->name, NAME_SIZE);
	printf("%s: pid %" PRIu64 ", id %" PRIu64 ", managed by %s%s\n", shown, guest->key.pid,
	       guest->key.id, thread_manager(guest->now), guest->ended ? ", ended" : "");
	append(&all, tables[0], guest);
	grid_arrange(&all, look);
	if (all.nr && tables[0] == TABLE_MEMORY && !look->columns) {
		grid = grid_of(guest, tables[0]);
		grid_print_list(&grid, look->raw, stdout);
		grid_free(&grid);
	} else if (all.nr) {
		grid_print(&all, look, true, stdout);
	}
	free_all(&all);
	for (size_t i = 1; i < TABLES; i++) {
		grid = grid_of(guest, tables[i]);

		if (grid.nr) {
			printf("%s\n", section_of(tables[i])->title);
			grid_print(&grid, &plain, true, stdout);
		}
		grid_free(&grid);
	}
	putchar('\n');
}

static json_t *json_of(const enum table tables[TABLES], const struct window_guest *guest)
{
	json_t *json = json_pack("{s:s, s:o, s:o, s:o, s:s}", "name", guest->name, "pid",
				 jsonl_number(guest->key.pid), "id", jsonl_number(guest->key.id),
				 "seconds",
				 guest->seconds > 0 ? json_real(guest->seconds) : json_null(),
				 "manager", thread_manager(guest->now));

	for (size_t i = 0; i < TABLES; i++) {
		struct grid grid = grid_of(guest, tables[i]);

		json_object_set_new(json, detail_form[tables[i]].name, grid_json(&grid, NULL));
		grid_free(&grid);
	}
	return json;
}

static enum status print(const enum table tables[TABLES], const struct session *session,
			 const struct look *look)
{
	const struct window *window = &session->window;
	json_t *array = json_array();
	struct grid all = all_grid(tables[0]);

	for (size_t i = 0; i < window->nr; i++) {
		const struct window_guest *guest = window->guest[i];

		if (!guest->chosen || window_guest_is_others(guest))
			continue;
		if (look->format == FORMAT_TEXT) {
			print_text(tables, guest, look);
		} else if (look->format == FORMAT_JSON) {
			json_array_append_new(array, json_of(tables, guest));
		} else {
			append(&all, tables[0], guest);
		}
	}
	if (look->format == FORMAT_CSV) {
		grid_arrange(&all, look);
		grid_print(&all, look, true, stdout);
	}
	if (look->format == FORMAT_JSON)
		output_json(array, stdout);
	else
		json_decref(array);
	free_all(&all);
	return output_flush() ? STATUS_NO_DATA : STATUS_OK;
}

/* Reads for another interval. Returns false if the user ends it. */
static bool go_on(struct session *session, int64_t interval, enum status *status)
{
	session_begin_anew(session, false);
	if (session_wait(session_now() + interval))
		return false;
	*status = session_step(session);
	return true;
}

static enum status run(const struct options *options, const enum table tables[TABLES],
		       enum depth depth, const char *sort)
{
	struct grid columns = all_grid(tables[0]);
	enum status status = grid_check(&columns, &options->look) ?: options_refuse_rows(options);
	struct look look = options->look;
	struct session session;

	look.sort = look.sort ?: sort;
	free_all(&columns);
	if (status)
		return status;
	status = session_observe(&session, &options->request, depth,
				 options->interval ?: USUAL_WINDOW, false);
	for (uint64_t done = 1; !status; done++) {
		status = print(tables, &session, &look);
		if (status || !options->interval || session_is_recorded(&session) ||
		    done == options->count || !go_on(&session, options->interval, &status))
			break;
	}
	session_close(&session);
	return status;
}

enum status run_threads(const struct options *options)
{
	return run(options, of_threads, DEPTH_THREADS, "-tid");
}

enum status run_memory(const struct options *options)
{
	return run(options, of_memory, DEPTH_PAGES, "resident_bytes");
}
