// SPDX-License-Identifier: GPL-2.0
/*
 * A libFuzzer target. Whatever is in the files that the command reads, its output must obey
 * the output's grammar. The first byte picks the parser, as in fuzz.sh; the rest is the file.
 * The sanitizers find what goes wrong inside.
 */
#define _GNU_SOURCE
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <wchar.h>

#include "action/cpus.h"
#include "action/journal.h"
#include "commands/symbols.h"
#include "commands/tracer.h"
#include "data/choice.h"
#include "data/footprint.h"
#include "data/jsonl.h"
#include "data/live.h"
#include "data/machine.h"
#include "data/memory.h"
#include "data/recording.h"
#include "data/share.h"
#include "data/thread.h"
#include "data/when.h"
#include "plan/policy.h"
#include "text/guests.h"
#include "text/output.h"
#include "text/prometheus.h"
#include "text/sections.h"
#include "verdict/verdict.h"

static void must(bool holds, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "fuzz: %s\n", what);
	abort();
}

/* Clean text is valid UTF-8 of printed characters and newlines. */
static void must_be_clean(const char *text)
{
	mbstate_t state = { 0 };

	while (*text) {
		wchar_t wide;
		size_t len = mbrtowc(&wide, text, strlen(text), &state);

		must(len <= 4, "not UTF-8");
		must(wide == '\n' || wcwidth(wide) > 0, "a character that is not printed");
		text += len;
	}
}

/* CSV obeys RFC 4180 and has the same number of fields in each line. */
static void must_be_csv(const char *text)
{
	size_t want = 0;

	while (*text) {
		size_t fields = 1;

		for (; *text != '\n'; text++) {
			if (*text == '"') {
				for (text++; *text != '"' || text[1] == '"'; text++) {
					must(*text, "a quote without end");
					text += *text == '"';
				}
				must(text[1] == ',' || text[1] == '\n', "text behind a quote");
			} else if (*text == ',') {
				fields++;
			} else {
				must(*text && *text != '"', "no end of a line");
			}
		}
		text++;
		must(!want || fields == want, "a line with more or fewer fields");
		want = fields;
	}
}

static void must_be_json(const char *text)
{
	json_t *json = json_loads(text, JSON_REJECT_DUPLICATES, NULL);

	must(json != NULL, "not JSON");
	json_decref(json);
}

/* Prints @grid in every way, and frees it. */
static void print(struct grid *grid)
{
	static const struct look ways[] = {
		{ .format = FORMAT_TEXT },
		{ .format = FORMAT_TEXT, .raw = true },
		{ .format = FORMAT_CSV },
	};
	json_t *json = grid_json(grid, NULL);
	size_t len;
	char *text;
	FILE *out;

	for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++) {
		out = open_memstream(&text, &len);
		grid_print(grid, &ways[i], true, out);
		fclose(out);
		must(strlen(text) == len, "a NUL");
		must_be_clean(text);
		if (ways[i].format == FORMAT_CSV)
			must_be_csv(text);
		free(text);
	}
	must(json != NULL, "no JSON");
	out = open_memstream(&text, &len);
	output_json(json, out);
	fclose(out);
	must_be_clean(text);
	must_be_json(text);
	free(text);
	grid_free(grid);
}

static void show_detail(const struct detail *detail)
{
	for (size_t i = 0; i < TABLE_NR; i++) {
		struct grid grid = section_grid(&sections[i], detail, i % 3, i % 2 ? 0 : 3);

		print(&grid);
	}
}

static const struct thresholds *usual_thresholds(void)
{
	static struct thresholds thresholds;

	if (!thresholds.min_exits)
		must(!thresholds_load(&thresholds, "/dev/null"), "no thresholds");
	return &thresholds;
}

static void show_verdict(const struct window_guest *guest, uint32_t has)
{
	struct verdict verdict;
	json_t *json;

	verdict_judge(&verdict, guest, has, usual_thresholds());
	must(verdict.confidence >= 0 && verdict.confidence <= 1, "no confidence");
	must_be_clean(verdict.rule);
	must_be_clean(verdict.why);
	must_be_clean(verdict.advice);
	must_be_clean(verdict.blind);
	json = verdict_json(&verdict);
	must(json != NULL, "a verdict without JSON");
	json_decref(json);
}

/* Shows all that happened from one snapshot to the next. */
static void show(const struct snapshot *was, const struct snapshot *now, double seconds)
{
	const struct choice all = { 0 };
	struct grid grid = guests_grid(NULL);
	struct window window;
	struct delta delta;
	char *text;
	size_t len;

	window_open(&window, &all);
	delta_compute(&delta, was, now, seconds);
	window_add(&window, &delta);
	for (size_t i = 0; i < window.nr; i++) {
		struct detail detail;

		must_be_clean(window.guest[i]->name);
		show_verdict(window.guest[i], window.has);
		window_detail(window.guest[i], &detail);
		show_detail(&detail);
		detail_free(&detail);
	}
	guests_add_window(&grid, &window, &now->at, usual_thresholds());
	print(&grid);
	if (window.has & COL_BIT(COL_id)) {
		FILE *out = open_memstream(&text, &len);

		prometheus_write(out, &window,
				 &(struct metrics){ METRICS_ALL, 0, usual_thresholds() }, NULL);
		fclose(out);
		must(strlen(text) == len && text[len - 1] == '\n', "metrics without an end");
		must_be_clean(text);
		free(text);
	}
	delta_free(&delta);
	window_close(&window);
}

static void must_explain(const struct source_error *err, const struct snapshot *snap)
{
	char text[1024];

	must(!snap->guest && !snap->about && !snap->nr, "an error left a snapshot");
	must(err->status && err->line && err->what[0], "an error says nothing");
	source_explain(text, sizeof(text), err, "file", false);
	must_be_clean(text);
}

static void try_kvminfo(const char *buf, size_t len)
{
	const struct snapshot nothing = SNAPSHOT_EMPTY;
	struct source_error err;
	struct snapshot snap;
	struct delta delta;

	if (source_parse(buf, len, &snap, &err)) {
		must_explain(&err, &snap);
		return;
	}
	must(!(~snap.has & (COL_BIT(COL_NEEDED) - 1)), "a needed column is missing");
	delta_compute(&delta, &nothing, &snap, 1);
	for (size_t i = 0; i < snap.nr; i++)
		must(counts_total(&delta.row[i].diff) == snap.guest[i].v[COL_exits],
		     "exits got lost");
	delta_free(&delta);
	show(&nothing, &snap, 1);
	show(&snap, &snap, 0);
	snapshot_free(&snap);
}

/* Shows what was read of a table, if nothing was @wrong. */
static void check_detail(struct detail *detail, enum table table, const char *wrong)
{
	struct detail diff;

	must(!wrong == detail->table[table].known, "neither right nor wrong");
	must(!wrong || !detail->table[table].row, "an error left rows");
	show_detail(detail);
	detail_subtract(&diff, detail, detail);
	show_detail(&diff);
	detail_free(&diff);
	detail_free(detail);
}

static void try_detail(enum table table, const char *buf, size_t len)
{
	struct detail detail = { 0 };

	check_detail(&detail, table,
		     detail_parse(&detail_form[table], buf, len, &detail.table[table]));
}

static void try_vcpu_reasons(const char *buf, size_t len)
{
	struct detail detail = { 0 };

	check_detail(&detail, TABLE_REASONS,
		     detail_parse_vcpu(1, buf, len, &detail.table[TABLE_REASONS]));
}

/* A snapshot is written so that the same snapshot is read again. */
static void must_come_back(const struct snapshot *snap)
{
	char *text = jsonl_line(snap), *second;
	struct source_error err;
	struct snapshot again;

	text[strcspn(text, "\n")] = '\0';
	must_be_clean(text);
	must(!jsonl_parse(text, strlen(text), 1, &again, &err), "JSON of ours is refused");
	second = jsonl_line(&again);
	second[strcspn(second, "\n")] = '\0';
	must(!strcmp(text, second), "another snapshot comes back");
	snapshot_free(&again);
	free(second);
	free(text);
}

static void try_recording(const char *buf, size_t len)
{
	struct snapshot was = SNAPSHOT_EMPTY, now;
	struct recording recording;
	struct source_error err;
	bool end;

	recording_open(&recording, fmemopen((void *)buf, len, "r"), "file");
	while (!recording_next(&recording, &now, &end, &err) && !end) {
		double seconds = moment_seconds(&was.at, &now.at);

		must_come_back(&now);
		show(&was, &now, seconds > 0 ? seconds : 0);
		snapshot_free(&was);
		was = now;
	}
	if (err.status)
		must_explain(&err, &now);
	snapshot_free(&was);
	recording_close(&recording);
}

/* Has @load read the bytes from a file, and checks what it says. Returns its status. */
static enum status load_settings(const char *buf, size_t len,
				 enum status (*load)(void *settings, const char *path),
				 void *settings)
{
	FILE *const usual = stderr;
	int fd = memfd_create("settings", 0);
	enum status status;
	char path[40], *said;
	size_t size;

	must(fd >= 0 && write(fd, buf, len) == (ssize_t)len, "no file");
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	stderr = open_memstream(&said, &size);
	status = load(settings, path);
	fclose(stderr);
	stderr = usual;
	close(fd);
	must((status == STATUS_OK) == !size, "an error says nothing, or nothing was wrong");
	must_be_clean(said);
	free(said);
	return status;
}

static enum status load_thresholds(void *thresholds, const char *path)
{
	return thresholds_load(thresholds, path);
}

static void try_config(const char *buf, size_t len)
{
	struct thresholds thresholds;
	enum status status = load_settings(buf, len, load_thresholds, &thresholds);

	must(status == STATUS_OK || status == STATUS_BAD, "the file cannot be read");
	for (const double *at = (double *)&thresholds; at < (double *)(&thresholds + 1); at++)
		must(*at >= 0 && *at <= 1e9, "a threshold that is none");
}

static enum status load_policy(void *policy, const char *path)
{
	return policy_load(policy, path);
}

static void try_policy(const char *buf, size_t len)
{
	struct policy policy;
	struct cpus cpus;

	load_settings(buf, len, load_policy, &policy);
	for (size_t i = 0; i < policy.nr; i++)
		must(policy.guest[i].tier <= 4, "a tier that is none");
	must(!policy.host_cpus || cpus_parse(&cpus, policy.host_cpus), "CPUs that are none");
	policy_find(&policy, "web");
	policy_free(&policy);
}

static char journal_root[] = "/tmp/kvmtune-fuzz-XXXXXX";

static void remove_journal(void)
{
	char command[64];

	snprintf(command, sizeof(command), "rm -r %s", journal_root);
	must(!system(command), "the journal stays");
}

/* Writes a journal of this boot with these lines behind its first one. */
static void write_journal(const char *buf, size_t len)
{
	static struct moment now;
	char path[80];
	FILE *file;

	if (!now.boot_id[0]) {
		live_moment(&now);
		must(mkdtemp(journal_root), "no folder");
		atexit(remove_journal);
		snprintf(path, sizeof(path), "%s/run", journal_root);
		mkdir(path, 0755);
		snprintf(path, sizeof(path), "%s/run/kvmtune", journal_root);
		mkdir(path, 0755);
	}
	snprintf(path, sizeof(path), "%s/run/kvmtune/journal", journal_root);
	file = fopen(path, "w");
	must(file, "no journal");
	fprintf(file, "{\"boot\":\"%s\"}\n", now.boot_id);
	fwrite(buf, 1, len, file);
	fclose(file);
}

/* A journal is read or refused; nothing is undone here, as it would be real. */
static void try_journal(const char *buf, size_t len)
{
	FILE *const usual = stderr;
	struct journal journal;
	enum status status;
	size_t size;
	char *said;

	write_journal(buf, len);
	stderr = open_memstream(&said, &size);
	status = journal_open(&journal, journal_root, false);
	fclose(stderr);
	stderr = usual;
	must((status == STATUS_OK) == !size, "an error says nothing, or nothing was wrong");
	free(said);
	for (size_t i = 0; i < journal.nr_actions; i++) {
		must_be_clean(journal.action[i].command);
		must(journal_find(&journal, journal.action[i].nr) == &journal.action[i],
		     "two actions of a number");
	}
	for (size_t i = 0; i < journal.nr_changes; i++) {
		const struct change *change = &journal.change[i];

		must(change->setting < SETTING_NR && journal_find(&journal, change->action),
		     "a change of nothing");
		must((change->state == CHANGE_OVER) == !!change->how, "an end without a reason");
	}
	journal_close(&journal);
}

/* There is a NUL behind the @len bytes at @buf. */
static void try_arguments(char *buf, size_t len)
{
	char clean[NAME_SIZE], again[NAME_SIZE], shown[NAME_SHOWN_SIZE];
	char **argv = xcalloc(len + 2, sizeof(*argv));
	struct name_found found;
	size_t nr = 0;

	for (size_t at = 0; at < len; at += strlen(buf + at) + 1)
		argv[nr++] = buf + at;
	name_find(argv, &found);
	must(memchr(found.name, '\0', NAME_SIZE) != NULL, "a name without end");
	name_clean(clean, found.name, false);
	must_be_clean(clean);
	must(!strchr(clean, '\n'), "a name of two lines");
	name_clean(again, clean, true);
	must(!strcmp(clean, again), "what is clean is made clean");
	must(name_show(shown, clean, 17) <= 17, "a name is too wide");
	must_be_clean(shown);
	if (strlen(found.name) < NAME_SIZE / 4) {
		char text[NAME_SIZE + 8];
		const struct choice choice = { .guest = text };

		/* Without the prefix, a name can look like pid:1. */
		snprintf(text, sizeof(text), "name:%s", found.name);
		must(choice_means(&choice, &(struct guest_key){ 0 }, clean),
		     "a guest is not found by its name");
	}
	free(argv);
}

/* There is a NUL behind the @len bytes at @buf. The first ones are the recording's start. */
static void try_time(const char *buf, size_t len)
{
	int64_t first = 0, ns;
	char text[40];

	if (len < sizeof(first))
		return;
	memcpy(&first, buf, sizeof(first));
	if (!when_parse(buf + sizeof(first), first, &ns))
		return;
	when_format(text, sizeof(text), ns);
	must_be_clean(text);
}

static void try_symbols(const char *buf, size_t len)
{
	FILE *file = fmemopen((void *)buf, len, "r");
	struct symbols symbols = { 0 };

	symbols_read(&symbols, file);
	fclose(file);
	for (size_t i = 0; i < symbols.nr; i++) {
		char *name = symbols_name(&symbols, symbols.symbol[i].address);

		must_be_clean(name);
		must(!i || symbols.symbol[i].address >= symbols.symbol[i - 1].address, "no order");
		free(name);
	}
	symbols_free(&symbols);
}

static enum status load_symbols(void *symbols, const char *path)
{
	return symbols_load(symbols, path);
}

static void try_vmlinux(const char *buf, size_t len)
{
	struct symbols symbols;

	must((load_settings(buf, len, load_symbols, &symbols) == STATUS_OK) == !!symbols.nr,
	     "neither right nor wrong");
	for (size_t i = 0; i < symbols.nr; i++)
		must_be_clean(symbols.symbol[i].name);
	symbols_free(&symbols);
}

static void try_trace(const char *buf, size_t len)
{
	for (enum isa isa = ISA_X86; isa <= ISA_RISCV64; isa++) {
		FILE *file = fmemopen((void *)buf, len, "r");
		struct traced traced;

		tracer_parse(&traced, file, isa);
		fclose(file);
		must(traced.seconds >= 0, "a negative time");
		for (size_t i = 0; i < traced.nr; i++)
			free(tracer_reason(traced.exit[i].code, isa));
		free(traced.exit);
	}
}

/* The files of a guest's process, in the order in which the input has them, with \f between. */
static const char *const process_files[] = {
	"proc/7/task/7/stat",
	"proc/7/task/7/status",
	"proc/7/task/7/schedstat",
	"proc/7/task/7/sched",
	"proc/7/task/7/cgroup",
	"proc/9/comm",
	"proc/9/task/9/stat",
	"sys/devices/system/node/online",
	"sys/devices/system/node/node0/cpulist",
	"sys/fs/cgroup/a/cpu.max",
	"sys/fs/cgroup/a/cpu.weight",
	"sys/fs/cgroup/a/cpu.stat",
	"sys/fs/cgroup/cpu/a/cpu.cfs_quota_us",
	"sys/fs/cgroup/cpu/a/cpu.cfs_period_us",
	"proc/7/status",
	"proc/7/stat",
	"proc/7/smaps_rollup",
	"proc/7/numa_maps",
	"proc/7/ksm_stat",
	"proc/7/ksm_merging_pages",
	"proc/7/cmdline",
	"sys/kernel/debug/kvm/7-11/pages_4k",
	"proc/stat",
	"proc/loadavg",
	"proc/meminfo",
	"proc/pressure/memory",
	"sys/devices/system/node/node0/meminfo",
	"sys/kernel/mm/transparent_hugepage/enabled",
	"sys/kernel/mm/ksm/general_profit",
};
#define PROCESS_FILES (sizeof(process_files) / sizeof(*process_files))

/* Returns the root of a tree of empty files. */
static const char *process_tree(void)
{
	static char root[32], command[768];

	if (*root)
		return root;
	strcpy(root, "/dev/shm/kvmstat-fuzz-XXXXXX");
	if (!mkdtemp(root)) {
		/* In a bare root, only root may write there. */
		strcpy(root, "/tmp/kvmstat-fuzz-XXXXXX");
		must(mkdtemp(root) != NULL, "no directory");
	}
	snprintf(
		command, sizeof(command),
		"cd %s && mkdir -p proc/7/task/7 proc/9/task/9 proc/self/ns "
		"sys/devices/system/node/node0 sys/fs/cgroup/a sys/fs/cgroup/cpu/a sys/kernel/debug/kvm/7-11 proc/pressure "
		"sys/kernel/mm/transparent_hugepage sys/kernel/mm/ksm && "
		"ln -s 'pid:[4026531836]' proc/self/ns/pid && touch sys/fs/cgroup/cgroup.controllers",
		root);
	must(!system(command), "no tree");
	return root;
}

static void remove_tree(void)
{
	char command[64];

	snprintf(command, sizeof(command), "rm -r %s", process_tree());
	must(!system(command), "the tree stays");
}

/* There is a NUL behind the @len bytes at @buf. */
static void try_process(const char *buf, size_t len)
{
	const char *root = process_tree(), *const end = buf + len;
	struct snapshot snap = { .nr = 1, .has = UINT32_MAX };
	struct kthreads kthreads;
	struct detail *detail;
	static bool registered;

	if (!registered)
		atexit(remove_tree);
	registered = true;
	for (size_t i = 0; i < PROCESS_FILES; i++) {
		const char *stop = memchr(buf, '\f', end - buf) ?: end;
		char path[128];
		FILE *file;

		snprintf(path, sizeof(path), "%s/%s", root, process_files[i]);
		file = fopen(path, "w");
		must(file != NULL, "no file");
		fwrite(buf, 1, stop - buf, file);
		fclose(file);
		buf = stop < end ? stop + 1 : end;
	}
	snap.guest = xcalloc(1, sizeof(*snap.guest));
	snap.about = xcalloc(1, sizeof(*snap.about));
	snap.about[0] = about_new();
	strcpy(snap.about[0]->name, "a");
	detail = &snap.about[0]->detail;
	thread_find_kernels(root, &kthreads);
	thread_take(root, 7, &kthreads, detail);
	thread_free_kernels(&kthreads);
	if (detail->table[TABLE_THREADS].known)
		footprint_take(root, 7, true, detail);
	snap.host = about_new();
	machine_take(root, &snap, 1, &snap.host->detail);
	show_detail(&snap.host->detail);
	must_be_clean(thread_manager(snap.about[0]));
	show_detail(detail);
	must_come_back(&snap);
	snapshot_free(&snap);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	must(setlocale(LC_CTYPE, "C.UTF-8") != NULL, "no UTF-8");
	setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *copy;

	if (!size--)
		return 0;
	/* In a block of exactly this size, ASan sees any read past the end. */
	copy = xcalloc(size + 1, 1);
	memcpy(copy, data + 1, size);
	switch (*data) {
	case 'k':
		copy = xreallocarray(copy, size ?: 1, 1);
		try_kvminfo(copy, size);
		break;
	case '0' ... '0' + TABLE_NR - 1:
		copy = xreallocarray(copy, size ?: 1, 1);
		try_detail(*data - '0', copy, size);
		break;
	case 'j':
		if (size)
			try_recording(copy, size);
		break;
	case 'c':
		try_config(copy, size);
		break;
	case 'y':
		try_policy(copy, size);
		break;
	case 'l':
		try_journal(copy, size);
		break;
	case 'a':
		try_arguments(copy, size);
		break;
	case 't':
		try_time(copy, size);
		break;
	case 'v':
		try_vcpu_reasons(copy, size);
		break;
	case 'e':
		try_vmlinux(copy, size);
		break;
	case 's':
		if (size)
			try_symbols(copy, size);
		break;
	case 'x':
		if (size)
			try_trace(copy, size);
		break;
	case 'p':
		try_process(copy, size);
		break;
	default:
		free(copy);
		return -1;
	}
	free(copy);
	return 0;
}
