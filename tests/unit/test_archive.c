// SPDX-License-Identifier: GPL-2.0
/*
 * Tests that a report is one of what was recorded, however the recordings come: in any order, cut
 * into files anywhere, doubled, compressed, with their ends cut off.
 */
#define _GNU_SOURCE
#include "unit.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "data/session.h"
#include "data/when.h"
#include "text/guests.h"

#define SECOND INT64_C(1000000000)
#define START (INT64_C(1795257000) * SECOND)
#define LINES 60
#define FILES 8
#define RUNS 60

static char dir[] = "/tmp/kvmstat-archive-XXXXXX";
static char *lines[LINES];
static size_t whole[LINES]; /* the same numbers, in the order of recording */
static unsigned int seed;

static unsigned int below(unsigned int limit)
{
	return rand_r(&seed) % limit;
}

/*
 * The line of a snapshot. Two hosts boot twice; guests come and go, and begin with a boot again
 * with the ids and pids of others.
 */
static char *line_of(unsigned int host, unsigned int boot, unsigned int n)
{
	const int64_t up = (5 + 10 * n) * SECOND;
	size_t len;
	char *text;
	FILE *out = open_memstream(&text, &len);
	bool any = false;

	fprintf(out,
		"{\"kvmstat\":\"0.1.0\",\"format\":1,\"time_ns\":%jd,\"uptime_ns\":%jd,\"boot_id\":"
		"\"%c%u\",\"host\":\"h%u\",\"kernel\":\"6.1\",\"cpus\":2,\"guests\":[",
		(intmax_t)(START + 3 * host * SECOND + boot * 1000 * SECOND + up), (intmax_t)up,
		boot ? 'a' : 'z', boot, host);
	for (unsigned int id = 1; id <= 4; id++) {
		const unsigned int exits = 1000 * id + (host + 2) * (boot + 3) * n * id * 10;

		/* The third comes late, the fourth goes early. */
		if ((id == 3 && n < 4) || (id == 4 && n > 8))
			continue;
		fprintf(out,
			"%s{\"name\":\"web%u\",\"no\":1,\"pid\":%u,\"id\":%u,\"io_num\":0,"
			"\"exception_num\":0,\"kvm_vm_switch_num\":%u,\"kvm_qemu_switch_num\":0,"
			"\"exits\":%u}",
			any ? "," : "", id, 40 + id, id, exits, exits);
		any = true;
	}
	fputs("]}\n", out);
	fclose(out);
	return text;
}

static int make_lines(void **state)
{
	(void)state;
	setenv("TZ", "UTC", 1);
	for (unsigned int i = 0; i < LINES; i++) {
		whole[i] = i;
		lines[i] = line_of(i / 30, i / 15 % 2, i % 15);
	}
	return mkdtemp(dir) ? 0 : -1;
}

static int remove_dir(void **state)
{
	(void)state;
	for (size_t i = 0; i < LINES; i++)
		free(lines[i]);
	return rmdir(dir);
}

static char *path_of(size_t file)
{
	static char path[FILES][64];

	snprintf(path[file], sizeof(path[file]), "%s/%zu", dir, file);
	return path[file];
}

/* Returns what report --csv has to say, host by host. */
static char *report(size_t nr, const struct extract *extract)
{
	char *files[FILES];
	const struct request request = {
		.root = "", .files = files, .nr_files = nr, .extract = *extract
	};
	const struct look csv = { .format = FORMAT_CSV };
	struct thresholds thresholds;
	struct session session;
	size_t len;
	char *text;
	FILE *out = open_memstream(&text, &len);

	for (size_t i = 0; i < nr; i++)
		files[i] = path_of(i);
	assert_int_equal(thresholds_load(&thresholds, "/dev/null"), STATUS_OK);
	assert_int_equal(session_open(&session, &request, DEPTH_ALL), STATUS_OK);
	do {
		struct grid grid = guests_grid(NULL);

		session_begin(&session, false);
		while (!session.over)
			assert_int_equal(session_step(&session), STATUS_OK);
		guests_add_window(&grid, &session.window, &session.last.at, &thresholds);
		fprintf(out, "%zu snapshots, %zu boots, %.3f s\n", session.snapshots, session.boots,
			session.window.seconds);
		grid_print(&grid, &csv, true, out);
		grid_free(&grid);
	} while (session_next_host(&session));
	fclose(out);
	session_close(&session);
	return text;
}

static void forget_files(size_t nr)
{
	for (size_t i = 0; i < nr; i++)
		unlink(path_of(i));
}

/* Writes all @nr lines to files, in the order of @order, split anywhere, some of them twice. */
static size_t scatter(const size_t *order, size_t nr, bool twice)
{
	const size_t files = 1 + below(FILES - 1);
	gzFile out[FILES];

	for (size_t i = 0; i < files; i++)
		out[i] = gzopen(path_of(i), below(3) ? "wT" : "w");
	for (size_t i = 0; i < nr; i++) {
		do
			gzputs(out[below(files)], lines[order[i]]);
		while (twice && !below(4));
	}
	for (size_t i = 0; i < files; i++)
		gzclose(out[i]);
	return files;
}

static void shuffle(size_t *order, size_t nr)
{
	for (size_t i = nr; i > 1; i--) {
		const size_t at = below(i), last = order[i - 1];

		order[i - 1] = order[at];
		order[at] = last;
	}
}

static void must_be(const char *got, const char *want)
{
	if (strcmp(got, want))
		fail_msg("seed %u:\n%s\nnot:\n%s", seed, got, want);
}

static void any_permutation_is_the_same_report(void **state)
{
	static const struct extract extracts[] = {
		{ NULL, NULL, NULL },	{ "h1", NULL, NULL },	    { NULL, "+30s", NULL },
		{ NULL, NULL, "+90s" }, { "h0", "10:31", "10:48" },
	};
	struct capture err;

	(void)state;
	for (size_t e = 0; e < sizeof(extracts) / sizeof(*extracts); e++) {
		char *want, *got;
		size_t files, order[LINES];

		seed = 0;
		forget_files(scatter(whole, LINES, false));
		capture(&err, &stderr);
		files = scatter(whole, LINES, false);
		want = report(files, &extracts[e]);
		forget_files(files);
		memcpy(order, whole, sizeof(order));
		for (unsigned int run = 1; run <= RUNS; run++) {
			seed = run;
			shuffle(order, LINES);
			files = scatter(order, LINES, true);
			got = report(files, &extracts[e]);
			forget_files(files);
			must_be(got, want);
			free(got);
		}
		free(want);
		free(capture_end(&err));
	}
}

static const struct extract all;

/* The figures themselves, so that not all are wrong in the same way. */
static void the_figures(void **state)
{
	struct capture err;
	char *text;

	(void)state;
	seed = 1;
	capture(&err, &stderr);
	text = report(scatter(whole, LINES, false), &all);
	free(capture_end(&err));
	forget_files(FILES);
	/* Each boot has 15 snapshots, one every ten seconds. */
	assert_non_null(strstr(text, "30 snapshots, 2 boots, 280.000 s\n"));
	/* web1 of h1's second boot: (1 + 2) * (1 + 3) * 10 exits every ten seconds. */
	assert_non_null(strstr(text, ",web1,41,1,"));
	assert_non_null(strstr(text, ",1680,0,")); /* its exits: 14 * 120 */
	assert_non_null(strstr(text, ",12.000,")); /* and their rate */
	/* web3 of h0's first boot begins at zero in the fifth snapshot: 3000 + 4 * 180 exits. */
	assert_non_null(strstr(text, ",5520,0,")); /* 3000 + 14 * 180, over 110 s */
	assert_non_null(strstr(text, ",50.182,"));
	/* web4 of h0's first boot ends after the ninth: 8 * 240 over 80 s. */
	assert_non_null(strstr(text, ",1920,0,"));
	assert_non_null(strstr(text, ",24.000,"));
	free(text);
}

/* A recording that ends anywhere is one of its whole lines. */
static void a_cut_is_the_report_of_the_whole_lines(void **state)
{
	char *text = strdup("");
	size_t lengths = 0;
	struct capture err;

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		char *more;

		assert_true(asprintf(&more, "%s%s", text, lines[i]) > 0);
		free(text);
		text = more;
		lengths = i ? lengths : strlen(text);
	}
	capture(&err, &stderr);
	for (size_t len = lengths; len <= strlen(text); len += 1 + len % 7) {
		const size_t end = (char *)memrchr(text, '\n', len) + 1 - text;
		char *got, *want;

		for (int cut = 0; cut < 2; cut++) {
			FILE *file = fopen(path_of(0), "w");

			fwrite(text, 1, cut ? len : end, file);
			fclose(file);
			if (cut)
				got = report(1, &all);
			else
				want = report(1, &all);
		}
		must_be(got, want);
		free(got);
		free(want);
	}
	free(capture_end(&err));
	forget_files(1);
	free(text);
}

/* What is left of a gzip that was cut is read. */
static void a_cut_gzip(void **state)
{
	gzFile out = gzopen(path_of(0), "w");
	struct stat st;
	struct capture err;
	char *text, *said;

	(void)state;
	for (size_t i = 0; i < 15; i++) {
		gzputs(out, lines[i]);
		gzflush(out, Z_FULL_FLUSH);
	}
	gzclose(out);
	assert_int_equal(stat(path_of(0), &st), 0);
	assert_int_equal(truncate(path_of(0), st.st_size / 2), 0);
	capture(&err, &stderr);
	text = report(1, &all);
	said = capture_end(&err);
	assert_non_null(strstr(said, "the gzip is damaged or has no end"));
	assert_non_null(strstr(text, ",web1,41,1,"));
	free(said);
	free(text);
	forget_files(1);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(any_permutation_is_the_same_report),
	cmocka_unit_test(the_figures),
	cmocka_unit_test(a_cut_is_the_report_of_the_whole_lines),
	cmocka_unit_test(a_cut_gzip),
};

int main(void)
{
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, make_lines, remove_dir);
}
