// SPDX-License-Identifier: GPL-2.0
/*
 * Runs trace-cmd. Its instance has the name kvmstat-PID, with trace-cmd's own pid, so that an
 * instance that is left over can be told from one that is in use.
 */
#define _GNU_SOURCE
#include "commands/tracer.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "data/memory.h"
#include "data/name.h"
#include "data/nsec.h"
#include "data/session.h"
#include "data/tree.h"

#define INSTANCES "/sys/kernel/tracing/instances"
#define INSTANCE "kvmstat-%d"
#define INSTANCE_SIZE 24

#define NOT_FOUND 127

/* A busy host may take long to begin, and to write the file. */
#define PATIENCE (60 * NSEC_PER_SEC)

/* A CPU's share of the file, and the most of its buffer in the kernel. */
#define MIN_KIB 64
#define BUFFER_KIB 1024

/*
 * Starts trace-cmd in a session of its own, so that no signal that the terminal or timeout(1) sends
 * to kvmstat's group ends trace-cmd before it has cleaned up. Fills in the name of the instance,
 * which @argv points to, in the child only.
 */
static pid_t start(char **argv, char *instance, int in, int out, int err)
{
	const pid_t pid = fork();
	sigset_t none;

	if (pid)
		return pid;
	setsid();
	sprintf(instance, INSTANCE, getpid());
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	if (dup2(in, STDIN_FILENO) >= 0 && dup2(out, STDOUT_FILENO) >= 0 &&
	    dup2(err, STDERR_FILENO) >= 0)
		execvp(argv[0], argv);
	_exit(errno == ENOENT ? NOT_FOUND : 1);
}

/* Says why trace-cmd failed, in the last words of @complaint. */
static enum status explain(int status, FILE *complaint)
{
	char line[NAME_SIZE], last[NAME_SIZE] = "", clean[NAME_SIZE];

	if (WIFEXITED(status) && !WEXITSTATUS(status))
		return STATUS_OK;
	if (WIFEXITED(status) && WEXITSTATUS(status) == NOT_FOUND) {
		fprintf(stderr,
			"kvmstat: trace needs trace-cmd, which is not installed; try 'sudo apt "
			"install trace-cmd'\n");
		return STATUS_NO_DATA;
	}
	rewind(complaint);
	while (fgets(line, sizeof(line), complaint)) {
		line[strcspn(line, "\n")] = '\0';
		if (line[strspn(line, " ")])
			strcpy(last, line + strspn(line, " "));
	}
	name_clean(clean, last, false);
	if (WIFSIGNALED(status))
		fprintf(stderr, "kvmstat: trace-cmd was ended by signal %d\n", WTERMSIG(status));
	else
		fprintf(stderr, "kvmstat: trace-cmd failed: %s\n",
			*clean ? clean : "it says nothing");
	return STATUS_NO_DATA;
}

/* Whether the process is a trace-cmd that records in the instance. */
static bool records_in(uint64_t pid, const char *instance)
{
	static const char record[] = "trace-cmd\0record";
	size_t len;
	char *args = tree_read(&len, "/proc/%" PRIu64 "/cmdline", pid);
	const bool does = args && len > sizeof(record) && !memcmp(args, record, sizeof(record)) &&
			  memmem(args, len, instance, strlen(instance) + 1);

	free(args);
	return does;
}

static void end_recorder(void *instance, uint64_t pid)
{
	if (records_in(pid, instance))
		kill(pid, SIGKILL);
}

/* Removes the instance, whose trace-cmd has ended; those that read its buffers may not have. */
static void remove_instance(char *instance)
{
	char *path = xasprintf(INSTANCES "/%s", instance);
	char *events = xasprintf("%s/events/enable", path);
	int fd = open(events, O_WRONLY | O_CLOEXEC);

	if (fd >= 0) {
		if (write(fd, "0", 1) != 1)
			fprintf(stderr, "kvmstat: cannot write %s: %s\n", events, strerror(errno));
		close(fd);
	}
	tree_numbers("/proc", end_recorder, instance);
	for (int tries = 50; rmdir(path) && errno == EBUSY && tries; tries--)
		usleep(100000);
	if (!access(path, F_OK))
		fprintf(stderr,
			"kvmstat: cannot remove %s, as something uses it; try 'sudo rmdir %s'\n",
			path, path);
	free(events);
	free(path);
}

/* Removes what a trace-cmd that was killed has left beside its file. */
static void remove_parts(const char *path, pid_t pid)
{
	for (long cpu = sysconf(_SC_NPROCESSORS_CONF); cpu-- > 0;) {
		char *part = xasprintf("%s." INSTANCE ".cpu%ld", path, pid, cpu);

		unlink(part);
		free(part);
	}
}

/* Removes every instance of a trace that was killed, and the parts of the file at @path. */
static void remove_leftovers(const char *path)
{
	DIR *dir = opendir(INSTANCES);
	struct dirent *entry;

	while (dir && (entry = readdir(dir))) {
		char name[INSTANCE_SIZE];
		int pid;

		if (sscanf(entry->d_name, INSTANCE, &pid) != 1)
			continue;
		snprintf(name, sizeof(name), INSTANCE, pid);
		if (strcmp(name, entry->d_name) || records_in(pid, name))
			continue;
		remove_instance(name);
		remove_parts(path, pid);
	}
	if (dir)
		closedir(dir);
}

/* Waits for trace-cmd, which ends when its time is over or when @hold is closed. */
static int wait_for(pid_t pid, int hold, double seconds)
{
	int64_t until = session_now() + (int64_t)(seconds * NSEC_PER_SEC) + PATIENCE;
	int status = 0, signal;

	while (!waitpid(pid, &status, WNOHANG)) {
		signal = session_wait(until);
		if (signal == SIGCHLD)
			continue;
		if (!signal)
			kill(-pid, SIGKILL);
		if (hold >= 0)
			close(hold);
		hold = -1;
		until = session_now() + PATIENCE;
	}
	if (hold >= 0)
		close(hold);
	return status;
}

enum status tracer_record(const struct tracer_order *order)
{
	const long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	const uint64_t fair = order->bytes / 1024 / cpus, share = fair < MIN_KIB ? MIN_KIB : fair;
	char *of_file = xasprintf("%" PRIu64, share);
	char *of_kernel = xasprintf("%" PRIu64, share < BUFFER_KIB ? share : BUFFER_KIB);
	char *seconds = xasprintf("%.10g", order->seconds);
	char instance[INSTANCE_SIZE] = "";
	/*
	 * trace-cmd records as long as its command runs. cat ends with kvmstat, even when that is
	 * killed, as kvmstat holds the other end of the pipe.
	 */
	char *argv[] = { "trace-cmd", "record",
			 "-o",	      (char *)order->path,
			 "-B",	      instance,
			 "-b",	      of_kernel,
			 "-m",	      of_file,
			 "-e",	      "kvm:kvm_exit",
			 "-f",	      (char *)order->filter,
			 "timeout",   seconds,
			 "cat",	      NULL };
	FILE *complaint = tmpfile();
	int hold[2], null, status = 0;
	pid_t pid = -1;

	remove_leftovers(order->path);
	null = open("/dev/null", O_WRONLY | O_CLOEXEC);
	if (complaint && null >= 0 && !pipe2(hold, O_CLOEXEC)) {
		pid = start(argv, instance, hold[0], null, fileno(complaint));
		close(hold[0]);
	}
	free(of_file);
	free(of_kernel);
	free(seconds);
	if (pid < 0) {
		fprintf(stderr, "kvmstat: cannot start trace-cmd: %s\n", strerror(errno));
		status = STATUS_NO_DATA;
	} else {
		status = wait_for(pid, hold[1], order->seconds);
		remove_leftovers(order->path);
		remove_parts(order->path, pid);
		status = explain(status, complaint);
	}
	if (complaint)
		fclose(complaint);
	if (null >= 0)
		close(null);
	return status;
}

/* Finds " NAME=NUMBER" in the fields of an event. */
static uint64_t field_of(const char *fields, const char *name)
{
	const size_t len = strlen(name);

	for (const char *at = fields; (at = strchr(at, ' ')); at++)
		if (!strncmp(at + 1, name, len) && at[1 + len] == '=')
			return strtoull(at + 2 + len, NULL, 0);
	return 0;
}

static struct traced_exit exit_of(const char *fields, enum isa isa)
{
	uint64_t code;

	switch (isa) {
	case ISA_ARM64:
		code = field_of(fields, "ret") << 8;
		/* Only what traps has a class. */
		if (code == 2 << 8)
			code |= field_of(fields, "esr_ec");
		return (struct traced_exit){ code, field_of(fields, "vcpu_pc") };
	case ISA_RISCV64:
		code = field_of(fields, "scause");
		return (struct traced_exit){ code >> 63 << 31 | (code & 0xffff),
					     field_of(fields, "sepc") };
	default:
		return (struct traced_exit){ field_of(fields, "exit_reason"),
					     field_of(fields, "guest_rip") };
	}
}

static int compare_ids(const void *a, const void *b)
{
	const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

char *tracer_threads(uint64_t *tid, size_t nr)
{
	char *filter = xstrdup("");

	qsort(tid, nr, sizeof(*tid), compare_ids);
	/* Threads that were made one after the other are a range, which keeps the filter short. */
	for (size_t i = 0, last; i < nr; i = last + 1) {
		char *longer;

		for (last = i; last + 1 < nr && tid[last + 1] <= tid[last] + 1; last++)
			;
		longer = xasprintf("%s%s(common_pid>=%" PRIu64 "&&common_pid<=%" PRIu64 ")", filter,
				   i ? "||" : "", tid[i], tid[last]);
		free(filter);
		filter = longer;
	}
	return filter;
}

char *tracer_reason(uint64_t code, enum isa isa)
{
	/* The event does not tell what kvmstat splits a code by, in the bits above these. */
	const uint64_t low = code & 0xffff;

	switch (isa) {
	case ISA_ARM64:
		return low >> 8 == 2 ? xasprintf("(ret==2&&esr_ec==%" PRIu64 ")", low & 0xff) :
				       xasprintf("(ret==%" PRIu64 ")", low >> 8);
	case ISA_RISCV64:
		return xasprintf("(scause==%" PRIu64 ")", code >> 31 << 63 | low);
	default:
		return xasprintf("(exit_reason==%" PRIu64 ")", code);
	}
}

/* Returns where the fields of an exit begin; a thread's name before them can be anything. */
static const char *find_fields(const char *line)
{
	static const char event[] = " kvm_exit: ";
	const char *found = NULL;

	while ((line = strstr(line, event)))
		found = line += sizeof(event) - 2;
	return found;
}

/* Reads the time before the event's name, "[000] 12.345678: kvm_exit: ". */
static double time_of(const char *line, const char *fields)
{
	const char *at = fields - strlen(" kvm_exit:");

	while (at > line && at[-1] != ' ')
		at--;
	return strtod(at, NULL);
}

void tracer_parse(struct traced *traced, FILE *report, enum isa isa)
{
	double first = 0, last = 0;
	char *line = NULL;
	size_t room = 0;

	*traced = (struct traced){ 0 };
	while (getline(&line, &room, report) > 0) {
		const char *fields = find_fields(line);
		uint64_t lost;

		if (!fields) {
			if (sscanf(line, "CPU:%*d [%" SCNu64 " EVENTS DROPPED", &lost) == 1)
				traced->lost += lost;
			continue;
		}
		last = time_of(line, fields);
		first = traced->nr ? first : last;
		traced->exit = xgrow(traced->exit, traced->nr, sizeof(*traced->exit));
		traced->exit[traced->nr++] = exit_of(fields, isa);
	}
	free(line);
	traced->seconds = last > first ? last - first : 0;
}

enum status tracer_read(struct traced *traced, const char *path, enum isa isa)
{
	char *argv[] = { "trace-cmd", "report", "-R", "-i", (char *)path, NULL };
	char instance[INSTANCE_SIZE];
	FILE *complaint = tmpfile(), *report;
	int ends[2], status = 0;
	pid_t pid = -1;

	*traced = (struct traced){ 0 };
	if (complaint && !pipe2(ends, O_CLOEXEC)) {
		pid = start(argv, instance, STDIN_FILENO, ends[1], fileno(complaint));
		close(ends[1]);
	}
	if (pid < 0) {
		fprintf(stderr, "kvmstat: cannot start trace-cmd: %s\n", strerror(errno));
		return STATUS_NO_DATA;
	}
	report = fdopen(ends[0], "r");
	if (report) {
		tracer_parse(traced, report, isa);
		fclose(report);
	}
	waitpid(pid, &status, 0);
	status = explain(status, complaint);
	fclose(complaint);
	return status;
}
