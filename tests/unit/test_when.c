// SPDX-License-Identifier: GPL-2.0
/*
 * Tests the times that people give to --from and --to.
 */
#include "unit.h"

#include <string.h>
#include <time.h>

#include "data/when.h"

#define SECOND INT64_C(1000000000)

/* The recording starts at 2026-11-21 10:30:15.5 UTC. */
#define FIRST (INT64_C(1795257015) * SECOND + SECOND / 2)
#define MIDNIGHT (INT64_C(1795219200) * SECOND)

static void zone(const char *name)
{
	setenv("TZ", name, 1);
	tzset();
}

static void is(const char *text, int64_t want)
{
	int64_t ns = 42;

	if (!when_parse(text, FIRST, &ns))
		fail_msg("'%s' is refused", text);
	if (ns != want)
		fail_msg("'%s' is %jd, not %jd", text, (intmax_t)ns, (intmax_t)want);
}

static void takes_the_time_of_day(void **state)
{
	(void)state;
	zone("UTC");
	is("14:00", MIDNIGHT + 14 * 3600 * SECOND);
	is("14:00:30", MIDNIGHT + (14 * 3600 + 30) * SECOND);
	is("00:00", MIDNIGHT + 86400 * SECOND);
	/* The first such time that is not over: the start is at 10:30:15.5. */
	is("10:30", MIDNIGHT + (10 * 3600 + 30 * 60) * SECOND);
	is("10:30:15", MIDNIGHT + (10 * 3600 + 30 * 60 + 15) * SECOND);
	is("10:30:14", MIDNIGHT + (34 * 3600 + 30 * 60 + 14) * SECOND);
	is("10:29", MIDNIGHT + (34 * 3600 + 29 * 60) * SECOND);
	/* As --rates prints it, in whatever zone. */
	is("2026-11-21T14:00:30Z", MIDNIGHT + (14 * 3600 + 30) * SECOND);
	is("2026-11-21", MIDNIGHT);
	is("2026-11-21 14:00", MIDNIGHT + 14 * 3600 * SECOND);
	is("2026-11-21 14:00:30", MIDNIGHT + (14 * 3600 + 30) * SECOND);
	is("2026-11-21T14:00:30", MIDNIGHT + (14 * 3600 + 30) * SECOND);
	is("2026-11-22 00:00", MIDNIGHT + 86400 * SECOND);
	is("1970-01-01", 0);
}

static void takes_local_time(void **state)
{
	(void)state;
	/* The day is local. It is 18:30 of the same day here, and 23:30 of the day before there. */
	zone("XXX-8");
	is("14:00", MIDNIGHT + 30 * 3600 * SECOND);
	is("19:00", MIDNIGHT + 11 * 3600 * SECOND);
	is("2026-11-21T14:00:30Z", MIDNIGHT + (14 * 3600 + 30) * SECOND);
	zone("XXX11");
	is("14:00", MIDNIGHT + 25 * 3600 * SECOND);
	/* Summer time is that of the day in the text, not of the recording. */
	zone("CET-1CEST,M3.5.0,M10.5.0/3");
	is("2026-11-21 01:00", MIDNIGHT);
	is("2026-07-01 02:00", INT64_C(1782864000) * SECOND);
	zone("UTC");
}

static void takes_what_comes_after_the_start(void **state)
{
	(void)state;
	is("+90s", FIRST + 90 * SECOND);
	is("+90", FIRST + 90 * SECOND);
	is("+5m", FIRST + 300 * SECOND);
	is("+2h", FIRST + 7200 * SECOND);
	is("+0", FIRST);
	is("+0.5s", FIRST + SECOND / 2);
	is("+1.5h", FIRST + 5400 * SECOND);
}

static void takes_seconds_since_1970(void **state)
{
	(void)state;
	is("@0", 0);
	is("@1795257015", INT64_C(1795257015) * SECOND);
	is("@12.25", 12 * SECOND + SECOND / 4);
}

static void refuses_all_else(void **state)
{
	static const char *const bad[] = {
		"",
		"now",
		"14",
		"25:00",
		"14:60",
		"14:00x",
		"14:00:30.5",
		"x14:00",
		"+",
		"+s",
		"+-5s",
		"+5d",
		"+5 s",
		"+1e3",
		"+0x10",
		"+nan",
		"+inf",
		"+5ss",
		"+5sm",
		"+1.2.3",
		"+.",
		"++5",
		"@",
		"@-1",
		"@1s",
		"@+1",
		"@1e9",
		"@ 1",
		"2026-13-01",
		"2026-02-30 x",
		"21.11.2026",
		"2026-11-21 ",
		"2026-11-21  ",
		"2026-11-21 14",
		"+99999999999999999999h",
		"@99999999999",
		"14:00 2026-11-21",
	};
	int64_t ns;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		if (when_parse(bad[i], FIRST, &ns))
			fail_msg("'%s' is taken", bad[i]);
}

/* 64 bits of nanoseconds end in 2262. */
static void the_end_of_time_is_its_end(void **state)
{
	int64_t ns;

	(void)state;
	is("9999-12-31", INT64_MAX);
	is("2263-01-01 00:00", INT64_MAX);
	is("0001-01-01", INT64_MIN);
	assert_true(when_parse("+1s", INT64_MAX, &ns));
	assert_true(ns == INT64_MAX);
	assert_true(when_parse("14:00", INT64_MAX, &ns));
	assert_true(when_parse("14:00", INT64_MIN, &ns));
}

static void writes_local_time(void **state)
{
	char text[32], little[8];

	(void)state;
	when_format(text, sizeof(text), FIRST);
	assert_string_equal(text, "2026-11-21 10:30:15");
	zone("XXX-8");
	when_format(text, sizeof(text), FIRST);
	assert_string_equal(text, "2026-11-21 18:30:15");
	zone("UTC");
	when_format(text, sizeof(text), 0);
	assert_string_equal(text, "?");
	when_format(text, sizeof(text), INT64_MAX);
	assert_string_equal(text, "2262-04-11 23:47:16");
	when_format(text, sizeof(text), INT64_MIN);
	assert_int_equal(strlen(text), 19);
	when_format(little, sizeof(little), FIRST);
	assert_string_equal(little, "?");
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(takes_the_time_of_day),
	cmocka_unit_test(takes_local_time),
	cmocka_unit_test(takes_what_comes_after_the_start),
	cmocka_unit_test(takes_seconds_since_1970),
	cmocka_unit_test(refuses_all_else),
	cmocka_unit_test(the_end_of_time_is_its_end),
	cmocka_unit_test(writes_local_time),
};

UNIT_MAIN(tests)
