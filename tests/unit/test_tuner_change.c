// SPDX-License-Identifier: GPL-2.0
/*
 * Tests changes and their journal on real processes. What the kernel has is read by other means
 * than kvmtune's.
 */
#define _GNU_SOURCE
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "action/change.h"
#include "data/thread.h"
#include "data/tree.h"

#define SETTINGS 3

struct fixture {
	char root[32];
	pid_t pid;
	struct subject subject;
	struct wish wish[SETTINGS];
};

/* What the kernel has of a process. */
struct real {
	int policy, priority, nice;
	cpu_set_t cpus;
};

static struct real real_of(pid_t pid)
{
	struct real real = { .policy = sched_getscheduler(pid) };
	struct sched_param param;

	assert_int_equal(sched_getparam(pid, &param), 0);
	real.priority = param.sched_priority;
	real.nice = getpriority(PRIO_PROCESS, pid);
	assert_int_equal(sched_getaffinity(pid, sizeof(real.cpus), &real.cpus), 0);
	return real;
}

static bool is(const struct real *a, const struct real *b)
{
	return a->policy == b->policy && a->priority == b->priority && a->nice == b->nice &&
	       CPU_EQUAL(&a->cpus, &b->cpus);
}

static pid_t sleeper(void)
{
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (!pid)
		for (;;)
			pause();
	return pid;
}

static void end(pid_t pid)
{
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	char path[64];

	strcpy(f->root, "/tmp/kvmtune-XXXXXX");
	assert_non_null(mkdtemp(f->root));
	snprintf(path, sizeof(path), "%s/run", f->root);
	mkdir(path, 0755);
	f->pid = sleeper();
	f->subject = (struct subject){ .pid = f->pid,
				       .tid = f->pid,
				       .guest = "web",
				       .role = "main",
				       .thread = "qemu",
				       .file = "",
				       .unit = "" };
	assert_true(thread_start("", f->pid, &f->subject.pid_start));
	f->subject.tid_start = f->subject.pid_start;
	f->wish[0] = (struct wish){ f->subject, SETTING_CPUS, "0" };
	f->wish[1] = (struct wish){ f->subject, SETTING_NICE, "7" };
	f->wish[2] = (struct wish){ f->subject, SETTING_POLICY, "batch" };
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;
	char command[64];

	if (f->pid)
		end(f->pid);
	snprintf(command, sizeof(command), "rm -r %s", f->root);
	assert_int_equal(system(command), 0);
	free(f);
	return 0;
}

/* Does what kvmtune does to change and to undo. */
static enum status make(struct fixture *f, uint64_t *action)
{
	char *const words[] = { "set", "web", NULL };
	struct journal journal;
	enum status status = journal_open(&journal, f->root, true);

	if (status)
		return status;
	status = change_recover(&journal) ?:
			 change_make_all(&journal, words, true, f->wish, SETTINGS, action);
	journal_close(&journal);
	return status;
}

static enum status unmake(struct fixture *f, uint64_t action, char **said)
{
	FILE *out = NULL;
	struct journal journal;
	size_t len;
	enum status status = journal_open(&journal, f->root, true);

	assert_int_equal(status, STATUS_OK);
	if (said)
		out = open_memstream(said, &len);
	status = change_undo(&journal, action, out ?: stderr);
	if (out)
		fclose(out);
	journal_close(&journal);
	return status;
}

static void is_made(const struct real *now)
{
	assert_int_equal(now->policy, SCHED_BATCH);
	assert_int_equal(now->nice, 7);
	assert_int_equal(CPU_COUNT(&now->cpus), 1);
	assert_true(CPU_ISSET(0, &now->cpus));
}

static size_t count_open(struct fixture *f)
{
	struct journal journal;
	size_t open = 0;

	assert_int_equal(journal_open(&journal, f->root, false), STATUS_OK);
	for (size_t i = 0; i < journal.nr_changes; i++)
		open += journal.change[i].state != CHANGE_OVER;
	journal_close(&journal);
	return open;
}

static const char *how_of(struct fixture *f, uint64_t nr)
{
	static char how[NAME_SIZE];
	struct journal journal;

	assert_int_equal(journal_open(&journal, f->root, false), STATUS_OK);
	assert_true(nr >= 1 && nr <= journal.nr_changes);
	snprintf(how, sizeof(how), "%s", journal.change[nr - 1].how ?: "open");
	journal_close(&journal);
	return how;
}

static void makes_and_puts_back(void **state)
{
	struct fixture *f = *state;
	struct real before = real_of(f->pid), now;
	uint64_t action = 0;

	assert_int_equal(make(f, &action), STATUS_OK);
	assert_int_equal(action, 1);
	now = real_of(f->pid);
	is_made(&now);
	assert_int_equal(count_open(f), SETTINGS);
	/* Once more changes nothing. */
	assert_int_equal(make(f, &action), STATUS_OK);
	assert_int_equal(action, 0);
	assert_int_equal(unmake(f, 1, NULL), STATUS_OK);
	now = real_of(f->pid);
	assert_true(is(&now, &before));
	assert_int_equal(count_open(f), 0);
	assert_string_equal(how_of(f, 1), "put back");
}

/* Each policy, nice and slice, and back; a real-time thread keeps its nice value. */
static void sets_each(void **state)
{
	static const struct {
		enum setting setting;
		const char *value;
		int policy, priority, nice;
	} cases[] = {
		{ SETTING_NICE, "-20", SCHED_OTHER, 0, -20 },
		{ SETTING_NICE, "19", SCHED_OTHER, 0, 19 },
		{ SETTING_POLICY, "idle", SCHED_IDLE, 0, 3 },
		{ SETTING_POLICY, "batch", SCHED_BATCH, 0, 3 },
		{ SETTING_POLICY, "rr:5", SCHED_RR, 5, 3 },
		{ SETTING_POLICY, "fifo:99", SCHED_FIFO, 99, 3 },
	};
	struct fixture *f = *state;
	char why[SETTING_WHY];
	struct real now;

	assert_int_equal(setpriority(PRIO_PROCESS, f->pid, 3), 0);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char *old = setting_read(&f->subject, cases[i].setting, why);

		assert_true(setting_write(&f->subject, cases[i].setting, cases[i].value, why));
		now = real_of(f->pid);
		assert_int_equal(now.policy, cases[i].policy);
		assert_int_equal(now.priority, cases[i].priority);
		assert_int_equal(now.nice, cases[i].nice);
		assert_true(setting_write(&f->subject, cases[i].setting, old, why));
		now = real_of(f->pid);
		assert_int_equal(now.policy, SCHED_OTHER);
		assert_int_equal(now.nice, 3);
		free(old);
	}
}

/* The kernel writes the slice to /proc/PID/sched only up to 6.11, so that getattr is asked. */
static uint64_t slice_of(pid_t pid)
{
	struct {
		uint32_t size, policy;
		uint64_t flags;
		int32_t nice;
		uint32_t priority;
		uint64_t runtime, deadline, period;
	} attributes = { 0 };

	assert_int_equal(syscall(SYS_sched_getattr, pid, &attributes, sizeof(attributes), 0), 0);
	return attributes.runtime;
}

static void sets_a_slice(void **state)
{
	struct fixture *f = *state;
	const uint64_t usual = slice_of(f->pid);
	char why[SETTING_WHY], *value = setting_read(&f->subject, SETTING_SLICE, why);

	if (!usual) {
		assert_null(value);
		assert_non_null(strstr(why, "this kernel has no slice"));
		skip();
	}
	assert_string_equal(value, "usual");
	free(value);
	assert_true(setting_write(&f->subject, SETTING_SLICE, "3000000", why));
	assert_int_equal(slice_of(f->pid), 3000000);
	/* Another setting leaves the slice as it is. */
	assert_true(setting_write(&f->subject, SETTING_NICE, "2", why));
	assert_true(setting_write(&f->subject, SETTING_POLICY, "batch", why));
	assert_int_equal(slice_of(f->pid), 3000000);
	assert_true(setting_write(&f->subject, SETTING_SLICE, "usual", why));
	assert_int_equal(slice_of(f->pid), usual);
}

/*
 * Runs @does as a child and kills it at its @stop-th stop at a system call, before or after the
 * call. Returns whether it was killed; it ends by itself where it has fewer.
 */
static bool killed_at(size_t stop, enum status (*does)(struct fixture *f, uint64_t *action),
		      struct fixture *f)
{
	uint64_t action = 1;
	int status;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (!pid) {
		if (!freopen("/dev/null", "w", stderr))
			_exit(9);
		ptrace(PTRACE_TRACEME, 0, NULL, NULL);
		raise(SIGSTOP);
		_exit(does(f, &action));
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSTOPPED(status));
	for (size_t i = 0; i <= stop; i++) {
		assert_int_equal(ptrace(PTRACE_SYSCALL, pid, NULL, NULL), 0);
		assert_int_equal(waitpid(pid, &status, 0), pid);
		if (WIFEXITED(status)) {
			assert_int_equal(WEXITSTATUS(status), STATUS_OK);
			return false;
		}
		assert_true(WIFSTOPPED(status));
	}
	end(pid);
	return true;
}

static void recover(struct fixture *f)
{
	struct journal journal;
	struct capture capture_err;

	capture(&capture_err, &stderr);
	assert_int_equal(journal_open(&journal, f->root, true), STATUS_OK);
	assert_int_equal(change_recover(&journal), STATUS_OK);
	journal_close(&journal);
	free(capture_end(&capture_err));
}

static void start_anew(struct fixture *f)
{
	char path[64];

	snprintf(path, sizeof(path), "%s/run/kvmtune/journal", f->root);
	unlink(path);
}

/* At any point: all is as it was, or all is made and can be put back. */
static void survives_a_kill_while_it_changes(void **state)
{
	struct fixture *f = *state;
	const struct real before = real_of(f->pid);
	size_t stop, halves = 0, back = 0, made = 0;

	for (stop = 0; killed_at(stop, make, f); stop++) {
		struct real now = real_of(f->pid);

		/* The kill left some of the changes made. */
		halves += !is(&now, &before);
		recover(f);
		now = real_of(f->pid);
		if (count_open(f)) {
			is_made(&now);
			made++;
			assert_int_equal(unmake(f, 1, NULL), STATUS_OK);
			now = real_of(f->pid);
		} else {
			back++;
		}
		assert_true(is(&now, &before));
		start_anew(f);
	}
	/* There were kills in each phase. */
	assert_true(back > 20);
	assert_true(halves > 6);
	assert_true(made > 0);
	print_message("%zu stops, %zu half done, %zu put back, %zu made\n", stop, halves, back,
		      made);
	assert_int_equal(count_open(f), SETTINGS);
}

static enum status undo_it(struct fixture *f, uint64_t *action)
{
	return unmake(f, *action, NULL);
}

static void survives_a_kill_while_it_undoes(void **state)
{
	struct fixture *f = *state;
	const struct real before = real_of(f->pid);
	uint64_t action;
	bool killed = true;
	size_t kills = 0;

	for (size_t stop = 0; killed; stop++) {
		struct real now;
		char *said;

		assert_int_equal(make(f, &action), STATUS_OK);
		killed = killed_at(stop, undo_it, f);
		kills += killed;
		recover(f);
		assert_int_equal(unmake(f, 1, &said), STATUS_OK);
		assert_string_equal(said, "");
		free(said);
		now = real_of(f->pid);
		assert_true(is(&now, &before));
		assert_int_equal(count_open(f), 0);
		start_anew(f);
	}
	assert_true(kills > 20);
}

/* A journal that is cut anywhere is read up to its last whole line, and can be written on. */
static void reads_a_cut_journal(void **state)
{
	struct fixture *f = *state;
	const struct real before = real_of(f->pid);
	uint64_t action;
	char path[64], *whole;
	size_t len;

	snprintf(path, sizeof(path), "%s/run/kvmtune/journal", f->root);
	assert_int_equal(make(f, &action), STATUS_OK);
	whole = tree_read(&len, "%s", path);
	assert_non_null(whole);
	assert_true(len > 500);
	assert_int_equal(unmake(f, 1, NULL), STATUS_OK);
	for (size_t cut = 0; cut <= len; cut++) {
		FILE *file = fopen(path, "w");
		struct journal journal;
		struct real now;
		size_t changes;

		fwrite(whole, 1, cut, file);
		fclose(file);
		assert_int_equal(journal_open(&journal, f->root, true), STATUS_OK);
		changes = journal.nr_changes;
		/* They were made by a kvmtune that has gone, if the journal does not say "complete". */
		for (size_t i = 0; i < journal.nr_actions; i++)
			journal.action[i].start++;
		for (size_t i = 0; i < changes; i++) {
			char why[SETTING_WHY];

			assert_true(setting_write(&f->subject, journal.change[i].setting,
						  journal.change[i].new, why));
		}
		if (journal.nr_actions && journal.action[0].complete) {
			assert_int_equal(cut, len);
			assert_int_equal(change_undo(&journal, 1, stderr), STATUS_OK);
		} else {
			struct capture err;

			capture(&err, &stderr);
			assert_int_equal(change_recover(&journal), STATUS_OK);
			free(capture_end(&err));
		}
		journal_close(&journal);
		now = real_of(f->pid);
		assert_true(is(&now, &before));
		assert_int_equal(count_open(f), 0);
	}
	free(whole);
}

static void refuses_a_damaged_journal(void **state)
{
	static const char *const lines[] = {
		"{}",
		"[]",
		"x",
		"",
		"{\"made\":7}",
		"{\"over\":1,\"how\":\"x\"}",
		"{\"begin\":1}",
		"{\"mean\":1}",
		"{\"complete\":3}",
		"{\"begin\":-1}",
		"{\"begin\":1,\"time\":1,\"user\":\"u\",\"command\":\"c\",\"pid\":1,\"start\":\"x\"}",
	};
	struct fixture *f = *state;
	struct journal journal;
	char path[64];

	snprintf(path, sizeof(path), "%s/run/kvmtune/journal", f->root);
	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
		struct capture err;
		FILE *file;
		char *said;

		start_anew(f);
		assert_int_equal(journal_open(&journal, f->root, true), STATUS_OK);
		journal_close(&journal);
		file = fopen(path, "a");
		fprintf(file, "%s\n", lines[i]);
		fclose(file);
		capture(&err, &stderr);
		assert_int_equal(journal_open(&journal, f->root, true), STATUS_BAD);
		said = capture_end(&err);
		assert_non_null(strstr(said, "journal: line 2 is damaged"));
		free(said);
	}
}

static void forgets_what_was_before_a_boot(void **state)
{
	struct fixture *f = *state;
	struct journal journal;
	char path[64];
	FILE *file;

	snprintf(path, sizeof(path), "%s/run/kvmtune/journal", f->root);
	assert_int_equal(journal_open(&journal, f->root, true), STATUS_OK);
	journal_close(&journal);
	file = fopen(path, "w");
	fputs("{\"boot\":\"another\"}\nnonsense\n", file);
	fclose(file);
	assert_int_equal(journal_open(&journal, f->root, true), STATUS_OK);
	assert_int_equal(journal.nr_actions, 0);
	journal_close(&journal);
	assert_int_equal(journal_open(&journal, f->root, true), STATUS_OK);
	journal_close(&journal);
}

static void leaves_alone_what_others_changed(void **state)
{
	struct fixture *f = *state;
	struct real before = real_of(f->pid), now;
	uint64_t action;
	char *said, want[128];

	assert_int_equal(make(f, &action), STATUS_OK);
	assert_int_equal(setpriority(PRIO_PROCESS, f->pid, 11), 0);
	assert_int_equal(unmake(f, action, &said), STATUS_OK);
	snprintf(want, sizeof(want),
		 "web: main (%d): nice is 11, not 7 as kvmtune made it, and is left alone\n",
		 f->pid);
	assert_string_equal(said, want);
	free(said);
	now = real_of(f->pid);
	before.nice = 11;
	assert_true(is(&now, &before));
	assert_string_equal(how_of(f, 2), "left alone, as it was 11");
}

static void hands_on(void **state)
{
	struct fixture *f = *state;
	const struct real before = real_of(f->pid);
	uint64_t first, second;
	struct real now;

	assert_int_equal(make(f, &first), STATUS_OK);
	f->wish[1].value = "12";
	assert_int_equal(make(f, &second), STATUS_OK);
	assert_int_equal(second, 2);
	/* The one in the middle ends; its value is not in force. */
	assert_int_equal(unmake(f, first, NULL), STATUS_OK);
	assert_string_equal(how_of(f, 2), JOURNAL_HANDED "4");
	now = real_of(f->pid);
	assert_int_equal(now.nice, 12);
	assert_int_equal(now.policy, SCHED_OTHER);
	assert_int_equal(unmake(f, second, NULL), STATUS_OK);
	now = real_of(f->pid);
	assert_true(is(&now, &before));
}

/* A process that has the pid of one that has gone is another one. */
static void spares_a_reused_pid(void **state)
{
	struct fixture *f = *state;
	const pid_t pid = f->pid;
	uint64_t action;
	char *said;
	struct real fresh, now;
	pid_t again = 0;

	assert_int_equal(make(f, &action), STATUS_OK);
	end(pid);
	f->pid = 0;
	for (int tries = 0; tries < 1000 && again != pid; tries++) {
		FILE *file = fopen("/proc/sys/kernel/ns_last_pid", "w");

		if (!file)
			skip();
		fprintf(file, "%d", pid - 1);
		fclose(file);
		if (again)
			end(again);
		again = sleeper();
	}
	assert_int_equal(again, pid);
	f->pid = again;
	/* As kvmtune left the first one, so that only its start tells it from that. */
	assert_int_equal(setpriority(PRIO_PROCESS, again, 7), 0);
	fresh = real_of(again);
	assert_int_equal(unmake(f, action, &said), STATUS_OK);
	assert_string_equal(said, "");
	free(said);
	now = real_of(again);
	assert_true(is(&now, &fresh));
	assert_string_equal(how_of(f, 1), "gone");
}

/* What the kernel refuses, ends the whole action. */
static void makes_all_or_nothing(void **state)
{
	struct fixture *f = *state;
	const struct real before = real_of(f->pid);
	struct capture err;
	uint64_t action = 5;
	struct real now;
	char *said;

	f->wish[2] = (struct wish){ f->subject, SETTING_CPUS, "4000" };
	capture(&err, &stderr);
	assert_int_equal(make(f, &action), STATUS_NO_DATA);
	said = capture_end(&err);
	assert_non_null(strstr(said, "web: main ("));
	assert_non_null(strstr(said, "): cpus: Invalid argument\n"));
	free(said);
	assert_int_equal(action, 0);
	now = real_of(f->pid);
	assert_true(is(&now, &before));
	assert_int_equal(count_open(f), 0);
}

/* A renewal tries again what was meant and not made, and leaves alone what was undone. */
static void renews(void **state)
{
	struct fixture *f = *state;
	struct real before = real_of(f->pid), now;
	char *const words[] = { "set", "web", NULL };
	const struct wish *nice = &f->wish[1];
	struct journal journal;
	char old[8];

	snprintf(old, sizeof(old), "%d", before.nice);
	assert_int_equal(journal_open(&journal, f->root, true), STATUS_OK);
	assert_non_null(journal_begin(&journal, words, true));
	assert_non_null(journal_mean(&journal, 1, &nice->subject, nice->setting, old, "7"));
	assert_true(journal_complete(&journal, 1));
	assert_int_equal(change_renew(&journal, 1, nice, 1), STATUS_OK);
	now = real_of(f->pid);
	assert_int_equal(now.nice, 7);
	assert_int_equal(journal.nr_changes, 1);
	assert_int_equal(journal.change[0].state, CHANGE_MADE);
	assert_int_equal(change_undo(&journal, 1, stderr), STATUS_OK);
	assert_int_equal(change_renew(&journal, 1, f->wish, SETTINGS), STATUS_OK);
	now = real_of(f->pid);
	assert_true(is(&now, &before));
	assert_int_equal(journal.nr_changes, 1);
	journal_close(&journal);
}

static void has_one_writer(void **state)
{
	struct fixture *f = *state;
	struct journal journal, other;
	struct capture err;
	char *said;

	assert_int_equal(journal_open(&journal, f->root, true), STATUS_OK);
	capture(&err, &stderr);
	assert_int_equal(journal_open(&other, f->root, true), STATUS_NO_DATA);
	said = capture_end(&err);
	assert_string_equal(said, "kvmstat: another kvmtune is at work\n");
	free(said);
	assert_int_equal(journal_open(&other, f->root, false), STATUS_OK);
	journal_close(&other);
	journal_close(&journal);
	assert_int_equal(journal_open(&other, f->root, true), STATUS_OK);
	journal_close(&other);
}

/* A full disk leaves no part of a line behind. */
static void survives_a_full_disk(void **state)
{
	struct fixture *f = *state;
	const struct rlimit small = { 700, 700 };
	const struct real before = real_of(f->pid);
	struct real now;
	int status;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (!pid) {
		uint64_t action;

		signal(SIGXFSZ, SIG_IGN);
		setrlimit(RLIMIT_FSIZE, &small);
		if (!freopen("/dev/null", "w", stderr))
			_exit(9);
		_exit(make(f, &action));
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), STATUS_NO_DATA);
	now = real_of(f->pid);
	assert_true(is(&now, &before));
	recover(f);
	assert_int_equal(count_open(f), 0);
}

static void parses_settings(void **state)
{
	static const struct {
		enum setting setting;
		const char *text, *value;
	} cases[] = {
		{ SETTING_NICE, "-20", "-20" },	      { SETTING_NICE, "+5", "5" },
		{ SETTING_NICE, "-21", NULL },	      { SETTING_NICE, "20", NULL },
		{ SETTING_NICE, "", NULL },	      { SETTING_NICE, " 1", NULL },
		{ SETTING_NICE, "1e1", NULL },	      { SETTING_NICE, "--1", NULL },
		{ SETTING_POLICY, "rr:1", "rr:1" },   { SETTING_POLICY, "rr", NULL },
		{ SETTING_POLICY, "rr:0", NULL },     { SETTING_POLICY, "rr:100", NULL },
		{ SETTING_POLICY, "batch:1", NULL },  { SETTING_POLICY, "deadline", NULL },
		{ SETTING_POLICY, "idle", "idle" },   { SETTING_POLICY, "", NULL },
		{ SETTING_SLICE, "3ms", "3000000" },  { SETTING_SLICE, "0.1ms", "100000" },
		{ SETTING_SLICE, "0.09ms", NULL },    { SETTING_SLICE, "101ms", NULL },
		{ SETTING_SLICE, "3s", NULL },	      { SETTING_SLICE, "ms", NULL },
		{ SETTING_SLICE, "nan", NULL },	      { SETTING_SLICE, "usual", "usual" },
		{ SETTING_CPUS, "3,1-2", "1-3" },     { SETTING_CPUS, "0", "0" },
		{ SETTING_CPUS, "5,7-8,9", "5,7-9" }, { SETTING_CPUS, "3-1", NULL },
		{ SETTING_CPUS, "", NULL },	      { SETTING_CPUS, "1,", NULL },
		{ SETTING_CPUS, "-1", NULL },	      { SETTING_CPUS, "9999999", NULL },
		{ SETTING_CPUS, "0-8191", "0-8191" }, { SETTING_CPUS, "8192", NULL },
		{ SETTING_CPUS, "1 2", NULL },	      { SETTING_WEIGHT, "10000", "10000" },
		{ SETTING_WEIGHT, "0", NULL },	      { SETTING_WEIGHT, "10001", NULL },
		{ SETTING_HALT_POLL, "-1", NULL },    { SETTING_KSM, "2", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char why[SETTING_WHY] = "", *value;

		value = setting_parse(cases[i].setting, cases[i].text, why);
		if (cases[i].value)
			assert_string_equal(value, cases[i].value);
		else
			assert_null(value);
		assert_int_equal(!cases[i].value, *why != '\0');
		free(value);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

static const struct CMUnitTest tests[] = {
	TEST(makes_and_puts_back),
	TEST(sets_each),
	TEST(sets_a_slice),
	TEST(survives_a_kill_while_it_changes),
	TEST(survives_a_kill_while_it_undoes),
	TEST(reads_a_cut_journal),
	TEST(refuses_a_damaged_journal),
	TEST(forgets_what_was_before_a_boot),
	TEST(leaves_alone_what_others_changed),
	TEST(hands_on),
	TEST(spares_a_reused_pid),
	TEST(makes_all_or_nothing),
	TEST(renews),
	TEST(has_one_writer),
	TEST(survives_a_full_disk),
	cmocka_unit_test(parses_settings),
};

int main(void)
{
	const int nice = getpriority(PRIO_PROCESS, 0);

	if (setpriority(PRIO_PROCESS, 0, nice - 1)) {
		puts("skip - changes of real processes: they need root with CAP_SYS_NICE");
		return 0;
	}
	setpriority(PRIO_PROCESS, 0, nice);
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
