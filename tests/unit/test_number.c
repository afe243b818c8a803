// SPDX-License-Identifier: GPL-2.0
/*
 * Tests that no number is wider than its column, and that none has digits that it does not know.
 */
#include "unit.h"

#include <string.h>

#include "text/number.h"

static void count(uint64_t number, int width, const char *want)
{
	char text[32];

	number_count(text, sizeof(text), number, width);
	assert_string_equal(text, want);
}

static void rate(double number, int width, const char *want)
{
	char text[32];

	number_rate(text, sizeof(text), number, width);
	assert_string_equal(text, want);
}

static void numbers_fit_their_column(void **state)
{
	(void)state;
	count(0, 6, "0");
	count(999999, 6, "999999");
	count(1000000, 6, "1.0M");
	count(1234567, 7, "1234567");
	count(12345678, 7, "12.3M");
	count(UINT64_MAX, 12, "18446744.1T");
	count(UINT64_MAX, 20, "18446744073709551615");
	rate(0, 6, "0");
	rate(0.25, 6, "0.2");
	rate(9.94, 6, "9.9");
	rate(9.96, 6, "10");
	rate(999999.4, 6, "999999");
	rate(999999.6, 6, "1.0M");
	rate(1.8446744073709552e20, 6, "184.5E");
	rate(-9.94, 6, "-9.9");
	rate(-999999.4, 6, "-1.0M");
}

/* Tries all powers of two and their neighbours in each width. */
static void no_count_is_wider_than_its_column(void **state)
{
	(void)state;
	for (int bit = 0; bit < 64; bit++)
		for (int off = -1; off <= 1; off++)
			for (int width = 6; width <= 20; width++) {
				const uint64_t number = (UINT64_C(1) << bit) + off;
				char text[32];

				number_count(text, sizeof(text), number, width);
				assert_in_range(strlen(text), 1, width);
				number_rate(text, sizeof(text), number, width);
				assert_in_range(strlen(text), 1, width);
			}
}

static void cuts_what_the_buffer_cannot_hold(void **state)
{
	char text[4];

	(void)state;
	number_count(text, sizeof(text), UINT64_MAX, 20);
	assert_string_equal(text, "184");
	number_time(text, sizeof(text), UINT64_MAX);
	assert_string_equal(text, "213");
}

static void time_is(uint64_t ns, const char *want)
{
	char text[32];

	number_time(text, sizeof(text), ns);
	assert_string_equal(text, want);
}

static void says_times_as_people_do(void **state)
{
	(void)state;
	time_is(0, "0");
	time_is(1, "1ns");
	time_is(999, "999ns");
	time_is(1000, "1.0us");
	time_is(8400000, "8.4ms");
	time_is(99940, "99.9us");
	time_is(99960, "100us");
	time_is(999499, "999us");
	time_is(999500, "1.0ms");
	time_is(999499999, "999ms");
	time_is(999500000, "1.0s");
	time_is(27600000000, "27.6s");
	time_is(599999999999, "600s");
	time_is(600000000000, "0h10m");
	time_is(11100000000000, "3h05m");
	time_is(359999999999999, "99h59m");
	time_is(360000000000000, "4d04h");
	time_is(UINT64_MAX, "213503d23h");
}

static void bytes_are(uint64_t bytes, const char *want)
{
	char text[32];

	number_bytes(text, sizeof(text), bytes);
	assert_string_equal(text, want);
}

static void says_bytes_as_people_do(void **state)
{
	(void)state;
	bytes_are(0, "0");
	bytes_are(1023, "1023");
	bytes_are(1024, "1.0K");
	bytes_are(102348, "99.9K");
	bytes_are(102400, "100K");
	bytes_are(1048063, "1023K");
	bytes_are(1048064, "1.0M");
	bytes_are(27 << 20, "27.0M");
	bytes_are(UINT64_MAX, "16.0E");
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(numbers_fit_their_column),
	cmocka_unit_test(no_count_is_wider_than_its_column),
	cmocka_unit_test(cuts_what_the_buffer_cannot_hold),
	cmocka_unit_test(says_times_as_people_do),
	cmocka_unit_test(says_bytes_as_people_do),
};

UNIT_MAIN(tests)
