// SPDX-License-Identifier: GPL-2.0
/*
 * Asks the kernel and the owners.
 */
#define _GNU_SOURCE
#include "action/setting.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "action/cpus.h"
#include "action/cpuset.h"
#include "action/owner.h"
#include "data/memory.h"
#include "data/thread.h"
#include "data/tree.h"

#define NSEC_PER_MSEC 1000000.0
/* What the kernel takes as a slice. */
#define SLICE_MIN 100000
#define SLICE_MAX 100000000
#define WEIGHT_MAX 10000
#define HALT_POLL_MAX UINT32_MAX

#define FLAG_RESET_ON_FORK 1

/* The slice of a thread that has none of its own. */
#define USUAL "usual"

static const struct {
	const char *name;
	uint32_t policy;
} policies[] = {
	{ "other", SCHED_OTHER }, { "batch", SCHED_BATCH }, { "idle", SCHED_IDLE },
	{ "rr", SCHED_RR },	  { "fifo", SCHED_FIFO },
};
#define POLICIES_NR (sizeof(policies) / sizeof(*policies))

__attribute__((format(printf, 2, 3))) static void *say(char why[SETTING_WHY], const char *format,
						       ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(why, SETTING_WHY, format, args);
	va_end(args);
	return NULL;
}

static void *say_error(char why[SETTING_WHY], int error)
{
	return say(why, "%s%s", strerror(error),
		   error == EPERM || error == EACCES ? "; kvmtune needs CAP_SYS_NICE, so try sudo" :
						       "");
}

static bool is_realtime(uint32_t policy)
{
	return policy == SCHED_RR || policy == SCHED_FIFO;
}

/* Parses digits, with a sign before them if @min is below 0. */
static bool parse_number(const char *text, int64_t min, int64_t max, int64_t *number)
{
	const char *digits = text + (min < 0 && (*text == '-' || *text == '+'));
	char *end;

	errno = 0;
	*number = strtoll(text, &end, 10);
	return *digits >= '0' && *digits <= '9' && !*end && !errno && *number >= min &&
	       *number <= max;
}

/* Returns the policy, or -1. */
static int parse_policy(const char *text, uint32_t *priority)
{
	const size_t len = strcspn(text, ":");
	int64_t number = 0;

	for (size_t i = 0; i < POLICIES_NR; i++) {
		if (strlen(policies[i].name) != len || memcmp(policies[i].name, text, len))
			continue;
		if (is_realtime(policies[i].policy) != (text[len] == ':') ||
		    (text[len] && !parse_number(text + len + 1, 1, 99, &number)))
			return -1;
		*priority = number;
		return policies[i].policy;
	}
	return -1;
}

static char *parse_slice(const char *text, char why[SETTING_WHY])
{
	const char *unit = text + strspn(text, "0123456789.");
	char *end;
	const double ns = strtod(text, &end) * NSEC_PER_MSEC;

	if (!strcmp(text, USUAL))
		return xstrdup(USUAL);
	if (end != unit || end == text || (*unit && strcmp(unit, "ms") != 0) || ns < SLICE_MIN ||
	    ns > SLICE_MAX)
		return say(why, "a slice is 0.1ms to 100ms, or usual: '%.40s'", text);
	return xasprintf("%.0f", ns);
}

static char *parse_one(const char *what, const char *text, int64_t min, int64_t max,
		       char why[SETTING_WHY])
{
	int64_t number;

	if (!parse_number(text, min, max, &number))
		return say(why, "%s is a whole number from %" PRId64 " to %" PRId64 ": '%.40s'",
			   what, min, max, text);
	return xasprintf("%" PRId64, number);
}

char *setting_parse(enum setting setting, const char *text, char why[SETTING_WHY])
{
	struct cpus cpus;
	uint32_t priority;

	switch (setting) {
	case SETTING_POLICY:
		if (parse_policy(text, &priority) >= 0)
			return xstrdup(text);
		return say(why,
			   "a policy is other, batch, idle or rr, and rr needs a priority: '%.40s'",
			   text);
	case SETTING_NICE:
		return parse_one("nice", text, -20, 19, why);
	case SETTING_SLICE:
		return parse_slice(text, why);
	case SETTING_CPUS:
		if (cpus_parse(&cpus, text))
			return cpus_text(&cpus);
		return say(why, "CPUs are a list like 0-3,8: '%.40s'", text);
	case SETTING_WEIGHT:
		return parse_one("weight", text, 1, WEIGHT_MAX, why);
	case SETTING_KSM:
		return parse_one("ksm", text, 0, 1, why);
	case SETTING_HALT_POLL:
	default:
		return parse_one("halt_poll_ns", text, 0, HALT_POLL_MAX, why);
	}
}

static bool set_attributes(pid_t tid, struct thread_attributes *attributes)
{
	attributes->size = sizeof(*attributes);
	attributes->flags &= FLAG_RESET_ON_FORK;
	return !syscall(SYS_sched_setattr, tid, attributes, 0);
}

/*
 * Returns the slice of a thread that has none of its own, or 0 if this kernel (before 6.12) tells
 * none. Zero gives a thread this slice, and lets it follow the host's.
 */
static uint64_t usual_slice(void)
{
	static uint64_t slice = UINT64_MAX;
	struct thread_attributes attributes;

	if (slice != UINT64_MAX)
		return slice;
	slice = 0;
	if (!thread_attributes(0, &attributes) || !attributes.runtime)
		return slice;
	attributes.runtime = 0;
	if (set_attributes(0, &attributes) && thread_attributes(0, &attributes))
		slice = attributes.runtime;
	return slice;
}

/* Gets what can be set again as it is. */
static bool get_settable(pid_t tid, struct thread_attributes *attributes)
{
	if (!thread_attributes(tid, attributes))
		return false;
	if (is_realtime(attributes->policy) || attributes->runtime == usual_slice())
		attributes->runtime = 0;
	return true;
}

static char *read_policy(pid_t tid, char why[SETTING_WHY])
{
	struct thread_attributes attributes;

	if (!thread_attributes(tid, &attributes))
		return say_error(why, errno);
	for (size_t i = 0; i < POLICIES_NR; i++)
		if (policies[i].policy == attributes.policy)
			return is_realtime(attributes.policy) ?
				       xasprintf("%s:%u", policies[i].name, attributes.priority) :
				       xstrdup(policies[i].name);
	return say(why, "its policy is %s, which kvmtune does not change",
		   detail_policy_name(attributes.policy));
}

/* The nice value of a thread stays below a real-time policy. */
static bool get_nice(pid_t tid, int *nice)
{
	errno = 0;
	*nice = getpriority(PRIO_PROCESS, tid);
	return !errno;
}

static bool write_policy(pid_t tid, const char *value)
{
	struct thread_attributes attributes;
	uint32_t priority = 0;
	const int policy = parse_policy(value, &priority);

	if (!get_settable(tid, &attributes) || !get_nice(tid, &attributes.nice))
		return false;
	attributes.policy = policy;
	attributes.priority = priority;
	return set_attributes(tid, &attributes);
}

static char *read_slice(pid_t tid, char why[SETTING_WHY])
{
	struct thread_attributes attributes;

	if (!thread_attributes(tid, &attributes))
		return say_error(why, errno);
	if (!attributes.runtime)
		return say(why, "this kernel has no slice of a thread (Linux 6.12 has), or the "
				"thread's policy has none");
	return attributes.runtime == usual_slice() ? xstrdup(USUAL) :
						     xasprintf("%" PRIu64, attributes.runtime);
}

static bool write_slice(pid_t tid, const char *value)
{
	struct thread_attributes attributes;

	if (!thread_attributes(tid, &attributes))
		return false;
	attributes.runtime = strcmp(value, USUAL) ? strtoull(value, NULL, 10) : 0;
	return set_attributes(tid, &attributes);
}

static char *read_cpus(pid_t tid, char why[SETTING_WHY])
{
	struct cpus cpus = { 0 };

	if (syscall(SYS_sched_getaffinity, tid, sizeof(cpus), &cpus) < 0)
		return say_error(why, errno);
	return cpus_text(&cpus);
}

static bool write_cpus(pid_t tid, const char *value)
{
	struct cpus cpus, whole, rest;
	char *whose;

	if (!cpus_parse(&cpus, value))
		return false;
	/* A thread that may run on all of its cpuset follows the cpuset when that grows. */
	if (cpuset_find("", tid, MANAGER_NONE, &whole, &whose)) {
		if (!cpus_minus(&rest, &whole, &cpus))
			memset(&cpus, -1, sizeof(cpus));
		free(whose);
	}
	return !syscall(SYS_sched_setaffinity, tid, sizeof(cpus), &cpus);
}

static char *read_file(const char *path, char why[SETTING_WHY])
{
	char *text = tree_read(NULL, "%s", path);

	if (!text)
		return say(why, "%.120s: %s", path, strerror(errno));
	text[strcspn(text, "\n")] = '\0';
	return text;
}

static bool write_file(const char *path, const char *value, char why[SETTING_WHY])
{
	int file = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC), error = errno;
	const ssize_t len = strlen(value);

	if (file >= 0) {
		error = write(file, value, len) == len ? 0 : errno ?: EIO;
		close(file);
	}
	if (file < 0 || error)
		say(why, "%.120s: %s", path, strerror(error));
	return file >= 0 && !error;
}

bool setting_is_there(const struct subject *subject)
{
	return subject_is_there(subject) || owner_keeps_weight(subject);
}

char *setting_read(const struct subject *subject, enum setting setting, char why[SETTING_WHY])
{
	int nice;

	if (!setting_is_there(subject))
		return say(why, "it has ended");
	switch (setting) {
	case SETTING_POLICY:
		return read_policy(subject->tid, why);
	case SETTING_NICE:
		return get_nice(subject->tid, &nice) ? xasprintf("%d", nice) :
						       say_error(why, errno);
	case SETTING_SLICE:
		return read_slice(subject->tid, why);
	case SETTING_CPUS:
		return read_cpus(subject->tid, why);
	case SETTING_WEIGHT:
		if (owner_has_weight(subject))
			return owner_weight(subject, why);
		/* fall through */
	default:
		return read_file(subject->file, why);
	}
}

static bool ask_kernel(const struct subject *subject, enum setting setting, const char *value,
		       char why[SETTING_WHY])
{
	bool good;

	switch (setting) {
	case SETTING_POLICY:
		good = write_policy(subject->tid, value);
		break;
	case SETTING_NICE:
		good = !setpriority(PRIO_PROCESS, subject->tid, atoi(value));
		break;
	case SETTING_SLICE:
		good = write_slice(subject->tid, value);
		break;
	case SETTING_CPUS:
		good = write_cpus(subject->tid, value);
		break;
	default:
		return write_file(subject->file, value, why);
	}
	if (!good)
		say_error(why, errno);
	return good;
}

bool setting_write(const struct subject *subject, enum setting setting, const char *value,
		   char why[SETTING_WHY])
{
	struct owner_command command;
	bool good;

	if (!setting_is_there(subject))
		return say(why, "it has ended");
	if (!owner_command(&command, subject, setting, value))
		return ask_kernel(subject, setting, value, why);
	good = owner_run(&command, why);
	owner_free(&command);
	return good;
}

static char *shell_policy(uint64_t tid, const char *value)
{
	uint32_t priority = 0;
	const int policy = parse_policy(value, &priority);

	for (size_t i = 0; i < POLICIES_NR; i++)
		if (policies[i].policy == (uint32_t)policy)
			return xasprintf("chrt --%s -p %u %" PRIu64, policies[i].name, priority,
					 tid);
	return xstrdup("");
}

char *setting_shell(const struct subject *subject, enum setting setting, const char *value)
{
	struct owner_command command;
	char *line;

	if (owner_command(&command, subject, setting, value)) {
		line = owner_shell(&command);
		owner_free(&command);
		return line;
	}
	switch (setting) {
	case SETTING_POLICY:
		return shell_policy(subject->tid, value);
	case SETTING_NICE:
		return xasprintf("renice %s -p %" PRIu64, value, subject->tid);
	case SETTING_SLICE:
		return xasprintf("chrt --other --sched-runtime %s -p 0 %" PRIu64,
				 strcmp(value, USUAL) ? value : "0", subject->tid);
	case SETTING_CPUS:
		return xasprintf("taskset -pc %s %" PRIu64, value, subject->tid);
	default:
		command = (struct owner_command){ .argv = { "tee", subject->file } };
		line = owner_shell(&command);
		command.text = xasprintf("echo %s | %s", value, line);
		free(line);
		return command.text;
	}
}
