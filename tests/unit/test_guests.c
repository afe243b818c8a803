// SPDX-License-Identifier: GPL-2.0
/*
 * Judges labelled guests with the usual thresholds. Each is made from what happened in some
 * seconds, has the word and the advice of an expert, and is in one of two halves: thresholds
 * were made from the one and are tried on the other. Prints both confusion matrices, which
 * docs/verdicts.md has, too.
 */
#define _GNU_SOURCE
#include "unit.h"

#include <string.h>

#include "data/jsonl.h"
#include "data/traffic.h"
#include "verdict/verdict.h"

#define HAS_ALL ((UINT32_C(1) << COL_NR) - 1)
#define HAS_SEVEN (COL_BIT(COL_NEEDED) - 1)
#define SECONDS 5 /* of a window in which the process was read */
#define PAGE "../../docs/verdicts.md" /* from where run.sh runs the tests */

enum half { MADE_FROM, TRIED_ON, NR_HALVES };

/* Exits of a reason; times in milliseconds. */
struct exits {
	const char *reason;
	uint64_t exits, to_user, kernel, user;
};

struct touch {
	const char *kind;
	uint64_t address, count;
};

/* What the process does in SECONDS; nothing is known unless @read. */
struct behind {
	bool read;
	const char *quota; /* the cgroup that has one; NULL: none has */
	uint64_t throttled; /* milliseconds */
	uint64_t maps_4k, maps_2m, maps_1g; /* 0: KVM's debugfs was not read */
	uint64_t hugetlb; /* MiB, of 100 more */
	uint64_t swapped, swap_ins; /* MiB, faults */
	uint64_t vhost, iothread; /* milliseconds that a thread runs; 0: there is none */
	uint64_t server_ready; /* and that it is ready */
	uint64_t storage; /* bytes */
	uint64_t packets, received; /* from it and to it; 0 packets: it has no interface */
	unsigned int passed; /* devices that are passed through */
	bool unnamed; /* the VMM does not name its threads */
	bool stopped, pinned;
	uint64_t second_ready; /* milliseconds that the thread of vCPU 1, if there is one, is ready; it runs for 1/20 of that */
};

struct labelled {
	const char *what;
	enum half half;
	enum bound is;
	const char *advice; /* each of these texts, divided by |; "" for none at all */
	const char *without, *why, *blind; /* what is not in the advice; what is in these */
	enum bound called; /* if that is another word, the guest is confused with it */
	uint64_t guest, halted, ready, polled, held; /* milliseconds of all vCPUs */
	struct exits exits[8];
	struct touch touch[4];
	const char *returns; /* KVM_EXIT_* of all returns to userspace */
	uint64_t device_faults; /* of the exits for npf and its like */
	uint64_t vcpus, full; /* 0: one; so many of them have all the work */
	struct behind behind;
	const char *name, *vmm, *cgroup;
	bool bare; /* debugfs was not read */
	bool counts; /* nor are times known */
	enum isa isa;
};

#define DISK                        \
	{ "port", 0x1f7, 900 },     \
	{                           \
		"port", 0xc000, 100 \
	}
#define QUEUE                            \
	{                                \
		"mmio", 0xfe003000, 1000 \
	}
#define DEADLINE                  \
	{                         \
		"msr", 0x6e0, 900 \
	}
#define ICR                       \
	{                         \
		"msr", 0x830, 500 \
	}

#define LIBVIRT "/machine.slice/machine-qemu\\x2d1\\x2dweb.scope/libvirt/emulator"

static const struct labelled guests[] = {
	/* What was said wrongly before there were parts. */
	{ "a heartbeat", MADE_FROM, BOUND_IDLE, "", .guest = 3, .halted = 4995,
	  .exits = { { "HLT", 4 }, { "IO_INSTRUCTION", 6, 6, 1, 1 } }, .touch = { DISK } },
	{ "an idle desktop", MADE_FROM, BOUND_IDLE, "", .guest = 60, .halted = 4800,
	  .exits = { { "HLT", 600, 0, 10 },
		     { "MSR_WRITE", 1500, 0, 20 },
		     { "IO_INSTRUCTION", 90, 90, 2, 5 },
		     { "EPT_MISCONFIG", 50, 50, 1, 2 } },
	  .touch = { { "port", 0x3da, 90 }, QUEUE, DEADLINE } },
	{ "little work", MADE_FROM, BOUND_NOT, "", .guest = 320, .halted = 4650,
	  .exits = { { "HLT", 900, 0, 5 },
		     { "MSR_WRITE", 2000, 0, 20 },
		     { "EXTERNAL_INTERRUPT", 200, 0, 5 } },
	  .touch = { DEADLINE } },
	{ "one of 8 vCPUs full", MADE_FROM, BOUND_CPU,
	  "1 of its 8 vCPUs works|a faster CPU, not more", .guest = 4900, .halted = 35000,
	  .vcpus = 8, .full = 1,
	  .exits = { { "HLT", 1800, 0, 20 },
		     { "MSR_WRITE", 5000, 0, 40 },
		     { "EXTERNAL_INTERRUPT", 1500, 0, 40 } } },
	{ "timers and IPIs", MADE_FROM, BOUND_EXIT, "APICv, IPI virtualization|enable_apicv",
	  .guest = 2900, .halted = 150,
	  .exits = { { "MSR_WRITE", 900000, 0, 1850 },
		     { "EXTERNAL_INTERRUPT", 3000, 0, 60 },
		     { "HLT", 2000, 0, 40 } },
	  .touch = { ICR, DEADLINE } },
	{ "a CPUID loop", MADE_FROM, BOUND_EXIT, "CPUID|let it keep the answer", .guest = 2200,
	  .exits = { { "cpuid", 1500000, 0, 2760 }, { "interrupt", 1300, 0, 40 } } },
	{ "Windows, many VMCALLs", MADE_FROM, BOUND_EXIT,
	  "(VMCALL)|if it is Windows|enlightenments|hv-passthrough", .guest = 2600, .halted = 400,
	  .vmm = "qemu",
	  .exits = { { "VMCALL", 500000, 0, 1900 },
		     { "MSR_WRITE", 9000, 0, 50 },
		     { "HLT", 5000, 0, 50 } },
	  .touch = { { "msr", 0x40000070, 900 } } },
	{ "a hypervisor", MADE_FROM, BOUND_EXIT,
	  "a hypervisor itself (VMRESUME)|do not nest|enlightened VMCS", .guest = 2500,
	  .halted = 200,
	  .exits = { { "VMRESUME", 200000, 0, 1500 },
		     { "VMREAD", 300000, 0, 500 },
		     { "EXTERNAL_INTERRUPT", 4000, 0, 200 },
		     { "HLT", 2000, 0, 100 } } },
	{ "96.5 % ready, never halts", MADE_FROM, BOUND_STARVED,
	  "ready (waiting|taskset -pc CPU 4711", .guest = 150, .ready = 4825, .vmm = "qemu",
	  .vcpus = 1, .full = 1,
	  .exits = { { "EXTERNAL_INTERRUPT", 1200, 0, 4845 }, { "MSR_WRITE", 500, 0, 5 } } },
	{ "quota used up", MADE_FROM, BOUND_STARVED,
	  "quota of its cgroup is used up for 46 %|/machine.slice/db.scope|set-property --runtime db.scope CPUQuota=",
	  .guest = 2600, .ready = 2330,
	  .exits = { { "EXTERNAL_INTERRUPT", 1500, 0, 2380 }, { "MSR_WRITE", 2500, 0, 20 } },
	  .behind = { .read = true, .quota = "/machine.slice/db.scope", .throttled = 2300 } },
	{ "swapped in", MADE_FROM, BOUND_MEMORY, "swapped in (a fault takes 200 us)|more memory",
	  .without = "sysctl", .guest = 9000, .halted = 300,
	  .exits = { { "EPT_VIOLATION", 300000, 0, 60000 },
		     { "CPUID", 100, 0, 0 },
		     { "HLT", 500, 0, 10 } } },
	{ "first touch", MADE_FROM, BOUND_MEMORY,
	  "for the first time (a fault takes 3.5 us)|huge pages|prealloc|use both|-object memory-backend-memfd,id=m1,size=SIZE,hugetlb=on,prealloc=on -machine memory-backend=m1",
	  .vmm = "qemu", .guest = 2600,
	  .exits = { { "EPT_VIOLATION", 300000, 0, 1050 },
		     { "EXTERNAL_INTERRUPT", 1300, 0, 30 } } },
	{ "migrated, PML", MADE_FROM, BOUND_MEMORY, "being migrated|virsh domjobinfo web",
	  .name = "web", .cgroup = "/machine.slice/machine-qemu\\x2d1\\x2dweb.scope/libvirt",
	  .guest = 3200,
	  .exits = { { "EPT_VIOLATION", 250000, 0, 900 },
		     { "PML_FULL", 6000, 0, 600 },
		     { "EXTERNAL_INTERRUPT", 1300, 0, 30 } } },
	{ "migrated, dirty ring", MADE_FROM, BOUND_MEMORY, "being migrated", .guest = 2900,
	  .exits = { { "EPT_VIOLATION", 250000, 4000, 900, 1100 },
		     { "EXTERNAL_INTERRUPT", 1300, 0, 30 } },
	  .returns = "KVM_EXIT_DIRTY_RING_FULL" },
	{ "SEV-ES, emulated disk", MADE_FROM, BOUND_IO, "virtio",
	  .blind = "this guest's registers are encrypted", .guest = 1500, .halted = 300,
	  .exits = { { "vmgexit", 100000, 95000, 600, 2500 }, { "interrupt", 1300, 0, 30 } },
	  .returns = "KVM_EXIT_IO" },
	{ "PAUSE and a slow disk", MADE_FROM, BOUND_MIXED, "paravirtual spin locks|virtio-blk",
	  .guest = 2600,
	  .exits = { { "PAUSE_INSTRUCTION", 150000, 0, 400 },
		     { "IO_INSTRUCTION", 50000, 50000, 100, 1800 } },
	  .touch = { DISK } },
	{ "kicks in the kernel", MADE_FROM, BOUND_IO, "ioeventfd already|not known here",
	  .guest = 900, .halted = 3500,
	  .exits = { { "EPT_MISCONFIG", 60000, 0, 300 },
		     { "HLT", 50000, 0, 150 },
		     { "MSR_WRITE", 60000, 0, 100 } },
	  .touch = { QUEUE, DEADLINE } },
	{ "HPET", MADE_FROM, BOUND_EXIT, "kvm-clock|no HPET", .guest = 2600, .halted = 200,
	  .exits = { { "EPT_MISCONFIG", 150000, 150000, 300, 1850 }, { "HLT", 500, 0, 20 } },
	  .touch = { { "mmio", 0xfed000f0, 900 } } },
	{ "PM timer", MADE_FROM, BOUND_EXIT, "kvm-clock", .guest = 2700, .halted = 200,
	  .exits = { { "io", 150000, 150000, 300, 1750 }, { "hlt", 500, 0, 20 } },
	  .touch = { { "port", 0x608, 900 } } },
	{ "paused for half, no debugfs", MADE_FROM, BOUND_PAUSED, "resume", .bare = true,
	  .guest = 1800, .halted = 500,
	  .exits = { { "HLT", 300, 0, 10 }, { "IO_INSTRUCTION", 60, 60, 100, 2590 } } },
	/* What a guest can be bound by. */
	{ "computing", MADE_FROM, BOUND_CPU, "nearly native speed|only more or faster CPUs",
	  .guest = 4900,
	  .exits = { { "EXTERNAL_INTERRUPT", 1500, 0, 60 }, { "MSR_WRITE", 2500, 0, 30 } } },
	{ "IDE", MADE_FROM, BOUND_IO,
	  "go to an emulated disk controller|-drive file=IMAGE,if=virtio", .vmm = "qemu",
	  .guest = 1500, .halted = 500,
	  .exits = { { "IO_INSTRUCTION", 130000, 125000, 500, 2400 },
		     { "HLT", 2000, 0, 40 },
		     { "EXTERNAL_INTERRUPT", 1300, 0, 30 } },
	  .touch = { DISK } },
	{ "serial flood", MADE_FROM, BOUND_IO, "the serial console|dmesg -n 1", .guest = 1200,
	  .exits = { { "io", 200000, 200000, 600, 3150 }, { "interrupt", 1300, 0, 30 } },
	  .touch = { { "port", 0x3f8, 500 }, { "port", 0x3fd, 500 } } },
	{ "spinning", MADE_FROM, BOUND_SPIN, "wait for each other", .guest = 4200, .vcpus = 2,
	  .exits = { { "pause", 200000, 0, 700 }, { "interrupt", 1300, 0, 60 } } },
	{ "memory on huge pages", MADE_FROM, BOUND_CPU, "CPUs", .guest = 4800,
	  .exits = { { "npf", 500, 0, 60 }, { "interrupt", 1500, 0, 80 }, { "msr", 2000, 0, 30 } } },
	{ "virtio, throttled, on a busy machine", MADE_FROM, BOUND_IO, "ioeventfd already",
	  .guest = 1200, .halted = 3600, .ready = 500,
	  .exits = { { "npf", 125, 0, 40 },
		     { "hlt", 280, 0, 80 },
		     { "msr", 400, 0, 60 },
		     { "interrupt", 500, 0, 950 },
		     { "vintr", 60, 0, 20 } },
	  .device_faults = 125, .touch = { { "mmio", 0x800003000, 120 }, DEADLINE } },

	/* Others of each class, on other machines, VMMs and managers. */
	{ "idle on arm64", TRIED_ON, BOUND_IDLE, "", .isa = ISA_ARM64, .guest = 40, .halted = 4940,
	  .exits = { { "WFI", 500, 0, 10 }, { "SYS64", 100, 0, 1 }, { "IRQ", 300, 0, 5 } } },
	{ "paused", TRIED_ON, BOUND_PAUSED, "virsh resume web", .held = 5000, .name = "web",
	  .cgroup = "/machine.slice/machine-qemu\\x2d1\\x2dweb.scope/libvirt/vcpu0" },
	{ "paused for half", TRIED_ON, BOUND_PAUSED, "monitor: cont", .vmm = "qemu", .guest = 2400,
	  .exits = { { "interrupt", 900, 1, 50, 2500 }, { "msr", 2000, 0, 30 } } },
	{ "virtio, throttled, on a fast machine", TRIED_ON, BOUND_IO, "ioeventfd already",
	  .guest = 25, .halted = 4960,
	  .exits = { { "EPT_MISCONFIG", 105, 0, 1 },
		     { "HLT", 130, 0, 5 },
		     { "MSR_WRITE", 260, 0, 2 } },
	  .touch = { QUEUE, DEADLINE } },
	{ "a light web server, its files known", TRIED_ON, BOUND_NOT, "",
	  .blind = "waits for answers by its network", .guest = 500, .halted = 4300,
	  .exits = { { "EPT_MISCONFIG", 4000, 0, 20 },
		     { "HLT", 3800, 0, 80 },
		     { "MSR_WRITE", 8000, 0, 40 } },
	  .touch = { QUEUE, DEADLINE },
	  .behind = { .read = true, .packets = 4000, .received = 4000 } },
	{ "an idle guest that tells its state to all", TRIED_ON, BOUND_IDLE, "", .guest = 40,
	  .halted = 4940,
	  .exits = { { "EPT_MISCONFIG", 60, 0, 2 },
		     { "HLT", 75, 0, 2 },
		     { "MSR_WRITE", 200, 0, 4 } },
	  .touch = { QUEUE, DEADLINE }, .behind = { .read = true, .vhost = 20, .packets = 60 } },
	{ "virtio, throttled, an I/O thread", TRIED_ON, BOUND_IO, "I/O thread has room",
	  .guest = 243, .halted = 4500, .ready = 224,
	  .exits = { { "npf", 100, 0, 32 },
		     { "hlt", 220, 0, 28 },
		     { "msr", 523, 0, 135 },
		     { "interrupt", 107, 0, 25 },
		     { "vintr", 36, 0, 4 } },
	  .device_faults = 100, .touch = { { "mmio", 0xfebfb000, 100 }, DEADLINE },
	  .behind = { .read = true, .iothread = 250, .server_ready = 300 } },
	{ "sends all that vhost takes", TRIED_ON, BOUND_IO, "its vhost thread is full",
	  .guest = 1600, .halted = 3100,
	  .exits = { { "HLT", 800, 0, 100 }, { "MSR_WRITE", 1900, 0, 100 } }, .touch = { DEADLINE },
	  .behind = { .read = true, .vhost = 2800, .server_ready = 1300, .packets = 6000 } },
	{ "sends without an answer", TRIED_ON, BOUND_IO, "its vhost thread has room", .guest = 1500,
	  .halted = 2000, .ready = 600,
	  .exits = { { "npf", 1300, 0, 800 },
		     { "hlt", 770, 0, 100 },
		     { "msr", 1900, 0, 450 },
		     { "interrupt", 640, 0, 700 },
		     { "vintr", 580, 0, 50 } },
	  .device_faults = 1300, .touch = { { "mmio", 0xfebfb004, 1300 }, DEADLINE },
	  .behind = { .read = true, .vhost = 2200, .server_ready = 1150, .packets = 6400 } },
	{ "a light web server", TRIED_ON, BOUND_NOT, "", .called = BOUND_IO, .guest = 500,
	  .halted = 4300,
	  .exits = { { "EPT_MISCONFIG", 4000, 0, 20 },
		     { "HLT", 3800, 0, 80 },
		     { "MSR_WRITE", 8000, 0, 40 } },
	  .touch = { QUEUE, DEADLINE } },
	{ "an idle desktop, USB emulated", TRIED_ON, BOUND_IDLE, "", .called = BOUND_IO,
	  .guest = 70, .halted = 4780,
	  .exits = { { "HLT", 600, 0, 10 },
		     { "MSR_WRITE", 1500, 0, 20 },
		     { "EPT_MISCONFIG", 400, 380, 5, 15 } },
	  .touch = { QUEUE, DEADLINE } },
	{ "8 vCPUs computing", TRIED_ON, BOUND_CPU, "virsh setvcpus db 9 --live", .name = "db",
	  .cgroup = "/machine.slice/machine-qemu\\x2d2\\x2ddb.scope", .guest = 39000, .vcpus = 8,
	  .full = 8,
	  .exits = { { "EXTERNAL_INTERRUPT", 12000, 0, 400 }, { "MSR_WRITE", 20000, 0, 200 } } },
	{ "2 of 4 vCPUs full", TRIED_ON, BOUND_CPU, "2 of its 4 vCPUs work all", .guest = 9600,
	  .halted = 10100, .vcpus = 4, .full = 2,
	  .exits = { { "hlt", 2000, 0, 30 },
		     { "interrupt", 3000, 0, 150 },
		     { "msr", 5000, 0, 80 } } },
	{ "IDE under libvirt", TRIED_ON, BOUND_IO,
	  "virsh edit old: <target dev='vda' bus='virtio'/>", .name = "old",
	  .cgroup = "/machine.slice/machine-qemu\\x2d3\\x2dold.scope/libvirt", .guest = 2000,
	  .halted = 1500,
	  .exits = { { "io", 40000, 38000, 200, 1100 },
		     { "hlt", 3000, 0, 60 },
		     { "interrupt", 1500, 0, 60 } },
	  .touch = { DISK } },
	{ "virtio, its I/O thread full", TRIED_ON, BOUND_IO,
	  "I/O thread is full (it wants a CPU for 97 % of the time)|use more of them",
	  .guest = 1500, .halted = 2600,
	  .exits = { { "EPT_MISCONFIG", 90000, 0, 400 },
		     { "HLT", 45000, 0, 300 },
		     { "MSR_WRITE", 90000, 0, 200 } },
	  .touch = { QUEUE, DEADLINE },
	  .behind = { .read = true, .iothread = 4850, .storage = 90000000 } },
	{ "virtio, no I/O thread", TRIED_ON, BOUND_IO,
	  "main loop of the VMM|-drive file=IMAGE,if=none,id=d1 -object iothread,id=io1 -device virtio-blk-pci,drive=d1,iothread=io1",
	  .vmm = "qemu", .guest = 1500, .halted = 2600,
	  .exits = { { "EPT_MISCONFIG", 90000, 0, 400 },
		     { "HLT", 45000, 0, 300 },
		     { "MSR_WRITE", 90000, 0, 200 } },
	  .touch = { QUEUE, DEADLINE }, .behind = { .read = true, .storage = 90000000 } },
	{ "virtio, no I/O thread, under libvirt", TRIED_ON, BOUND_IO,
	  "virsh iothreadadd web 1|virsh edit web: <driver name='qemu' iothread='1'/>",
	  .name = "web", .cgroup = LIBVIRT, .guest = 1500, .halted = 2600,
	  .exits = { { "EPT_MISCONFIG", 90000, 0, 400 },
		     { "HLT", 45000, 0, 300 },
		     { "MSR_WRITE", 90000, 0, 200 } },
	  .touch = { QUEUE, DEADLINE }, .behind = { .read = true, .storage = 90000000 } },
	{ "virtio, vhost full", TRIED_ON, BOUND_IO,
	  "vhost thread is full|-netdev tap,id=n1,vhost=on,queues=N -device virtio-net-pci,netdev=n1,mq=on",
	  .vmm = "qemu", .guest = 2500, .halted = 1900,
	  .exits = { { "EPT_MISCONFIG", 80000, 0, 300 },
		     { "HLT", 30000, 0, 200 },
		     { "MSR_WRITE", 40000, 0, 100 } },
	  .touch = { QUEUE, DEADLINE },
	  .behind = { .read = true, .vhost = 4950, .packets = 400000 } },
	{ "VGA", TRIED_ON, BOUND_IO, "virtio-gpu", .guest = 2800, .halted = 300,
	  .exits = { { "EPT_VIOLATION", 90000, 90000, 200, 1650 }, { "HLT", 900, 0, 50 } },
	  .device_faults = 90000, .touch = { { "mmio", 0xa0000, 900 } } },
	{ "serial flood on arm64", TRIED_ON, BOUND_IO, "console", .isa = ISA_ARM64, .guest = 1500,
	  .exits = { { "DABT_LOW", 100000, 100000, 400, 3000 }, { "IRQ", 1300, 0, 50 } },
	  .device_faults = 100000, .touch = { { "mmio", 0x9000000, 900 } } },
	{ "spinning, 40 % ready", TRIED_ON, BOUND_SPIN, "taskset -pc CPU 4711|ready (waiting",
	  .guest = 2500, .ready = 2000, .vcpus = 1, .full = 1,
	  .exits = { { "pause", 120000, 0, 500 }, { "interrupt", 1300, 0, 2000 } } },
	{ "spinning on riscv64", TRIED_ON, BOUND_SPIN, "pin them", .isa = ISA_RISCV64,
	  .guest = 3900, .exits = { { "WRS", 90000, 0, 1000 }, { "IRQ_S_TIMER", 1300, 0, 50 } } },
	{ "HVC on arm64", TRIED_ON, BOUND_EXIT, "(HVC64)|kvmstat show", .without = "Windows",
	  .isa = ISA_ARM64, .guest = 2500,
	  .exits = { { "HVC64", 900000, 0, 2400 }, { "IRQ", 1300, 0, 50 } } },
	{ "IPIs on AMD-V", TRIED_ON, BOUND_EXIT, "AVIC", .guest = 6000, .halted = 700, .vcpus = 2,
	  .exits = { { "msr", 900000, 0, 2900 },
		     { "vintr", 30000, 0, 100 },
		     { "interrupt", 4000, 0, 200 },
		     { "hlt", 3000, 0, 50 } },
	  .touch = { ICR } },
	{ "timers on AMD-V", TRIED_ON, BOUND_EXIT,
	  "stopped: modprobe -r kvm_amd && modprobe kvm_amd avic=1", .guest = 3300,
	  .exits = { { "msr", 500000, 0, 1500 },
		     { "interrupt", 40000, 0, 150 },
		     { "vintr", 5000, 0, 30 } },
	  .touch = { DEADLINE, { "msr", 0x80b, 300 } } },
	{ "timers alone", TRIED_ON, BOUND_EXIT, "set fewer timers|hrtimer_start",
	  .without = "APICv", .guest = 3300,
	  .exits = { { "MSR_WRITE", 500000, 0, 1500 },
		     { "PREEMPTION_TIMER", 40000, 0, 150 },
		     { "EXTERNAL_INTERRUPT", 5000, 0, 30 } },
	  .touch = { DEADLINE, { "msr", 0x80b, 30 } } },
	{ "IPIs, APICv on", TRIED_ON, BOUND_EXIT, "already (APICv)|enable_ipiv",
	  .without = "enable_apicv", .guest = 6000, .halted = 700, .vcpus = 2,
	  .exits = { { "APIC_WRITE", 800000, 0, 2500 },
		     { "MSR_WRITE", 100000, 0, 400 },
		     { "EXTERNAL_INTERRUPT", 4000, 0, 200 },
		     { "HLT", 3000, 0, 50 } },
	  .touch = { ICR } },
	{ "IPIs, AVIC on", TRIED_ON, BOUND_EXIT, "already (AVIC)|fewer IPIs", .without = "modprobe",
	  .guest = 6000, .halted = 700, .vcpus = 2,
	  .exits = { { "avic_incomplete_ipi", 800000, 0, 2900 },
		     { "interrupt", 4000, 0, 200 },
		     { "hlt", 3000, 0, 50 } } },
	{ "IPIs on arm64", TRIED_ON, BOUND_EXIT, "send fewer IPIs", .without = "AVIC",
	  .isa = ISA_ARM64, .guest = 6000, .halted = 700, .vcpus = 2,
	  .exits = { { "SYS64", 800000, 0, 2900 }, { "IRQ", 4000, 0, 200 }, { "WFI", 3000, 0, 50 } },
	  .touch = { { "msr", 0x18cba0, 900 } } },
	{ "SBI calls on riscv64", TRIED_ON, BOUND_EXIT, "(SUPERVISOR_SYSCALL)|Sstc",
	  .without = "Windows", .isa = ISA_RISCV64, .guest = 2500,
	  .exits = { { "SUPERVISOR_SYSCALL", 900000, 0, 2400 }, { "IRQ_S_TIMER", 1300, 0, 50 } } },
	{ "a debugger's exceptions", TRIED_ON, BOUND_EXIT, "excp takes its time", .guest = 2900,
	  .exits = { { "excp", 700000, 0, 2000 }, { "interrupt", 1300, 0, 50 } } },
	{ "nested on AMD-V", TRIED_ON, BOUND_EXIT,
	  "a hypervisor itself (vmrun)|kvm_amd/parameters/vls", .without = "VMCS", .guest = 2600,
	  .exits = { { "vmrun", 150000, 0, 1500 },
		     { "stgi", 150000, 0, 300 },
		     { "interrupt", 3000, 0, 90 },
		     { "npf", 9000, 0, 100 } } },
	{ "first touch, huge pages", TRIED_ON, BOUND_MEMORY, "huge pages already|before it starts",
	  .guest = 2500, .exits = { { "npf", 6000, 0, 2100 }, { "interrupt", 1300, 0, 60 } },
	  .behind = { .read = true, .maps_4k = 3000, .maps_2m = 5500 } },
	{ "first touch, pages of 1 GiB", TRIED_ON, BOUND_MEMORY, "huge pages already",
	  .without = "hugepages", .guest = 2500,
	  .exits = { { "npf", 6000, 0, 2100 }, { "interrupt", 1300, 0, 60 } },
	  .behind = { .read = true, .maps_4k = 3000, .maps_2m = 1, .maps_1g = 7 } },
	{ "first touch, hugetlbfs, KVM does not count", TRIED_ON, BOUND_MEMORY,
	  "huge pages already|,hugetlb=on,prealloc=on -machine memory-backend=m1", .vmm = "qemu",
	  .without = "use both", .guest = 2500,
	  .exits = { { "npf", 6000, 0, 2100 }, { "interrupt", 1300, 0, 60 } },
	  .behind = { .read = true, .hugetlb = 101 } },
	{ "swapped in, known", TRIED_ON, BOUND_MEMORY,
	  "512 MiB of it are swapped out|set-property --runtime db.scope MemoryLow=SIZE",
	  .cgroup = "/machine.slice/db.scope", .guest = 2500,
	  .exits = { { "npf", 80000, 0, 2100 }, { "interrupt", 1300, 0, 60 } },
	  .behind = { .read = true, .swap_ins = 3000, .swapped = 512 } },
	{ "swapped in, async", TRIED_ON, BOUND_MEMORY, "swapped in", .guest = 700, .halted = 3000,
	  .exits = { { "EPT_VIOLATION", 12000, 0, 900 },
		     { "HLT", 13000, 0, 100 },
		     { "CPUID", 50, 0, 0 } } },
	{ "first touch, slow machine", TRIED_ON, BOUND_MEMORY, "first time|use both", .guest = 3000,
	  .exits = { { "npf", 28000, 0, 3300 },
		     { "cpuid", 200, 0, 3 },
		     { "msr", 1500, 0, 90 },
		     { "interrupt", 1500, 0, 300 } } },
	{ "starved under libvirt", TRIED_ON, BOUND_STARVED, "virsh schedinfo db --live cpu_shares",
	  .name = "db", .cgroup = "/machine.slice/machine-qemu\\x2d2\\x2ddb.scope", .guest = 500,
	  .ready = 4200, .halted = 250,
	  .exits = { { "interrupt", 900, 0, 4230 }, { "hlt", 90, 0, 20 } } },
	{ "starved under libvirt, cgroup v1", TRIED_ON, BOUND_STARVED, "virsh schedinfo db --live",
	  .without = "systemctl", .name = "db", .cgroup = "/machine/qemu-1-db.libvirt-qemu/vcpu0",
	  .guest = 500, .ready = 4200, .halted = 250,
	  .exits = { { "interrupt", 900, 0, 4230 }, { "hlt", 90, 0, 20 } } },
	{ "starved, no CPU at all", TRIED_ON, BOUND_STARVED, "for 100 % of its time",
	  .exits = { { "interrupt", 0, 0, 5000 } } },
	{ "IDE, 65 % ready", TRIED_ON, BOUND_IO, "virtio-blk|ready (waiting", .guest = 900,
	  .halted = 80, .ready = 3250,
	  .exits = { { "io", 6500, 6300, 300, 2700 },
		     { "interrupt", 240, 0, 870 },
		     { "msr", 600, 0, 100 },
		     { "hlt", 10, 0, 5 } },
	  .touch = { DISK } },
	{ "computing, 69 % ready", TRIED_ON, BOUND_CPU, "more or faster CPUs|ready (waiting",
	  .guest = 1200, .ready = 3450,
	  .exits = { { "interrupt", 1000, 0, 3600 },
		     { "msr", 1200, 0, 150 },
		     { "vintr", 500, 0, 50 } },
	  .touch = { DEADLINE } },
	{ "IDE, quota used up", TRIED_ON, BOUND_MIXED, "virtio-blk|quota", .guest = 800,
	  .ready = 2100, .halted = 100,
	  .exits = { { "io", 60000, 58000, 800, 2600 }, { "interrupt", 1500, 0, 700 } },
	  .touch = { DISK }, .behind = { .read = true, .quota = "/ide", .throttled = 2000 } },
	{ "quota of a pod", TRIED_ON, BOUND_STARVED, "raise limits.cpu", .guest = 1000,
	  .ready = 3900, .cgroup = "/kubepods.slice/kubepods-pod1.slice/x.scope",
	  .exits = { { "EXTERNAL_INTERRUPT", 1500, 0, 3950 }, { "MSR_WRITE", 900, 0, 10 } },
	  .behind = { .read = true,
		      .quota = "/kubepods.slice/kubepods-pod1.slice/x.scope",
		      .throttled = 3850 } },
	{ "a server, half busy", TRIED_ON, BOUND_NOT, "", .guest = 9500, .halted = 10100,
	  .vcpus = 4,
	  .exits = { { "HLT", 20000, 0, 150 },
		     { "MSR_WRITE", 40000, 0, 200 },
		     { "EXTERNAL_INTERRUPT", 9000, 0, 100 },
		     { "EPT_MISCONFIG", 900, 0, 10 } },
	  .touch = { QUEUE, DEADLINE } },
	{ "a server, the host polls", TRIED_ON, BOUND_NOT, "lower halt_poll_ns", .guest = 1000,
	  .halted = 3900, .polled = 3000,
	  .exits = { { "HLT", 20000, 0, 50 }, { "MSR_WRITE", 40000, 0, 60 } },
	  .touch = { DEADLINE } },
	{ "timers at 10 kHz, mostly halted", TRIED_ON, BOUND_NOT, "", .guest = 700, .halted = 3300,
	  .exits = { { "HLT", 50000, 0, 400 },
		     { "MSR_WRITE", 100000, 0, 500 },
		     { "PREEMPTION_TIMER", 9000, 0, 100 } },
	  .touch = { DEADLINE } },
	/* What its process tells decides, or what helps. */
	{ "quota of a vCPU under libvirt", TRIED_ON, BOUND_STARVED,
	  "virsh schedinfo db --live vcpu_quota=-1", .name = "db", .cgroup = LIBVIRT, .guest = 1000,
	  .ready = 3900, .exits = { { "interrupt", 1500, 0, 3950 }, { "msr", 900, 0, 10 } },
	  .behind = { .read = true,
		      .quota = "/machine.slice/machine-qemu.scope/libvirt/vcpu0",
		      .throttled = 3850 } },
	{ "quota of a guest under libvirt", TRIED_ON, BOUND_STARVED,
	  "virsh schedinfo db --live global_quota=-1", .name = "db", .cgroup = LIBVIRT,
	  .guest = 1000, .ready = 3900,
	  .exits = { { "interrupt", 1500, 0, 3950 }, { "msr", 900, 0, 10 } },
	  .behind = { .read = true, .quota = "/machine.slice/m.scope", .throttled = 3850 } },
	{ "quota of all guests under libvirt", TRIED_ON, BOUND_STARVED,
	  "set-property --runtime machine.slice CPUQuota=", .name = "db", .cgroup = LIBVIRT,
	  .guest = 1000, .ready = 3900,
	  .exits = { { "interrupt", 1500, 0, 3950 }, { "msr", 900, 0, 10 } },
	  .behind = { .read = true, .quota = "/machine.slice", .throttled = 3850 } },
	{ "quota on Proxmox", TRIED_ON, BOUND_STARVED, "qm set 104 --cpulimit 0",
	  .cgroup = "/qemu.slice/104.scope", .guest = 1000, .ready = 3900,
	  .exits = { { "interrupt", 1500, 0, 3950 }, { "msr", 900, 0, 10 } },
	  .behind = { .read = true, .quota = "/qemu.slice/104.scope", .throttled = 3850 } },
	{ "quota of a plain cgroup", TRIED_ON, BOUND_STARVED,
	  "the cgroup is /guests/db|echo max >/sys/fs/cgroup/guests/db/cpu.max", .guest = 1000,
	  .ready = 3900, .exits = { { "interrupt", 1500, 0, 3950 }, { "msr", 900, 0, 10 } },
	  .behind = { .read = true, .quota = "/guests/db", .throttled = 3850 } },
	{ "starved, its quota not used up", TRIED_ON, BOUND_STARVED, "too many vCPUs",
	  .without = "quota", .guest = 500, .ready = 4200, .halted = 250,
	  .exits = { { "interrupt", 900, 0, 4230 }, { "hlt", 90, 0, 20 } },
	  .behind = { .read = true, .quota = "/guests/db" } },
	{ "starved on the CPU that it is pinned to", TRIED_ON, BOUND_STARVED,
	  "pinned to CPUs that others use|virsh vcpupin db", .without = "too many vCPUs",
	  .name = "db", .cgroup = LIBVIRT, .guest = 500, .ready = 4200, .halted = 250,
	  .exits = { { "interrupt", 900, 0, 4230 }, { "hlt", 90, 0, 20 } },
	  .behind = { .read = true, .pinned = true } },
	{ "computing, one of 8 vCPUs starved", TRIED_ON, BOUND_CPU,
	  "its vCPU 1 is ready (waiting for a CPU of the host) for 93 %|virsh vcpupin db 1 CPU",
	  .name = "db", .cgroup = LIBVIRT, .guest = 35000, .ready = 4650, .vcpus = 8, .full = 8,
	  .exits = { { "EXTERNAL_INTERRUPT", 12000, 0, 4800 }, { "MSR_WRITE", 20000, 0, 200 } },
	  .behind = { .read = true, .second_ready = 4650 } },
	{ "computing, one of 8 vCPUs waits as it hardly runs", TRIED_ON, BOUND_CPU, "CPUs",
	  .without = "is ready", .guest = 34500, .ready = 300, .vcpus = 8, .full = 8,
	  .exits = { { "EXTERNAL_INTERRUPT", 12000, 0, 400 }, { "MSR_WRITE", 20000, 0, 200 } },
	  .behind = { .read = true, .second_ready = 300 } },
	{ "computing, pinned", TRIED_ON, BOUND_CPU, "only more or faster CPUs would help",
	  .without = "pinning", .guest = 4900,
	  .exits = { { "EXTERNAL_INTERRUPT", 1500, 0, 60 }, { "MSR_WRITE", 2500, 0, 30 } },
	  .behind = { .read = true, .pinned = true } },
	{ "spinning, pinned", TRIED_ON, BOUND_SPIN, "fewer vCPUs", .without = "pin them",
	  .guest = 4200, .vcpus = 2,
	  .exits = { { "pause", 200000, 0, 700 }, { "interrupt", 1300, 0, 60 } },
	  .behind = { .read = true, .pinned = true } },
	{ "swapped in by the kernel's workers", TRIED_ON, BOUND_MEMORY, "swapped in",
	  .without = "first time", .guest = 700, .halted = 3000,
	  .exits = { { "EPT_VIOLATION", 12000, 0, 900 },
		     { "HLT", 13000, 0, 100 },
		     { "CPUID", 50, 0, 0 } },
	  .behind = { .read = true, .swapped = 700 } },
	{ "first touch, a little swapped out", TRIED_ON, BOUND_MEMORY, "first time|huge pages",
	  .without = "swapped", .guest = 2600,
	  .exits = { { "EPT_VIOLATION", 300000, 0, 1050 }, { "EXTERNAL_INTERRUPT", 1300, 0, 30 } },
	  .behind = { .read = true, .swapped = 20, .swap_ins = 9 } },
	{ "slow faults, nothing swapped", TRIED_ON, BOUND_MEMORY, "first time",
	  .without = "swapped", .guest = 9000, .halted = 300,
	  .exits = { { "EPT_VIOLATION", 300000, 0, 60000 },
		     { "CPUID", 100, 0, 0 },
		     { "HLT", 500, 0, 10 } },
	  .behind = { .read = true } },
	{ "received by a full vhost thread", TRIED_ON, BOUND_IO, "vhost thread is full|queues='N'",
	  .without = "instead of emulated",
	  .why = "80000 packets/s on its interfaces; its vhost thread wants a CPU for 98 %",
	  .name = "web", .cgroup = LIBVIRT, .guest = 1700, .halted = 3000,
	  .exits = { { "HLT", 30000, 0, 200 }, { "MSR_WRITE", 40000, 0, 100 } },
	  .touch = { DEADLINE }, .behind = { .read = true, .vhost = 4900, .packets = 400000 } },
	{ "a vhost thread that gets no CPU", TRIED_ON, BOUND_IO, "vhost thread is full",
	  .guest = 1700, .halted = 3000,
	  .exits = { { "HLT", 30000, 0, 200 }, { "MSR_WRITE", 40000, 0, 100 } },
	  .touch = { DEADLINE },
	  .behind = { .read = true, .vhost = 1500, .server_ready = 3300, .packets = 90000 } },
	{ "virtio, its I/O thread has room", TRIED_ON, BOUND_IO,
	  "I/O thread has room (it wants a CPU for 12 % of the time), so the storage",
	  .without = "use an I/O thread", .why = "4.00 MB/s of block I/O", .guest = 1500,
	  .halted = 2600,
	  .exits = { { "EPT_MISCONFIG", 20000, 0, 400 },
		     { "HLT", 21000, 0, 300 },
		     { "MSR_WRITE", 90000, 0, 200 } },
	  .touch = { QUEUE, DEADLINE },
	  .behind = { .read = true, .iothread = 600, .storage = 20000000 } },
	{ "virtio, a VMM without names of threads", TRIED_ON, BOUND_IO, "is not known here",
	  .without = "the main loop of the VMM serves them; use", .guest = 1500, .halted = 2600,
	  .exits = { { "EPT_MISCONFIG", 90000, 0, 400 },
		     { "HLT", 45000, 0, 300 },
		     { "MSR_WRITE", 90000, 0, 200 } },
	  .touch = { QUEUE, DEADLINE },
	  .behind = { .read = true, .unnamed = true, .storage = 90000000 } },
	{ "virtio-net without vhost", TRIED_ON, BOUND_IO,
	  "the VMM moves its packets, 20000 a second; use vhost|-netdev tap,id=n1,vhost=on -device virtio-net-pci,netdev=n1",
	  .vmm = "qemu", .guest = 1500, .halted = 2600,
	  .exits = { { "EPT_MISCONFIG", 90000, 0, 400 },
		     { "HLT", 45000, 0, 300 },
		     { "MSR_WRITE", 90000, 0, 200 } },
	  .touch = { QUEUE, DEADLINE },
	  .behind = { .read = true, .storage = 90000000, .packets = 100000 } },
	{ "computing beside a passed-through device", TRIED_ON, BOUND_CPU, "CPUs",
	  .why = "1 device is passed through",
	  .blind = "passt); what its 1 passed-through device does", .guest = 4900,
	  .exits = { { "EXTERNAL_INTERRUPT", 1500, 0, 60 }, { "MSR_WRITE", 2500, 0, 30 } },
	  .behind = { .read = true, .passed = 1 } },
	{ "stopped by a signal", TRIED_ON, BOUND_PAUSED, "kill -CONT 2035", .without = "resume",
	  .held = 5000, .vmm = "qemu", .behind = { .read = true, .stopped = true } },
	{ "20 ms of a boot", TRIED_ON, BOUND_UNKNOWN, "", .guest = 15,
	  .exits = { { "io", 200, 200, 1, 4 } }, .touch = { DISK } },
	{ "counts of an I/O guest", TRIED_ON, BOUND_IO, "virtio", .counts = true,
	  .exits = { { "io", 60000, 60000 }, { "msr", 40000 } } },
	{ "counts of another guest", TRIED_ON, BOUND_NOT_IO, "", .counts = true,
	  .exits = { { "io", 2000, 2000 }, { "msr", 90000 } } },
};
#define NR_GUESTS (sizeof(guests) / sizeof(*guests))

static bool is_one_of(const char *reason, const char *names)
{
	const char *found = strstr(names, reason);
	const size_t len = strlen(reason);

	return found && (found == names || found[-1] == ' ') && (!found[len] || found[len] == ' ');
}

static void *row(struct about *about, enum table table)
{
	return detail_new_row(&detail_form[table], &about->detail.table[table]);
}

/* Adds the exits of a reason to the counters and to the tables. */
static void add_exits(const struct exits *x, struct window_guest *guest,
		      const struct labelled *labelled)
{
	uint64_t *v = guest->sum.v;
	struct reason *r;

	v[COL_exits] += x->exits;
	v[COL_kvm_qemu_switch_num] += x->to_user;
	v[COL_kvm_vm_switch_num] += x->exits - x->to_user;
	v[COL_kernel_ns] += x->kernel * 1000000;
	v[COL_user_ns] += x->user * 1000000;
	if (is_one_of(x->reason, "io IO_INSTRUCTION"))
		v[COL_io_num] += x->exits;
	if (is_one_of(x->reason, "EPT_MISCONFIG"))
		v[COL_mmio_num] += x->exits;
	if (is_one_of(x->reason, "hlt HLT WFI"))
		v[COL_halt_num] += x->exits;
	if (is_one_of(x->reason, "interrupt EXTERNAL_INTERRUPT IRQ IRQ_S_TIMER"))
		v[COL_interrupt_num] += x->exits;
	if (is_one_of(x->reason, "npf EPT_VIOLATION DABT_LOW")) {
		v[COL_fault_num] += x->exits;
		v[COL_fault_mmio_num] += labelled->device_faults;
		v[COL_mmio_num] += labelled->device_faults;
	}
	if (labelled->bare || labelled->counts)
		return;
	r = row(guest->now, TABLE_REASONS);
	*r = (struct reason){ .exits = x->exits,
			      .to_user = x->to_user,
			      .kernel_ns = x->kernel * 1000000,
			      .user_ns = x->user * 1000000 };
	strcpy(r->reason, x->reason);
}

/* Gives the work to the vCPUs that have it, and the rest of the time to the others. */
static void add_vcpus(struct window_guest *guest, const struct labelled *labelled)
{
	const uint64_t *v = guest->sum.v, n = labelled->vcpus, full = labelled->full;
	const uint64_t all = counts_time(&guest->sum) / n;

	for (uint64_t i = 0; i < n; i++) {
		struct vcpu *vcpu = row(guest->now, TABLE_VCPUS);

		vcpu->vcpu = i;
		vcpu->tid = 4711 + i;
		if (i < full) {
			vcpu->guest_ns = v[COL_guest_ns] / full;
			vcpu->kernel_ns = v[COL_kernel_ns] / full;
			vcpu->user_ns = v[COL_user_ns] / full;
		}
		vcpu->blocked_ns = all - vcpu->guest_ns - vcpu->kernel_ns - vcpu->user_ns;
	}
}

/* What a counter had when the window began. */
#define BEFORE 7000000000

static void add_thread(struct about *about, bool now, uint64_t tid, const char *role,
		       const char *name, const struct thread *did)
{
	struct thread *thread = row(about, TABLE_THREADS);

	*thread = (struct thread){ .tid = tid,
				   .start = 100,
				   .run_ns = BEFORE + now * did->run_ns,
				   .ready_ns = BEFORE + now * did->ready_ns };
	strcpy(thread->role, role);
	strcpy(thread->name, name);
	strcpy(thread->state, did->state);
	strcpy(thread->allowed, did->allowed);
	strcpy(thread->cgroup, did->cgroup);
}

static void add_traffic(struct about *about, bool now, const char *kind, uint64_t did, uint64_t in)
{
	struct traffic *traffic = row(about, TABLE_TRAFFIC);

	traffic->in = traffic->in_bytes = BEFORE + now * in;
	traffic->out = traffic->out_bytes = BEFORE + now * did;
	strcpy(traffic->kind, kind);
}

/* Adds the process as it was read at an end of the window. */
static void add_process(struct about *about, bool now, const struct behind *behind)
{
	const char *quota = behind->quota ?: "/";
	struct thread vcpu = { 0 }, server = { .ready_ns = behind->server_ready * 1000000 };
	struct memory *memory = row(about, TABLE_MEMORY);
	struct cgroup *cgroup;

	for (enum table t = TABLE_MODULE_NR; t <= TABLE_TRAFFIC; t++)
		about->detail.table[t].known = true;
	about->boot_ns = (100 + now * SECONDS) * INT64_C(1000000000);
	/* The quota is that of a cgroup above. */
	sprintf(vcpu.cgroup, "%s%s", quota, strlen(quota) > 1 ? "/below" : "");
	strcpy(vcpu.state, behind->stopped ? "T" : "S");
	strcpy(vcpu.allowed, behind->pinned ? "3" : "0-3");
	add_thread(about, now, 2035, "main", "qemu", &(struct thread){ .state = "S" });
	add_thread(about, now, 4711, "vCPU 0", behind->unnamed ? "qemu" : "CPU 0/KVM", &vcpu);
	if (behind->second_ready) {
		vcpu.ready_ns = behind->second_ready * 1000000;
		vcpu.run_ns = vcpu.ready_ns / 20;
		add_thread(about, now, 4712, "vCPU 1", "CPU 1/KVM", &vcpu);
	}
	server.run_ns = behind->vhost * 1000000;
	if (behind->vhost)
		add_thread(about, now, 4721, "vhost", "vhost-2035", &server);
	server.run_ns /= 2;
	if (behind->vhost)
		add_thread(about, now, 4722, "vhost", "vhost-2035", &server);
	server.run_ns = behind->iothread * 1000000;
	if (behind->iothread)
		add_thread(about, now, 4731, "I/O thread", "IO iothread1", &server);
	if (behind->quota) {
		cgroup = row(about, TABLE_CGROUPS);
		strcpy(cgroup->cgroup, quota);
		cgroup->version = 2;
		cgroup->quota_ns = 10000000;
		cgroup->period_ns = 100000000;
		cgroup->throttled_ns = BEFORE + now * behind->throttled * 1000000;
	}
	memory->swapped_bytes = behind->swapped << 20;
	memory->hugetlb_bytes = behind->hugetlb << 20;
	memory->resident_bytes = 100 << 20;
	memory->major_faults = BEFORE + now * behind->swap_ins;
	if (behind->maps_4k) {
		memory->pages_4k = behind->maps_4k;
		memory->pages_2m = behind->maps_2m;
		memory->pages_1g = behind->maps_1g;
	}
	add_traffic(about, now, TRAFFIC_STORAGE, behind->storage, 0);
	if (behind->packets)
		add_traffic(about, now, TRAFFIC_NETWORK, behind->packets, behind->received);
	for (unsigned int i = 0; i < behind->passed; i++)
		add_traffic(about, now, TRAFFIC_PASSTHROUGH, 0, 0);
}

/* Makes the guest, which drop() frees. */
static struct window_guest make(const struct labelled *labelled)
{
	struct window_guest guest = { .key = { 1, 2035, 0 }, .now = about_new() };
	struct about *about = guest.now;
	uint64_t *v = guest.sum.v;

	strcpy(guest.name, labelled->name ?: "guest");
	strcpy(about->name, guest.name);
	strcpy(about->vmm, labelled->vmm ?: "");
	strcpy(about->cgroup, labelled->cgroup ?: "");
	about->has_ready = labelled->ready;
	about->ready_ns = labelled->ready * 1000000;
	about->detail.isa = labelled->isa;
	v[COL_guest_ns] = labelled->guest * 1000000;
	v[COL_halted_ns] = labelled->halted * 1000000;
	v[COL_polled_ns] = labelled->polled * 1000000;
	v[COL_user_ns] = labelled->held * 1000000;
	guest.last.v[COL_vcpus] = labelled->vcpus ?: 1;
	for (enum table t = 0; t < TABLE_MODULE_NR; t++)
		about->detail.table[t].known = !labelled->bare && !labelled->counts;
	for (const struct exits *x = labelled->exits; x->reason; x++)
		add_exits(x, &guest, labelled);
	for (const struct touch *touch = labelled->touch; touch->kind && !labelled->bare; touch++) {
		struct spot *spot = row(about, TABLE_HOT);

		*spot = (struct spot){ .address = touch->address, .count = touch->count };
		strcpy(spot->kind, touch->kind);
	}
	if (labelled->returns) {
		struct outcome *outcome = row(about, TABLE_USERSPACE);

		*outcome =
			(struct outcome){ .kind = "exit", .returns = v[COL_kvm_qemu_switch_num] };
		strcpy(outcome->name, labelled->returns);
	}
	if (labelled->full)
		add_vcpus(&guest, labelled);
	if (labelled->behind.read) {
		guest.was = about_new();
		guest.was->has_ready = about->has_ready;
		for (enum table t = 0; t < TABLE_MODULE_NR; t++)
			guest.was->detail.table[t].known = about->detail.table[t].known;
		add_process(guest.was, false, &labelled->behind);
		add_process(about, true, &labelled->behind);
	}
	return guest;
}

static void drop(struct window_guest *guest)
{
	about_put(guest->was);
	about_put(guest->now);
}

static struct verdict judge(const struct labelled *labelled, const struct thresholds *thresholds)
{
	struct window_guest guest = make(labelled);
	struct verdict verdict;

	verdict_judge(&verdict, &guest, labelled->counts ? HAS_SEVEN : HAS_ALL, thresholds);
	drop(&guest);
	return verdict;
}

/* Writes a snapshot with one guest as a line of a recording, and reads it. */
static struct snapshot record(const struct counts *counts, struct about *about)
{
	static const char *const isa[] = {
		[ISA_X86] = "VT-x", [ISA_ARM64] = "arm64", [ISA_RISCV64] = "riscv64"
	};
	struct snapshot snap = { .nr = 1, .has = HAS_ALL }, read;
	struct source_error err;
	char *line;

	snap.guest = calloc(1, sizeof(*snap.guest));
	snap.about = calloc(1, sizeof(struct about *));
	snap.guest[0] = *counts;
	snap.about[0] = about_get(about);
	snap.at.boot_ns = about->boot_ns;
	strcpy(snap.at.isa, isa[about->detail.isa]);
	line = jsonl_line(&snap);
	if (jsonl_parse(line, strlen(line), 1, &read, &err) != SOURCE_OK)
		fail_msg("%s", err.what);
	free(line);
	snapshot_free(&snap);
	return read;
}

/* Judges the same guest in a recording of two snapshots, or of one. */
static struct verdict judge_recorded(const struct labelled *labelled,
				     const struct thresholds *thresholds)
{
	struct window_guest guest = make(labelled);
	struct snapshot was = SNAPSHOT_EMPTY, now;
	struct counts last = guest.sum, first = { 0 };
	const struct choice all = { 0 };
	struct verdict verdict;
	struct window window;
	struct delta delta;

	last.v[COL_pid] = first.v[COL_pid] = guest.key.pid;
	last.v[COL_id] = first.v[COL_id] = guest.key.id;
	last.v[COL_vcpus] = first.v[COL_vcpus] = guest.last.v[COL_vcpus];
	if (guest.was)
		was = record(&first, guest.was);
	now = record(&last, guest.now);
	window_open(&window, &all);
	if (guest.was) {
		delta_compute(&delta, &was, &was, 0);
		window_add(&window, &delta);
		delta_free(&delta);
	}
	delta_compute(&delta, &was, &now, guest.was ? SECONDS : 0);
	window_add(&window, &delta);
	delta_free(&delta);
	assert_int_equal(window.nr, 1);
	verdict_judge(&verdict, window.guest[0], labelled->counts ? HAS_SEVEN : HAS_ALL,
		      thresholds);
	window_close(&window);
	snapshot_free(&was);
	snapshot_free(&now);
	drop(&guest);
	return verdict;
}

static void usual_thresholds(struct thresholds *thresholds)
{
	assert_int_equal(thresholds_load(thresholds, "/dev/null"), STATUS_OK);
}

/* Each text that is wanted is there. */
static void check_texts(const struct labelled *labelled, const struct verdict *verdict)
{
	const char *advice = verdict->advice;
	char wanted[512], *rest = wanted, *text;

	strcpy(wanted, labelled->advice);
	if (!*wanted && *advice)
		fail_msg("%s: needs no advice: %s", labelled->what, advice);
	while ((text = strsep(&rest, "|")))
		if (!strstr(advice, text))
			fail_msg("%s: no '%s' in the advice: %s", labelled->what, text, advice);
	/* No command is given twice. */
	text = strstr(advice, "taskset -pc");
	if (text && strstr(text + 1, "taskset -pc"))
		fail_msg("%s: advised twice: %s", labelled->what, advice);
	if (labelled->without && strstr(advice, labelled->without))
		fail_msg("%s: '%s' in the advice: %s", labelled->what, labelled->without, advice);
	if (labelled->why && !strstr(verdict->why, labelled->why))
		fail_msg("%s: no '%s' in: %s", labelled->what, labelled->why, verdict->why);
	if (labelled->blind && !strstr(verdict->blind, labelled->blind))
		fail_msg("%s: no '%s' in: %s", labelled->what, labelled->blind, verdict->blind);
}

static void calls_each_as_an_expert_would(void **state)
{
	struct thresholds thresholds;
	size_t wrong = 0;

	(void)state;
	usual_thresholds(&thresholds);
	for (const struct labelled *guest = guests; guest < guests + NR_GUESTS; guest++) {
		const enum bound want = guest->called ?: guest->is;
		struct verdict verdict = judge(guest, &thresholds);

		if (verdict.bound != want) {
			wrong++;
			print_message("# %s: %s (%s), not %s: %s\n", guest->what,
				      verdict_word(verdict.bound), verdict.rule, verdict_word(want),
				      verdict.why);
		} else if (!guest->called) {
			check_texts(guest, &verdict);
		}
		/* What is vague is said with less confidence than what is plain. */
		assert_true(verdict.confidence >= 0 && verdict.confidence <= 1);
	}
	assert_int_equal(wrong, 0);
	assert_true(NR_GUESTS >= 40);
}

/* Nothing that verdicts need is lost in a recording. */
static void says_the_same_of_a_recording(void **state)
{
	struct thresholds thresholds;

	(void)state;
	usual_thresholds(&thresholds);
	for (const struct labelled *guest = guests; guest < guests + NR_GUESTS; guest++) {
		struct verdict live = judge(guest, &thresholds);
		struct verdict recorded = judge_recorded(guest, &thresholds);

		if (live.bound != recorded.bound || strcmp(live.rule, recorded.rule) ||
		    strcmp(live.why, recorded.why) || strcmp(live.advice, recorded.advice) ||
		    strcmp(live.blind, recorded.blind))
			fail_msg("%s: %s (%s), recorded %s (%s)\n%s\n%s\n%s\n%s", guest->what,
				 verdict_word(live.bound), live.rule, verdict_word(recorded.bound),
				 recorded.rule, live.why, recorded.why, live.advice,
				 recorded.advice);
	}
}

static void print_matrix(FILE *out, enum half half, const struct thresholds *thresholds)
{
	static const char *const what[] = { "thresholds were made from",
					    "thresholds are tried on" };
	unsigned int n[BOUND_NR][BOUND_NR] = { 0 }, right = 0, all = 0;

	for (const struct labelled *guest = guests; guest < guests + NR_GUESTS; guest++) {
		enum bound said;

		if (guest->half != half)
			continue;
		said = judge(guest, thresholds).bound;
		n[guest->is][said]++;
		right += guest->is == said;
		all++;
	}
	fprintf(out, "guests that the %s: %u of %u right\n", what[half], right, all);
	for (enum bound is = 0; is < BOUND_NR; is++) {
		bool any = false;

		for (enum bound said = 0; said < BOUND_NR; said++) {
			if (!n[is][said])
				continue;
			if (!any)
				fprintf(out, "%-16s", verdict_word(is));
			fprintf(out, "%s%s %u", any ? ", " : "called ", verdict_word(said),
				n[is][said]);
			any = true;
		}
		if (any)
			fputc('\n', out);
	}
}

#define APP "/user.slice/user-1000.slice/user@1000.service/app.slice/app-x.scope"
#define STARVING                      \
	.guest = 1000, .ready = 3900, \
	.exits = { { "EXTERNAL_INTERRUPT", 1500, 0, 3950 }, { "MSR_WRITE", 900, 0, 10 } }

/* The units of a user's manager, or in a container, are unknown to the host's systemd. */
static void names_units_of_the_host_only(void **state)
{
	static const struct labelled starved[] = {
		{ "of a user", .advice = "set-property --runtime user@1000.service CPUWeight",
		  .cgroup = APP, STARVING },
		{ "of a container", .advice = "set-property --runtime docker-1.scope CPUWeight",
		  .cgroup = "/system.slice/docker-1.scope/system.slice/x.service", STARVING },
		{ "a user's quota", .advice = "echo max >/sys/fs/cgroup" APP "/cpu.max",
		  .without = "CPUQuota", STARVING,
		  .behind = { .read = true, .quota = APP, .throttled = 3850 } },
		{ "a unit's quota",
		  .advice = "set-property --runtime user@1000.service CPUQuota=", STARVING,
		  .behind = { .read = true,
			      .quota = "/user.slice/user-1000.slice/user@1000.service",
			      .throttled = 3850 } },
	};
	struct thresholds thresholds;

	(void)state;
	usual_thresholds(&thresholds);
	for (size_t i = 0; i < sizeof(starved) / sizeof(*starved); i++) {
		struct verdict verdict = judge(&starved[i], &thresholds);

		assert_int_equal(verdict.bound, BOUND_STARVED);
		check_texts(&starved[i], &verdict);
	}
}

/* The page has the matrices that the code makes. */
static void its_confusions_are_on_the_page(void **state)
{
	struct thresholds thresholds;
	struct capture matrix;
	char page[65536] = "", *text;
	FILE *file = fopen(PAGE, "re");

	(void)state;
	usual_thresholds(&thresholds);
	capture(&matrix, &stdout);
	print_matrix(stdout, MADE_FROM, &thresholds);
	putchar('\n');
	print_matrix(stdout, TRIED_ON, &thresholds);
	text = capture_end(&matrix);
	for (const char *line = text; *line; line += strcspn(line, "\n") + 1)
		print_message("# %.*s\n", (int)strcspn(line, "\n"), line);
	assert_non_null(file);
	assert_true(fread(page, 1, sizeof(page) - 1, file) > 0);
	fclose(file);
	if (!strstr(page, text))
		fail_msg("docs/verdicts.md has other matrices");
	free(text);
}

/* A guest of which devices take so many milliseconds of 5000. */
static void follow(struct verdict *verdict, uint64_t ms, const struct thresholds *thresholds)
{
	const struct labelled edge = { .guest = 5000 - ms,
				       .exits = { { "io", 1000, 1000, 0, ms } },
				       .touch = { DISK } };
	struct window_guest guest = make(&edge);

	verdict_follow(verdict, &guest, HAS_ALL, thresholds);
	drop(&guest);
}

/* A guest at the edge keeps its word, and a window with too little in it has none. */
static void does_not_flap(void **state)
{
	struct window_guest nothing = { 0 };
	struct thresholds thresholds;
	struct verdict verdict = { 0 };

	(void)state;
	usual_thresholds(&thresholds);
	/* So that time alone decides. */
	thresholds.device_exits = thresholds.io_exits = 2;
	follow(&verdict, 999, &thresholds);
	assert_int_equal(verdict.bound, BOUND_CPU);
	for (int i = 0; i < 3; i++) {
		follow(&verdict, 1000, &thresholds);
		assert_int_equal(verdict.bound, BOUND_IO);
		assert_string_equal(verdict.rule, "io_time 0.20 >= 0.20, room 0.000 < 0.30");
		follow(&verdict, 805, &thresholds);
		assert_int_equal(verdict.bound, BOUND_IO);
		/* The rule has the threshold that it was held to. */
		assert_string_equal(verdict.rule, "io_time 0.161 >= 0.160, room 0.000 < 0.30");
	}
	verdict_follow(&verdict, &nothing, HAS_ALL, &thresholds);
	assert_int_equal(verdict.bound, BOUND_IO);
	follow(&verdict, 795, &thresholds);
	assert_int_equal(verdict.bound, BOUND_CPU);
	follow(&verdict, 999, &thresholds);
	assert_int_equal(verdict.bound, BOUND_CPU);
}

/* Nor does one whose word is by another rule in each window. */
static void does_not_flap_between_rules(void **state)
{
	static const struct {
		uint64_t ms, exits; /* for devices, of 5000 and of 10000 */
		enum bound bound;
	} windows[] = { { 900, 3000, BOUND_CPU },
			{ 900, 4000, BOUND_IO },
			{ 900, 2000, BOUND_IO },
			{ 700, 3000, BOUND_IO },
			{ 700, 2000, BOUND_CPU } };
	struct thresholds thresholds;
	struct verdict verdict = { 0 };

	(void)state;
	usual_thresholds(&thresholds);
	for (size_t i = 0; i < sizeof(windows) / sizeof(*windows); i++) {
		const struct labelled edge = {
			.guest = 5000 - windows[i].ms,
			.exits = { { "io", windows[i].exits, windows[i].exits, 0, windows[i].ms },
				   { "cpuid", 10000 - windows[i].exits } },
			.touch = { DISK },
		};
		struct window_guest guest = make(&edge);

		verdict_follow(&verdict, &guest, HAS_ALL, &thresholds);
		drop(&guest);
		if (verdict.bound != windows[i].bound)
			fail_msg("%zu: %s (%s)", i, verdict_word(verdict.bound), verdict.rule);
	}
}

/* Nor does a mix, when its smaller finding is about half as large as the other. */
static void does_not_flap_in_a_mix(void **state)
{
	static const struct {
		uint64_t ms; /* for memory faults; devices take 2600 */
		enum bound bound;
	} windows[] = { { 1290, BOUND_IO },    { 1310, BOUND_MIXED }, { 1290, BOUND_MIXED },
			{ 1050, BOUND_MIXED }, { 1030, BOUND_IO },    { 1290, BOUND_IO } };
	struct thresholds thresholds;
	struct verdict verdict = { 0 };

	(void)state;
	usual_thresholds(&thresholds);
	for (size_t i = 0; i < sizeof(windows) / sizeof(*windows); i++) {
		const struct labelled mix = {
			.guest = 2400 - windows[i].ms,
			.exits = { { "io", 90000, 90000, 0, 2600 },
				   { "npf", 90000, 0, windows[i].ms } },
			.touch = { DISK },
		};
		struct window_guest guest = make(&mix);

		verdict_follow(&verdict, &guest, HAS_ALL, &thresholds);
		drop(&guest);
		if (verdict.bound != windows[i].bound)
			fail_msg("%zu: %s (%s)", i, verdict_word(verdict.bound), verdict.rule);
	}
}

/* Nor does one that waits for its disk on a machine that grows slower and faster. */
static void does_not_flap_for_its_waits(void **state)
{
	static const struct {
		uint64_t halts;
		enum bound bound;
	} windows[] = { { 501, BOUND_NOT }, { 500, BOUND_IO }, { 620, BOUND_IO },
			{ 300, BOUND_IO },  { 620, BOUND_IO }, { 630, BOUND_NOT },
			{ 510, BOUND_NOT } };
	struct thresholds thresholds;
	struct verdict verdict = { 0 };

	(void)state;
	usual_thresholds(&thresholds);
	for (size_t i = 0; i < sizeof(windows) / sizeof(*windows); i++) {
		const struct labelled slow = {
			.guest = 1900,
			.halted = 3000,
			.exits = { { "EPT_MISCONFIG", 100, 0, 10 },
				   { "HLT", windows[i].halts, 0, 90 } },
			.touch = { QUEUE },
		};
		struct window_guest guest = make(&slow);

		verdict_follow(&verdict, &guest, HAS_ALL, &thresholds);
		drop(&guest);
		if (verdict.bound != windows[i].bound)
			fail_msg("%zu: %s (%s)", i, verdict_word(verdict.bound), verdict.rule);
	}
}

/* A process can be older than its guest's counters, and was throttled before them. */
static void blames_no_quota_for_what_was_before(void **state)
{
	const struct labelled old = {
		.guest = 500,
		.ready = 70000,
		.halted = 250,
		.exits = { { "interrupt", 900, 0, 4230 }, { "hlt", 90, 0, 20 } },
		.behind = { .read = true, .quota = "/guests/db" },
	};
	struct window_guest guest = make(&old);
	struct thresholds thresholds;
	struct verdict verdict;

	(void)state;
	usual_thresholds(&thresholds);
	about_put(guest.was);
	guest.was = NULL;
	verdict_judge(&verdict, &guest, HAS_ALL, &thresholds);
	drop(&guest);
	if (verdict.bound != BOUND_STARVED || !strstr(verdict.advice, "too many vCPUs"))
		fail_msg("%s: %s", verdict_word(verdict.bound), verdict.advice);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(calls_each_as_an_expert_would),
	cmocka_unit_test(says_the_same_of_a_recording),
	cmocka_unit_test(names_units_of_the_host_only),
	cmocka_unit_test(its_confusions_are_on_the_page),
	cmocka_unit_test(blames_no_quota_for_what_was_before),
	cmocka_unit_test(does_not_flap),
	cmocka_unit_test(does_not_flap_between_rules),
	cmocka_unit_test(does_not_flap_in_a_mix),
	cmocka_unit_test(does_not_flap_for_its_waits),
};

UNIT_MAIN(tests)
