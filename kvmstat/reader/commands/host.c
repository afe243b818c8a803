// SPDX-License-Identifier: GPL-2.0
/*
 * kvmstat host shows the host, and the processes beside the guests that use most of it.
 */
#include "commands/options.h"
#include "data/session.h"
#include "data/share.h"
#include "text/output.h"
#include "text/sections.h"

#define USUAL_WINDOW INT64_C(1000000000)

/* So many processes are shown; --json and --csv have them all. */
#define PROCESSES 20

static const enum table tables[] = { TABLE_HOST, TABLE_HOST_NODES, TABLE_PROCESSES, TABLE_MISSING };
#define TABLES (sizeof(tables) / sizeof(*tables))

/* Prints the CPU of the last interval, and of all time that is looked at. */
static void print_head(const struct session *session, const struct detail *all)
{
	const struct window *window = &session->window;
	const struct host *host = all->table[TABLE_HOST].row;
	char span[64], percent[32];

	session_span(session->window.host_seconds, span, sizeof(span));
	printf("Host: Linux %s, %u CPUs, %zu guest%s; %s", session->last.at.kernel,
	       session->last.at.cpus, session->last.nr, session->last.nr == 1 ? "" : "s", span);
	if (host && host->busy_ns != DETAIL_UNKNOWN) {
		share_percent(percent, sizeof(percent), host->busy_ns,
			      host->busy_ns + host->idle_ns + host->steal_ns, 1);
		printf("; CPU average %s %%", percent);
		if (window->host_peak >= 0)
			printf(", peak %.1f %%", 100 * window->host_peak);
	}
	putchar('\n');
}

static enum status print(const struct session *session, const struct look *look)
{
	json_t *json = json_object();
	struct detail detail, all;
	const double seconds = session_host(session, &detail);

	window_host(&session->window, &all);
	if (look->format == FORMAT_TEXT)
		print_head(session, &all);
	for (size_t i = 0; i < TABLES; i++) {
		struct grid grid;

		/* CSV is one table, whose columns the look has. */
		if (look->format == FORMAT_CSV && tables[i] != TABLE_PROCESSES)
			continue;
		grid = section_grid(section_of(tables[i]), &detail, seconds, 0);
		if (look->format == FORMAT_JSON) {
			json_object_set_new(json, detail_form[tables[i]].name,
					    grid_json(&grid, NULL));
		} else if (tables[i] == TABLE_PROCESSES) {
			grid_arrange(&grid, look);
			if (look->format == FORMAT_TEXT) {
				grid_cut(&grid, PROCESSES);
				printf("%s\n", section_of(tables[i])->title);
			}
			grid_print(&grid, look, true, stdout);
		} else if (tables[i] == TABLE_HOST) {
			grid_print_list(&grid, look->raw, stdout);
		} else if (grid.nr) {
			printf("%s\n", section_of(tables[i])->title);
			grid_print(&grid, &(struct look){ .raw = look->raw }, true, stdout);
		}
		grid_free(&grid);
	}
	if (look->format == FORMAT_JSON) {
		json_object_set_new(json, "seconds", json_real(seconds));
		json_object_set_new(json, "busy_peak",
				    session->window.host_peak >= 0 ?
					    json_real(session->window.host_peak) :
					    json_null());
		output_json(json, stdout);
	} else {
		json_decref(json);
	}
	detail_free(&detail);
	detail_free(&all);
	return output_flush() ? STATUS_NO_DATA : STATUS_OK;
}

enum status run_host(const struct options *options)
{
	const struct detail nothing = { 0 };
	struct grid columns = section_grid(section_of(TABLE_PROCESSES), &nothing, 0, 0);
	enum status status = grid_check(&columns, &options->look) ?: options_refuse_rows(options);
	struct request request = options->request;
	const struct look look = options->look;
	struct session session;

	grid_free(&columns);
	if (status)
		return status;
	request.host = true;
	status = session_observe(&session, &request, DEPTH_COUNTS,
				 options->interval ?: USUAL_WINDOW, false);
	for (uint64_t done = 1; !status; done++) {
		status = print(&session, &look);
		if (status || !options->interval || session_is_recorded(&session) ||
		    done == options->count || session_wait(session_now() + options->interval))
			break;
		putchar('\n');
		status = session_step(&session);
		/* It shows none of them. */
		window_forget(&session.window, 0, NULL, NULL, NULL);
	}
	session_close(&session);
	return status;
}
