// SPDX-License-Identifier: GPL-2.0
/*
 * Tests with real processes what is read from the kernel of this machine.
 */
#define _GNU_SOURCE
#include "unit.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "data/memory.h"
#include "data/process.h"

static bool has_arguments(pid_t pid)
{
	char path[64];
	FILE *file;
	int c;

	snprintf(path, sizeof(path), "/proc/%d/cmdline", pid);
	file = fopen(path, "re");
	assert_non_null(file);
	c = getc(file);
	fclose(file);
	return c != EOF;
}

/* Starts a process with these arguments, argv[0] included. It waits for stop(). */
static pid_t start(char *const *argv)
{
	int pipes[2], ready[2];
	char byte;
	pid_t pid;

	assert_int_equal(pipe2(pipes, O_CLOEXEC), 0);
	assert_int_equal(pipe2(ready, O_CLOEXEC), 0);
	pid = fork();
	if (!pid) {
		dup2(pipes[0], 0);
		execv("/bin/sh", argv);
		_exit(127);
	}
	/* exec closes the end of the pipe shortly before it sets the arguments. */
	close(ready[1]);
	assert_int_equal(read(ready[0], &byte, 1), 0);
	close(ready[0]);
	close(pipes[0]);
	for (int tries = 0; !has_arguments(pid); tries++) {
		assert_true(tries < 10000);
		usleep(1000);
	}
	return pid;
}

static void stop(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

/* Returns a snapshot of guests with these pids, which -1 ends. The caller frees it. */
static struct snapshot snapshot_of(const pid_t *pids)
{
	struct snapshot snap = { 0 };

	while (pids[snap.nr] >= 0)
		snap.nr++;
	snap.guest = xcalloc(snap.nr + 1, sizeof(*snap.guest));
	snap.about = xcalloc(snap.nr + 1, sizeof(*snap.about));
	for (size_t i = 0; i < snap.nr; i++) {
		snap.guest[i].v[COL_pid] = pids[i];
		snap.about[i] = about_new();
	}
	return snap;
}

static void is(char *const *argv, const char *name, const char *vmm)
{
	const pid_t pid = start(argv);
	struct snapshot snap = snapshot_of((pid_t[]){ pid, -1 });

	process_describe(&snap);
	stop(pid);
	assert_string_equal(snap.about[0]->name, name);
	assert_string_equal(snap.about[0]->vmm, vmm);
	snapshot_free(&snap);
}

#define IS(name, vmm, ...) is((char *[]){ __VA_ARGS__, NULL }, name, vmm)

/* sh waits for a line that never comes, whatever its other arguments are. */
#define WAIT "-c", "read x"

static void names_come_from_real_processes(void **state)
{
	(void)state;
	IS("web1", "qemu", "qemu-system-x86_64", WAIT, "-name", "guest=web1,debug-threads=on");
	IS("plain", "qemu", "/usr/bin/kvm", WAIT, "-name", "plain");
	IS("fc1", "firecracker", "firecracker", WAIT, "--id", "fc1");
	IS("fc2", "firecracker", "firecracker", WAIT, "--id=fc2");
	IS("clh1", "cloud-hypervisor", "cloud-hypervisor", WAIT, "--api-socket", "/run/clh1.sock");
	IS("vm1", "crosvm", "crosvm", WAIT, "run", "--name", "vm1");
	IS("kt1", "kvmtool", "lkvm", WAIT, "run", "--name", "kt1");
	/* If the arguments have no name, the name is that of the command. */
	IS("sh", "sh", "some-vmm", WAIT);
	IS("sh", "qemu", "qemu-system-x86_64", WAIT);
	IS("sh", "sh", "", WAIT);
}

static void hostile_names_come_in_clean(void **state)
{
	char longest[10240];

	(void)state;
	IS("\\x1b[31mevil\\x09name\\x5c", "qemu", "qemu", WAIT, "-name", "\033[31mevil\tname\\");
	/* For libproc2 a newline ends an argument, too. */
	IS("evil", "qemu", "qemu", WAIT, "-name", "evil\nname");
	IS("\\xff\\xfe\\xe2\\x80\\xae", "qemu", "qemu", WAIT, "-name", "\xff\xfe\xe2\x80\xae");
	IS("\xe8\x99\x9a", "qemu", "qemu", WAIT, "-name", "\xe8\x99\x9a");
	IS("a b", "qemu", "qemu", WAIT, "-name", "a b");
	memset(longest, 'x', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	{
		const pid_t pid = start((char *[]){ "qemu", WAIT, "-name", longest, NULL });
		struct snapshot snap = snapshot_of((pid_t[]){ pid, -1 });

		process_describe(&snap);
		stop(pid);
		assert_int_equal(strspn(snap.about[0]->name, "x"), NAME_SIZE - 2);
		assert_string_equal(snap.about[0]->name + NAME_SIZE - 2, "+");
		snapshot_free(&snap);
	}
}

/* There are more pids than one query takes; some twice, one gone, one for the others. */
static void describes_many_at_once(void **state)
{
	const pid_t first = start((char *[]){ "qemu", WAIT, "-name", "first", NULL });
	const pid_t last = start((char *[]){ "qemu", WAIT, "-name", "last", NULL });
	const pid_t gone = start((char *[]){ "qemu", WAIT, "-name", "gone", NULL });
	pid_t pids[603];
	struct snapshot snap;

	(void)state;
	for (size_t i = 0; i < 602; i++)
		pids[i] = i % 2 ? first : last;
	pids[300] = gone;
	pids[301] = 0;
	pids[602] = -1;
	stop(gone);
	snap = snapshot_of(pids);
	process_describe(&snap);
	stop(first);
	stop(last);
	for (size_t i = 0; i < 602; i++)
		assert_string_equal(snap.about[i]->name, i == 300 ? "?" :
							 i == 301 ? "(others)" :
							 i % 2	  ? "first" :
								    "last");
	assert_string_equal(snap.about[300]->vmm, "");
	assert_string_equal(snap.about[300]->cgroup, "");
	snapshot_free(&snap);
}

/* A zombie has no arguments any more; a kernel thread never had any. */
static void some_processes_have_no_arguments(void **state)
{
	const pid_t zombie = start((char *[]){ "qemu", WAIT, "-name", "zombie", NULL });
	struct snapshot snap = snapshot_of((pid_t[]){ zombie, 2, -1 });
	siginfo_t info;

	(void)state;
	kill(zombie, SIGKILL);
	assert_int_equal(waitid(P_PID, zombie, &info, WEXITED | WNOWAIT), 0);
	process_describe(&snap);
	waitpid(zombie, NULL, 0);
	assert_string_equal(snap.about[0]->name, "sh");
	assert_string_not_equal(snap.about[1]->name, "");
	snapshot_free(&snap);
}

static void knows_the_cgroup(void **state)
{
	struct snapshot snap = snapshot_of((pid_t[]){ getpid(), -1 });
	char line[4096], want[NAME_SIZE] = "";
	FILE *file = fopen("/proc/self/cgroup", "r");

	(void)state;
	process_describe(&snap);
	while (file && fgets(line, sizeof(line), file))
		if (!strncmp(line, "0::", 3)) {
			line[strcspn(line, "\n")] = '\0';
			name_clean(want, line + 3, false);
		}
	if (file)
		fclose(file);
	if (!want[0])
		skip();
	assert_string_equal(snap.about[0]->cgroup, want);
	snapshot_free(&snap);
}

static void add_vcpu(struct about *about, uint64_t tid)
{
	struct vcpu *vcpu =
		detail_new_row(&detail_form[TABLE_VCPUS], &about->detail.table[TABLE_VCPUS]);

	about->detail.table[TABLE_VCPUS].known = true;
	vcpu->tid = tid;
}

static void ready_time_is_the_schedulers(void **state)
{
	struct about *about = about_new();
	unsigned long long before, after;
	FILE *file = fopen("/proc/thread-self/schedstat", "r");

	(void)state;
	if (!file || fscanf(file, "%*u %llu", &before) != 1)
		skip();
	fclose(file);
	process_ready(about, getpid());
	assert_false(about->has_ready);

	add_vcpu(about, gettid());
	process_ready(about, getpid());
	file = fopen("/proc/thread-self/schedstat", "r");
	assert_int_equal(fscanf(file, "%*u %llu", &after), 1);
	fclose(file);
	assert_true(about->has_ready);
	assert_in_range(about->ready_ns, before, after);
	about_put(about);

	/* A thread that has done more than its vCPU is older than the vCPU's counters. */
	do {
		file = fopen("/proc/thread-self/schedstat", "r");
		assert_int_equal(fscanf(file, "%llu %llu", &before, &after), 2);
		fclose(file);
	} while (before + after < 200000000);
	for (int older = 0; older < 2; older++) {
		struct vcpu *vcpu;

		about = about_new();
		add_vcpu(about, gettid());
		vcpu = about->detail.table[TABLE_VCPUS].row;
		vcpu->guest_ns = older ? 1000 : UINT64_C(1) << 60;
		process_ready(about, getpid());
		assert_true(about->has_ready);
		assert_int_equal(about->ready_older, older);
		assert_int_equal(about_ready(NULL, about, &(uint64_t){ 0 }), !older);
		assert_true(about_ready(about, about, &(uint64_t){ 0 }));
		about_put(about);
	}

	/* One thread has gone, one is of another process, and one is 0. */
	about = about_new();
	add_vcpu(about, INT32_MAX);
	add_vcpu(about, 1);
	add_vcpu(about, 0);
	process_ready(about, getpid());
	process_ready(about, INT32_MAX);
	process_ready(about, 0);
	assert_false(about->has_ready);
	assert_int_equal(about->ready_ns, 0);
	about_put(about);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(names_come_from_real_processes),
	cmocka_unit_test(hostile_names_come_in_clean),
	cmocka_unit_test(describes_many_at_once),
	cmocka_unit_test(some_processes_have_no_arguments),
	cmocka_unit_test(knows_the_cgroup),
	cmocka_unit_test(ready_time_is_the_schedulers),
};

UNIT_MAIN(tests)
