// SPDX-License-Identifier: GPL-2.0
/*
 * Tests that Prometheus can read the metrics, and that files are replaced at once.
 */
#define _GNU_SOURCE
#include "unit.h"

#include <dirent.h>
#include <errno.h>
#include <regex.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "text/prometheus.h"
#include "text/replace.h"

static const uint32_t all = (1 << COL_NR) - 1;

#define MAX_GUESTS 4

/* Guests to write. The first one has the name "web" and the id 1. */
static struct counts counts[MAX_GUESTS];
static struct about *about[MAX_GUESTS];

static int set_up(void **state)
{
	(void)state;
	for (size_t i = 0; i < MAX_GUESTS; i++) {
		counts[i] = (struct counts){ 0 };
		counts[i].v[COL_id] = i + 1;
		counts[i].v[COL_pid] = 100 + i;
		about[i] = about_new();
		strcpy(about[i]->name, "web");
	}
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	for (size_t i = 0; i < MAX_GUESTS; i++)
		about_put(about[i]);
	return 0;
}

/* Each line is a comment before its family, or a series of the family with a number. */
#define NAME "([a-zA-Z_:][a-zA-Z0-9_:]*)"
#define LABEL "[a-zA-Z_][a-zA-Z0-9_]*=\"([^\"\\\\\n]|\\\\[\\\\\"n])*\""
#define GRAMMAR                                                                                 \
	"^(# HELP " NAME " [^\n]+|# TYPE " NAME " (counter|gauge|histogram)|" NAME "(\\{" LABEL \
	"(," LABEL ")*\\})? (NaN|[0-9]+)(\\.[0-9]{9})?)$"

struct grammar {
	regex_t regex;
	char *seen[4096]; /* series and names of families */
	size_t nr;
	char family[100]; /* the last family */
};

static void once(struct grammar *grammar, const char *text, size_t len)
{
	for (size_t i = 0; i < grammar->nr; i++)
		if (!strncmp(grammar->seen[i], text, len) && !grammar->seen[i][len])
			fail_msg("twice: %.*s", (int)len, text);
	assert_true(grammar->nr < sizeof(grammar->seen) / sizeof(*grammar->seen));
	grammar->seen[grammar->nr++] = strndup(text, len);
}

static bool is_histogram(const struct grammar *grammar)
{
	return strstr(grammar->family, "_latency_");
}

static void check_line(struct grammar *grammar, const char *line)
{
	size_t len;

	if (regexec(&grammar->regex, line, 0, NULL, 0))
		fail_msg("not a line of the format: %s", line);
	if (!strncmp(line, "# HELP ", 7)) {
		len = strcspn(line + 7, " ");
		snprintf(grammar->family, sizeof(grammar->family), "%.*s", (int)len, line + 7);
		once(grammar, line + 7, len);
		return;
	}
	len = strlen(grammar->family);
	if (!strncmp(line, "# TYPE ", 7)) {
		const bool total = len > 6 && !strcmp(grammar->family + len - 6, "_total");

		assert_memory_equal(line + 7, grammar->family, len);
		assert_string_equal(line + 7 + len, total		  ? " counter" :
						    is_histogram(grammar) ? " histogram" :
									    " gauge");
		return;
	}
	assert_memory_equal(line, grammar->family, len);
	if (is_histogram(grammar))
		len += !strncmp(line + len, "_bucket", 7) ? 7 :
		       !strncmp(line + len, "_count", 6)  ? 6 :
		       !strncmp(line + len, "_sum", 4)	  ? 4 :
							    0;
	assert_true(line[len] == '{' || line[len] == ' ');
	len = strrchr(line, ' ') - line;
	/* A series without labels looks like the name of its family, so it is not kept. */
	if (line[len - 1] == '}')
		once(grammar, line, len);
}

static void check_grammar(const char *text)
{
	static struct grammar grammar;
	char *copy = strdup(text);

	assert_true(text[0] && text[strlen(text) - 1] == '\n');
	assert_int_equal(regcomp(&grammar.regex, GRAMMAR, REG_EXTENDED | REG_NOSUB), 0);
	for (char *line = strtok(copy, "\n"); line; line = strtok(NULL, "\n"))
		check_line(&grammar, line);
	regfree(&grammar.regex);
	free(copy);
	while (grammar.nr)
		free(grammar.seen[--grammar.nr]);
}

static const struct thresholds *usual_thresholds(void)
{
	static struct thresholds thresholds;

	assert_int_equal(thresholds_load(&thresholds, "/dev/null"), STATUS_OK);
	return &thresholds;
}

/* Returns the first @nr guests as metrics. The caller frees them. */
static char *metrics_of(size_t nr, uint32_t has, const struct choice *choice)
{
	const struct snapshot nothing = SNAPSHOT_EMPTY;
	const struct snapshot now = { .guest = counts, .about = about, .nr = nr, .has = has };
	struct window window;
	struct delta delta;
	char *text;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	window_open(&window, choice);
	delta_compute(&delta, &nothing, &now, 0);
	window_add(&window, &delta);
	delta_free(&delta);
	prometheus_write(out, &window, &(struct metrics){ METRICS_ALL, 0, usual_thresholds() },
			 NULL);
	fclose(out);
	window_close(&window);
	check_grammar(text);
	return text;
}

static char *metrics(size_t nr)
{
	static const struct choice choice;

	return metrics_of(nr, all, &choice);
}

/* Returns whether @text has exactly this line. */
static bool has_line(const char *text, const char *line)
{
	size_t len = strlen(line);

	for (const char *at = text; (at = strstr(at, line)); at++)
		if ((at == text || at[-1] == '\n') && at[len] == '\n')
			return true;
	return false;
}

#define assert_line(text, line)                                       \
	do {                                                          \
		if (!has_line(text, line))                            \
			fail_msg("no line %s in:\n%s", line, (text)); \
	} while (0)

static void add_reason(struct about *of, const char *name, uint64_t exits, uint64_t ns)
{
	struct rows *rows = &of->detail.table[TABLE_REASONS];
	struct reason *reason = detail_new_row(&detail_form[TABLE_REASONS], rows);

	*reason = (struct reason){
		.exits = exits, .to_user = exits / 2, .kernel_ns = ns, .user_ns = ns + 1
	};
	strcpy(reason->reason, name);
	rows->known = true;
}

static void add_outcome(struct about *of, const char *kind, const char *name, uint64_t returns)
{
	struct rows *rows = &of->detail.table[TABLE_USERSPACE];
	struct outcome *outcome = detail_new_row(&detail_form[TABLE_USERSPACE], rows);

	outcome->returns = returns;
	strcpy(outcome->kind, kind);
	strcpy(outcome->name, name);
	rows->known = true;
}

/* A guest with a verdict, and threads and histograms, some of them twice, as in a hostile file. */
static void the_rest_of_a_guest(void **state)
{
	struct detail *detail = &about[0]->detail;
	char *text;

	(void)state;
	for (int i = 0; i < 3; i++) {
		struct vcpu *vcpu =
			detail_new_row(&detail_form[TABLE_VCPUS], &detail->table[TABLE_VCPUS]);
		struct histogram *h = detail_new_row(&detail_form[TABLE_HISTOGRAMS],
						     &detail->table[TABLE_HISTOGRAMS]);

		*vcpu = (struct vcpu){ .vcpu = i / 2, .tid = 7 + i / 2, .ready_ns = 1500000000 };
		*h = (struct histogram){ .class = "io",
					 .bucket = { 1, 2, [DETAIL_BUCKETS - 1] = 4 } };
		strcpy(h->through, i < 2 ? "kernel" : "userspace");
	}
	about[0]->has_ready = true;
	strcpy(about[0]->uuid, "6f0c");
	counts[0].v[COL_id] = 1;
	counts[0].v[COL_pid] = 5;
	text = metrics(1);
	assert_line(text, "kvmstat_ready_seconds_total{guest=\"web\",id=\"1\",vcpu=\"0\",thread="
			  "\"7\"} 1.500000000");
	assert_line(text, "kvmstat_ready_seconds_total{guest=\"web\",id=\"1\",vcpu=\"1\",thread="
			  "\"8\"} 1.500000000");
	assert_null(strstr(text, "kvmstat_ready_seconds_total{guest=\"web\",id=\"1\"} "));
	assert_line(text, "kvmstat_exit_latency_seconds_bucket{guest=\"web\",id=\"1\",class=\"io\","
			  "where=\"kernel\",le=\"0.000001024\"} 3");
	assert_line(text, "kvmstat_exit_latency_seconds_bucket{guest=\"web\",id=\"1\",class=\"io\","
			  "where=\"userspace\",le=\"+Inf\"} 7");
	assert_line(text, "kvmstat_exit_latency_seconds_count{guest=\"web\",id=\"1\",class=\"io\","
			  "where=\"kernel\"} 7");
	assert_line(text, "kvmstat_guest_verdict{guest=\"web\",id=\"1\",verdict=\"too little "
			  "seen\"} 1");
	assert_non_null(strstr(text, ",uuid=\"6f0c\"} 1"));
	free(text);
}

static void families_are_chosen(void **state)
{
	(void)state;
	assert_int_equal(metrics_parse("all"), METRICS_ALL);
	assert_int_equal(metrics_parse("guest"), METRICS_GUEST);
	assert_int_equal(metrics_parse("guest,reasons"), METRICS_USUAL);
	assert_int_equal(metrics_parse("times,latency,times"), METRICS_TIMES | METRICS_LATENCY);
	assert_int_equal(metrics_parse(""), 0);
	assert_int_equal(metrics_parse("guests"), 0);
	assert_int_equal(metrics_parse("guest,,reasons"), 0);
	assert_int_equal(metrics_parse(",guest"), 0);
	assert_int_equal(metrics_parse("a"), 0);
}

static void numbers_are_exact(void **state)
{
	char *text;

	(void)state;
	for (enum column c = COL_exits; c < COL_NR; c++)
		counts[0].v[c] = c == COL_id ? 1 : UINT64_MAX - c;
	counts[0].v[COL_guest_ns] = UINT64_MAX;
	counts[0].v[COL_kernel_ns] = 1;
	counts[0].v[COL_halted_ns] = 9007199254740993;
	counts[0].v[COL_polled_ns] = 1000000000;
	counts[0].v[COL_fault_num] = 7;
	counts[0].v[COL_fault_mmio_num] = 5;
	about[0]->has_ready = true;
	about[0]->ready_ns = 60000000000;
	add_reason(about[0], "io", UINT64_MAX, UINT64_MAX - 1);
	text = metrics(1);
	assert_line(text, "kvmstat_up 1");
	assert_line(text, "kvmstat_guests 1");
	assert_line(text, "kvmstat_exits_total{guest=\"web\",id=\"1\",reason=\"io\"} "
			  "18446744073709551615");
	assert_line(text, "kvmstat_userspace_exits_total{guest=\"web\",id=\"1\",reason=\"io\"} "
			  "9223372036854775807");
	assert_line(text, "kvmstat_exit_seconds_total{guest=\"web\",id=\"1\",reason=\"io\","
			  "where=\"kernel\"} 18446744073.709551614");
	assert_line(text, "kvmstat_exit_seconds_total{guest=\"web\",id=\"1\",reason=\"io\","
			  "where=\"userspace\"} 18446744073.709551615");
	assert_line(text, "kvmstat_vcpu_seconds_total{guest=\"web\",id=\"1\",state=\"guest\"} "
			  "18446744073.709551615");
	assert_line(text, "kvmstat_vcpu_seconds_total{guest=\"web\",id=\"1\",state=\"kernel\"} "
			  "0.000000001");
	assert_line(text, "kvmstat_vcpu_seconds_total{guest=\"web\",id=\"1\",state=\"blocked\"} "
			  "9007198.254740993");
	assert_line(text, "kvmstat_vcpu_seconds_total{guest=\"web\",id=\"1\",state=\"polling\"} "
			  "1.000000000");
	assert_line(text, "kvmstat_ready_seconds_total{guest=\"web\",id=\"1\"} 60.000000000");
	/* Both only grow. */
	assert_line(text, "kvmstat_faults_total{guest=\"web\",id=\"1\"} 7");
	assert_line(text, "kvmstat_device_faults_total{guest=\"web\",id=\"1\"} 5");
	free(text);
	/* If the subtrahend is ahead, the result is 0 and not 2^64. */
	counts[0].v[COL_halted_ns] = 1;
	text = metrics(1);
	assert_line(text, "kvmstat_vcpu_seconds_total{guest=\"web\",id=\"1\",state=\"blocked\"} "
			  "0.000000000");
	free(text);
}

static void names_are_escaped(void **state)
{
	char *text;

	(void)state;
	/* The first names are clean; the others should never occur. */
	strcpy(about[0]->name, "\\x1b[31m\"n\303\244me\",id=\"9\"} 1 # {");
	strcpy(about[0]->vmm, "a\nb\\");
	strcpy(about[0]->cgroup, "/machine.slice/a\\x5cx2db.scope");
	add_reason(about[0], "\"\\n", 1, 0);
	memset(about[1]->name, '"', NAME_SIZE - 1);
	text = metrics(2);
	assert_line(
		text,
		"kvmstat_guest_info{guest=\"\\\\x1b[31m\\\"n\303\244me\\\",id=\\\"9\\\"} 1 # {\","
		"id=\"1\",pid=\"100\",vmm=\"a\\nb\\\\\","
		"cgroup=\"/machine.slice/a\\\\x5cx2db.scope\"} 1");
	assert_line(
		text,
		"kvmstat_exits_total{guest=\"\\\\x1b[31m\\\"n\303\244me\\\",id=\\\"9\\\"} 1 # {\","
		"id=\"1\",reason=\"\\\"\\\\n\"} 1");
	free(text);
}

static void namesakes_are_told_apart(void **state)
{
	static const struct choice second = { .pid = 101 };
	char *text;

	(void)state;
	counts[0].v[COL_io_num] = 5;
	counts[1].v[COL_io_num] = 6;
	counts[2].v[COL_id] = counts[2].v[COL_pid] = 0;
	counts[2].v[COL_io_num] = 7;
	text = metrics(3);
	assert_line(text, "kvmstat_io_exits_total{guest=\"web\",id=\"1\"} 5");
	assert_line(text, "kvmstat_io_exits_total{guest=\"web\",id=\"2\"} 6");
	assert_line(text, "kvmstat_io_exits_total{guest=\"(others)\",id=\"0\"} 7");
	assert_line(text, "kvmstat_guests 2");
	free(text);
	text = metrics_of(3, all, &second);
	assert_line(text, "kvmstat_guests 1");
	assert_line(text, "kvmstat_io_exits_total{guest=\"web\",id=\"2\"} 6");
	assert_null(strstr(text, "id=\"1\""));
	free(text);
}

static void rows_of_one_name_are_one_series(void **state)
{
	char *text;

	(void)state;
	add_reason(about[0], "other", 10, 1);
	add_reason(about[0], "io", 1, 0);
	add_reason(about[0], "other", 20, 2);
	add_reason(about[0], "other", 30, 3);
	add_outcome(about[0], "exit", "other", 1);
	add_outcome(about[0], "errno", "other", 2);
	add_outcome(about[0], "noexit", "other", 4);
	add_outcome(about[0], "exit", "other", 8);
	add_outcome(about[0], "later", "other", 16);
	add_outcome(about[0], "errno", "EINTR", 32);
	text = metrics(1);
	assert_line(text, "kvmstat_exits_total{guest=\"web\",id=\"1\",reason=\"io\"} 1");
	assert_line(text, "kvmstat_exits_total{guest=\"web\",id=\"1\",reason=\"other\"} 60");
	assert_line(text,
		    "kvmstat_userspace_exits_total{guest=\"web\",id=\"1\",reason=\"other\"} 30");
	assert_line(text, "kvmstat_exit_seconds_total{guest=\"web\",id=\"1\",reason=\"other\","
			  "where=\"userspace\"} 0.000000009");
	assert_line(text,
		    "kvmstat_userspace_returns_total{guest=\"web\",id=\"1\",exit=\"other\"} 9");
	assert_line(text,
		    "kvmstat_userspace_returns_total{guest=\"web\",id=\"1\",exit=\"-other\"} 2");
	assert_line(text,
		    "kvmstat_userspace_returns_total{guest=\"web\",id=\"1\",exit=\"-EINTR\"} 32");
	free(text);
}

static void what_is_not_known_is_left_out(void **state)
{
	static const struct choice any;
	const uint32_t few = (COL_BIT(COL_NEEDED) - 1) | COL_BIT(COL_id);
	char *text;

	(void)state;
	counts[0].v[COL_exits] = 9;
	counts[0].v[COL_kvm_qemu_switch_num] = 4;
	/* The tables were read, but nothing has happened yet. */
	about[1]->detail.table[TABLE_REASONS].known = true;
	text = metrics_of(2, few, &any);
	assert_line(text, "kvmstat_exits_total{guest=\"web\",id=\"1\",reason=\"all\"} 9");
	assert_line(text, "kvmstat_userspace_exits_total{guest=\"web\",id=\"1\",reason=\"all\"} 4");
	assert_null(strstr(text, "kvmstat_exits_total{guest=\"web\",id=\"2\""));
	assert_null(strstr(text, "kvmstat_exit_seconds_total{"));
	assert_null(strstr(text, "kvmstat_userspace_returns_total{"));
	assert_null(strstr(text, "kvmstat_ready_seconds_total{"));
	assert_null(strstr(text, "kvmstat_vcpu_seconds_total{"));
	assert_null(strstr(text, "kvmstat_unattributed"));
	assert_line(text, "kvmstat_io_exits_total{guest=\"web\",id=\"1\"} 0");
	free(text);
}

static void a_copy_has_no_names(void **state)
{
	struct about *kept = about[0];
	char *text;

	(void)state;
	about[0] = NULL;
	text = metrics(1);
	about[0] = kept;
	assert_line(text,
		    "kvmstat_guest_info{guest=\"-\",id=\"1\",pid=\"100\",vmm=\"\",cgroup=\"\"} 1");
	free(text);
}

static void nothing_could_be_read(void **state)
{
	char *text;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	(void)state;
	prometheus_write(out, NULL, NULL, NULL);
	fclose(out);
	check_grammar(text);
	assert_line(text, "kvmstat_up 0");
	assert_null(strstr(text, "guest"));
	free(text);
}

static void the_unattributed_are_told(void **state)
{
	static const struct choice any;
	struct window window;
	uint64_t lost = UINT64_MAX;
	char *text;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	(void)state;
	window_open(&window, &any);
	prometheus_write(out, &window, &(struct metrics){ METRICS_ALL, 0, usual_thresholds() },
			 &lost);
	fclose(out);
	check_grammar(text);
	assert_line(text, "kvmstat_unattributed_exits_total 18446744073709551615");
	assert_line(text, "kvmstat_guests 0");
	free(text);
}

static char dir[] = "/tmp/kvmstat-test.XXXXXX";

static int make_dir(void **state)
{
	(void)state;
	return !mkdtemp(dir) || chdir(dir);
}

static int remove_dir(void **state)
{
	(void)state;
	unlink("file");
	unlink("link");
	rmdir("folder");
	return rmdir(dir);
}

static void assert_file(const char *path, const char *want)
{
	char text[100] = "";
	FILE *file = fopen(path, "r");

	assert_non_null(file);
	text[fread(text, 1, sizeof(text) - 1, file)] = '\0';
	fclose(file);
	assert_string_equal(text, want);
}

static void assert_files(int nr)
{
	DIR *stream = opendir(".");

	while (readdir(stream))
		nr--;
	closedir(stream);
	assert_int_equal(nr, -2); /* . and .. */
}

static void a_file_is_replaced(void **state)
{
	struct stat st;

	(void)state;
	umask(027);
	assert_true(replace_file("file", "one", 3));
	assert_file("file", "one");
	assert_int_equal(stat("file", &st), 0);
	assert_int_equal(st.st_mode & 07777, 0640);
	umask(0);
	assert_true(replace_file("file", "two", 3));
	assert_file("file", "two");
	assert_int_equal(stat("file", &st), 0);
	assert_int_equal(st.st_mode & 07777, 0644);
	assert_files(1);
	assert_int_equal(symlink("file", "link"), 0);
	assert_true(replace_file("link", "", 0));
	assert_file("file", "");
	assert_int_equal(lstat("link", &st), 0);
	assert_true(S_ISLNK(st.st_mode));
	assert_files(2);
}

static void what_is_no_file_stays(void **state)
{
	struct stat st;

	(void)state;
	assert_int_equal(mkdir("folder", 0700), 0);
	assert_false(replace_file("folder", "x", 1));
	assert_int_equal(errno, EISDIR);
	/* A pipe, like a device, is not a regular file. */
	assert_int_equal(mkfifo("pipe", 0600), 0);
	assert_false(replace_file("pipe", "x", 1));
	assert_int_equal(stat("pipe", &st), 0);
	assert_true(S_ISFIFO(st.st_mode));
	unlink("pipe");
	assert_false(replace_file("nowhere/file", "x", 1));
	assert_int_equal(errno, ENOENT);
	assert_files(3);
}

static void an_error_leaves_the_old_file(void **state)
{
	struct rlimit limit, little;

	(void)state;
	assert_true(replace_file("file", "old", 3));
	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &limit);
	little = (struct rlimit){ 2, limit.rlim_max };
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &little), 0);
	assert_false(replace_file("file", "newer", 5));
	assert_int_equal(errno, EFBIG);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	assert_file("file", "old");
	assert_files(3);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test_setup_teardown(numbers_are_exact, set_up, tear_down),
	cmocka_unit_test_setup_teardown(the_rest_of_a_guest, set_up, tear_down),
	cmocka_unit_test(families_are_chosen),
	cmocka_unit_test_setup_teardown(names_are_escaped, set_up, tear_down),
	cmocka_unit_test_setup_teardown(namesakes_are_told_apart, set_up, tear_down),
	cmocka_unit_test_setup_teardown(rows_of_one_name_are_one_series, set_up, tear_down),
	cmocka_unit_test_setup_teardown(what_is_not_known_is_left_out, set_up, tear_down),
	cmocka_unit_test_setup_teardown(a_copy_has_no_names, set_up, tear_down),
	cmocka_unit_test(nothing_could_be_read),
	cmocka_unit_test(the_unattributed_are_told),
	cmocka_unit_test_setup(a_file_is_replaced, make_dir),
	cmocka_unit_test(what_is_no_file_stays),
	cmocka_unit_test_teardown(an_error_leaves_the_old_file, remove_dir),
};

UNIT_MAIN(tests)
