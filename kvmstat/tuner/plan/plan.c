// SPDX-License-Identifier: GPL-2.0
/*
 * From verdicts to actions.
 */
#define _GNU_SOURCE
#include "plan/plan.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "action/cpuset.h"
#include "action/owner.h"
#include "action/target.h"
#include "data/memory.h"
#include "data/tree.h"

/* A vCPU that moves so often per second leaves its caches behind. */
#define MOVES_OFTEN 20
/* A guest that gets too little gets so many times the weight. */
#define WEIGHT_FACTOR 2
#define WEIGHT_USUAL 100 /* where systemd has set none */
#define WEIGHT_MAX 10000
#define NICE_STEP 3 /* about as much, where there is no weight */
#define NICE_LOWEST -20
/* Under more pressure than this, KSM's scanning takes CPU time that guests want. */
#define PRESSURE_HIGH 0.20
/* With less of its memory available, merging pages is worth its CPU time. */
#define MEMORY_LOW 0.15

struct planning {
	struct plan *plan;
	const struct session *session;
	const struct policy *policy;
	const struct thresholds *t;
	struct cpus kept, taken; /* CPUs for the host, and those that a step has used */
	bool kept_known;
	double poll_most; /* the largest share of time that halts poll in vain */
	char poll_guest[NAME_SIZE];
};

/* What is known of one guest. */
struct looking {
	struct planning *planning;
	const struct window_guest *guest;
	struct verdict verdict;
	struct target target;
	struct detail detail; /* of the window */
	char name[NAME_SIZE + 8]; /* as the command line has it */
	size_t steps; /* before this guest */
};

static struct step *add_step(struct plan *plan, const char *guest, const char *verdict)
{
	struct step *step;

	plan->step = xreallocarray(plan->step, plan->nr + 1, sizeof(*step));
	step = &plan->step[plan->nr++];
	*step = (struct step){ .verdict = verdict };
	snprintf(step->guest, sizeof(step->guest), "%s", guest);
	return step;
}

/* Splits a command line at its blanks. A guest's name is put where the first '@' stands. */
static void set_words(struct step *step, const char *line, const char *name)
{
	char *copy = xstrdup(line), *state;
	size_t nr = 0;

	for (char *word = strtok_r(copy, " ", &state); word && nr < PLAN_WORDS - 1;
	     word = strtok_r(NULL, " ", &state))
		step->word[nr++] = *word == '@' ? xasprintf("%s%s", name, word + 1) : xstrdup(word);
	free(copy);
}

/* Adds an action for a guest; @line has '@' for its name. */
__attribute__((format(printf, 3, 4))) static void act(struct looking *looking, const char *line,
						      const char *why, ...)
{
	struct step *step = add_step(looking->planning->plan, looking->guest->name,
				     verdict_word(looking->verdict.bound));
	va_list args;

	set_words(step, line, looking->name);
	va_start(args, why);
	if (vasprintf(&step->why, why, args) < 0)
		abort();
	va_end(args);
}

__attribute__((format(printf, 2, 3))) static void hint(struct looking *looking, const char *why,
						       ...)
{
	struct step *step = add_step(looking->planning->plan, looking->guest->name,
				     verdict_word(looking->verdict.bound));
	va_list args;

	va_start(args, why);
	if (vasprintf(&step->why, why, args) < 0)
		abort();
	va_end(args);
}

static bool is_met(const struct verdict *verdict, enum bound bound)
{
	for (size_t i = 0; i < rules_nr; i++)
		if (verdict->met & UINT32_C(1) << i && rules[i].bound == bound)
			return true;
	return verdict->bound == bound;
}

/* The name, unless it means another guest, too, or only another one: a guest can be called "id:5". */
static void find_name(struct looking *looking)
{
	const struct window *window = &looking->planning->session->window;
	const struct choice choice = { .guest = looking->guest->name };
	bool means = true;

	for (size_t i = 0; i < window->nr; i++)
		means = means &&
			choice_means(&choice, &window->guest[i]->key, window->guest[i]->name) ==
				(window->guest[i] == looking->guest);
	if (means)
		snprintf(looking->name, sizeof(looking->name), "%s", looking->guest->name);
	else
		snprintf(looking->name, sizeof(looking->name), "id:%" PRIu64,
			 looking->guest->key.id);
}

static int lowest_nice(const struct target *target)
{
	const struct thread *thread;
	int lowest = 0;

	detail_for_each(thread, target->detail, TABLE_THREADS) {
		const int nice = (int64_t)thread->nice;

		if (thread->nice != DETAIL_UNKNOWN && nice < lowest)
			lowest = nice;
	}
	return lowest;
}

/* More weight where the cgroup has one, else a better nice value where that counts. */
static void plan_starved(struct looking *looking)
{
	const struct evidence *e = &looking->verdict.evidence;
	char why[TARGET_WHY], line[64], *text;
	struct subject subject;
	uint64_t weight;
	int nice;

	if (target_weight(&looking->target, &subject, why)) {
		text = tree_read(NULL, "%s", subject.file);
		weight = (text ? strtoull(text, NULL, 10) : WEIGHT_USUAL) * WEIGHT_FACTOR;
		free(text);
		free((char *)subject.file);
		if (weight > WEIGHT_MAX || !weight) {
			hint(looking,
			     "it is ready %.0f %% of its time, and has the most weight "
			     "already; move it, or give the host more CPUs",
			     100 * e->ready);
			return;
		}
		snprintf(line, sizeof(line), "set @ weight=%" PRIu64, weight);
		act(looking, line, "it is ready, waiting for a CPU, %.0f %% of its time",
		    100 * e->ready);
		return;
	}
	if (looking->target.owner == MANAGER_LIBVIRT || target_is_alone(&looking->target)) {
		hint(looking, "it is ready %.0f %% of its time; %s", 100 * e->ready, why);
		return;
	}
	nice = lowest_nice(&looking->target);
	if (nice == NICE_LOWEST) {
		hint(looking,
		     "it is ready %.0f %% of its time, and has the lowest nice value already; move "
		     "it, or give the host more CPUs",
		     100 * e->ready);
		return;
	}
	snprintf(line, sizeof(line), "set @ nice=%d",
		 nice - NICE_STEP < NICE_LOWEST ? NICE_LOWEST : nice - NICE_STEP);
	act(looking, line,
	    "it is ready, waiting for a CPU, %.0f %% of its time, and its cgroup has no weight of "
	    "its own",
	    100 * e->ready);
}

/* Finds the CPUs that share a cache or a node with @cpu. */
static bool find_domain(const char *root, uint64_t cpu, struct cpus *domain)
{
	char *list = tree_read(NULL,
			       "%s/sys/devices/system/cpu/cpu%" PRIu64
			       "/cache/index3/shared_cpu_list",
			       root, cpu);
	bool known = list && cpus_parse(domain, list);

	free(list);
	for (unsigned int node = 0; !known && node < 1024; node++) {
		list = tree_read(NULL, "%s/sys/devices/system/node/node%u/cpulist", root, node);
		known = list && cpus_parse(domain, list) && cpus_has(domain, cpu);
		free(list);
	}
	return known;
}

/* Leaves of @room what the vCPUs have now, as somebody may have bound them. */
static bool keep_allowed(const struct target *target, struct cpus *room)
{
	const struct thread *thread;
	struct cpus all = { 0 }, one;

	detail_for_each(thread, target->detail, TABLE_THREADS)
		if (target_means("vcpu", thread) && cpus_parse(&one, thread->allowed))
			cpus_join(&all, &one);
	return !cpus_count(&all) || cpus_common(room, room, &all);
}

/* The CPUs that the guest's vCPUs may be bound to, and of these those of the domain they are in. */
static bool find_room(struct looking *looking, struct cpus *room, struct cpus *near)
{
	const struct planning *planning = looking->planning;
	const struct thread *thread;
	struct cpus whole;
	char *whose;
	bool known = planning->kept_known && cpuset_find(looking->target.root, looking->target.pid,
							 looking->target.owner, &whole, &whose);

	if (!known)
		return false;
	free(whose);
	if (!cpus_minus(room, &whole, &planning->kept) || !keep_allowed(&looking->target, room))
		return false;
	*near = *room;
	detail_for_each(thread, looking->target.detail, TABLE_THREADS)
		if (target_means("vcpu", thread) &&
		    find_domain(looking->target.root, thread->cpu, near))
			break;
	if (!cpus_common(near, near, room))
		*near = *room;
	return true;
}

static void act_bind(struct looking *looking, const struct cpus *cpus, const char *why)
{
	char *list = cpus_text(cpus), *line = xasprintf("bind @ %s", list);

	act(looking, line, "%s", why);
	free(line);
	free(list);
}

/* Takes CPUs that no other step uses. */
static size_t take_cpus(struct planning *planning, struct cpus *cpus, const struct cpus *from,
			size_t nr)
{
	struct cpus left;
	size_t got = 0;

	*cpus = (struct cpus){ 0 };
	cpus_minus(&left, from, &planning->taken);
	for (size_t cpu = cpus_next(&left, 0); got < nr && cpu < CPUS_MAX;
	     cpu = cpus_next(&left, cpu + 1), got++)
		cpus_add(cpus, cpu);
	if (got == nr)
		cpus_join(&planning->taken, cpus);
	return got;
}

static void plan_spin(struct looking *looking)
{
	const struct evidence *e = &looking->verdict.evidence;
	struct cpus room, near, cpus;
	char why[160];

	snprintf(why, sizeof(why),
		 "%.0f %% of its exits are waits in loops, %.0f a second, so its %" PRIu64
		 " vCPUs need as many CPUs at once",
		 100 * e->spin_exits, e->spin_rate, e->vcpus);
	if (find_room(looking, &room, &near) && e->vcpus &&
	    (take_cpus(looking->planning, &cpus, &near, e->vcpus) == e->vcpus ||
	     take_cpus(looking->planning, &cpus, &room, e->vcpus) == e->vcpus))
		act_bind(looking, &cpus, why);
	else
		hint(looking, "%s, and the host has no %" PRIu64 " to spare; give it fewer vCPUs",
		     why, e->vcpus);
}

static void plan_moves(struct looking *looking)
{
	const double seconds = looking->planning->session->window.seconds;
	const struct thread *thread;
	struct cpus room, near, rest;
	double moves = 0;
	size_t vcpus = 0;
	char why[160];

	detail_for_each(thread, &looking->detail, TABLE_THREADS)
		if (target_means("vcpu", thread) && thread->moves != DETAIL_UNKNOWN) {
			moves += thread->moves;
			vcpus++;
		}
	if (!vcpus || !(seconds > 0) || moves / vcpus / seconds < MOVES_OFTEN ||
	    looking->verdict.evidence.ready >= looking->planning->t->notable)
		return;
	if (!find_room(looking, &room, &near) || !cpus_minus(&rest, &room, &near) ||
	    cpus_count(&near) < vcpus)
		return;
	snprintf(why, sizeof(why),
		 "each vCPU moves %.0f times a second and hardly waits, so it can stay where its "
		 "cache is",
		 moves / vcpus / seconds);
	act_bind(looking, &near, why);
}

static void plan_memory(struct looking *looking)
{
	const struct evidence *e = &looking->verdict.evidence;
	const struct beside *b = &e->beside;

	if (e->dirty || (b->swap_known && b->swap_ins && b->swapped_bytes) || !b->maps_known ||
	    b->maps_2m * 512 > b->maps_4k)
		return;
	act(looking, "pages @",
	    "%.0f %% of its busy time is for memory faults, and KVM maps %" PRIu64
	    " pages of 4 KiB and %" PRIu64 " of 2 MiB; cannot be undone",
	    100 * e->memory_time, b->maps_4k, b->maps_2m);
}

/* Polling is in vain where halts still block for most of their time. */
static void note_polling(struct looking *looking)
{
	const struct evidence *e = &looking->verdict.evidence;
	struct planning *planning = looking->planning;

	if (e->polled < planning->t->polling || e->polled > e->halted / 2 ||
	    e->polled <= planning->poll_most)
		return;
	planning->poll_most = e->polled;
	strcpy(planning->poll_guest, looking->guest->name);
}

static void plan_tier(struct looking *looking, unsigned int tier)
{
	static const char *const lines[] = { "", "set @.vcpu nice=-10",
					     "set @.vcpu policy=rr priority=90 --realtime",
					     "set @.vcpu policy=rr priority=99 --realtime",
					     "set @.vcpu policy=fifo priority=99 --realtime" };

	act(looking, lines[tier], "it is in tier %u of the thesis", tier);
}

static void plan_by_verdict(struct looking *looking)
{
	const struct evidence *e = &looking->verdict.evidence;
	const struct thresholds *t = looking->planning->t;

	if (e->throttled >= t->throttled)
		hint(looking, "%s", looking->verdict.advice);
	else if (is_met(&looking->verdict, BOUND_STARVED) || e->ready >= t->waiting)
		plan_starved(looking);
	if (is_met(&looking->verdict, BOUND_SPIN))
		plan_spin(looking);
	else
		plan_moves(looking);
	if (is_met(&looking->verdict, BOUND_MEMORY))
		plan_memory(looking);
	note_polling(looking);
	if (looking->planning->plan->nr == looking->steps && *looking->verdict.advice &&
	    e->polled < t->polling)
		hint(looking, "nothing helps from outside; %s", looking->verdict.advice);
}

static void plan_guest(struct planning *planning, const struct window_guest *guest)
{
	const struct policy_guest *policy = policy_find(planning->policy, guest->name);
	struct looking looking = { .planning = planning,
				   .guest = guest,
				   .steps = planning->plan->nr };
	char why[TARGET_WHY];

	verdict_judge(&looking.verdict, guest, planning->session->window.has, planning->t);
	find_name(&looking);
	if (policy && policy->leave) {
		hint(&looking, "the configuration leaves it alone");
		return;
	}
	if (!target_of(&looking.target, planning->session, guest, why)) {
		hint(&looking, "%s", why);
		return;
	}
	window_detail(guest, &looking.detail);
	if (planning->policy->thesis && policy && policy->tier)
		plan_tier(&looking, policy->tier);
	else
		plan_by_verdict(&looking);
	detail_free(&looking.detail);
	target_close(&looking.target);
}

__attribute__((format(printf, 3, 4))) static void act_host(struct planning *planning,
							   const char *line, const char *why, ...)
{
	struct step *step = add_step(planning->plan, "", "");
	va_list args;

	set_words(step, line, "");
	va_start(args, why);
	if (vasprintf(&step->why, why, args) < 0)
		abort();
	va_end(args);
}

static void plan_ksm(struct planning *planning, const struct host *now, const struct host *diff)
{
	const double seconds = planning->session->window.seconds;
	const double pressure = diff && diff->cpu_some_ns != DETAIL_UNKNOWN && seconds > 0 ?
					diff->cpu_some_ns / 1e9 / seconds :
					0;
	const double available = now->memory_bytes && now->available_bytes != DETAIL_UNKNOWN ?
					 (double)now->available_bytes / now->memory_bytes :
					 1;

	if (now->ksm_run == 1 && pressure > PRESSURE_HIGH)
		act_host(
			planning, "ksm off",
			"threads waited for a CPU in %.0f %% of the time, and KSM takes some of it",
			100 * pressure);
	else if (now->ksm_run == 1 && now->ksm_profit != DETAIL_UNKNOWN &&
		 (int64_t)now->ksm_profit <= 0)
		act_host(planning, "ksm off",
			 "it costs more memory than it saves (profit %" PRId64 " bytes)",
			 (int64_t)now->ksm_profit);
	else if (now->ksm_run == 0 && available < MEMORY_LOW && pressure < PRESSURE_HIGH / 2)
		act_host(planning, "ksm on",
			 "%.0f %% of the memory is available, and CPUs have time to merge pages",
			 100 * available);
}

static void plan_host(struct planning *planning)
{
	const struct about *about = planning->session->window.host_now;
	const struct host *now = about ? about->detail.table[TABLE_HOST].row : NULL;
	struct detail diff = { 0 };

	if (planning->poll_most > 0 && (!now || now->halt_poll_ns != 0))
		act_host(planning, "haltpoll 0",
			 "the host polls for %s %.0f %% of its time, and mostly in vain",
			 planning->poll_guest, 100 * planning->poll_most);
	if (!now)
		return;
	window_host(&planning->session->window, &diff);
	plan_ksm(planning, now, diff.table[TABLE_HOST].row);
	detail_free(&diff);
}

void plan_make(struct plan *plan, const struct session *session, const struct policy *policy,
	       const struct thresholds *thresholds)
{
	struct planning planning = {
		.plan = plan,
		.session = session,
		.policy = policy,
		.t = thresholds,
		.kept_known = true,
	};

	*plan = (struct plan){ 0 };
	planning.kept_known =
		cpuset_kept(session->request->root, policy->host_cpus, &planning.kept);
	for (size_t i = 0; i < session->window.nr; i++)
		if (session->window.guest[i]->chosen && !session->window.guest[i]->ended &&
		    !window_guest_is_others(session->window.guest[i]))
			plan_guest(&planning, session->window.guest[i]);
	plan_host(&planning);
}

bool plan_is_action(const struct step *step)
{
	return step->word[0];
}

char *plan_command(const struct step *step)
{
	struct owner_command command = { 0 };

	for (size_t i = 0; i < PLAN_WORDS; i++)
		command.argv[i] = step->word[i];
	return owner_shell(&command);
}

json_t *plan_json(const struct plan *plan)
{
	json_t *json = json_array();
	uint64_t nr = 0;

	for (size_t i = 0; i < plan->nr; i++) {
		const struct step *step = &plan->step[i];
		json_t *words = json_array();

		for (size_t w = 0; step->word[w]; w++)
			json_array_append_new(words, json_string(step->word[w]));
		json_array_append_new(
			json, json_pack("{s:o, s:s, s:s, s:o, s:s}", "action",
					plan_is_action(step) ? json_integer(++nr) : json_null(),
					"guest", step->guest, "verdict", step->verdict, "words",
					words, "why", step->why));
	}
	return json;
}

bool plan_read(struct plan *plan, const json_t *json)
{
	const json_t *item;
	size_t i;

	*plan = (struct plan){ 0 };
	if (!json_is_array(json))
		return false;
	json_array_foreach(json, i, item) {
		const json_t *words = json_object_get(item, "words");
		const char *guest = json_string_value(json_object_get(item, "guest"));
		const char *why = json_string_value(json_object_get(item, "why"));
		struct step *step;

		if (!guest || !why || !json_is_array(words) ||
		    json_array_size(words) >= PLAN_WORDS) {
			plan_free(plan);
			return false;
		}
		step = add_step(plan, guest, "");
		step->why = xstrdup(why);
		for (size_t w = 0; w < json_array_size(words); w++)
			step->word[w] = xstrdup(json_string_value(json_array_get(words, w)) ?: "");
	}
	return true;
}

void plan_free(struct plan *plan)
{
	for (size_t i = 0; i < plan->nr; i++) {
		for (size_t w = 0; w < PLAN_WORDS; w++)
			free(plan->step[i].word[w]);
		free(plan->step[i].why);
	}
	free(plan->step);
	*plan = (struct plan){ 0 };
}
