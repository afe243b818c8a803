// SPDX-License-Identifier: GPL-2.0
/*
 * vmm: a small VMM whose guests make VM exits of known number and kind, told in words
 * like "out:5 cpuid:7 hlt:1". Says what its VMs and threads are, holds the VMs until
 * its standard input ends, and counts its own KVM_RUN returns: an oracle.
 */
#define _GNU_SOURCE
#include <argp.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/kvm.h>
#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define MAX_VMS 16
#define MAX_VCPUS 16
#define MEMORY 0x10000
#define CODE 0x1000
#define UD_HANDLER 0x800
#define NMI_HANDLER 0x810
#define VECTOR 0x40
#define DEVICE_SEGMENT 0x5000 /* guest physical 0x50000: no memory there */

struct vcpu {
	struct vm *vm;
	int fd, id;
	struct kvm_run *run;
	bool done;
	pid_t tid; /* that ran it first */
	unsigned long returns, injected;
};

struct vm {
	int fd, nr;
	uint8_t *memory;
	struct vcpu vcpus[MAX_VCPUS];
};

static struct {
	int vms, vcpus, churn, id_base, rest, wake, nested;
	bool one_thread, other_thread, hop, hand_over, inject;
	char *program;
} opt = { .vms = 1, .vcpus = 1 };

static int kvm, run_size;
static long nr_cpus;

/* The guest's program: for each word a loop of %edi turns around its instructions. */
static const struct op {
	const char *name;
	uint8_t code[24];
	int size;
} ops[] = {
	{ "out", { 0xba, 0x34, 0x12, 0xee }, 4 }, /* mov $0x1234,%dx; out %al,%dx */
	{ "in", { 0xba, 0x35, 0x12, 0xec }, 4 }, /* mov $0x1235,%dx; in %dx,%al */
	{ "cpuid", { 0x66, 0x31, 0xc0, 0x0f, 0xa2 }, 5 }, /* xor %eax,%eax; cpuid */
	/* mov $0x8b,%ecx (microcode level); rdmsr */
	{ "rdmsr", { 0x66, 0xb9, 0x8b, 0, 0, 0, 0x0f, 0x32 }, 8 },
	{ "vmcall", { 0x66, 0xb8, 0x99, 0, 0, 0, 0x0f, 0x01, 0xc1 }, 9 },
	{ "vmmcall", { 0x66, 0xb8, 0x99, 0, 0, 0, 0x0f, 0x01, 0xd9 }, 9 },
	{ "hlt", { 0xf4 }, 1 },
	{ "mmiow", { 0xa2, 0x00, 0x01 }, 3 }, /* mov %al,0x100 */
	{ "mmior", { 0xa0, 0x00, 0x01 }, 3 }, /* mov 0x100,%al */
	{ "mmiox", { 0x66, 0xa3, 0xfe, 0x0f }, 4 }, /* mov %eax,0xffe: two pages, two returns */
	/* mov %di,%dx; and $63,%dx; or $0x20,%dh; out %al,%dx: ports 0x2000 to 0x203f in turn */
	{ "outn", { 0x89, 0xfa, 0x83, 0xe2, 0x3f, 0x80, 0xce, 0x20, 0xee }, 9 },
	/* mov %di,%bx; and $63,%bx; mov %al,(%bx): device addresses 0x50000 to 0x5003f */
	{ "mmion", { 0x89, 0xfb, 0x83, 0xe3, 0x3f, 0x88, 0x07 }, 7 },
	{ "ud2", { 0x0f, 0x0b }, 2 },
	{ "spin", { 0x66, 0xb9, 0, 0, 0x10, 0, 0x67, 0xe2, 0xfd }, 9 }, /* loop 1M times */
};

static uint8_t *emit(uint8_t *p, const void *bytes, size_t n)
{
	memcpy(p, bytes, n);
	return p + n;
}

static uint8_t *emit_loop(uint8_t *p, const struct op *op, uint32_t turns)
{
	uint8_t *start;

	p = emit(p, "\x66\xbf", 2); /* mov $turns,%edi */
	p = emit(p, &turns, 4);
	start = p;
	p = emit(p, op->code, op->size);
	p = emit(p, "\x66\x4f\x75", 3); /* dec %edi; jnz start */
	*p = start - (p + 1);
	return p + 1;
}

static void load_program(uint8_t *memory)
{
	/* Vector 6: step over the 2 bytes of ud2. */
	static const uint8_t ud[] = { 0x55, 0x89, 0xe5, 0x83, 0x46, 0x02, 0x02, 0x5d, 0xcf };
	char *words = strdup(opt.program), *word, *state;
	uint8_t *p = memory + CODE;
	size_t i;

	emit(memory + UD_HANDLER, ud, sizeof(ud));
	emit(memory + 6 * 4, (uint16_t[]){ UD_HANDLER, 0 }, 4);
	emit(memory + NMI_HANDLER, "\xcf", 1); /* iret */
	emit(memory + 2 * 4, (uint16_t[]){ NMI_HANDLER, 0 }, 4);
	emit(memory + VECTOR * 4, (uint16_t[]){ NMI_HANDLER, 0 }, 4);
	p = emit(p, "\xb8\x00\x50\x8e\xd8\xfb", 6); /* mov $0x5000,%ax; mov %ax,%ds; sti */
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
			p = emit_loop(p, &ops[i], atol(turns));
	}
	/* The end: port 0xf0, then for ever the same. */
	emit(p, "\xe6\xf0\xeb\xfc", 4);
	free(words);
}

/* With an interrupt controller: not waiting to be started, and found by interrupts. */
static void let_be_woken(int fd)
{
	struct kvm_lapic_state apic;

	if (ioctl(fd, KVM_SET_MP_STATE, &(struct kvm_mp_state){ KVM_MP_STATE_RUNNABLE }) ||
	    ioctl(fd, KVM_GET_LAPIC, &apic) || ioctl(fd, KVM_SET_LAPIC, &apic))
		err(1, "KVM_SET_MP_STATE, KVM_SET_LAPIC");
}

/* Where a nested guest's hypervisor has its things. */
#define PAGE_DIRECTORY 0x9000
#define VMCB 0xa000
#define HOST_SAVE 0xb000
#define NESTED_CODE 0x1800

/*
 * AMD-V: the guest runs a guest of its own, whose only instruction is CPUID, N times:
 * for each an exit for VMRUN and one from the nested guest (APM vol. 2, chapter 15 and
 * appendix B). 32 bits, paging with one 4 MiB page.
 */
static void load_nested(uint8_t *memory)
{
	/* mov $VMCB,%eax; mov $turns,%edi; 1: vmrun; dec %edi; jnz 1b; 2: out %al,$0xf0; jmp 2b */
	static const uint8_t code[] = { 0xb8, 0,    VMCB >> 8, 0,    0,	   0xbf, 0,
					0,    0,    0,	       0x0f, 0x01, 0xd8, 0x4f,
					0x75, 0xfa, 0xe6,      0xf0, 0xeb, 0xfc };
	static const uint8_t nested_code[] = { 0x0f, 0xa2 }; /* cpuid; it is never stepped over */
	static const struct {
		uint16_t at;
		uint32_t value;
	} vmcb[] = {
		{ 0x00c, 1u << 18 }, /* intercept CPUID */
		{ 0x010, 1 }, /* and VMRUN */
		{ 0x058, 1 }, /* ASID */
		{ 0x400, 0x0c93u << 16 },
		{ 0x404, ~0u }, /* ES: attributes, limit */
		{ 0x410, 0x0c9bu << 16 },
		{ 0x414, ~0u }, /* CS */
		{ 0x420, 0x0c93u << 16 },
		{ 0x424, ~0u }, /* SS */
		{ 0x430, 0x0c93u << 16 },
		{ 0x434, ~0u }, /* DS */
		{ 0x4d0, 1u << 12 }, /* EFER.SVME */
		{ 0x548, 0x10 }, /* CR4.PSE */
		{ 0x550, PAGE_DIRECTORY },
		{ 0x558, 0x80000011 }, /* CR0: PG, ET, PE */
		{ 0x560, 0x400 },
		{ 0x568, 0xffff0ff0 }, /* DR7, DR6 */
		{ 0x570, 2 }, /* RFLAGS */
		{ 0x578, NESTED_CODE }, /* RIP */
		{ 0x668, 0x00070406 },
		{ 0x66c, 0x00070406 }, /* PAT */
	};
	uint32_t directory_entry = 0x83;
	size_t i;

	memcpy(memory + CODE, code, sizeof(code));
	memcpy(memory + CODE + 6, &opt.nested, 4);
	memcpy(memory + NESTED_CODE, nested_code, sizeof(nested_code));
	memcpy(memory + PAGE_DIRECTORY, &directory_entry, 4);
	for (i = 0; i < sizeof(vmcb) / sizeof(*vmcb); i++)
		memcpy(memory + VMCB + vmcb[i].at, &vmcb[i].value, 4);
}

static void let_nest(int fd, struct kvm_sregs *sregs)
{
	struct kvm_segment data = { .limit = ~0u, .type = 3, .present = 1, .db = 1, .s = 1, .g = 1 };
	struct {
		struct kvm_cpuid2 head;
		struct kvm_cpuid_entry2 entries[100];
	} cpuid = { .head.nent = 100 };
	struct {
		struct kvm_msrs head;
		struct kvm_msr_entry entry;
	} hsave = { .head.nmsrs = 1, .entry = { .index = 0xc0010117, .data = HOST_SAVE } };

	if (ioctl(kvm, KVM_GET_SUPPORTED_CPUID, &cpuid) || ioctl(fd, KVM_SET_CPUID2, &cpuid) ||
	    ioctl(fd, KVM_SET_MSRS, &hsave) != 1)
		err(1, "KVM_SET_CPUID2, KVM_SET_MSRS");
	sregs->ds = sregs->es = sregs->ss = data;
	sregs->cs = data;
	sregs->cs.type = 11;
	sregs->cr3 = PAGE_DIRECTORY;
	sregs->cr4 = 0x10;
	sregs->cr0 = 0x80000011;
	sregs->efer = 1 << 12;
}

static void make_vcpu(struct vm *vm, int n)
{
	struct vcpu *v = &vm->vcpus[n];
	struct kvm_regs regs = { .rip = CODE, .rflags = 2, .rsp = 0x8000 - 0x400 * n };
	struct kvm_sregs sregs;

	v->vm = vm;
	v->done = false;
	v->returns = 0;
	v->tid = gettid();
	v->id = opt.id_base + vm->nr * MAX_VCPUS + n;
	v->fd = ioctl(vm->fd, KVM_CREATE_VCPU, v->id);
	if (v->fd < 0)
		err(1, "KVM_CREATE_VCPU");
	if (opt.wake)
		let_be_woken(v->fd);
	v->run = mmap(NULL, run_size, PROT_READ | PROT_WRITE, MAP_SHARED, v->fd, 0);
	if (v->run == MAP_FAILED)
		err(1, "mmap of kvm_run");
	if (ioctl(v->fd, KVM_GET_SREGS, &sregs))
		err(1, "KVM_GET_SREGS");
	sregs.cs.base = 0;
	sregs.cs.selector = 0;
	if (opt.nested)
		let_nest(v->fd, &sregs);
	if (ioctl(v->fd, KVM_SET_SREGS, &sregs) || ioctl(v->fd, KVM_SET_REGS, &regs))
		err(1, "KVM_SET_REGS");
}

static void make_vm(struct vm *vm, int nr)
{
	struct kvm_userspace_memory_region region = { .memory_size = MEMORY };
	int i;

	vm->nr = nr;
	vm->fd = ioctl(kvm, KVM_CREATE_VM, 0);
	if (vm->fd < 0)
		err(1, "KVM_CREATE_VM");
	if (opt.wake && ioctl(vm->fd, KVM_CREATE_IRQCHIP))
		err(1, "KVM_CREATE_IRQCHIP");
	ioctl(vm->fd, KVM_SET_TSS_ADDR, 0xfffbd000ul);
	ioctl(vm->fd, KVM_SET_IDENTITY_MAP_ADDR, &(uint64_t){ 0xfffbc000ul });
	vm->memory = mmap(NULL, MEMORY, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (vm->memory == MAP_FAILED)
		err(1, "mmap of the guest's memory");
	region.userspace_addr = (uintptr_t)vm->memory;
	if (ioctl(vm->fd, KVM_SET_USER_MEMORY_REGION, &region))
		err(1, "KVM_SET_USER_MEMORY_REGION");
	load_program(vm->memory);
	if (opt.nested)
		load_nested(vm->memory);
	for (i = 0; i < opt.vcpus; i++)
		make_vcpu(vm, i);
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

static void hop(void)
{
	static __thread int cpu;
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu++ % nr_cpus, &set);
	sched_setaffinity(0, sizeof(set), &set);
}

/* One KVM_RUN. */
static void step(struct vcpu *v)
{
	int ret = ioctl(v->fd, KVM_RUN, 0);

	v->returns++;
	if (ret) {
		if (errno != EINTR && errno != EAGAIN)
			err(1, "KVM_RUN");
		return;
	}
	switch (v->run->exit_reason) {
	case KVM_EXIT_IO:
		v->done = v->run->io.port == 0xf0;
		break;
	case KVM_EXIT_HLT:
	case KVM_EXIT_MMIO:
	case KVM_EXIT_INTR:
		break;
	default:
		errx(1, "KVM_RUN: unexpected exit reason %u", v->run->exit_reason);
	}
	if (opt.inject && v->run->ready_for_interrupt_injection && !v->done) {
		if (ioctl(v->fd, KVM_INTERRUPT, &(struct kvm_interrupt){ VECTOR }))
			err(1, "KVM_INTERRUPT");
		v->injected++;
	}
	if (opt.hop)
		hop();
	if (opt.rest)
		usleep(opt.rest);
}

/* The guest is not entered: a return without an exit. */
static void step_no_exit(struct vcpu *v)
{
	v->run->immediate_exit = 1;
	step(v);
	v->run->immediate_exit = 0;
}

/* It starts on this thread, but for a VM's first vCPU, see work(). */
static void starts_here(struct vcpu *v)
{
	if (v != v->vm->vcpus)
		v->tid = gettid();
}

static void *run_half(void *arg)
{
	struct vcpu *v = arg;
	int i;

	starts_here(v);
	for (i = 0; i < 3 && !v->done; i++)
		step(v);
	return NULL;
}

static void *run_vcpu(void *arg)
{
	struct vcpu *v = arg;
	pthread_t first;

	if (opt.hand_over) {
		if (pthread_create(&first, NULL, run_half, v))
			errx(1, "pthread_create");
		pthread_join(first, NULL);
	} else {
		starts_here(v);
	}
	while (!v->done)
		step(v);
	return NULL;
}

/* All vCPUs of all VMs in turn, one KVM_RUN each, on this thread. */
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
				step(v);
				step_no_exit(v);
				more = true;
			}
	}
}

/* Wake the VM's vCPUs, which halt in the kernel, by NMIs until all are done. */
static void *wake(void *arg)
{
	struct vm *vm = arg;
	bool more = true;
	int i;

	while (more) {
		more = false;
		usleep(opt.wake);
		for (i = 0; i < opt.vcpus; i++) {
			struct kvm_msi nmi = { .address_lo = 0xfee00000 | vm->vcpus[i].id << 12,
					       .data = 0x400 };

			if (__atomic_load_n(&vm->vcpus[i].done, __ATOMIC_RELAXED))
				continue;
			more = true;
			if (ioctl(vm->fd, KVM_SIGNAL_MSI, &nmi) < 0)
				err(1, "KVM_SIGNAL_MSI");
		}
	}
	return NULL;
}

static void run_in_threads(struct vm *vms)
{
	pthread_t threads[MAX_VMS][MAX_VCPUS], wakers[MAX_VMS];
	int i, j;

	for (i = 0; opt.wake && i < opt.vms; i++)
		if (pthread_create(&wakers[i], NULL, wake, &vms[i]))
			errx(1, "pthread_create");

	for (i = 0; i < opt.vms; i++)
		for (j = 0; j < opt.vcpus; j++)
			if (pthread_create(&threads[i][j], NULL, run_vcpu, &vms[i].vcpus[j]))
				errx(1, "pthread_create");
	for (i = 0; i < opt.vms; i++)
		for (j = 0; j < opt.vcpus; j++)
			pthread_join(threads[i][j], NULL);
	for (i = 0; opt.wake && i < opt.vms; i++)
		pthread_join(wakers[i], NULL);
}

static long long now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000ll + t.tv_nsec;
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
	/* The order in which VMs are first seen is the order of their ids. */
	for (i = 0; i < opt.vms; i++)
		step_no_exit(&vms[i].vcpus[0]);
	start = now();
	if (opt.one_thread)
		run_in_turn(vms);
	else
		run_in_threads(vms);
	printf("ran %lld ns\n", now() - start);

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
			printf("thread %d %d\n", vms[i].vcpus[j].id, vms[i].vcpus[j].tid);
	}
	printf("done\n");
	fflush(stdout);
	while (getchar() != EOF)
		;
	return NULL;
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
	{ "one-thread", 't', NULL, 0, "run all vCPUs in turn on one thread", 0 },
	{ "other-thread", 'o', NULL, 0, "do all of it in a thread that is not the main one", 0 },
	{ "hop", 'h', NULL, 0, "move to another CPU after every return", 0 },
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
