// SPDX-License-Identifier: GPL-2.0
/*
 * Refuses what could starve the host.
 */
#define _GNU_SOURCE
#include "action/safety.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "action/cpuset.h"
#include "action/owner.h"
#include "data/memory.h"
#include "data/tree.h"

/* A vCPU above this could keep the host's own real-time threads from running. */
#define PRIORITY_MAX 10

__attribute__((format(printf, 2, 3))) static bool refuse(const struct wish *wish,
							 const char *format, ...)
{
	char *text = subject_text(&wish->subject);
	va_list args;

	fprintf(stderr, "%s: %s: %s=%s is refused: ", status_program, text,
		subject_setting_name(wish->setting), wish->value);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	free(text);
	return false;
}

static bool allows_cpus(const struct safety *safety, const struct target *target,
			const struct wish *wish)
{
	struct cpus cpus, whole, outside;
	char *whose, *list, *policy, why[SETTING_WHY];
	bool known, allowed, realtime;

	cpus_parse(&cpus, wish->value);
	known = cpuset_find(target->root, wish->subject.tid, target->owner, &whole, &whose);
	if (known && cpus_minus(&outside, &cpus, &whole)) {
		list = cpus_text(&outside);
		refuse(wish,
		       !strcmp(whose, "/") ? "the host has no CPU %s" :
					     "CPU %s is not in the cpuset of its cgroup %s",
		       list, whose);
		free(list);
		free(whose);
		return false;
	}
	free(whose);
	if (!known)
		return refuse(wish, "the CPUs that it may have cannot be read");
	policy = setting_read(&wish->subject, SETTING_POLICY, why);
	realtime = policy && strchr(policy, ':');
	free(policy);
	/* A guest that may run everywhere again takes nothing that it did not have. */
	if (!realtime && (!thread_vcpu(wish->subject.role) || !cpus_minus(&outside, &whole, &cpus)))
		return true;
	if (!cpus_common(&outside, &cpus, &safety->kept))
		return true;
	list = cpus_text(&outside);
	allowed = refuse(wish, "CPU %s is kept for the host%s", list,
			 realtime ? ", and its policy is a real-time one" : "");
	free(list);
	return allowed;
}

/* Returns whether the kernel leaves ordinary threads some time beside real-time ones. */
static bool leaves_time(const char *root)
{
	char *server = xasprintf("%s/sys/kernel/debug/sched/fair_server", root);
	char *runtime = tree_read(NULL, "%s/proc/sys/kernel/sched_rt_runtime_us", root);
	char *period = tree_read(NULL, "%s/proc/sys/kernel/sched_rt_period_us", root);
	const long long of = period ? atoll(period) : 0, part = runtime ? atoll(runtime) : 0;
	/* Where the fair server has taken over, a share of 1 is usual. */
	const bool leaves = !access(server, F_OK) || (runtime && part >= 0 && part < of);

	free(server);
	free(runtime);
	free(period);
	return leaves;
}

static bool allows_policy(const struct safety *safety, const struct target *target,
			  const struct wish *wish, const char *list)
{
	const bool rr = !strncmp(wish->value, "rr:", 3), fifo = !strncmp(wish->value, "fifo:", 5);
	struct cpus cpus, shared;

	if (!rr && !fifo)
		return true;
	if (fifo && !safety->thesis)
		return refuse(wish, "FIFO is for the policy 'thesis' only");
	if (!safety->realtime)
		return refuse(wish, "a real-time guest can starve the host; --realtime allows it");
	if (rr && !safety->thesis && atoi(wish->value + 3) > PRIORITY_MAX)
		return refuse(wish, "the priority is at most %d", PRIORITY_MAX);
	if (!leaves_time(target->root))
		return refuse(wish, "the kernel leaves ordinary threads no time beside real-time "
				    "ones: kernel.sched_rt_runtime_us is not less than the period, "
				    "and debugfs shows no fair server");
	if (!cpus_parse(&cpus, list))
		return refuse(wish, "its CPUs are not known");
	if (!cpus_common(&shared, &cpus, &safety->kept))
		return true;
	return refuse(wish, "it may run on CPUs that are kept for the host; bind it elsewhere "
			    "first");
}

bool safety_allows(const struct safety *safety, const struct target *target,
		   const struct wish *wish, const char *cpus)
{
	const char *why = owner_refuses(&wish->subject, wish->setting);

	if (why)
		return refuse(wish, "%s", why);
	if (wish->setting == SETTING_CPUS)
		return allows_cpus(safety, target, wish);
	if (wish->setting == SETTING_POLICY)
		return allows_policy(safety, target, wish, cpus);
	return true;
}
