// SPDX-License-Identifier: GPL-2.0
/*
 * Tests how grids are printed: columns, widths, headers, CSV, JSON, order.
 */
#include "unit.h"

#include <string.h>

#include "text/grid.h"
#include "text/guests.h"

static const struct grid_column columns[] = {
	{ "name", "NAME", UNIT_TEXT, 6, 0 },   { "id", "ID", UNIT_ID, 3, 0 },
	{ "at", "AT", UNIT_HEX, 4, 0 },	       { "count", "COUNT", UNIT_COUNT, 6, 0 },
	{ "rate", "RATE/s", UNIT_RATE, 6, 0 }, { "time", "TIME", UNIT_NS, 6, 0 },
	{ "share", "%", UNIT_SHARE, 5, 1 },    { "rest", "REST", UNIT_TEXT, 0, 0 },
};

static void add(struct grid *grid, const char *name, uint64_t number, const char *rest)
{
	struct cell *cell = grid_row(grid);

	*cell++ = cell_text(name);
	*cell++ = cell_number(number);
	*cell++ = cell_number(number);
	*cell++ = cell_number(number);
	*cell++ = cell_rate(number / 10.0);
	*cell++ = cell_number(number);
	*cell++ = cell_share(number, 2000);
	*cell++ = cell_text(rest);
}

/* Returns what grid_show() prints. grid_show() frees the grid. */
static char *shown(struct grid *grid, const struct look *look, enum status want)
{
	struct capture out, err;
	enum status status;
	char *text, *said;

	capture(&err, &stderr);
	capture(&out, &stdout);
	status = grid_show(grid, look, stdout);
	text = capture_end(&out);
	said = capture_end(&err);
	assert_int_equal(status, want);
	if (!status) {
		assert_string_equal(said, "");
		free(said);
		return text;
	}
	assert_string_equal(text, "");
	free(text);
	return said;
}

static void check(struct grid *grid, const struct look *look, const char *want)
{
	char *text = shown(grid, look, STATUS_OK);

	assert_string_equal(text, want);
	free(text);
}

static struct grid two(void)
{
	struct grid grid = GRID(columns);

	add(&grid, "web1", 15, "a b");
	add(&grid, "a-long-name", 12345678, "");
	return grid;
}

static void prints_for_people(void **state)
{
	struct look look = { 0 };
	struct grid grid = two();

	(void)state;
	check(&grid, &look,
	      "NAME         ID       AT  COUNT RATE/s   TIME        % REST\n"
	      "web1         15      0xf     15    1.5   15ns      0.7 a b\n"
	      "a-lon+ 12345678 0xbc614e  12.3M   1.2M 12.3ms 617283.9 \n");
	look.raw = true;
	grid = two();
	check(&grid, &look,
	      "NAME              ID       AT    COUNT      RATE/s     TIME        % REST\n"
	      "web1              15      0xf       15       1.500       15      0.7 a b\n"
	      "a-long-name 12345678 0xbc614e 12345678 1234567.800 12345678 617283.9 \n");
	/* Without rows there is only the header. */
	grid = (struct grid)GRID(columns);
	look.raw = false;
	check(&grid, &look, "NAME    ID   AT  COUNT RATE/s   TIME     % REST\n");
}

/* Advice can be longer than any name. */
static void long_texts_are_whole_if_raw(void **state)
{
	struct look look = { .columns = "rest,name,rest" };
	struct grid grid = GRID(columns);
	char text[1001] = "", want[8192];

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	add(&grid, text, 1, text);
	sprintf(want, "%-256s NAME   REST\n%.255s+ xxxxx+ %.255s+\n", "REST", text, text);
	check(&grid, &look, want);
	look.raw = true;
	add(&grid, text, 1, text);
	sprintf(want, "%-1000s %-1000s REST\n%s %s %s\n", "REST", "NAME", text, text, text);
	check(&grid, &look, want);
}

static void what_is_not_known_is_a_dash(void **state)
{
	static const char text[] = "NAME    ID   AT  COUNT RATE/s   TIME     % REST\n"
				   "-        -    -      -      -      -     - -\n";
	struct look look = { 0 };
	struct grid grid = GRID(columns);

	(void)state;
	grid_row(&grid);
	check(&grid, &look, text);
	look.raw = true;
	grid_row(&grid);
	check(&grid, &look, text);
	look.format = FORMAT_CSV;
	grid_row(&grid);
	check(&grid, &look, "name,id,at,count,rate,time,share,rest\n,,,,,,,\n");
	look.format = FORMAT_JSON;
	grid_row(&grid);
	check(&grid, &look,
	      "[\n  {\n    \"name\": null,\n    \"id\": null,\n    \"at\": null,\n"
	      "    \"count\": null,\n    \"rate\": null,\n    \"time\": null,\n"
	      "    \"share\": null,\n    \"rest\": null\n  }\n]\n");
}

static void the_largest_numbers_fit(void **state)
{
	struct look look = { 0 };
	struct grid grid = GRID(columns);
	struct cell *cell = grid_row(&grid);

	(void)state;
	for (size_t c = 1; c < 7; c++)
		cell[c] = cell_number(UINT64_MAX);
	cell[4] = cell_rate(1.8446744073709552e20);
	cell[6] = cell_share(UINT64_MAX, UINT64_MAX);
	check(&grid, &look,
	      "NAME                     ID                 AT  COUNT RATE/s       TIME     % REST\n"
	      "-      18446744073709551615 0xffffffffffffffff  18.4E 184.5E 213503d23h 100.0 -\n");
	look.format = FORMAT_CSV;
	cell = grid_row(&grid);
	cell[0] = cell_text("x");
	cell[3] = cell_number(UINT64_MAX);
	cell[4] = cell_rate(1.8446744073709552e20);
	cell[6] = cell_share(UINT64_MAX, UINT64_MAX);
	check(&grid, &look,
	      "name,id,at,count,rate,time,share,rest\n"
	      "x,,,18446744073709551615,184467440737095516160.000,,1.000000,\n");
}

static void prints_csv(void **state)
{
	static const char *const names[][2] = {
		/* The text, and how RFC 4180 quotes it. */
		{ "web1", "web1" },
		{ "a b", "\"a b\"" },
		{ "a,b", "\"a,b\"" },
		{ "a\"b", "\"a\"\"b\"" },
		{ "\"", "\"\"\"\"" },
		{ "", "" },
		{ "gr\xc3\xbc\xc3\x9f", "gr\xc3\xbc\xc3\x9f" },
		{ "a\\x0ab", "a\\x0ab" },
		{ "-", "-" },
	};
	struct look look = { .format = FORMAT_CSV, .columns = "name,count,share" };

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		struct grid grid = GRID(columns);
		char want[200];

		add(&grid, names[i][0], 15, "");
		snprintf(want, sizeof(want), "name,count,share\n%s,15,0.007500\n", names[i][1]);
		check(&grid, &look, want);
	}
}

static void prints_json(void **state)
{
	struct look look = { .format = FORMAT_JSON };
	struct grid grid = two();
	char *text = shown(&grid, &look, STATUS_OK);
	json_t *json = json_loads(text, 0, NULL), *row = json_array_get(json, 1);

	(void)state;
	assert_int_equal(json_array_size(json), 2);
	assert_int_equal(json_object_size(row), 8);
	assert_string_equal(json_string_value(json_object_get(row, "name")), "a-long-name");
	assert_int_equal(json_integer_value(json_object_get(row, "count")), 12345678);
	assert_int_equal(json_integer_value(json_object_get(row, "at")), 12345678);
	assert_true(json_real_value(json_object_get(row, "rate")) == 1234567.8);
	assert_true(json_real_value(json_object_get(row, "share")) == 6172.839);
	json_decref(json);
	free(text);

	grid = (struct grid)GRID(columns);
	check(&grid, &look, "[]\n");
}

static void shows_the_columns_asked_for(void **state)
{
	struct look look = { .columns = "count,name" };
	struct grid grid = two();

	(void)state;
	check(&grid, &look, " COUNT NAME\n    15 web1\n 12.3M a-lon+\n");

	/* These are added to the usual columns. */
	look.columns = NULL;
	grid = two();
	grid.usual = "name,count";
	check(&grid, &look, "NAME    COUNT\nweb1       15\na-lon+  12.3M\n");
	look.columns = "+id";
	grid = two();
	grid.usual = "name,count";
	check(&grid, &look,
	      "NAME    COUNT       ID\nweb1       15       15\na-lon+  12.3M "
	      "12345678\n");
	look.columns = "+id,rest";
	look.format = FORMAT_CSV;
	grid = two();
	grid.usual = "name,count";
	check(&grid, &look,
	      "name,count,id,rest\nweb1,15,15,\"a b\"\na-long-name,12345678,"
	      "12345678,\n");
	/* Programs usually get all columns. */
	look.columns = NULL;
	grid = two();
	grid.usual = "name,count";
	check(&grid, &look,
	      "name,id,at,count,rate,time,share,rest\nweb1,15,15,15,1.500,15,0.007500,\"a b\"\n"
	      "a-long-name,12345678,12345678,12345678,1234567.800,12345678,6172.839000,\n");
	/* A column is shown twice if it is named twice. */
	look.columns = "id,id";
	grid = two();
	check(&grid, &look, "id,id\n15,15\n12345678,12345678\n");
}

static void refuse(struct look look, const char *which)
{
	struct grid grid = two();
	char want[200];
	char *said = shown(&grid, &look, STATUS_BAD);

	snprintf(want, sizeof(want),
		 "kvmstat: no column '%s' here; there are: name,id,at,count,rate,time,share,rest\n",
		 which);
	assert_string_equal(said, want);
	free(said);
}

static void says_which_columns_there_are(void **state)
{
	(void)state;
	refuse((struct look){ .columns = "nam" }, "nam");
	refuse((struct look){ .columns = "?" }, "?");
	refuse((struct look){ .columns = "" }, "");
	refuse((struct look){ .columns = "+" }, "");
	refuse((struct look){ .columns = "name,,id" }, "");
	refuse((struct look){ .columns = "name,names" }, "names");
	refuse((struct look){ .columns = "+NAME" }, "NAME");
	refuse((struct look){ .columns = "\033[31m" }, "\\x1b[31m");
	refuse((struct look){ .sort = "nam" }, "nam");
	refuse((struct look){ .sort = "" }, "");
	refuse((struct look){ .sort = "-" }, "");
	refuse((struct look){ .sort = "--id" }, "-id");
	refuse((struct look){ .sort = "id,name" }, "id,name");
}

static struct grid many(void)
{
	struct grid grid = GRID(columns);

	add(&grid, "b", 20, "1");
	add(&grid, "a", 100, "2");
	add(&grid, "c", 3, "3");
	add(&grid, "a", 20, "4");
	grid_row(&grid)[7] = cell_text("5");
	return grid;
}

/* Checks the column "rest", row by row. */
static void order(const char *sort, const char *want)
{
	struct look look = { .sort = sort, .columns = "rest", .format = FORMAT_CSV };
	struct grid grid = many();
	char *text = shown(&grid, &look, STATUS_OK), got[20] = "";

	for (char *c = text; *c; c++)
		if (*c >= '1' && *c <= '9')
			strncat(got, c, 1);
	assert_string_equal(got, want);
	free(text);
}

static void sorts(void **state)
{
	(void)state;
	order(NULL, "12345");
	/* Numbers go down, texts up. Equal rows keep their order. Unknown cells are the least. */
	order("count", "21435");
	order("-count", "53142");
	order("rate", "21435");
	order("share", "21435");
	order("-share", "53142");
	order("time", "21435");
	order("name", "52413");
	order("-name", "31245");
	order("rest", "12345");
	order("-rest", "54321");
}

static void skips_zeros(void **state)
{
	struct look look = { .columns = "rest", .format = FORMAT_CSV, .skip_zeros = true };
	struct grid grid = GRID(columns);
	struct cell *cell;

	(void)state;
	/* Names, ids, addresses and shares of nothing are not counts. */
	cell = grid_row(&grid);
	cell[1] = cell_number(5);
	cell[2] = cell_number(5);
	cell[6] = cell_share(0, 5);
	cell[7] = cell_text("zero");
	cell = grid_row(&grid);
	cell[3] = cell_number(1);
	cell[7] = cell_text("count");
	cell = grid_row(&grid);
	cell[4] = cell_rate(0.001);
	cell[7] = cell_text("rate");
	cell = grid_row(&grid);
	cell[3] = cell_number(0);
	cell[4] = cell_rate(0);
	cell[5] = cell_number(0);
	cell[7] = cell_text("zeros");
	cell = grid_row(&grid);
	cell[3] = cell_maybe(DETAIL_UNKNOWN);
	cell[5] = cell_maybe(DETAIL_UNKNOWN);
	cell[7] = cell_text("unknown");
	cell = grid_row(&grid);
	cell[5] = cell_number(1);
	cell[7] = cell_text("time");
	check(&grid, &look, "rest\ncount\nrate\ntime\n");
}

static void cuts_rows(void **state)
{
	struct look look = { .columns = "name,count" };
	struct grid grid = many();

	(void)state;
	grid_cut(&grid, 9);
	assert_int_equal(grid.nr, 5);
	grid_cut(&grid, 2);
	check(&grid, &look, "NAME    COUNT\nb          20\na         100\n");
	assert_null(grid.cell);
	assert_int_equal(grid.nr, 0);
}

/* Guests with the largest numbers that a file can hold, and other guests. */
static struct counts rows[] = {
	{ { 1, 2147483647, UINT64_MAX, 0, UINT64_MAX - 9, 9, UINT64_MAX, 0, UINT64_MAX, 0, 0,
	    UINT64_MAX, UINT64_MAX, 1, 2, 3, 4 } },
	{ { 2, 42, 1000, 0, 1000, 1000, 2000, 0, 100, 0, 0, 2, 5 } },
	{ { 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 } },
};

static void guests(uint32_t has, size_t nr, double seconds, const char *usual, const char *want)
{
	struct snapshot nothing = SNAPSHOT_EMPTY, now = { .guest = rows, .nr = nr, .has = has };
	struct grid grid = guests_grid(usual);
	struct look look = { 0 };
	struct choice choice = { 0 };
	struct thresholds thresholds;
	struct window window;
	struct delta delta;

	assert_int_equal(thresholds_load(&thresholds, "/dev/null"), STATUS_OK);
	window_open(&window, &choice);
	delta_compute(&delta, &nothing, &now, seconds);
	window_add(&window, &delta);
	guests_add_window(&grid, &window, &(struct moment){ .real_ns = 1795257015500000000 },
			  &thresholds);
	check(&grid, &look, want);
	delta_free(&delta);
	window_close(&window);
}

static const char totals[] = "name,pid,vcpus,exits,to_vmm,in_kernel,io_share,mmio_share";
static const char rates[] = "name,pid,vcpus,exits_s,to_vmm_s,io_s,mmio_s,in_kernel,io_share";
static const uint32_t all = (UINT32_C(1) << COL_NR) - 1;
static const uint32_t seven = (UINT32_C(1) << COL_NEEDED) - 1;

static void prints_totals(void **state)
{
	(void)state;
	guests(all, 3, 0, totals,
	       "NAME                     PID VCPUS        EXITS      TO-VMM IN-KERNEL%   IO% MMIO%\n"
	       "-                 2147483647 18.4E  18446744.1T           9      99.99 100.0 100.0\n"
	       "-                         42     2         2000        1000      50.00  50.0   5.0\n"
	       "(others)                   -     0            0           0          -     -     -\n");
}

/* All but the largest numbers fit a terminal of 80 columns. */
static void tables_fit_80_columns(void **state)
{
	(void)state;
	rows[0] = (struct counts){ { 1, 4194304, 99999, 0, 99999999999, 9, 99999999999 + 9, 0,
				     99999, 0, 0, 288, 65536, 1, 2, 3, 4 } };
	guests(all, 3, 0, totals,
	       "NAME                  PID VCPUS        EXITS      TO-VMM IN-KERNEL%   IO% MMIO%\n"
	       "-                 4194304   288 100000000008           9      99.99   0.0   0.0\n"
	       "-                      42     2         2000        1000      50.00  50.0   5.0\n"
	       "(others)                -     0            0           0          -     -     -\n");
	guests(all, 2, 0.5, rates,
	       "NAME                  PID VCPUS EXITS/s TO-VMM/s   IO/s MMIO/s IN-KERNEL%   IO%\n"
	       "-                 4194304   288  200.0G       18 199998 199998      99.99   0.0\n"
	       "-                      42     2    4000     2000   2000    200      50.00  50.0\n");
}

static void absent_columns_are_dashes(void **state)
{
	(void)state;
	rows[0] = rows[1];
	guests(seven, 1, 0, "name,pid,id,vcpus,exits,to_vmm,mmio,mmio_share,guest_ns,guest_share",
	       "NAME                  PID   ID VCPUS        EXITS      TO-VMM      MMIO MMIO%  "
	       "GUEST GUEST%\n"
	       "-                      42    -     -         2000        1000         -     -"
	       "      -      -\n");
	/* Without a time there are no rates. */
	guests(all, 1, 0, "name,exits_s,io_s,ready_ns,ready_share,vmm,cgroup,state,time",
	       "NAME              EXITS/s   IO/s  READY READY% RUN-BY      CGROUP STATE     TIME\n"
	       "-                       -      -      -      - -           -      running   "
	       "2026-11-21T10:30:15Z\n");
}

/* Each key occurs once, in small letters, and each column has a figure. */
static void every_column_is_filled(void **state)
{
	struct about about = {
		.name = "n", .vmm = "v", .cgroup = "/c", .has_ready = true, .ready_ns = 1
	};
	struct window_guest guest = { .key = { .id = 1, .pid = 2 }, .name = "n", .now = &about };
	struct delta_row row = { .state = DELTA_NEW, .now = &about };
	const struct delta delta = { .row = &row, .nr = 1, .has = all, .seconds = 1 };
	const struct moment at = { .real_ns = 1, .host = "h", .boot_id = "b" };
	const struct verdict verdict = { .bound = BOUND_IO };
	struct grid grid = guests_grid(NULL);

	(void)state;
	for (enum column c = 0; c < COL_NR; c++)
		row.diff.v[c] = c + 1;
	guest.last = row.last = row.diff;
	guests_add_delta(&grid, &guest, &delta, &row, &at);
	guests_judge(&grid, &verdict);
	for (size_t c = 0; c < grid.nr_columns; c++) {
		const char *key = grid.column[c].key;

		if (!grid.cell[c].known)
			fail_msg("%s is not known", key);
		assert_int_equal(strspn(key, "abcdefghijklmnopqrstuvwxyz_"), strlen(key));
		for (size_t d = 0; d < c; d++)
			assert_string_not_equal(key, grid.column[d].key);
	}
	assert_int_equal(counts_time(&row.diff),
			 row.diff.v[COL_guest_ns] + row.diff.v[COL_kernel_ns] +
				 row.diff.v[COL_user_ns] + row.diff.v[COL_halted_ns]);
	grid_free(&grid);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(prints_for_people),
	cmocka_unit_test(long_texts_are_whole_if_raw),
	cmocka_unit_test(what_is_not_known_is_a_dash),
	cmocka_unit_test(the_largest_numbers_fit),
	cmocka_unit_test(prints_csv),
	cmocka_unit_test(prints_json),
	cmocka_unit_test(shows_the_columns_asked_for),
	cmocka_unit_test(says_which_columns_there_are),
	cmocka_unit_test(sorts),
	cmocka_unit_test(skips_zeros),
	cmocka_unit_test(cuts_rows),
	cmocka_unit_test(prints_totals),
	cmocka_unit_test(tables_fit_80_columns),
	cmocka_unit_test(absent_columns_are_dashes),
	cmocka_unit_test(every_column_is_filled),
};

UNIT_MAIN(tests)
