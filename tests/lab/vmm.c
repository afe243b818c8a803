// SPDX-License-Identifier: GPL-2.0
/*
 * vmm: a small VMM whose guests make VM exits of known number and kind, given as words
 * like "out:5 cpuid:7 hlt:1". It prints the ids of its VMs and threads, holds the VMs until
 * its standard input ends, and counts its own KVM_RUN returns, which makes it an oracle.
 */
#define _GNU_SOURCE
#include <argp.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/kvm.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MAX_VMS 16
#define MAX_VCPUS 16
#define MEMORY 0x10000

struct vcpu {
	struct vm *vm;
	int fd, id;
	struct kvm_run *run;
	bool done;
	pid_t tid; /* that ran the vCPU first */
	pid_t runner, runner_before; /* that runs the vCPU now, and that ran it before */
	unsigned long returns, injected;
};

struct vm {
	int fd, nr;
	uint8_t *memory;
	struct vcpu vcpus[MAX_VCPUS];
};

static struct {
	int vms, vcpus, churn, id_base, rest, wake, nested, fifo, pin, refused, unfiled;
	bool one_thread, other_thread, hop, hand_over, inject, leave, held, groups, halted, stuck;
	bool ask, odd, timed;
	char *program;
} opt = { .vms = 1, .vcpus = 1, .pin = -1 };

static int kvm, run_size;
static long nr_cpus;
static long long ran; /* nanoseconds of the guests' work */

/* The meaning of a word of the program. */
struct op {
	const char *name;
	uint8_t code[64];
	int size;
};

static uint8_t *emit(uint8_t *p, const void *bytes, size_t n)
{
	memcpy(p, bytes, n);
	return p + n;
}

#if defined(__x86_64__)
#include "guest_x86.h"
#elif defined(__aarch64__)
#include "guest_arm64.h"
#elif defined(__riscv)
#include "guest_riscv.h"
#endif

static void load_program(uint8_t *memory)
{
	char *words = strdup(opt.program), *word, *state;
	uint8_t *p = guest_begin(memory);
	size_t i;

	for (word = strtok_r(words, " ", &state); word; word = strtok_r(NULL, " ", &state)) {
		char *turns = strchr(word, ':');

		if (!turns)
			errx(2, "'%s': want WORD:TIMES", word);
		*turns++ = 0;
		for (i = 0; i < sizeof(ops) / sizeof(*ops) && strcmp(ops[i].name, word); i++)
			;
		if (i == sizeof(ops) / sizeof(*ops))
			errx(2, "'%s': no such instruction", word);
		if (atol(turns))
			p = guest_loop(p, &ops[i], atol(turns));
	}
	guest_end(p);
	free(words);
}

static void make_vcpu(struct vm *vm, int n)
{
	struct vcpu *v = &vm->vcpus[n];
	int i;

	v->vm = vm;
	v->done = false;
	v->returns = 0;
	v->tid = gettid();
	v->id = opt.id_base + vm->nr * MAX_VCPUS + n;
	v->fd = ioctl(vm->fd, KVM_CREATE_VCPU, v->id);
	if (v->fd < 0)
		err(1, "KVM_CREATE_VCPU");
	/* KVM finds out late that there is such a vCPU. */
	for (i = 0; i < opt.refused; i++)
		if (ioctl(vm->fd, KVM_CREATE_VCPU, v->id) >= 0 || errno != EEXIST)
			err(1, "KVM_CREATE_VCPU with an id that is used");
	v->run = mmap(NULL, run_size, PROT_READ | PROT_WRITE, MAP_SHARED, v->fd, 0);
	if (v->run == MAP_FAILED)
		err(1, "mmap of kvm_run");
	guest_vcpu(v, n);
}

static void make_vm(struct vm *vm, int nr)
{
	struct kvm_userspace_memory_region region = { .memory_size = MEMORY };
	int i;

	vm->nr = nr;
	vm->fd = ioctl(kvm, KVM_CREATE_VM, 0);
	if (vm->fd < 0)
		err(1, "KVM_CREATE_VM");
	vm->memory = mmap(NULL, MEMORY, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (vm->memory == MAP_FAILED)
		err(1, "mmap of the guest's memory");
	region.userspace_addr = (uintptr_t)vm->memory;
	if (ioctl(vm->fd, KVM_SET_USER_MEMORY_REGION, &region))
		err(1, "KVM_SET_USER_MEMORY_REGION");
	load_program(vm->memory);
	guest_vm(vm);
	for (i = 0; i < opt.vcpus; i++)
		make_vcpu(vm, i);
}

/* KVM finds out last that no file descriptor is left. The VMs take turns, each id is new. */
static void make_unfiled(struct vm *vms)
{
	struct rlimit before, none;
	int i;

	if (getrlimit(RLIMIT_NOFILE, &before))
		err(1, "getrlimit");
	none = (struct rlimit){ .rlim_max = before.rlim_max };
	if (setrlimit(RLIMIT_NOFILE, &none))
		err(1, "setrlimit");
	for (i = 0; i < opt.unfiled; i++)
		if (ioctl(vms[i % opt.vms].fd, KVM_CREATE_VCPU,
			  opt.id_base + opt.vms * MAX_VCPUS + i) >= 0 ||
		    errno != EMFILE)
			err(1, "KVM_CREATE_VCPU without a file descriptor");
	if (setrlimit(RLIMIT_NOFILE, &before))
		err(1, "setrlimit");
}

static void end_vm(struct vm *vm)
{
	int i;

	for (i = 0; i < opt.vcpus; i++) {
		munmap(vm->vcpus[i].run, run_size);
		close(vm->vcpus[i].fd);
	}
	close(vm->fd);
	munmap(vm->memory, MEMORY);
}

static void move_to(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	/* The CPU to hop to may have gone off line. */
	if (sched_setaffinity(0, sizeof(set), &set) && !(opt.hop && errno == EINVAL))
		err(1, "sched_setaffinity");
}

static void hop(void)
{
	static __thread int cpu;

	move_to(cpu++ % nr_cpus);
}

/* The kernel takes the lower half of the command, and on x86 calls of 32-bit programs. */
static int odd_run(int fd)
{
#ifdef __x86_64__
	static unsigned int turn;
	int ret;

	/* The file is there if the kernel runs 32-bit programs. */
	if (turn++ % 2 && !access("/proc/sys/abi/vsyscall32", F_OK)) {
		asm volatile("int $0x80"
			     : "=a"(ret)
			     : "a"(54 /* ioctl */), "b"(fd), "c"(KVM_RUN), "d"(0)
			     : "memory", "cc", "r8", "r9", "r10", "r11");
		errno = -ret;
		return ret < 0 ? -1 : ret;
	}
#endif
	return syscall(SYS_ioctl, fd, KVM_RUN | 1ul << 40, 0ul);
}

/* One KVM_RUN. */
static void step(struct vcpu *v)
{
	int ret = opt.odd ? odd_run(v->fd) : ioctl(v->fd, KVM_RUN, 0);

	v->returns++;
	if (ret) {
		if (errno != EINTR && errno != EAGAIN)
			err(1, "KVM_RUN");
		return;
	}
	guest_check(v);
	v->done = guest_is_done(v->run);
	switch (v->run->exit_reason) {
	case KVM_EXIT_IO:
	case KVM_EXIT_HLT:
	case KVM_EXIT_MMIO:
	case KVM_EXIT_INTR:
#ifdef __riscv
	case KVM_EXIT_RISCV_SBI:
#endif
		break;
	default:
		errx(1, "KVM_RUN: unexpected exit reason %u", v->run->exit_reason);
	}
	if (opt.inject && !v->done)
		guest_inject(v);
	if (opt.hop)
		hop();
	if (opt.rest)
		usleep(opt.rest);
}

/* The guest is not entered, so this is a return without an exit. */
static void step_no_exit(struct vcpu *v)
{
	v->run->immediate_exit = 1;
	step(v);
	v->run->immediate_exit = 0;
}

/* The vCPU starts on this thread, except a VM's first vCPU, see work(). */
static void starts_here(struct vcpu *v)
{
	if (v != v->vm->vcpus)
		v->tid = gettid();
}

static void runs_here(struct vcpu *v)
{
	v->runner_before = v->runner;
	__atomic_store_n(&v->runner, gettid(), __ATOMIC_RELAXED);
}

static void *run_half(void *arg)
{
	struct vcpu *v = arg;
	int i;

	starts_here(v);
	runs_here(v);
	for (i = 0; i < 3 && !v->done; i++)
		step(v);
	return NULL;
}

static long long now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000ll + t.tv_nsec;
}

static void *run_vcpu(void *arg)
{
	struct vcpu *v = arg;
	long long start;
	pthread_t first;

	if (opt.hand_over) {
		if (pthread_create(&first, NULL, run_half, v))
			errx(1, "pthread_create");
		pthread_join(first, NULL);
	} else {
		starts_here(v);
	}
	runs_here(v);
	/* KVM waits for RCU at the first KVM_RUN of a thread. */
	if (opt.timed)
		step_no_exit(v);
	start = now();
	while (!v->done) {
		step(v);
		/* The guest is in the middle of its work. */
		if (opt.stuck)
			pause();
		if (opt.halted &&
		    ioctl(v->fd, KVM_SET_MP_STATE, &(struct kvm_mp_state){ KVM_MP_STATE_HALTED }))
			err(1, "KVM_SET_MP_STATE");
	}
	if (opt.timed)
		ran = now() - start;
	return NULL;
}

static int run_in_group(void *arg)
{
	run_vcpu(arg);
	return 0;
}

#define STACK 0x10000

/* Each vCPU has a process of its own, all of which share the memory and the files. */
static void run_in_groups(struct vm *vms)
{
	pid_t pids[MAX_VMS][MAX_VCPUS];
	int i, j;

	for (i = 0; i < opt.vms; i++)
		for (j = 0; j < opt.vcpus; j++) {
			pids[i][j] = clone(run_in_group, (char *)malloc(STACK) + STACK,
					   CLONE_VM | CLONE_FILES | SIGCHLD, &vms[i].vcpus[j]);
			if (pids[i][j] < 0)
				err(1, "clone");
		}
	for (i = 0; i < opt.vms; i++)
		for (j = 0; j < opt.vcpus; j++)
			if (waitpid(pids[i][j], NULL, 0) < 0)
				err(1, "waitpid");
}

/* Runs all vCPUs of all VMs in turn, one KVM_RUN each, on this thread. */
static void run_in_turn(struct vm *vms)
{
	bool more = true;
	int i, j;

	while (more) {
		more = false;
		for (i = 0; i < opt.vms; i++)
			for (j = 0; j < opt.vcpus; j++) {
				struct vcpu *v = &vms[i].vcpus[j];

				if (v->done)
					continue;
				if (!v->runner)
					runs_here(v);
				step(v);
				step_no_exit(v);
				more = true;
			}
		/* None of these vCPUs is the last that the CPU saw. */
		for (i = 0; opt.odd && i < opt.vms; i++)
			for (j = 0; j < opt.vcpus; j++)
				step_no_exit(&vms[i].vcpus[j]);
	}
}

/* Wakes the VM's vCPUs, which halt in the kernel, or asks for their state, until all are done. */
static void *wake(void *arg)
{
	struct kvm_mp_state state;
	struct vm *vm = arg;
	bool more = true;
	int i;

	while (more) {
		more = false;
		usleep(opt.wake);
		for (i = 0; i < opt.vcpus; i++) {
			if (__atomic_load_n(&vm->vcpus[i].done, __ATOMIC_RELAXED))
				continue;
			more = true;
			if (!opt.ask)
				guest_wake(&vm->vcpus[i]);
			else if (ioctl(vm->vcpus[i].fd, KVM_GET_MP_STATE, &state))
				err(1, "KVM_GET_MP_STATE");
		}
	}
	return NULL;
}

static void run_in_threads(struct vm *vms)
{
	pthread_t threads[MAX_VMS][MAX_VCPUS];
	int i, j;

	for (i = 0; i < opt.vms; i++)
		for (j = 0; j < opt.vcpus; j++)
			if (pthread_create(&threads[i][j], NULL, run_vcpu, &vms[i].vcpus[j]))
				errx(1, "pthread_create");
	for (i = 0; i < opt.vms; i++)
		for (j = 0; j < opt.vcpus; j++)
			pthread_join(threads[i][j], NULL);
}

static void run(struct vm *vms)
{
	pthread_t wakers[MAX_VMS];
	int i;

	for (i = 0; (opt.wake || opt.ask) && i < opt.vms; i++)
		if (pthread_create(&wakers[i], NULL, wake, &vms[i]))
			errx(1, "pthread_create");
	if (opt.one_thread)
		run_in_turn(vms);
	else if (opt.groups)
		run_in_groups(vms);
	else
		run_in_threads(vms);
	for (i = 0; (opt.wake || opt.ask) && i < opt.vms; i++)
		pthread_join(wakers[i], NULL);
}

static void *work(void *unused __attribute__((unused)))
{
	static struct vm vms[MAX_VMS];
	long long start;
	int i, j;

	for (i = 0; i < opt.churn; i++) {
		make_vm(&vms[0], 0);
		while (!vms[0].vcpus[0].done)
			step(&vms[0].vcpus[0]);
		end_vm(&vms[0]);
	}
	if (opt.churn)
		return NULL;

	for (i = 0; i < opt.vms; i++)
		make_vm(&vms[i], i);
	make_unfiled(vms);
	if (opt.held)
		getchar();
	/* The VMs get their ids in the order in which they are first seen. */
	for (i = 0; i < opt.vms; i++)
		step_no_exit(&vms[i].vcpus[0]);
	start = now();
	run(vms);
	printf("ran %lld ns\n", ran ?: now() - start);

	for (i = 0; i < opt.vms; i++) {
		unsigned long returns = 0, injected = 0;

		for (j = 0; j < opt.vcpus; j++) {
			returns += vms[i].vcpus[j].returns;
			injected += vms[i].vcpus[j].injected;
		}
		if (opt.inject)
			printf("injected %lu\n", injected);
		printf("vm %d pid %d tid %d fd %d returns %lu vcpus", i, getpid(), gettid(),
		       vms[i].fd, returns);
		for (j = 0; j < opt.vcpus; j++)
			printf(" %d", vms[i].vcpus[j].id);
		printf("\n");
		for (j = 0; j < opt.vcpus; j++)
			printf("thread %d %d runs %d %d\n", vms[i].vcpus[j].id, vms[i].vcpus[j].tid,
			       vms[i].vcpus[j].runner, vms[i].vcpus[j].runner_before);
	}
	printf("done\n");
	fflush(stdout);
	if (opt.leave && fork())
		exit(0);
	while (getchar() != EOF)
		;
	return NULL;
}

/* The handler does nothing, because the signal's arrival is enough. */
static void woken(int signal __attribute__((unused)))
{
}

static const struct argp_option options[] = {
	{ "vms", 'm', "N", 0, "VMs in this process", 0 },
	{ "vcpus", 'c', "N", 0, "vCPUs of each", 0 },
	{ "churn", 'n', "N", 0, "make, run and end N VMs, one after the other", 0 },
	{ "id-base", 'b', "N", 0, "the first vCPU's id", 0 },
	{ "wake", 'w', "US", 0, "halt in the kernel (its interrupt controller), woken so often",
	  0 },
	{ "nested", 'e', "N", 0, "AMD-V: not the program, but N exits of a nested guest", 0 },
	{ "rest", 'r', "US", 0, "sleep so long after every return", 0 },
	{ "inject", 'i', NULL, 0, "give the guest an interrupt after every return", 0 },
	{ "fifo", 'f', "N", 0, "run at this real-time priority", 0 },
	{ "refused", 'k', "N", 0, "create each vCPU N times more, in vain", 0 },
	{ "unfiled", 'u', "N", 0, "create N more vCPUs, in each VM in turn, in vain", 0 },
	{ "pin", 'p', "N", 0, "run on this CPU only", 0 },
	{ "groups", 'g', NULL, 0, "a process for each vCPU, all of which share their memory", 0 },
	{ "halted", 'a', NULL, 0, "halt each vCPU, in the kernel, after every return", 0 },
	{ "stuck", 's', NULL, 0, "never call KVM_RUN again after the first exit to userspace", 0 },
	{ "ask", 'q', NULL, 0, "a thread asks for the state of each vCPU, so waits for its lock",
	  0 },
	{ "timed", 'z', NULL, 0, "print the time of the last vCPU's work alone", 0 },
	{ "odd", 'y', NULL, 0, "call KVM_RUN by other registers, or with more in them", 0 },
	{ "one-thread", 't', NULL, 0, "run all vCPUs in turn on one thread", 0 },
	{ "other-thread", 'o', NULL, 0, "do all of it in a thread that is not the main one", 0 },
	{ "hop", 'h', NULL, 0, "move to another CPU after every return", 0 },
	{ "held", 'd', NULL, 0, "run nothing before a character is read", 0 },
	{ "leave", 'l', NULL, 0, "end, when all is done; a child holds the VMs", 0 },
	{ "hand-over", 'v', NULL, 0, "another thread runs each vCPU's first returns", 0 },
	{ 0 }
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	switch (key) {
	case 'm':
		opt.vms = atoi(arg);
		break;
	case 'c':
		opt.vcpus = atoi(arg);
		break;
	case 'n':
		opt.churn = atoi(arg);
		break;
	case 'b':
		opt.id_base = atoi(arg);
		break;
	case 'w':
		opt.wake = atoi(arg);
		break;
	case 'e':
		opt.nested = atoi(arg);
		break;
	case 'r':
		opt.rest = atoi(arg);
		break;
	case 'f':
		opt.fifo = atoi(arg);
		break;
	case 'k':
		opt.refused = atoi(arg);
		break;
	case 'u':
		opt.unfiled = atoi(arg);
		break;
	case 'p':
		opt.pin = atoi(arg);
		break;
	case 'g':
		opt.groups = true;
		break;
	case 'a':
		opt.halted = true;
		break;
	case 'q':
		opt.ask = true;
		break;
	case 'y':
		opt.odd = true;
		break;
	case 'z':
		opt.timed = true;
		break;
	case 's':
		opt.stuck = true;
		break;
	case 'i':
		opt.inject = true;
		break;
	case 't':
		opt.one_thread = true;
		break;
	case 'o':
		opt.other_thread = true;
		break;
	case 'h':
		opt.hop = true;
		break;
	case 'd':
		opt.held = true;
		break;
	case 'l':
		opt.leave = true;
		break;
	case 'v':
		opt.hand_over = true;
		break;
	case ARGP_KEY_ARG:
		if (opt.program)
			argp_usage(state);
		opt.program = arg;
		break;
	case ARGP_KEY_END:
		if (!opt.program || opt.vms < 1 || opt.vms > MAX_VMS || opt.vcpus < 1 ||
		    opt.vcpus > MAX_VCPUS)
			argp_usage(state);
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

int main(int argc, char **argv)
{
	const struct argp argp = { options, parse, "'WORD:TIMES ...'", NULL, NULL, NULL, NULL };
	pthread_t thread;

	argp_parse(&argp, argc, argv, 0, NULL, NULL);
	signal(SIGUSR1, woken);
	if (opt.fifo &&
	    sched_setscheduler(0, SCHED_FIFO, &(struct sched_param){ .sched_priority = opt.fifo }))
		err(1, "sched_setscheduler");
	if (opt.pin >= 0)
		move_to(opt.pin);
	nr_cpus = sysconf(_SC_NPROCESSORS_ONLN);
	kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	if (kvm < 0)
		err(1, "/dev/kvm");
	run_size = ioctl(kvm, KVM_GET_VCPU_MMAP_SIZE, 0);
	if (!opt.other_thread) {
		work(NULL);
	} else {
		if (pthread_create(&thread, NULL, work, NULL))
			errx(1, "pthread_create");
		pthread_join(thread, NULL);
	}
	return 0;
}
