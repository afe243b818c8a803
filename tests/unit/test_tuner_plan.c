// SPDX-License-Identifier: GPL-2.0
/*
 * Tests what a trial shows, sets of CPUs, and what is read of a plan.
 */
#define _GNU_SOURCE
#include "unit.h"

#include <math.h>
#include <string.h>

#include "action/cpus.h"
#include "data/delta.h"
#include "plan/plan.h"
#include "plan/trial.h"

/* Computed by other means: all signs, all averages of pairs, the tables of Wilcoxon's test. */
static void computes_effects(void **state)
{
	static const struct {
		size_t nr;
		double difference[10];
		double effect, low, high, p;
	} cases[] = {
		{ 8, { 1, 2, 3, 4, 5, 6, 7, 8 }, 4.5, 2, 7, 2.0 / 256 },
		{ 8, { -1, 2, -3, 4, -5, 6, -7, 8 }, 0.5, -5, 6, 0.84375 },
		{ 8, { 5, -1, 2, 3, 2.5, 4, 1, -0.5 }, 2, 0, 4, 0.046875 },
		{ 8, { 0 }, 0, 0, 0, 1 },
		{ 6, { 1, 1, 1, 1, 1, 1 }, 1, 1, 1, 2.0 / 64 },
		{ 10,
		  { 0.5, 1.2, -0.3, 2.2, 0.9, 1.1, -0.1, 0.4, 3, 1.5 },
		  1,
		  0.4,
		  1.75,
		  0.009765625 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct effect e = statistics_effect(cases[i].difference, cases[i].nr);

		assert_true(fabs(e.difference - cases[i].effect) < 1e-9);
		assert_true(fabs(e.low - cases[i].low) < 1e-9);
		assert_true(fabs(e.high - cases[i].high) < 1e-9);
		assert_true(fabs(e.p - cases[i].p) < 1e-9);
	}
}

static void shows_what_is_more_than_chance(void **state)
{
	struct trial trial = { .rounds = 8 };
	struct outcome_of o;

	(void)state;
	for (size_t i = 0; i < 8; i++) {
		const double drift = 3.0 * i, noise = i % 2 ? 0.5 : -0.5;

		trial.off[i].guest[FIGURE_GUEST] = 40 + drift;
		trial.on[i].guest[FIGURE_GUEST] = 50 + drift + noise;
		trial.off[i].guest[FIGURE_READY] = 20 + noise;
		trial.on[i].guest[FIGURE_READY] = 20;
		trial.off[i].others[FIGURE_GUEST] = 60;
		trial.on[i].others[FIGURE_GUEST] = 51 - noise;
	}
	o = trial_outcome(&trial, FIGURE_GUEST, false);
	assert_true(o.shown);
	assert_true(o.off == 50.5 && fabs(o.effect.difference - 10) < 1e-9);
	assert_true(o.effect.low == 9.5 && o.effect.high == 10.5);
	assert_true(o.effect.p == 2.0 / 256);
	o = trial_outcome(&trial, FIGURE_READY, false);
	assert_false(o.shown);
	assert_true(o.effect.p == 1);
	o = trial_outcome(&trial, FIGURE_GUEST, true);
	assert_true(o.shown);
	assert_true(fabs(o.effect.difference + 9) < 1e-9);
}

/* The guest and all others, in a window of two seconds. */
static void samples_a_window(void **state)
{
	const struct choice all = { 0 };
	struct counts was[3] = { 0 }, now[3] = { 0 };
	struct snapshot before = { .guest = was, .nr = 3, .has = UINT32_MAX };
	struct snapshot after = { .guest = now, .nr = 3, .has = UINT32_MAX };
	struct window window;
	struct sample sample;
	struct delta delta;

	(void)state;
	for (uint64_t i = 0; i < 3; i++) {
		was[i].v[COL_pid] = now[i].v[COL_pid] = 100 + i;
		was[i].v[COL_id] = now[i].v[COL_id] = 1 + i;
		was[i].v[COL_guest_ns] = 5000000000;
		now[i].v[COL_guest_ns] = 5000000000 + (i + 1) * 1000000000;
		now[i].v[COL_exits] = 1000 * (i + 1);
		now[i].v[COL_fault_num] = 10;
	}
	window_open(&window, &all);
	delta_compute(&delta, &before, &before, 0);
	window_add(&window, &delta);
	delta_free(&delta);
	delta_compute(&delta, &before, &after, 2);
	window_add(&window, &delta);
	delta_free(&delta);
	trial_sample(&sample, &window, 101);
	window_close(&window);
	assert_true(fabs(sample.guest[FIGURE_GUEST] - 100) < 1e-9);
	assert_true(fabs(sample.guest[FIGURE_EXITS] - 1000) < 1e-9);
	assert_true(fabs(sample.guest[FIGURE_FAULTS] - 5) < 1e-9);
	assert_true(fabs(sample.others[FIGURE_GUEST] - 200) < 1e-9);
	assert_true(fabs(sample.others[FIGURE_EXITS] - 1000) < 1e-9);
}

static void knows_sets_of_cpus(void **state)
{
	struct cpus a, b, rest;
	char *text;

	(void)state;
	assert_true(cpus_parse(&a, "0-3,64-66,8191\n"));
	assert_true(cpus_parse(&b, "2-64"));
	assert_int_equal(cpus_count(&a), 8);
	assert_true(cpus_minus(&rest, &a, &b));
	text = cpus_text(&rest);
	assert_string_equal(text, "0-1,65-66,8191");
	free(text);
	assert_true(cpus_common(&rest, &a, &b));
	text = cpus_text(&rest);
	assert_string_equal(text, "2-3,64");
	free(text);
	assert_false(cpus_minus(&rest, &rest, &b));
	assert_int_equal(cpus_next(&rest, 0), CPUS_MAX);
	assert_false(cpus_parse(&a, "1\n\n"));
}

static void reads_a_plan_again(void **state)
{
	static const char *const bad[] = {
		"{}",
		"[1]",
		"[{}]",
		"[{\"guest\":\"a\",\"why\":\"b\",\"words\":1}]",
		"[{\"guest\":\"a\",\"why\":\"b\",\"words\":[\"1\",\"2\",\"3\",\"4\",\"5\",\"6\",\"7\",\"8\"]}]",
	};
	json_t *json = json_loads(
		"[{\"guest\":\"a b\",\"why\":\"because\",\"words\":[\"set\",\"a b\",\"nice=1\"]},"
		"{\"guest\":\"\",\"why\":\"hint\",\"words\":[]}]",
		0, NULL);
	struct plan plan;
	char *command;

	(void)state;
	assert_true(plan_read(&plan, json));
	json_decref(json);
	assert_int_equal(plan.nr, 2);
	assert_true(plan_is_action(&plan.step[0]));
	assert_false(plan_is_action(&plan.step[1]));
	command = plan_command(&plan.step[0]);
	assert_string_equal(command, "set 'a b' nice=1");
	free(command);
	plan_free(&plan);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		json = json_loads(bad[i], 0, NULL);
		assert_non_null(json);
		assert_false(plan_read(&plan, json));
		assert_null(plan.step);
		json_decref(json);
	}
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(computes_effects),   cmocka_unit_test(shows_what_is_more_than_chance),
	cmocka_unit_test(samples_a_window),   cmocka_unit_test(knows_sets_of_cpus),
	cmocka_unit_test(reads_a_plan_again),
};

UNIT_MAIN(tests)
