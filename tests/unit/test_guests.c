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

#include "verdict/verdict.h"

#define HAS_ALL ((UINT32_C(1) << COL_NR) - 1)
#define HAS_SEVEN (COL_BIT(COL_NEEDED) - 1)
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

struct labelled {
	const char *what;
	enum half half;
	enum bound is;
	const char *advice; /* each of these texts, divided by |; "" for none at all */
	enum bound called; /* if that is another word, the guest is confused with it */
	uint64_t guest, halted, ready, polled, held; /* milliseconds of all vCPUs */
	struct exits exits[8];
	struct touch touch[4];
	const char *returns; /* KVM_EXIT_* of all returns to userspace */
	uint64_t device_faults; /* of the exits for npf and its like */
	uint64_t vcpus, full; /* 0: one; so many of them have all the work */
	struct beside beside;
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
	{ "Windows, many VMCALLs", MADE_FROM, BOUND_EXIT, "(VMCALL)|enlightenments|hv-passthrough",
	  .guest = 2600, .halted = 400, .vmm = "qemu",
	  .exits = { { "VMCALL", 500000, 0, 1900 },
		     { "MSR_WRITE", 9000, 0, 50 },
		     { "HLT", 5000, 0, 50 } },
	  .touch = { { "msr", 0x40000070, 900 } } },
	{ "a hypervisor", MADE_FROM, BOUND_EXIT, "a hypervisor itself (VMRESUME)|do not nest",
	  .guest = 2500, .halted = 200,
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
	  .beside = { .throttled_known = true,
		      .throttled_ns = 2300000000,
		      .quota_cgroup = "/machine.slice/db.scope" } },
	{ "swapped in", MADE_FROM, BOUND_MEMORY, "swapped in (a fault takes 200 us)|more memory",
	  .guest = 9000, .halted = 300,
	  .exits = { { "EPT_VIOLATION", 300000, 0, 60000 },
		     { "CPUID", 100, 0, 0 },
		     { "HLT", 500, 0, 10 } } },
	{ "first touch", MADE_FROM, BOUND_MEMORY,
	  "for the first time (a fault takes 3.5 us)|huge pages|prealloc|use both", .guest = 2600,
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
	{ "SEV-ES, emulated disk", MADE_FROM, BOUND_IO, "virtio", .guest = 1500, .halted = 300,
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
	{ "IDE", MADE_FROM, BOUND_IO, "go to an emulated disk controller|-drive if=virtio",
	  .vmm = "qemu", .guest = 1500, .halted = 500,
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
	{ "a light web server, its files known", TRIED_ON, BOUND_NOT, "", .guest = 500,
	  .halted = 4300,
	  .exits = { { "EPT_MISCONFIG", 4000, 0, 20 },
		     { "HLT", 3800, 0, 80 },
		     { "MSR_WRITE", 8000, 0, 40 } },
	  .touch = { QUEUE, DEADLINE },
	  .beside = { .storage_known = true, .network_known = true, .network_rate = 1600 } },
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
	{ "virtio, its I/O thread full", TRIED_ON, BOUND_IO, "I/O thread is full (97 % of a CPU)",
	  .guest = 1500, .halted = 2600,
	  .exits = { { "EPT_MISCONFIG", 90000, 0, 400 },
		     { "HLT", 45000, 0, 300 },
		     { "MSR_WRITE", 90000, 0, 200 } },
	  .touch = { QUEUE, DEADLINE },
	  .beside = { .iothread_known = true,
		      .iothreads = 1,
		      .iothread_busy = 0.97,
		      .vhost_known = true } },
	{ "virtio, no I/O thread", TRIED_ON, BOUND_IO,
	  "main loop of the VMM|-object iothread,id=io1", .vmm = "qemu", .guest = 1500,
	  .halted = 2600,
	  .exits = { { "EPT_MISCONFIG", 90000, 0, 400 },
		     { "HLT", 45000, 0, 300 },
		     { "MSR_WRITE", 90000, 0, 200 } },
	  .touch = { QUEUE, DEADLINE }, .beside = { .iothread_known = true, .vhost_known = true } },
	{ "virtio, vhost full", TRIED_ON, BOUND_IO, "vhost thread is full", .guest = 2500,
	  .halted = 1900,
	  .exits = { { "EPT_MISCONFIG", 80000, 0, 300 },
		     { "HLT", 30000, 0, 200 },
		     { "MSR_WRITE", 40000, 0, 100 } },
	  .touch = { QUEUE, DEADLINE },
	  .beside = { .vhost_known = true, .vhosts = 2, .vhost_busy = 0.99 } },
	{ "VGA", TRIED_ON, BOUND_IO, "virtio-gpu", .guest = 2800, .halted = 300,
	  .exits = { { "EPT_VIOLATION", 90000, 90000, 200, 1650 }, { "HLT", 900, 0, 50 } },
	  .device_faults = 90000, .touch = { { "mmio", 0xa0000, 900 } } },
	{ "serial flood on arm64", TRIED_ON, BOUND_IO, "console", .isa = ISA_ARM64, .guest = 1500,
	  .exits = { { "DABT_LOW", 100000, 100000, 400, 3000 }, { "IRQ", 1300, 0, 50 } },
	  .device_faults = 100000, .touch = { { "mmio", 0x9000000, 900 } } },
	{ "spinning on riscv64", TRIED_ON, BOUND_SPIN, "pin them", .isa = ISA_RISCV64,
	  .guest = 3900, .exits = { { "WRS", 90000, 0, 1000 }, { "IRQ_S_TIMER", 1300, 0, 50 } } },
	{ "HVC on arm64", TRIED_ON, BOUND_EXIT, "(HVC64)", .isa = ISA_ARM64, .guest = 2500,
	  .exits = { { "HVC64", 900000, 0, 2400 }, { "IRQ", 1300, 0, 50 } } },
	{ "IPIs on AMD-V", TRIED_ON, BOUND_EXIT, "AVIC", .guest = 6000, .halted = 700, .vcpus = 2,
	  .exits = { { "msr", 900000, 0, 2900 },
		     { "vintr", 30000, 0, 100 },
		     { "interrupt", 4000, 0, 200 },
		     { "hlt", 3000, 0, 50 } },
	  .touch = { ICR } },
	{ "timers on AMD-V", TRIED_ON, BOUND_EXIT, "modprobe kvm_amd avic=1", .guest = 3300,
	  .exits = { { "msr", 500000, 0, 1500 },
		     { "interrupt", 40000, 0, 150 },
		     { "vintr", 5000, 0, 30 } },
	  .touch = { DEADLINE, { "msr", 0x80b, 300 } } },
	{ "a debugger's exceptions", TRIED_ON, BOUND_EXIT, "excp takes its time", .guest = 2900,
	  .exits = { { "excp", 700000, 0, 2000 }, { "interrupt", 1300, 0, 50 } } },
	{ "nested on AMD-V", TRIED_ON, BOUND_EXIT, "a hypervisor itself (vmrun)", .guest = 2600,
	  .exits = { { "vmrun", 150000, 0, 1500 },
		     { "stgi", 150000, 0, 300 },
		     { "interrupt", 3000, 0, 90 },
		     { "npf", 9000, 0, 100 } } },
	{ "first touch, huge pages", TRIED_ON, BOUND_MEMORY, "huge pages already|before it starts",
	  .guest = 2500, .exits = { { "npf", 6000, 0, 2100 }, { "interrupt", 1300, 0, 60 } },
	  .beside = { .maps_known = true, .maps_4k = 3000, .maps_2m = 5500 } },
	{ "swapped in, known", TRIED_ON, BOUND_MEMORY, "512 MiB of it are swapped out",
	  .guest = 2500, .exits = { { "npf", 80000, 0, 2100 }, { "interrupt", 1300, 0, 60 } },
	  .beside = { .swap_known = true, .swap_ins = 3000, .swapped_bytes = 512 << 20 } },
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
	  .touch = { DISK }, .beside = { .throttled_known = true, .throttled_ns = 2000000000 } },
	{ "quota of a pod", TRIED_ON, BOUND_STARVED, "raise limits.cpu", .guest = 1000,
	  .ready = 3900, .cgroup = "/kubepods.slice/kubepods-pod1.slice/x.scope",
	  .exits = { { "EXTERNAL_INTERRUPT", 1500, 0, 3950 }, { "MSR_WRITE", 900, 0, 10 } },
	  .beside = { .throttled_known = true, .throttled_ns = 3850000000 } },
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

/* Makes the guest. The caller puts its about. */
static struct window_guest make(const struct labelled *labelled)
{
	struct window_guest guest = { .now = about_new(), .beside = labelled->beside };
	struct about *about = guest.now;
	uint64_t *v = guest.sum.v;

	strcpy(guest.name, labelled->name ?: "guest");
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
	for (enum table t = 0; t < TABLE_NR; t++)
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
	return guest;
}

static struct verdict judge(const struct labelled *labelled, const struct thresholds *thresholds)
{
	struct window_guest guest = make(labelled);
	struct verdict verdict;

	verdict_judge(&verdict, &guest, labelled->counts ? HAS_SEVEN : HAS_ALL, thresholds);
	about_put(guest.now);
	return verdict;
}

static void usual_thresholds(struct thresholds *thresholds)
{
	assert_int_equal(thresholds_load(thresholds, "/dev/null"), STATUS_OK);
}

/* Each text that is wanted is in the advice. */
static void check_advice(const struct labelled *labelled, const char *advice)
{
	char wanted[512], *rest = wanted, *text;

	strcpy(wanted, labelled->advice);
	if (!*wanted && *advice)
		fail_msg("%s: needs no advice: %s", labelled->what, advice);
	while ((text = strsep(&rest, "|")))
		if (!strstr(advice, text))
			fail_msg("%s: no '%s' in the advice: %s", labelled->what, text, advice);
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
			check_advice(guest, verdict.advice);
		}
		/* What is vague is said with less confidence than what is plain. */
		assert_true(verdict.confidence >= 0 && verdict.confidence <= 1);
	}
	assert_int_equal(wrong, 0);
	assert_true(NR_GUESTS >= 40);
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
	about_put(guest.now);
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
		follow(&verdict, 805, &thresholds);
		assert_int_equal(verdict.bound, BOUND_IO);
	}
	verdict_follow(&verdict, &nothing, HAS_ALL, &thresholds);
	assert_int_equal(verdict.bound, BOUND_IO);
	follow(&verdict, 795, &thresholds);
	assert_int_equal(verdict.bound, BOUND_CPU);
	follow(&verdict, 999, &thresholds);
	assert_int_equal(verdict.bound, BOUND_CPU);
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
		about_put(guest.now);
		if (verdict.bound != windows[i].bound)
			fail_msg("%zu: %s (%s)", i, verdict_word(verdict.bound), verdict.rule);
	}
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(calls_each_as_an_expert_would),
	cmocka_unit_test(its_confusions_are_on_the_page),
	cmocka_unit_test(does_not_flap),
	cmocka_unit_test(does_not_flap_for_its_waits),
};

UNIT_MAIN(tests)
