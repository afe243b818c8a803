// SPDX-License-Identifier: GPL-2.0
/*
 * Tests which guest the user means.
 */
#include "unit.h"

#include "data/window.h"

static bool means(const char *text, uint64_t pid, const char *name)
{
	const struct choice choice = { .guest = text, .pid = pid };

	return choice_means(&choice, &(struct guest_key){ .id = 7, .pid = 42 }, name);
}

static void finds_by_name_pid_or_id(void **state)
{
	(void)state;
	assert_true(means(NULL, 0, "web1"));
	assert_true(means("web1", 0, "web1"));
	assert_true(means("42", 0, "web1"));
	assert_true(means("7", 0, "web1"));
	assert_true(means("name:web1", 0, "web1"));
	assert_true(means("pid:42", 0, "web1"));
	assert_true(means("id:7", 0, "web1"));
	assert_true(means("web1", 42, "web1"));
	assert_false(means("web1", 43, "web1"));
	assert_false(means("web", 0, "web1"));
	assert_false(means("WEB1", 0, "web1"));
	assert_false(means("web11", 0, "web1"));
	assert_false(means("", 0, "web1"));
	assert_false(means("name:", 0, "web1"));
	assert_false(means("pid:7", 0, "web1"));
	assert_false(means("id:42", 0, "web1"));
	assert_false(means("id:", 0, "web1"));
	assert_false(means("pid:42x", 0, "web1"));
	assert_false(means("-7", 0, "web1"));
	assert_false(means("+7", 0, "web1"));
	assert_false(means(" 7", 0, "web1"));
	assert_false(means("0x7", 0, "web1"));
	/* A number of more than 64 bits is no pid or id. */
	assert_false(means("18446744073709551623", 0, "web1"));
}

/* A name can look like a pid, or begin with a prefix. */
static void a_name_is_a_name_first(void **state)
{
	(void)state;
	assert_true(means("name:42", 0, "42"));
	assert_true(means("99", 0, "99"));
	assert_false(means("pid:99", 0, "99"));
	assert_true(means("name:id:7", 0, "id:7"));
	/* A prefix always means what it says. */
	assert_false(means("pid:99", 0, "pid:99"));
	assert_false(means("id:3", 0, "id:3"));
	assert_false(means("name:web1", 0, "name:web1"));
}

/* A name matches as it is shown, and as the VMM was given it. */
static void finds_hostile_names(void **state)
{
	(void)state;
	assert_true(means("\033[31mred\n", 0, "\\x1b[31mred\\x0a"));
	assert_true(means("\\x1b[31mred\\x0a", 0, "\\x1b[31mred\\x0a"));
	assert_true(means("name:a\\b", 0, "a\\x5cb"));
	assert_true(means("name:a\\x5cb", 0, "a\\x5cb"));
	assert_false(means("a", 0, "a\\x0a"));
}

static struct window_guest three[] = {
	{ .key = { .id = 1, .pid = 5 }, .name = "web", .chosen = true },
	{ .key = { .id = 2, .pid = 5 }, .name = "we\\x1b", .chosen = true },
	{ .key = { .id = 3, .pid = 6 }, .name = "web", .chosen = true },
};

/* Checks the first @nr guests. window_check() must say @text. */
static void check(size_t nr, struct choice choice, bool named, bool one, enum status status,
		  const char *text)
{
	struct window_guest *guests[] = { &three[0], &three[1], &three[2] };
	struct window window = { .guest = guests, .nr = nr, .choice = &choice, .named = named };
	char *said;
	size_t len;
	FILE *err = open_memstream(&said, &len);

	assert_int_equal(window_check(&window, one, err), status);
	fclose(err);
	assert_string_equal(said, text);
	free(said);
}

#define SEVERAL "kvmstat: several guests match; choose one by its id:\n"
#define NONE "kvmstat: no such guest; see 'kvmstat list'\n"

static void lists_what_it_could_be(void **state)
{
	const struct choice web = { .guest = "web" }, five = { .pid = 5 }, all = { 0 };

	(void)state;
	check(3, all, true, false, STATUS_OK, "");
	check(0, all, true, false, STATUS_OK, "");
	check(1, web, true, true, STATUS_OK, "");
	/* The VMs of one process can be shown together. */
	check(2, five, true, false, STATUS_OK, "");
	check(2, five, true, true, STATUS_BAD,
	      SEVERAL "  id:1\tpid:5\tweb\n  id:2\tpid:5\twe\\x1b\n");
	check(3, web, true, false, STATUS_BAD,
	      SEVERAL "  id:1\tpid:5\tweb\n  id:2\tpid:5\twe\\x1b\n  id:3\tpid:6\tweb\n");
	three[1].chosen = false;
	check(3, web, true, false, STATUS_BAD, SEVERAL "  id:1\tpid:5\tweb\n  id:3\tpid:6\tweb\n");
	three[1].chosen = true;
}

static void says_that_there_is_none(void **state)
{
	const struct choice web = { .guest = "web" }, five = { .pid = 5 };

	(void)state;
	check(0, web, true, false, STATUS_NO_DATA, NONE);
	check(0, five, false, true, STATUS_NO_DATA, NONE);
	check(0, web, false, false, STATUS_NO_DATA,
	      NONE "kvmstat: a copy of /proc/kvminfo has no names; choose by pid or id\n");
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(finds_by_name_pid_or_id), cmocka_unit_test(a_name_is_a_name_first),
	cmocka_unit_test(finds_hostile_names),	   cmocka_unit_test(lists_what_it_could_be),
	cmocka_unit_test(says_that_there_is_none),
};

UNIT_MAIN(tests)
