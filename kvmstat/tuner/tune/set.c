// SPDX-License-Identifier: GPL-2.0
/*
 * kvmtune set and kvmtune bind.
 */
#define _GNU_SOURCE
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "action/cpuset.h"
#include "data/memory.h"
#include "tune/work.h"

/* What the command line asks for, by setting; NULL: nothing. */
struct values {
	char *value[SETTING_NR];
};

static void free_values(struct values *values)
{
	for (enum setting setting = 0; setting < SETTING_NR; setting++)
		free(values->value[setting]);
}

static enum status bad(const char *format, const char *what)
{
	fprintf(stderr, "%s: ", status_program);
	fprintf(stderr, format, what);
	fputc('\n', stderr);
	return STATUS_BAD;
}

/* Parses "name=value". The policy waits for its priority. */
static enum status parse_setting(const char *text, struct values *values, const char **policy,
				 const char **priority)
{
	const size_t len = strcspn(text, "=");
	const enum setting setting = subject_find_setting(text, len);
	char why[SETTING_WHY];

	if (!text[len])
		return bad("a setting is NAME=VALUE: '%s'", text);
	if (len == 8 && !memcmp(text, "priority", 8)) {
		*priority = text + len + 1;
		return STATUS_OK;
	}
	if (setting > SETTING_WEIGHT)
		return bad(
			"there is no setting '%s'; there are nice, policy, priority, slice, cpus, weight",
			text);
	if (setting == SETTING_POLICY) {
		*policy = text + len + 1;
		return STATUS_OK;
	}
	if (values->value[setting])
		return bad("%s is there twice", subject_setting_name(setting));
	values->value[setting] = setting_parse(setting, text + len + 1, why);
	return values->value[setting] ? STATUS_OK : bad("%s", why);
}

static enum status parse_values(const struct orders *orders, struct values *values)
{
	const char *policy = NULL, *priority = NULL;
	enum status status = STATUS_OK;
	char why[SETTING_WHY], *text;

	for (size_t i = 1; i < orders->nr && !status; i++)
		status = parse_setting(orders->argument[i], values, &policy, &priority);
	if (status || (!policy && !priority))
		return status;
	if (values->value[SETTING_SLICE] && policy &&
	    (!strcmp(policy, "rr") || !strcmp(policy, "fifo")))
		return bad("a thread with the policy %s has no slice", policy);
	text = xasprintf("%s%s%s", policy ?: "rr", priority ? ":" : "", priority ?: "");
	values->value[SETTING_POLICY] = setting_parse(SETTING_POLICY, text, why);
	free(text);
	return values->value[SETTING_POLICY] ? STATUS_OK : bad("%s", why);
}

/* Nice values compare within a cgroup only. */
static bool is_felt(const struct work *work)
{
	if (target_has_autogroup(&work->target))
		fprintf(stderr,
			"%s: %s: nice counts within its session only, as "
			"kernel.sched_autogroup_enabled is 1\n",
			status_program, work->target.guest);
	if (work->role || !target_is_alone(&work->target))
		return true;
	fprintf(stderr,
		"%s: %s: nice is refused: it counts within a cgroup only, and nothing else is in "
		"%s; weight= counts against other guests\n",
		status_program, work->target.guest, work->target.path);
	return false;
}

/* A thread that becomes a real-time one loses its slice, so that is a change of its own. */
static void wish_slice_away(struct work *work, const struct subject *subject, const char *policy)
{
	char why[SETTING_WHY], *slice;

	if (!policy || !strchr(policy, ':'))
		return;
	slice = setting_read(subject, SETTING_SLICE, why);
	if (slice)
		work_wish(work, subject, SETTING_SLICE, "usual");
	free(slice);
}

/*
 * libvirt pins its emulator as a whole, for which the main thread stands. It does not know threads
 * of the kernel such as kvm-pit.
 */
static bool is_left_to_main(const struct work *work, const struct thread *thread)
{
	return work->target.owner == MANAGER_LIBVIRT && thread->tid != work->target.pid &&
	       !target_means("vcpu", thread) && !target_means("io", thread) &&
	       !(target_means("vhost", thread) && work->orders->vhost);
}

/* The main thread is the first, so that those that it makes meanwhile are like it. */
static size_t wish_threads(struct work *work, const struct values *values)
{
	size_t threads = 0;

	for (int others = 0; others < 2; others++) {
		const struct thread *thread;

		detail_for_each(thread, work->target.detail, TABLE_THREADS) {
			const struct subject subject = target_thread(&work->target, thread);

			if ((thread->tid != work->target.pid) != others ||
			    !target_means(work->role, thread))
				continue;
			threads++;
			if (!work->role && values->value[SETTING_CPUS] &&
			    is_left_to_main(work, thread))
				continue;
			if (!values->value[SETTING_SLICE])
				wish_slice_away(work, &subject, values->value[SETTING_POLICY]);
			for (enum setting setting = SETTING_THREAD_NR; setting--;)
				if (values->value[setting])
					work_wish(work, &subject, setting, values->value[setting]);
		}
	}
	return threads;
}

static enum status wish_weight(struct work *work, const char *value, struct subject *subject)
{
	char why[TARGET_WHY];

	if (work->role)
		return bad("a weight is the whole guest's, not that of its role '%s'", work->role);
	if (!target_weight(&work->target, subject, why)) {
		fprintf(stderr, "%s: %s: weight is refused: %s\n", status_program,
			work->target.guest, why);
		return STATUS_NO_DATA;
	}
	work_wish(work, subject, SETTING_WEIGHT, value);
	return STATUS_OK;
}

static enum status no_threads(const struct work *work)
{
	fprintf(stderr, "%s: %s has no thread of the role '%s'\n", status_program,
		work->target.guest, work->role);
	return STATUS_NO_DATA;
}

enum status run_set(const struct orders *orders)
{
	struct values values = { 0 };
	struct subject weighed = { .file = NULL };
	struct work work = { 0 };
	enum status status = parse_values(orders, &values);

	if (!status)
		status = work_begin(&work, orders) ?: work_find(&work);
	if (!status && values.value[SETTING_NICE] && !is_felt(&work))
		status = STATUS_NO_DATA;
	if (!status && values.value[SETTING_WEIGHT])
		status = wish_weight(&work, values.value[SETTING_WEIGHT], &weighed);
	if (!status && !wish_threads(&work, &values))
		status = no_threads(&work);
	if (!status)
		status = work_do(&work);
	if (weighed.file && *weighed.file)
		free((char *)weighed.file);
	work_end(&work);
	free_values(&values);
	return status;
}

/* The lists of bind, as the user gave them and as sets. */
struct lists {
	struct cpus cpus;
	char *all, *emulator, *vhost, *io;
};

static char *parse_list(const char *list, const char *usual, enum status *status)
{
	char why[SETTING_WHY], *text = setting_parse(SETTING_CPUS, list ?: usual, why);

	if (!text)
		*status = bad("%s", why);
	return text;
}

static enum status parse_lists(const struct orders *orders, struct lists *lists)
{
	const char *usual = orders->argument[1];
	enum status status = STATUS_OK;

	lists->all = parse_list(NULL, usual, &status);
	lists->emulator = lists->all ? parse_list(orders->emulator, usual, &status) : NULL;
	lists->vhost = lists->emulator ? parse_list(orders->vhost, usual, &status) : NULL;
	lists->io = lists->vhost ? parse_list(orders->io, usual, &status) : NULL;
	if (!status)
		cpus_parse(&lists->cpus, lists->all);
	return status;
}

static void free_lists(struct lists *lists)
{
	free(lists->all);
	free(lists->emulator);
	free(lists->vhost);
	free(lists->io);
}

static enum status wish_binding(struct work *work, const struct lists *lists)
{
	size_t cpu = cpus_next(&lists->cpus, 0);
	const struct thread *thread;

	for (int others = 0; others < 2; others++)
		detail_for_each(thread, work->target.detail, TABLE_THREADS) {
			const struct subject subject = target_thread(&work->target, thread);
			char one[24];

			if ((thread->tid != work->target.pid) != others ||
			    !target_means(work->role, thread) || is_left_to_main(work, thread))
				continue;
			if (!target_means("vcpu", thread)) {
				work_wish(work, &subject, SETTING_CPUS,
					  target_means("vhost", thread) ? lists->vhost :
					  target_means("io", thread)	? lists->io :
									  lists->emulator);
				continue;
			}
			if (!work->orders->each) {
				work_wish(work, &subject, SETTING_CPUS, lists->all);
				continue;
			}
			if (cpu == CPUS_MAX)
				return bad("%s are fewer CPUs than the guest has vCPUs",
					   lists->all);
			snprintf(one, sizeof(one), "%zu", cpu);
			work_wish(work, &subject, SETTING_CPUS, one);
			cpu = cpus_next(&lists->cpus, cpu + 1);
		}
	return work->nr ? STATUS_OK : no_threads(work);
}

enum status run_bind(const struct orders *orders)
{
	struct lists lists = { 0 };
	struct work work = { 0 };
	enum status status = parse_lists(orders, &lists);

	if (!status)
		status = work_begin(&work, orders) ?: work_find(&work);
	if (!status)
		status = wish_binding(&work, &lists);
	if (!status)
		status = work_do(&work);
	work_end(&work);
	free_lists(&lists);
	return status;
}

/* Sets something of the host. */
static enum status set_host(const struct orders *orders, enum setting setting, const char *file,
			    const char *value)
{
	const struct subject host = {
		.guest = "", .role = "", .thread = "", .unit = "", .file = file
	};
	struct work work = { 0 };
	enum status status = work_begin(&work, orders);

	if (!status) {
		work_wish(&work, &host, setting, value);
		status = work_do(&work);
	}
	work_end(&work);
	return status;
}

enum status run_ksm(const struct orders *orders)
{
	const char *word = orders->argument[0];
	const bool on = !strcmp(word, "on");
	enum status status;
	char *file;

	if (!on && strcmp(word, "off") != 0)
		return bad("ksm is on or off: '%s'", word);
	file = xasprintf("%s/sys/kernel/mm/ksm/run", orders->request.root);
	status = set_host(orders, SETTING_KSM, file, on ? "1" : "0");
	free(file);
	return status;
}

enum status run_haltpoll(const struct orders *orders)
{
	char why[SETTING_WHY], *file,
		*value = setting_parse(SETTING_HALT_POLL, orders->argument[0], why);
	enum status status;

	if (!value)
		return bad("%s", why);
	file = xasprintf("%s/sys/module/kvm/parameters/halt_poll_ns", orders->request.root);
	status = set_host(orders, SETTING_HALT_POLL, file, value);
	free(file);
	free(value);
	return status;
}
