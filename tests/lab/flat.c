// SPDX-License-Identifier: GPL-2.0
/*
 * flat MIB [nohuge|thp|hugetlb] [populate]: a small VMM whose guest has so much memory, in 32 bits without
 * paging, and does what the lines of the standard input say: "touch N" writes to the first N pages, "out N" to a
 * port of the VMM, "kick N" to a port with an eventfd, "cpuid N" asks for CPUID. "prefault N" maps the first N pages by
 * KVM_PRE_FAULT_MEMORY. Each answer is the nanoseconds that it took, or the error, and then "done". With the line "end",
 * it ends. In a machine whose clock counts instructions, the nanoseconds are instructions.
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/kvm.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

/* Linux 6.11; the headers of this machine may be older. */
#ifndef KVM_PRE_FAULT_MEMORY
struct kvm_pre_fault_memory {
	__u64 gpa, size, flags, padding[5];
};
#define KVM_PRE_FAULT_MEMORY _IOWR(KVMIO, 0xd5, struct kvm_pre_fault_memory)
#endif
/* Linux 5.14 */
#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23
#endif

#define HUGE (2u << 20)
#define PAGE 4096u
#define END_PORT 0xf0
#define OUT_PORT 0x1f0
#define KICK_PORT 0x500
/* The program is in the first huge page, and the pages to touch are after it. */
#define CODE 0x1000
#define DATA HUGE

/*
 * Each ends with a write to END_PORT. The counter is %edi. A write that also reads would be two faults in an emulated
 * processor.
 */
static const struct op {
	const char *name;
	uint16_t port;
	uint8_t code[24];
} ops[] = {
	/* 1: mov %edi,(%esi); add $4096,%esi; dec %edi; jnz 1b; out %al,$END_PORT */
	{ "touch", 0, { 0x89, 0x3e, 0x81, 0xc6, 0, 0x10, 0, 0, 0x4f, 0x75, 0xf5, 0xe6, END_PORT } },
	/* 1: out %al,%dx; dec %edi; jnz 1b; out %al,$END_PORT */
	{ "out", OUT_PORT, { 0xee, 0x4f, 0x75, 0xfc, 0xe6, END_PORT } },
	{ "kick", KICK_PORT, { 0xee, 0x4f, 0x75, 0xfc, 0xe6, END_PORT } },
	/* 1: xor %eax,%eax; cpuid; dec %edi; jnz 1b; out %al,$END_PORT */
	{ "cpuid", 0, { 0x31, 0xc0, 0x0f, 0xa2, 0x4f, 0x75, 0xf9, 0xe6, END_PORT } },
};

static int vm, vcpu;
static struct kvm_run *run;

static long long now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000ll + t.tv_nsec;
}

/* As large as asked for, and at a boundary of huge pages. */
static char *get_memory(size_t size, char **words)
{
	bool populate = false, hugetlb = false;
	int advice = 0;
	char *at;

	for (; *words; words++) {
		if (!strcmp(*words, "populate"))
			populate = true;
		else if (!strcmp(*words, "hugetlb"))
			hugetlb = true;
		else if (!strcmp(*words, "thp"))
			advice = MADV_HUGEPAGE;
		else if (!strcmp(*words, "nohuge"))
			advice = MADV_NOHUGEPAGE;
		else
			errx(2, "'%s'?", *words);
	}
	at = mmap(NULL, size + HUGE, PROT_READ | PROT_WRITE,
		  MAP_PRIVATE | MAP_ANONYMOUS | (hugetlb ? MAP_HUGETLB : 0), -1, 0);
	if (at == MAP_FAILED)
		err(1, "mmap");
	at += -(uintptr_t)at % HUGE;
	if ((advice && madvise(at, size, advice)) ||
	    (populate && madvise(at, size, MADV_POPULATE_WRITE)))
		err(1, "madvise");
	return at;
}

static void make(size_t size, char **words)
{
	struct kvm_userspace_memory_region region = { .memory_size = size };
	struct kvm_segment flat = { .limit = ~0u, .type = 3, .present = 1, .db = 1, .s = 1, .g = 1 };
	struct kvm_ioeventfd kick = {
		.addr = KICK_PORT,
		.len = 1,
		.flags = KVM_IOEVENTFD_FLAG_PIO,
	};
	int kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	struct kvm_sregs sregs;
	char *memory;
	size_t i;

	vm = kvm < 0 ? -1 : ioctl(kvm, KVM_CREATE_VM, 0);
	if (vm < 0)
		err(1, "/dev/kvm");
	memory = get_memory(size, words);
	region.userspace_addr = (uintptr_t)memory;
	if (ioctl(vm, KVM_SET_USER_MEMORY_REGION, &region))
		err(1, "KVM_SET_USER_MEMORY_REGION");
	for (i = 0; i < sizeof(ops) / sizeof(*ops); i++)
		memcpy(memory + CODE + i * sizeof(ops->code), ops[i].code, sizeof(ops->code));
	kick.fd = eventfd(0, 0);
	if (ioctl(vm, KVM_IOEVENTFD, &kick))
		err(1, "KVM_IOEVENTFD");

	vcpu = ioctl(vm, KVM_CREATE_VCPU, 0);
	if (vcpu < 0 || ioctl(vcpu, KVM_GET_SREGS, &sregs))
		err(1, "KVM_CREATE_VCPU");
	sregs.ds = sregs.es = sregs.ss = sregs.cs = flat;
	sregs.cs.type = 11;
	sregs.cr0 |= 1;
	if (ioctl(vcpu, KVM_SET_SREGS, &sregs))
		err(1, "KVM_SET_SREGS");
	run = mmap(NULL, ioctl(kvm, KVM_GET_VCPU_MMAP_SIZE, 0), PROT_READ | PROT_WRITE, MAP_SHARED,
		   vcpu, 0);
	if (run == MAP_FAILED)
		err(1, "mmap of kvm_run");
}

static void work(const struct op *op, unsigned long n)
{
	struct kvm_regs regs = { .rip = CODE + (op - ops) * sizeof(op->code),
				 .rflags = 2,
				 .rdi = n,
				 .rsi = DATA,
				 .rdx = op->port };

	if (ioctl(vcpu, KVM_SET_REGS, &regs))
		err(1, "KVM_SET_REGS");
	do {
		if (ioctl(vcpu, KVM_RUN, 0)) {
			if (errno != EINTR && errno != EAGAIN)
				err(1, "KVM_RUN");
			continue;
		}
		if (run->exit_reason != KVM_EXIT_IO)
			errx(1, "KVM_RUN: unexpected exit reason %u", run->exit_reason);
	} while (run->exit_reason != KVM_EXIT_IO || run->io.port != END_PORT);
	/* A port's write is over when the guest runs again. */
	run->immediate_exit = 1;
	ioctl(vcpu, KVM_RUN, 0);
	run->immediate_exit = 0;
}

static bool prefault(unsigned long n)
{
	struct kvm_pre_fault_memory range = { .gpa = DATA, .size = (uint64_t)n * PAGE };

	while (range.size)
		if (ioctl(vcpu, KVM_PRE_FAULT_MEMORY, &range) && errno != EINTR && errno != EAGAIN)
			return false;
	return true;
}

int main(int argc, char **argv)
{
	char line[80], word[80];
	long long start;
	unsigned long n;
	size_t i;

	if (argc < 2)
		errx(2, "usage: flat MIB [nohuge|thp|hugetlb] [populate]");
	make(((size_t)atol(argv[1]) << 20) + HUGE, argv + 2);
	/* KVM waits for RCU at the first KVM_RUN of a thread. */
	work(&ops[1], 1);
	do {
		puts("done");
		fflush(stdout);
		if (!fgets(line, sizeof(line), stdin) || sscanf(line, "%s %lu", word, &n) != 2)
			break;
		start = now();
		if (!strcmp(word, "prefault")) {
			if (!prefault(n)) {
				printf("failed: KVM_PRE_FAULT_MEMORY: %s\n", strerror(errno));
				continue;
			}
		} else {
			for (i = 0; strcmp(ops[i].name, word);)
				if (++i == sizeof(ops) / sizeof(*ops))
					errx(2, "'%s'?", word);
			work(&ops[i], n);
		}
		printf("%lld\n", now() - start);
	} while (true);
	return 0;
}
