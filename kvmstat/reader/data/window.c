// SPDX-License-Identifier: GPL-2.0
/*
 * Adds up the differences of each guest over all intervals.
 */
#define _GNU_SOURCE
#include "data/window.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "data/memory.h"

void window_open(struct window *window, const struct choice *choice)
{
	*window = (struct window){ .has = UINT32_MAX, .choice = choice, .host_peak = -1 };
}

static struct window_guest *follow(struct window *window, const struct delta_row *row)
{
	struct window_guest *guest = xcalloc(1, sizeof(*guest));

	window->guest = xgrow(window->guest, window->nr, sizeof(*window->guest));
	guest->key = row->key;
	guest->was = about_get(row->was);
	window->guest[window->nr++] = guest;
	keyed_add(&window->tree, guest);
	strcpy(guest->name, counts_are_others(&row->last) ? "(others)" : "-");
	return guest;
}

static void learn(struct window *window, struct window_guest *guest, const struct delta_row *row)
{
	const bool unknown = !strcmp(guest->name, "-") || !strcmp(guest->name, "?");

	/* A guest that was gone and is here again also begins at zero. */
	if (row->state == DELTA_RESTARTED || row->state == DELTA_NEW) {
		about_put(guest->was);
		guest->was = NULL;
	}
	if (!row->now)
		return;
	window->named = true;
	if (unknown)
		strcpy(guest->name, row->now->name);
	about_put(guest->now);
	guest->now = about_get(row->now);
}

static void learn_host(struct window *window, const struct delta *delta)
{
	struct detail diff;
	const struct host *host;

	if (!delta->host_now)
		return;
	/* A delta from itself begins anew, as after a boot; or it is read from now on. */
	if (!window->host_now || !delta->host_was || delta->host_was == delta->host_now) {
		about_put(window->host_was);
		window->host_was = about_get(
			delta->host_was || delta->seconds <= 0 ? delta->host_was : delta->host_now);
		window->host_peak = -1;
		window->host_seconds = 0;
	}
	window->host_seconds += delta->seconds;
	about_put(window->host_now);
	window->host_now = about_get(delta->host_now);
	if (!delta->host_was || delta->seconds <= 0)
		return;
	detail_subtract(&diff, &delta->host_was->detail, &delta->host_now->detail);
	detail_for_each(host, &diff, TABLE_HOST) {
		const double all = (double)host->busy_ns + host->idle_ns + host->steal_ns;

		if (host->busy_ns != DETAIL_UNKNOWN && all > 0 &&
		    host->busy_ns / all > window->host_peak)
			window->host_peak = host->busy_ns / all;
	}
	detail_free(&diff);
}

void window_add(struct window *window, const struct delta *delta)
{
	window->has &= delta->has;
	window->seconds += delta->seconds;
	learn_host(window, delta);
	for (size_t i = 0; i < delta->nr; i++) {
		const struct delta_row *row = &delta->row[i];
		struct window_guest *guest;
		uint64_t *sum;

		guest = (struct window_guest *)window_find(window, &row->key);
		if (!guest && window->nr == WINDOW_MAX_GUESTS) {
			window->missed += row->state == DELTA_NEW;
			continue;
		}
		if (!guest)
			guest = follow(window, row);
		learn(window, guest, row);
		guest->chosen = choice_means(window->choice, &guest->key, guest->name);
		guest->last = row->last;
		if (row->state == DELTA_ENDED)
			guest->ended_at = window->seconds;
		guest->ended = row->state == DELTA_ENDED;
		guest->restarted |= row->state == DELTA_RESTARTED;
		guest->seconds += guest->ended ? 0 : delta->seconds;
		sum = guest->sum.v;
		for (enum column c = 0; c < COL_NR; c++)
			sum[c] += row->diff.v[c];
		/* The sum would count exits twice whose handling spans two intervals. */
		sum[COL_kvm_vm_switch_num] = sum[COL_exits] > sum[COL_kvm_qemu_switch_num] ?
						     sum[COL_exits] - sum[COL_kvm_qemu_switch_num] :
						     0;
	}
}

static void forget(void *node)
{
	struct window_guest *guest = node;

	about_put(guest->was);
	about_put(guest->now);
	free(guest);
}

static int compare_times(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/*
 * Computes which guests that ended are too many: all that ended before *@last, and *@ties of
 * those that ended then.
 */
static void too_many(const struct window *window, double *last, size_t *ties)
{
	double *at = xcalloc(window->nr + 1, sizeof(*at));
	size_t ended = 0, limit;

	for (size_t i = 0; i < window->nr; i++)
		if (window->guest[i]->ended)
			at[ended++] = window->guest[i]->ended_at;
	limit = window->nr - ended + WINDOW_ENDED;
	*last = -1;
	*ties = 0;
	if (ended > limit) {
		qsort(at, ended, sizeof(*at), compare_times);
		*last = at[ended - limit - 1];
		for (size_t i = 0; i < ended - limit; i++)
			*ties += at[i] == *last;
	}
	free(at);
}

void window_forget(struct window *window, double seconds, const struct guest_key *keep,
		   void (*gone)(void *data, const struct guest_key *key), void *data)
{
	size_t kept = 0, ties;
	double last;

	too_many(window, &last, &ties);
	for (size_t i = 0; i < window->nr; i++) {
		struct window_guest *guest = window->guest[i];
		bool goes = guest->ended && !(keep && !guest_key_compare(&guest->key, keep));

		if (goes && window->seconds - guest->ended_at <= seconds) {
			goes = guest->ended_at < last || (guest->ended_at == last && ties);
			ties -= goes && guest->ended_at == last;
		}
		if (!goes) {
			window->guest[kept++] = guest;
			continue;
		}
		if (gone)
			gone(data, &guest->key);
		forget(keyed_take(&window->tree, &guest->key));
		window->forgotten++;
	}
	window->nr = kept;
}

const struct window_guest *window_find(const struct window *window, const struct guest_key *key)
{
	return keyed_find(&window->tree, key);
}

const struct window_guest *window_chosen(const struct window *window)
{
	for (size_t i = 0; i < window->nr; i++)
		if (window->guest[i]->chosen)
			return window->guest[i];
	return NULL;
}

bool window_guest_is_others(const struct window_guest *guest)
{
	return counts_are_others(&guest->last);
}

void window_detail(const struct window_guest *guest, struct detail *diff)
{
	static const struct detail nothing;

	detail_subtract(diff, guest->was ? &guest->was->detail : NULL,
			guest->now ? &guest->now->detail : &nothing);
}

void window_host(const struct window *window, struct detail *diff)
{
	static const struct detail nothing;

	detail_subtract(diff, window->host_was ? &window->host_was->detail : NULL,
			window->host_now ? &window->host_now->detail : &nothing);
}

static void list_chosen(const struct window *window, FILE *err)
{
	char shown[NAME_SHOWN_SIZE];

	for (size_t i = 0; i < window->nr; i++) {
		const struct window_guest *guest = window->guest[i];

		if (!guest->chosen)
			continue;
		name_show(shown, guest->name, NAME_SIZE);
		fprintf(err, "  id:%" PRIu64 "\tpid:%" PRIu64 "\t%s\n", guest->key.id,
			guest->key.pid, shown);
	}
}

void window_warn(const struct window *window, FILE *err)
{
	if (window->missed)
		fprintf(err, "%s: %zu more guests came than the %d that can be followed\n",
			status_program, window->missed, WINDOW_MAX_GUESTS);
}

enum status window_check(const struct window *window, bool one, FILE *err)
{
	const struct choice *choice = window->choice;
	const struct window_guest *first = NULL;

	window_warn(window, err);
	if (!choice->pid && !choice->guest)
		return STATUS_OK;
	for (size_t i = 0; i < window->nr; i++) {
		const struct window_guest *guest = window->guest[i];

		if (!guest->chosen)
			continue;
		if (first && first->key.boot == guest->key.boot &&
		    (one || guest->key.pid != first->key.pid)) {
			fprintf(err, "%s: several guests match; choose one by its id:\n",
				status_program);
			list_chosen(window, err);
			return STATUS_BAD;
		}
		first = guest;
	}
	if (first)
		return STATUS_OK;
	fprintf(err, "%s: no such guest; see 'kvmstat list'\n", status_program);
	if (!window->named && choice->guest)
		fprintf(err,
			"%s: a copy of /proc/" KVMSTAT_PROC_NAME " has no names; choose "
			"by pid or id\n",
			status_program);
	return STATUS_NO_DATA;
}

void window_close(struct window *window)
{
	keyed_free(&window->tree, forget);
	about_put(window->host_was);
	about_put(window->host_now);
	free(window->guest);
	*window = (struct window){ 0 };
}
