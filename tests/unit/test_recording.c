// SPDX-License-Identifier: GPL-2.0
/*
 * Tests recordings: whole, cut off, damaged, with a boot in them, spans of them, several.
 */
#define _GNU_SOURCE
#include "unit.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "data/recording.h"
#include "data/session.h"

#define SECOND INT64_C(1000000000)

/* 2026-11-21 10:30:00 UTC. */
#define START (INT64_C(1795257000) * SECOND)

static char dir[] = "/tmp/kvmstat-recording-XXXXXX";

/* Returns a line with one guest that had @exits, @seconds after START. */
static char *line(char text[512], const char *boot, unsigned int seconds, unsigned int exits)
{
	snprintf(text, 512,
		 "{\"kvmstat\":\"0.1.0\",\"format\":1,\"time_ns\":%jd,\"uptime_ns\":%jd,"
		 "\"boot_id\":\"%s\",\"host\":\"h\",\"kernel\":\"6.1\",\"cpus\":2,\"guests\":[{"
		 "\"name\":\"web1\",\"no\":1,\"pid\":42,\"id\":1,\"io_num\":0,\"exception_num\":0,"
		 "\"kvm_vm_switch_num\":%u,\"kvm_qemu_switch_num\":0,\"exits\":%u,\"detail\":{"
		 "\"reasons\":[{\"code\":1,\"exits\":%u,\"reason\":\"io\"}]}}]}\n",
		 (intmax_t)(START + seconds * SECOND), (intmax_t)(7 + seconds) * SECOND, boot,
		 exits, exits, exits);
	return text;
}

static FILE *file_of(const char *text, size_t len)
{
	FILE *file = tmpfile();

	assert_non_null(file);
	fwrite(text, 1, len, file);
	rewind(file);
	return file;
}

static void tells_recordings_from_copies(void **state)
{
	static const struct {
		const char *text;
		bool is;
	} files[] = { { "{\"kvmstat\"", true },
		      { "no pid io_num", false },
		      { "", false },
		      { " {", false },
		      { "[", false } };

	(void)state;
	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
		FILE *file = file_of(files[i].text, strlen(files[i].text));
		char back[20] = "";

		assert_int_equal(recording_is(file), files[i].is);
		/* The first byte can still be read. */
		assert_int_equal(fread(back, 1, sizeof(back), file), strlen(files[i].text));
		assert_string_equal(back, files[i].text);
		fclose(file);
	}
}

static void reads_line_by_line(void **state)
{
	struct recording recording;
	struct source_error err;
	struct snapshot snap;
	char text[3 * 512], one[512];
	bool end;

	(void)state;
	text[0] = '\0';
	for (int i = 0; i < 3; i++)
		strcat(text, line(one, "b", 10 * i, 100 * i));
	recording_open(&recording, file_of(text, strlen(text)), "x");
	for (int i = 0; i < 3; i++) {
		assert_int_equal(recording_next(&recording, &snap, &end, &err), SOURCE_OK);
		assert_false(end);
		assert_int_equal(snap.nr, 1);
		assert_int_equal(snap.guest[0].v[COL_exits], 100 * i);
		assert_int_equal(recording.place.line, i + 1);
		snapshot_free(&snap);
	}
	/* Another call finds the end again. */
	for (int i = 0; i < 2; i++) {
		assert_int_equal(recording_next(&recording, &snap, &end, &err), SOURCE_OK);
		assert_true(end);
		assert_null(snap.guest);
	}
	assert_false(recording.cut);
	recording_close(&recording);
	assert_null(recording.file);
}

/* The power failed at any byte of the line. */
static void leaves_out_a_cut_line(void **state)
{
	char text[2 * 512], one[512];
	const size_t whole = strlen(line(one, "b", 0, 100));

	(void)state;
	strcpy(text, one);
	strcat(text, line(one, "b", 10, 200));
	for (size_t len = whole; len < strlen(text); len++) {
		struct recording recording;
		struct source_error err;
		struct snapshot snap;
		bool end;

		recording_open(&recording, file_of(text, len), "x");
		assert_int_equal(recording_next(&recording, &snap, &end, &err), SOURCE_OK);
		assert_false(end);
		snapshot_free(&snap);
		assert_int_equal(recording_next(&recording, &snap, &end, &err), SOURCE_OK);
		assert_true(end);
		assert_int_equal(recording.cut, len > whole);
		recording_close(&recording);
	}
}

static void refuses_garbage_with_its_line(void **state)
{
	struct recording recording;
	struct source_error err;
	struct snapshot snap;
	char text[1024];
	bool end;

	(void)state;
	line(text, "b", 0, 100);
	strcat(text, "\n");
	recording_open(&recording, file_of(text, strlen(text)), "x");
	assert_int_equal(recording_next(&recording, &snap, &end, &err), SOURCE_OK);
	snapshot_free(&snap);
	assert_int_equal(recording_next(&recording, &snap, &end, &err), SOURCE_MALFORMED);
	assert_int_equal(err.line, 2);
	assert_false(end);
	assert_null(snap.guest);
	recording_close(&recording);

	/* Some file systems leave a block of zeros. */
	memset(text, 0, 100);
	text[100] = '\n';
	recording_open(&recording, file_of(text, 101), "x");
	assert_int_equal(recording_next(&recording, &snap, &end, &err), SOURCE_MALFORMED);
	assert_int_equal(err.line, 1);
	recording_close(&recording);
}

static void an_empty_file_has_an_end(void **state)
{
	struct recording recording;
	struct source_error err;
	struct snapshot snap;
	bool end = false;

	(void)state;
	recording_open(&recording, file_of("", 0), "x");
	assert_int_equal(recording_next(&recording, &snap, &end, &err), SOURCE_OK);
	assert_true(end);
	assert_false(recording.cut);
	recording_close(&recording);
}

static void tells_what_cannot_be_read(void **state)
{
	struct recording recording;
	struct source_error err;
	struct snapshot snap;
	bool end = true;

	(void)state;
	recording_open(&recording, fopen("/", "r"), "/");
	assert_int_equal(recording_next(&recording, &snap, &end, &err), SOURCE_UNREADABLE);
	assert_int_equal(err.err, EISDIR);
	assert_false(end);
	recording_close(&recording);
}

static void subtracts_moments_of_one_boot(void **state)
{
	struct moment was = { .boot_id = "a", .boot_ns = 5 * SECOND, .real_ns = 90 * SECOND };
	struct moment now = { .boot_id = "a", .boot_ns = 8 * SECOND, .real_ns = 10 * SECOND };

	(void)state;
	/* The date does not matter. */
	assert_true(moment_seconds(&was, &now) == 3.0);
	assert_true(moment_seconds(&was, &was) == 0.0);
	assert_true(moment_seconds(&now, &was) == -1);
	strcpy(now.boot_id, "b");
	assert_true(moment_seconds(&was, &now) == -1);
}

/* Writes the lines, which NULL ends, to a file in dir. */
static char *write_file(const char *name, const char *const *lines)
{
	char *path;
	FILE *file;

	assert_true(asprintf(&path, "%s/%s", dir, name) > 0);
	file = fopen(path, "w");
	assert_non_null(file);
	for (; *lines; lines++)
		fputs(*lines, file);
	fclose(file);
	return path;
}

static char b0[512], b10[512], b20[512], b30[512], c5[512], c15[512];

static int make_lines(void **state)
{
	(void)state;
	if (!mkdtemp(dir))
		return -1;
	setenv("TZ", "UTC", 1);
	line(b0, "b", 0, 1000);
	line(b10, "b", 10, 1100);
	line(b20, "b", 20, 1300);
	line(b30, "b", 30, 1700);
	/* After a boot, a guest has the same id and pid, but fewer exits. */
	line(c5, "c", 105, 10);
	line(c15, "c", 115, 25);
	return 0;
}

static int remove_dir(void **state)
{
	(void)state;
	return rmdir(dir);
}

struct seen {
	enum status status;
	size_t snapshots;
	uint64_t exits, reason_exits;
	size_t guests;
	double seconds, guest_seconds;
	char *said;
};

/* Reads all of the files, from one time to another, as report does. */
static struct seen observe(char **files, size_t nr, const char *from, const char *to)
{
	const struct request request = {
		.root = "",
		.files = files,
		.nr_files = nr,
		.extract = { .from = from, .to = to },
	};
	struct session session;
	struct capture err;
	struct seen seen = { 0 };

	capture(&err, &stderr);
	seen.status = session_open(&session, &request, DEPTH_ALL);
	if (!seen.status) {
		session_begin(&session, false);
		while (!seen.status && !session.over)
			seen.status = session_step(&session);
	}
	seen.said = capture_end(&err);
	seen.snapshots = session.snapshots;
	seen.seconds = session.window.seconds;
	for (size_t i = 0; i < session.window.nr; i++) {
		const struct window_guest *guest = session.window.guest[i];
		const struct reason *r;
		struct detail detail;

		seen.guests++;
		seen.exits += guest->sum.v[COL_exits];
		seen.guest_seconds += guest->seconds;
		window_detail(guest, &detail);
		detail_for_each(r, &detail, TABLE_REASONS)
			seen.reason_exits += r->exits;
		detail_free(&detail);
	}
	session_close(&session);
	return seen;
}

static void check(char **files, size_t nr, const char *from, const char *to, size_t snapshots,
		  uint64_t exits, double seconds)
{
	struct seen seen = observe(files, nr, from, to);

	assert_string_equal(seen.said, "");
	assert_int_equal(seen.status, STATUS_OK);
	assert_int_equal(seen.snapshots, snapshots);
	assert_int_equal(seen.exits, exits);
	assert_true(seen.seconds == seconds);
	free(seen.said);
}

static void free_files(char **files, size_t nr)
{
	for (size_t i = 0; i < nr; i++) {
		unlink(files[i]);
		free(files[i]);
	}
}

static void sums_up_parts(void **state)
{
	char *files[] = { write_file("a", (const char *[]){ b0, b10, b20, b30, NULL }) };

	(void)state;
	check(files, 1, NULL, NULL, 4, 700, 30);
	check(files, 1, "+10s", NULL, 3, 600, 20);
	check(files, 1, NULL, "+10s", 2, 100, 10);
	check(files, 1, "+5s", "+25s", 2, 200, 10);
	check(files, 1, "10:30:10", "10:30:20", 2, 200, 10);
	check(files, 1, "2026-11-21 10:30:10", "@1795257020", 2, 200, 10);
	check(files, 1, "+20s", "+20s", 1, 0, 0);
	check(files, 1, NULL, "9999-01-01", 4, 700, 30);
	free_files(files, 1);
}

static void says_that_a_part_is_empty(void **state)
{
	char *files[] = { write_file("a", (const char *[]){ b0, b10, NULL }),
			  write_file("b", (const char *[]){ NULL }) };
	struct seen seen = observe(files, 1, "+11s", NULL);

	(void)state;
	assert_int_equal(seen.status, STATUS_NO_DATA);
	assert_non_null(strstr(seen.said,
			       "/a: no snapshot in this recording, or none in this span of it\n"));
	free(seen.said);
	seen = observe(files + 1, 1, NULL, NULL);
	assert_int_equal(seen.status, STATUS_NO_DATA);
	assert_non_null(strstr(seen.said, "/b: no snapshot in this recording yet\n"));
	free(seen.said);
	free_files(files, 2);
}

/*
 * Nothing is subtracted over a boot. Its first snapshot is where counting begins, as nobody knows
 * how long ago the guest began.
 */
static void a_boot_in_the_middle(void **state)
{
	char *files[] = { write_file("a", (const char *[]){ b0, b10, c5, c15, NULL }) };
	struct seen seen = observe(files, 1, NULL, NULL);

	(void)state;
	assert_int_equal(seen.status, STATUS_OK);
	assert_int_equal(seen.guests, 2);
	assert_int_equal(seen.exits, 100 + 15);
	assert_int_equal(seen.reason_exits, 100 + 15);
	assert_true(seen.seconds == 20);
	assert_true(seen.guest_seconds == 10 + 10);
	free(seen.said);
	free_files(files, 1);
}

static void several_files_are_one_recording(void **state)
{
	char *files[] = { write_file("a.2", (const char *[]){ b0, NULL }),
			  write_file("empty", (const char *[]){ NULL }),
			  write_file("a.1", (const char *[]){ b10, b20, NULL }),
			  write_file("a", (const char *[]){ b30, NULL }) };

	(void)state;
	check(files, 4, NULL, NULL, 4, 700, 30);
	/* The times are from the start of the first file. */
	check(files, 4, "+10s", "+25s", 2, 200, 10);
	check(files, 4, "+30s", NULL, 1, 0, 0);
	free_files(files, 4);
}

/* As the shell lists rotated files: the newest first. */
static void neither_order_nor_copies_matter(void **state)
{
	char *files[] = { write_file("rot", (const char *[]){ b30, b20, NULL }),
			  write_file("rot.1", (const char *[]){ b10, NULL }),
			  write_file("rot.2", (const char *[]){ b0, b10, NULL }),
			  write_file("rot.copy", (const char *[]){ b30, b30, NULL }) };

	(void)state;
	check(files, 4, NULL, NULL, 4, 700, 30);
	free_files(files, 4);
}

static void a_cut_line_ends_its_file_only(void **state)
{
	char half[] = "{\"kvmstat\":\"0.1.0\",\"for";
	char *files[] = { write_file("a.1", (const char *[]){ b0, b10, half, NULL }),
			  write_file("a", (const char *[]){ b20, NULL }) };
	struct seen seen = observe(files, 2, NULL, NULL);

	(void)state;
	assert_int_equal(seen.status, STATUS_OK);
	assert_int_equal(seen.snapshots, 3);
	assert_int_equal(seen.exits, 300);
	assert_non_null(strstr(seen.said, "/a.1: the last line has no end and is left out\n"));
	free(seen.said);
	free_files(files, 2);
}

static void names_damaged_lines_and_reads_the_rest(void **state)
{
	char *files[] = { write_file("bad",
				     (const char *[]){ b0, "rubbish\n", b10, "{\n", NULL }) };
	struct seen seen = observe(files, 1, NULL, NULL);

	(void)state;
	assert_int_equal(seen.status, STATUS_OK);
	assert_int_equal(seen.snapshots, 2);
	assert_int_equal(seen.exits, 100);
	assert_non_null(strstr(seen.said, "/bad: line 2: not JSON: "));
	assert_non_null(strstr(seen.said, "/bad: line 4: not JSON: "));
	assert_null(strstr(seen.said, "line 1"));
	free(seen.said);
	free_files(files, 1);
}

static void says_what_is_no_recording(void **state)
{
	char *files[] = { write_file("good", (const char *[]){ b0, NULL }),
			  write_file("text", (const char *[]){ "no pid\n1 2\n", NULL }),
			  write_file("short", (const char *[]){ "diary", NULL }) };
	char *missing[] = { files[0], "/nonexistent/file" };
	struct seen seen;

	(void)state;
	for (size_t i = 1; i < 3; i++) {
		char *two[] = { files[0], files[i] };

		seen = observe(two, 2, NULL, NULL);
		assert_int_equal(seen.status, STATUS_BAD);
		assert_non_null(strstr(seen.said, i == 1 ? "/text is no recording: line 1: " :
							   "/short is no recording\n"));
		assert_ptr_equal(strchr(seen.said, '\n'), strrchr(seen.said, '\n'));
		free(seen.said);
	}
	seen = observe(missing, 2, NULL, NULL);
	assert_int_equal(seen.status, STATUS_NO_DATA);
	assert_string_equal(seen.said,
			    "kvmstat: cannot read /nonexistent/file: No such file or directory\n");
	free(seen.said);
	free_files(files, 3);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(tells_recordings_from_copies),
	cmocka_unit_test(reads_line_by_line),
	cmocka_unit_test(leaves_out_a_cut_line),
	cmocka_unit_test(refuses_garbage_with_its_line),
	cmocka_unit_test(an_empty_file_has_an_end),
	cmocka_unit_test(tells_what_cannot_be_read),
	cmocka_unit_test(subtracts_moments_of_one_boot),
	cmocka_unit_test(sums_up_parts),
	cmocka_unit_test(says_that_a_part_is_empty),
	cmocka_unit_test(a_boot_in_the_middle),
	cmocka_unit_test(several_files_are_one_recording),
	cmocka_unit_test(a_cut_line_ends_its_file_only),
	cmocka_unit_test(neither_order_nor_copies_matter),
	cmocka_unit_test(names_damaged_lines_and_reads_the_rest),
	cmocka_unit_test(says_what_is_no_recording),
};

int main(void)
{
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, make_lines, remove_dir);
}
