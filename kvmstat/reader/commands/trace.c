// SPDX-License-Identifier: GPL-2.0
/*
 * kvmstat trace says at which of its instructions a guest exits.
 */
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands/options.h"
#include "commands/symbols.h"
#include "commands/tracer.h"
#include "data/jsonl.h"
#include "data/memory.h"
#include "data/nsec.h"
#include "data/tree.h"
#include "text/output.h"

#define USUAL_SECONDS 5
#define USUAL_PATH "trace.dat"

/* So many addresses are shown; --json and --csv have them all. */
#define ADDRESSES 20

enum { T_EXITS, T_SHARE, T_REASON, T_ADDRESS, T_SYMBOL, T_NR };
static const struct grid_column columns[T_NR] = {
	[T_EXITS] = { "exits", "EXITS", UNIT_COUNT, 9, 0 },
	[T_SHARE] = { "share", "SHARE%", UNIT_SHARE, 6, 1 },
	[T_REASON] = { "reason", "REASON", UNIT_TEXT, 24, 0 },
	[T_ADDRESS] = { "address", "ADDRESS", UNIT_TEXT, 18, 0 },
	[T_SYMBOL] = { "symbol", "SYMBOL", UNIT_TEXT, 0, 0 },
};

struct trace {
	const struct options *options;
	const char *path;
	struct session session;
	const struct window_guest *guest;
	enum isa isa;
	struct symbols symbols;
	char *filter;
	struct traced traced;
	uint64_t counted; /* such exits, by the module, while trace-cmd ran */
};

/* Appends to a list, which is NULL at first. */
static void append(char **list, const char *separator, char *word)
{
	char *longer = *list ? xasprintf("%s%s%s", *list, separator, word) : xstrdup(word);

	free(*list);
	free(word);
	*list = longer;
}

static bool is_wanted(const struct trace *trace, const struct reason *reason)
{
	const char *wanted = trace->options->reason;

	return !wanted || !strcasecmp(wanted, reason->reason);
}

struct threads {
	uint64_t *tid;
	size_t nr;
};

static void add_thread(void *data, uint64_t tid)
{
	struct threads *threads = data;

	threads->tid = xgrow(threads->tid, threads->nr, sizeof(*threads->tid));
	threads->tid[threads->nr++] = tid;
}

/* Drops a thread, wherever it is in the list. */
static void drop_thread(struct threads *threads, uint64_t tid)
{
	size_t kept = 0;

	for (size_t i = 0; i < threads->nr; i++)
		if (threads->tid[i] != tid)
			threads->tid[kept++] = threads->tid[i];
	threads->nr = kept;
}

/*
 * Makes the filter of those threads that ran the guest's vCPUs first, and of the others of its
 * process, as one of these may run a vCPU now. Those of another guest of the process are not meant.
 */
static enum status find_threads(struct trace *trace)
{
	const struct window *window = &trace->session.window;
	const struct window_guest *guest = trace->guest;
	const char *root = trace->options->request.root;
	char *tasks = xasprintf("%s/proc/%" PRIu64 "/task", root, guest->key.pid);
	struct threads threads = { 0 };
	const struct vcpu *vcpu;
	size_t nr;

	if (tree_is_initial(root))
		tree_numbers(tasks, add_thread, &threads);
	free(tasks);
	for (size_t i = 0; i < window->nr; i++)
		if (window->guest[i] != guest && window->guest[i]->key.pid == guest->key.pid)
			detail_for_each(vcpu, &window->guest[i]->now->detail, TABLE_VCPUS)
				drop_thread(&threads, vcpu->tid);
	detail_for_each(vcpu, &guest->now->detail, TABLE_VCPUS)
		add_thread(&threads, vcpu->tid);
	nr = guest->now->detail.table[TABLE_VCPUS].nr;
	if (nr)
		trace->filter = tracer_threads(threads.tid, threads.nr);
	else
		fprintf(stderr,
			"kvmstat: the threads of %s are not known; 'kvmstat doctor' says why\n",
			guest->name);
	free(threads.tid);
	return nr ? STATUS_OK : STATUS_NO_DATA;
}

/* Finds the reason by its name in the guest's own reasons, or lists these. */
static enum status find_reason(struct trace *trace)
{
	const struct detail *detail = &trace->guest->now->detail;
	const struct reason *reason;
	char *names = NULL, *reasons = NULL, *both;

	if (!trace->options->reason)
		return STATUS_OK;
	detail_for_each(reason, detail, TABLE_REASONS)
		if (is_wanted(trace, reason))
			append(&reasons, "||", tracer_reason(reason->code, trace->isa));
		else
			append(&names, ", ", xstrdup(reason->reason));
	if (!reasons)
		fprintf(stderr,
			"kvmstat: %s has had no exit of the reason '%s'; its reasons are: %s\n",
			trace->guest->name, trace->options->reason, names ?: "none");
	free(names);
	if (!reasons)
		return STATUS_BAD;
	both = xasprintf("(%s)&&(%s)", trace->filter, reasons);
	free(trace->filter);
	free(reasons);
	trace->filter = both;
	return STATUS_OK;
}

/* Refuses to replace a file that is no trace. */
static enum status check_path(const char *path)
{
	static const char magic[] = "\x17\x08\x44tracing";
	char first[sizeof(magic) - 1] = "";
	FILE *file = fopen(path, "re");
	size_t len;

	if (!file && errno == ENOENT)
		return STATUS_OK;
	len = file ? fread(first, 1, sizeof(first), file) : 0;
	if (file)
		fclose(file);
	if (len == sizeof(first) && !memcmp(first, magic, len))
		return STATUS_OK;
	fprintf(stderr,
		"kvmstat: %s is no trace and is left as it is; choose another file with -o\n",
		path);
	return STATUS_BAD;
}

/* Takes what the module counts, has trace-cmd record meanwhile, and reads both. */
static enum status record(struct trace *trace)
{
	const struct options *options = trace->options;
	struct session *session = &trace->session;
	const struct reason *reason;
	struct detail detail;
	enum status status;

	session_begin(session, false);
	status = window_check(&session->window, true, stderr);
	trace->guest = window_chosen(&session->window);
	trace->isa = isa_of(session->last.at.isa);
	if (!status)
		status = find_threads(trace);
	if (!status)
		status = find_reason(trace);
	if (!status && strlen(trace->filter) > TRACER_MAX_FILTER) {
		fprintf(stderr, "kvmstat: %s has more threads than ftrace's filter has room for\n",
			trace->guest->name);
		status = STATUS_NO_DATA;
	}
	if (status)
		return status;
	session_catch_signals(SIGCHLD);
	status = tracer_record(&(struct tracer_order){
		.filter = trace->filter,
		.path = trace->path,
		.bytes = options->size,
		.seconds = options->interval ? (double)options->interval / NSEC_PER_SEC :
					       USUAL_SECONDS,
	});
	if (!status)
		status = session_step(session);
	if (!status)
		status = tracer_read(&trace->traced, trace->path, trace->isa);
	if (status)
		return status;
	window_detail(trace->guest, &detail);
	detail_for_each(reason, &detail, TABLE_REASONS)
		trace->counted += is_wanted(trace, reason) ? reason->exits : 0;
	detail_free(&detail);
	return STATUS_OK;
}

static int compare_exits(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct traced_exit));
}

/* Returns a new text, the reason's name in the guest's reasons, or its number. */
static char *name_of(const struct trace *trace, uint64_t code)
{
	const struct reason *reason;

	detail_for_each(reason, &trace->guest->now->detail, TABLE_REASONS)
		if (reason->code == code)
			return xstrdup(reason->reason);
	return xasprintf("0x%" PRIx64, code);
}

static void set_text(struct cell *cell, char *text)
{
	if (text)
		*cell = cell_text(text);
	free(text);
}

/* Makes a row of each reason and address, the most frequent first. */
static struct grid count(struct trace *trace)
{
	struct grid grid = GRID(columns);
	struct traced *traced = &trace->traced;

	if (!trace->symbols.nr)
		grid.usual = "exits,share,reason,address";
	if (traced->nr)
		qsort(traced->exit, traced->nr, sizeof(*traced->exit), compare_exits);
	for (size_t i = 0, end; i < traced->nr; i = end) {
		const struct traced_exit *exit = &traced->exit[i];
		struct cell *cell = grid_row(&grid);

		for (end = i + 1; end < traced->nr && !compare_exits(exit, &traced->exit[end]);
		     end++)
			;
		cell[T_EXITS] = cell_number(end - i);
		cell[T_SHARE] = cell_share(end - i, traced->nr);
		set_text(&cell[T_REASON], name_of(trace, exit->code));
		set_text(&cell[T_ADDRESS], xasprintf("0x%016" PRIx64, exit->address));
		set_text(&cell[T_SYMBOL], symbols_name(&trace->symbols, exit->address));
	}
	return grid;
}

static void print_text(const struct trace *trace, struct grid *grid)
{
	const struct traced *traced = &trace->traced;
	const struct window_guest *guest = trace->guest;
	const size_t all = grid->nr;
	char shown[NAME_SHOWN_SIZE];

	name_show(shown, guest->name, NAME_SIZE);
	printf("%s: pid %" PRIu64 ", id %" PRIu64 "%s\n", shown, guest->key.pid, guest->key.id,
	       guest->ended ? ", ended" : "");
	printf("%zu exits%s%s traced in %.1f s; kvmstat counted %" PRIu64 " while trace-cmd ran\n",
	       traced->nr, trace->options->reason ? " for " : "", trace->options->reason ?: "",
	       traced->seconds, trace->counted);
	if (traced->lost)
		printf("%" PRIu64 " exits or more were lost, as the buffers were full\n",
		       traced->lost);
	if (grid->nr) {
		putchar('\n');
		grid_cut(grid, ADDRESSES);
		grid_print(grid, &trace->options->look, true, stdout);
	}
	if (all > grid->nr)
		printf("and %zu more, see --csv or --json\n", all - grid->nr);
	printf("\n'trace-cmd report -i %s' and KernelShark show each exit.\n", trace->path);
}

static void print(struct trace *trace)
{
	const struct look *look = &trace->options->look;
	const struct traced *traced = &trace->traced;
	struct look sorted = *look;
	struct grid grid = count(trace);
	char path[NAME_SIZE];
	json_t *json;

	sorted.sort = look->sort ?: "exits";
	grid_arrange(&grid, &sorted);
	if (look->format == FORMAT_TEXT) {
		print_text(trace, &grid);
	} else if (look->format == FORMAT_CSV) {
		grid_print(&grid, look, true, stdout);
	} else {
		/* JSON is UTF-8, while a path can be any bytes. */
		name_clean(path, trace->path, true);
		json = json_pack("{s:s, s:o, s:o, s:s?, s:f, s:o, s:o, s:o, s:s, s:o}", "name",
				 trace->guest->name, "pid", jsonl_number(trace->guest->key.pid),
				 "id", jsonl_number(trace->guest->key.id), "reason",
				 trace->options->reason, "seconds", traced->seconds, "exits",
				 jsonl_number(traced->nr), "lost", jsonl_number(traced->lost),
				 "counted", jsonl_number(trace->counted), "file", path, "addresses",
				 grid_json(&grid, NULL));
		output_json(json, stdout);
	}
	grid_free(&grid);
}

enum status run_trace(const struct options *options)
{
	struct trace trace = { .options = options, .path = options->output ?: USUAL_PATH };
	struct grid grid = GRID(columns);
	enum status status = grid_check(&grid, &options->look)	  ?:
				     options_refuse_rows(options) ?:
				     options_refuse(options->look.skip_zeros, "-z", "here");

	if (!status)
		status = check_path(trace.path);
	if (!status && options->kallsyms)
		status = symbols_load(&trace.symbols, options->kallsyms);
	if (!status)
		status = session_open(&trace.session, &options->request, DEPTH_ALL);
	if (!status)
		status = record(&trace);
	if (!status)
		print(&trace);
	free(trace.filter);
	free(trace.traced.exit);
	symbols_free(&trace.symbols);
	session_close(&trace.session);
	return status;
}
