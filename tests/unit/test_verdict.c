// SPDX-License-Identifier: GPL-2.0
/*
 * Tests each rule on both sides of its threshold, the thesis' reading of its tables, the
 * configuration file, and that every guest has a proper verdict.
 */
#define _GNU_SOURCE
#include "unit.h"

#include <string.h>
#include <unistd.h>

#include "verdict/verdict.h"

#define HAS_ALL ((UINT32_C(1) << COL_NR) - 1)
#define HAS_SEVEN (COL_BIT(COL_NEEDED) - 1)

/* The tests have round thresholds of their own, as those of the command may change. */
static const struct thresholds usual = {
	.min_exits = 1000,
	.min_seconds = 0.5,
	.min_busy = 0.05,
	.idle_busy = 0.0625,
	.room = 0.375,
	.io_time = 0.25,
	.io_exits = 0.5,
	.device_exits = 0.375,
	.device_waits = 0.5,
	.device_halts = 0.5,
	.device_rate = 5,
	.halted = 0.25,
	.server = 0.75,
	.memory_time = 0.25,
	.memory_exits = 0.5,
	.fault_slow = 50,
	.spin_exits = 0.5,
	.spin_rate = 500,
	.exit_time = 0.25,
	.exit_rate = 500,
	.kernel_time = 0.5,
	.starving = 0.75,
	.throttled = 0.25,
	.held = 0.5,
	.cpu_time = 0.625,
	.native = 0.9375,
	.keep = 0.75,
	.notable = 0.125,
	.waiting = 0.25,
	.polling = 0.25,
};

/* What a guest did. All times are in milliseconds, also those of reasons. */
struct scene {
	uint64_t guest, kernel, user, halted, polled, ready;
	uint64_t vm, vmm, io, mmio, halts, faults, faults_mmio;
	struct reason reason[4];
	struct spot spot[4];
	bool bare; /* debugfs was not read */
	bool ended;
	uint32_t has; /* 0: all columns */
};

static const struct thresholds *thresholds = &usual;

static struct verdict judge(const struct scene *scene)
{
	struct window_guest guest = { .now = scene->bare ? NULL : about_new(),
				      .ended = scene->ended };
	uint64_t *v = guest.sum.v;
	struct verdict verdict;

	v[COL_guest_ns] = scene->guest * 1000000;
	v[COL_kernel_ns] = scene->kernel * 1000000;
	v[COL_user_ns] = scene->user * 1000000;
	v[COL_halted_ns] = scene->halted * 1000000;
	v[COL_polled_ns] = scene->polled * 1000000;
	v[COL_kvm_vm_switch_num] = scene->vm;
	v[COL_kvm_qemu_switch_num] = scene->vmm;
	v[COL_exits] = scene->vm + scene->vmm;
	v[COL_io_num] = scene->io;
	v[COL_mmio_num] = scene->mmio;
	v[COL_halt_num] = scene->halts;
	v[COL_fault_num] = scene->faults;
	v[COL_fault_mmio_num] = scene->faults_mmio;
	if (guest.now) {
		struct rows *table = guest.now->detail.table;

		guest.now->has_ready = scene->ready;
		guest.now->ready_ns = scene->ready * 1000000;
		table[TABLE_REASONS].known = table[TABLE_HOT].known = true;
		for (size_t i = 0; i < 4 && scene->reason[i].reason[0]; i++) {
			struct reason *r =
				detail_new_row(&detail_form[TABLE_REASONS], &table[TABLE_REASONS]);

			*r = scene->reason[i];
			r->kernel_ns *= 1000000;
			r->user_ns *= 1000000;
		}
		for (size_t i = 0; i < 4 && scene->spot[i].kind[0]; i++)
			*(struct spot *)detail_new_row(&detail_form[TABLE_HOT], &table[TABLE_HOT]) =
				scene->spot[i];
	}
	verdict_judge(&verdict, &guest, scene->has ?: HAS_ALL, thresholds);
	about_put(guest.now);
	return verdict;
}

static void is(struct scene scene, enum bound want, const char *rule)
{
	struct verdict verdict = judge(&scene);

	if (verdict.bound != want)
		fail_msg("%s (%s), not %s", verdict_word(verdict.bound), verdict.rule,
			 verdict_word(want));
	assert_string_equal(verdict.rule, rule);
	assert_true(verdict.confidence >= 0 && verdict.confidence <= 1);
}

/* The base for other scenes is a guest that runs, with exits that mean nothing. */
#define RUNNING .guest = 4000, .kernel = 3000, .user = 3000, .vm = 10000
#define NONE "cpu_time 0.40, the largest part"

static void knows_when_it_saw_too_little(void **state)
{
	(void)state;
	is((struct scene){ .vm = 999, .has = HAS_SEVEN }, BOUND_UNKNOWN,
	   "exits 999 < min_exits 1000");
	is((struct scene){ .vm = 1000, .has = HAS_SEVEN }, BOUND_NOT_IO, "io_exits 0.00 <= 0.50");
	is((struct scene){ 0 }, BOUND_UNKNOWN, "exits 0 < min_exits 1000");
	/* Halts do not count as exits here. */
	is((struct scene){ .vm = 1999, .halts = 1000, .has = HAS_SEVEN }, BOUND_UNKNOWN,
	   "exits 999 < min_exits 1000");
	is((struct scene){ .vm = 5, .halts = 10, .has = HAS_SEVEN }, BOUND_UNKNOWN,
	   "exits 0 < min_exits 1000");
	is((struct scene){ .guest = 499, .vm = 999 }, BOUND_UNKNOWN, "exits 999 < min_exits 1000");
	is((struct scene){ .guest = 500, .vm = 999 }, BOUND_CPU,
	   "cpu_time 1.00 >= 0.62, room 0.000 < 0.38");
	is((struct scene){ .guest = 499, .vm = 1000 }, BOUND_NOT_IO, "io_exits 0.00 <= 0.50");
}

static void knows_the_idle(void **state)
{
	(void)state;
	is((struct scene){ .guest = 624, .halted = 9376, .halts = 9 }, BOUND_IDLE,
	   "busy 0.062 < idle_busy 0.06, room 0.94 >= 0.38");
	is((struct scene){ .guest = 625, .halted = 9375, .halts = 9 }, BOUND_NOT,
	   "room 0.94 >= 0.38");
	/* A guest that halts for its disk is not idle. */
	is((struct scene){ .guest = 100, .halted = 9900, .halts = 100, .vm = 149, .io = 49 },
	   BOUND_IDLE, "busy 0.010 < idle_busy 0.06, room 0.99 >= 0.38");
	is((struct scene){ .guest = 100, .halted = 9900, .halts = 100, .vm = 150, .io = 50 },
	   BOUND_IO, "device_waits 0.50 >= 0.50, waited 0.99 >= halted 0.25, device_rate 5 >= 5");
	/* A guest that is ready does not work. */
	is((struct scene){ .guest = 300, .kernel = 700, .ready = 400, .halted = 9000, .halts = 9 },
	   BOUND_IDLE, "busy 0.060 < idle_busy 0.06, room 0.90 >= 0.38");
}

static void knows_the_held(void **state)
{
	struct scene scene = { .guest = 500, .user = 9500 };
	struct verdict verdict = judge(&scene);

	(void)state;
	assert_non_null(strstr(verdict.advice, "resume"));
	is(scene, BOUND_PAUSED, "held 0.95 >= 0.50");
	/* With exits, too, if no reason accounts for the time. */
	is((struct scene){ .guest = 500, .user = 9500, .vm = 1 }, BOUND_PAUSED,
	   "held 0.95 >= 0.50");
	is((struct scene){ .guest = 5000, .user = 5000, .vm = 1 }, BOUND_PAUSED,
	   "held 0.50 >= 0.50");
	is((struct scene){ .guest = 5001, .user = 4999, .vm = 1 }, BOUND_CPU,
	   "cpu_time 0.50, the largest part");
	/* Without reasons, the mean time of a return tells. */
	is((struct scene){ .guest = 4000, .user = 6000, .vmm = 600, .bare = true }, BOUND_PAUSED,
	   "held 0.60 >= 0.50");
	is((struct scene){ .guest = 4000, .user = 6000, .vmm = 601, .bare = true }, BOUND_IO,
	   "io_time 0.60 >= 0.25, room 0.000 < 0.38");
}

static void knows_io_by_its_time(void **state)
{
	(void)state;
	is((struct scene){ RUNNING,
			   .reason = { { .reason = "io", .kernel_ns = 500, .user_ns = 1999 } } },
	   BOUND_CPU, NONE);
	is((struct scene){ RUNNING,
			   .reason = { { .reason = "io", .kernel_ns = 500, .user_ns = 2000 } } },
	   BOUND_IO, "io_time 0.25 >= 0.25, room 0.000 < 0.38");
	/* VT-x has other names, and a reason of its own for device memory. */
	is((struct scene){ RUNNING,
			   .reason = { { .reason = "IO_INSTRUCTION", .user_ns = 1250 },
				       { .reason = "EPT_MISCONFIG", .kernel_ns = 1250 } } },
	   BOUND_IO, "io_time 0.25 >= 0.25, room 0.000 < 0.38");
	/* AMD-V has none: time in the kernel is divided by number, all in userspace counts. */
	is((struct scene){ RUNNING, .faults = 100, .faults_mmio = 50,
			   .reason = { { .reason = "npf", .kernel_ns = 2000, .user_ns = 1500 } } },
	   BOUND_IO, "io_time 0.25 >= 0.25, room 0.000 < 0.38");
	is((struct scene){ RUNNING, .faults = 100, .faults_mmio = 50,
			   .reason = { { .reason = "npf", .kernel_ns = 2000, .user_ns = 1499 } } },
	   BOUND_CPU, NONE);
	/* Other reasons do not count. */
	is((struct scene){ RUNNING, .reason = { { .reason = "msr", .kernel_ns = 2499 } } },
	   BOUND_CPU, NONE);
	/* Without debugfs, the time of the VMM counts. */
	is((struct scene){ .guest = 6000,
			   .kernel = 1501,
			   .user = 2499,
			   .vm = 5000,
			   .vmm = 4999,
			   .bare = true },
	   BOUND_CPU, "cpu_time 0.60, the largest part");
	is((struct scene){ .guest = 6000,
			   .kernel = 1500,
			   .user = 2500,
			   .vm = 5000,
			   .vmm = 4999,
			   .bare = true },
	   BOUND_IO, "io_time 0.25 >= 0.25, room 0.000 < 0.38");
}

static void knows_io_by_its_exits(void **state)
{
	const struct reason some = { .reason = "io", .kernel_ns = 1250 };
	const struct reason few = { .reason = "io", .kernel_ns = 1249 };
	const struct reason half = { .reason = "io", .kernel_ns = 2500 };
	const struct spot disk = { .kind = "port", .address = 0x1f0, .count = 10 };
	const struct spot timer = { .kind = "mmio", .address = 0xfed000f0, .count = 10 };
	const struct spot msr = { .kind = "msr", .address = 0x1f0, .count = 1000 };

	(void)state;
	/* More than half are port I/O, the rule of the thesis, if they take any time. */
	is((struct scene){ RUNNING, .io = 5000, .reason = { half }, .spot = { disk, timer } },
	   BOUND_CPU, NONE);
	is((struct scene){ RUNNING, .io = 5100, .reason = { half }, .spot = { disk, timer } },
	   BOUND_IO, "io_exits 0.510 > 0.50, io_time 0.12 >= notable 0.12, room 0.000 < 0.38");
	/* A timer is no device. */
	is((struct scene){ RUNNING, .io = 5100, .reason = { some }, .spot = { timer } }, BOUND_CPU,
	   NONE);
	is((struct scene){ RUNNING, .io = 9999, .reason = { few } }, BOUND_CPU, NONE);
	/* Timers and interrupt controllers do not count as devices here. */
	is((struct scene){ RUNNING, .io = 3000, .mmio = 749, .reason = { some }, .spot = { disk } },
	   BOUND_CPU, NONE);
	is((struct scene){ RUNNING, .io = 3000, .mmio = 750, .reason = { some }, .spot = { disk } },
	   BOUND_IO, "device_exits 0.38 >= 0.38, io_time 0.12 >= notable 0.12, room 0.000 < 0.38");
	is((struct scene){ RUNNING, .io = 3000, .mmio = 750, .reason = { few }, .spot = { disk } },
	   BOUND_CPU, NONE);
	is((struct scene){ RUNNING, .io = 3000, .mmio = 4499, .reason = { half },
			   .spot = { disk, timer, msr } },
	   BOUND_CPU, NONE);
	is((struct scene){ RUNNING, .io = 3000, .mmio = 4500, .reason = { half },
			   .spot = { disk, timer, msr } },
	   BOUND_IO, "device_exits 0.38 >= 0.38, io_time 0.12 >= notable 0.12, room 0.000 < 0.38");
}

static void knows_io_by_its_waits(void **state)
{
	(void)state;
	is((struct scene){ .guest = 7500, .halted = 2500, .halts = 100, .vm = 200, .io = 50 },
	   BOUND_IO, "device_waits 0.50 >= 0.50, waited 0.25 >= halted 0.25, device_rate 5 >= 5");
	is((struct scene){ .guest = 7500, .halted = 2500, .halts = 100, .vm = 200, .io = 49 },
	   BOUND_CPU, "cpu_time 1.00 >= 0.62, room 0.250 < 0.38");
	is((struct scene){ .guest = 7501, .halted = 2499, .halts = 100, .vm = 200, .io = 50 },
	   BOUND_CPU, "cpu_time 1.00 >= 0.62, room 0.000 < 0.38");
}

/* With keep = 0 nothing waits because it waited before. */
static void a_wait_does_not_last_for_ever(void **state)
{
	struct window_guest guest = { 0 };
	const struct detail detail = { 0 };
	struct thresholds t = usual;
	struct evidence e;

	(void)state;
	guest.sum.v[COL_guest_ns] = 7500000000;
	guest.sum.v[COL_halted_ns] = 2500000000;
	for (int keep = 0; keep < 2; keep++) {
		t.keep = keep;
		evidence_of(&e, &guest, &detail, HAS_ALL, &t, true);
		assert_true(e.halted > 0 && e.waited <= 0);
	}
}

static void knows_the_memory_bound(void **state)
{
	(void)state;
	is((struct scene){ RUNNING, .faults = 100,
			   .reason = { { .reason = "npf", .kernel_ns = 2500 } } },
	   BOUND_MEMORY, "memory_time 0.25 >= 0.25, room 0.000 < 0.38");
	is((struct scene){ RUNNING, .faults = 100,
			   .reason = { { .reason = "EPT_VIOLATION", .kernel_ns = 2500 } } },
	   BOUND_MEMORY, "memory_time 0.25 >= 0.25, room 0.000 < 0.38");
	is((struct scene){ RUNNING, .faults = 100,
			   .reason = { { .reason = "DABT_LOW", .kernel_ns = 1500 },
				       { .reason = "IABT_LOW", .kernel_ns = 1000 } } },
	   BOUND_MEMORY, "memory_time 0.25 >= 0.25, room 0.000 < 0.38");
	is((struct scene){ RUNNING, .faults = 100,
			   .reason = { { .reason = "LOAD_GUEST_PAGE_FAULT", .kernel_ns = 1000 },
				       { .reason = "STORE_GUEST_PAGE_FAULT", .kernel_ns = 1000 },
				       { .reason = "INST_GUEST_PAGE_FAULT", .kernel_ns = 500 } } },
	   BOUND_MEMORY, "memory_time 0.25 >= 0.25, room 0.000 < 0.38");
	is((struct scene){ RUNNING, .faults = 100,
			   .reason = { { .reason = "npf", .kernel_ns = 2499 } } },
	   BOUND_CPU, NONE);
	/* Without reasons or times, the numbers decide. */
	is((struct scene){ .guest = 6000,
			   .kernel = 4000,
			   .vm = 10000,
			   .faults = 5500,
			   .faults_mmio = 500,
			   .bare = true },
	   BOUND_MEMORY, "memory_exits 0.50 >= 0.50, room 0.000 < 0.38");
	is((struct scene){ .guest = 6000,
			   .kernel = 4000,
			   .vm = 10000,
			   .faults = 5500,
			   .faults_mmio = 501,
			   .bare = true },
	   BOUND_CPU, "cpu_time 0.60, the largest part");
	is((struct scene){ .vm = 10000,
			   .faults = 5000,
			   .bare = true,
			   .has = HAS_ALL & ~COL_BIT(COL_guest_ns) },
	   BOUND_MEMORY, "memory_exits 0.50 >= 0.50, room 0.000 < 0.38");
	/* If there are more device faults than faults, no memory faults are left. */
	is((struct scene){ .vm = 10000,
			   .faults = 5000,
			   .faults_mmio = 9000,
			   .bare = true,
			   .has = HAS_SEVEN },
	   BOUND_NOT_IO, "io_exits 0.00 <= 0.50");
}

static void knows_the_spinning(void **state)
{
	(void)state;
	is((struct scene){ RUNNING, .reason = { { .reason = "pause", .exits = 5000 } } },
	   BOUND_SPIN, "spin_exits 0.50 >= 0.50, spin_rate 500 >= 500, room 0.000 < 0.38");
	is((struct scene){ RUNNING,
			   .reason = { { .reason = "PAUSE_INSTRUCTION", .exits = 5000 } } },
	   BOUND_SPIN, "spin_exits 0.50 >= 0.50, spin_rate 500 >= 500, room 0.000 < 0.38");
	is((struct scene){ RUNNING, .reason = { { .reason = "WFE", .exits = 5000 } } }, BOUND_SPIN,
	   "spin_exits 0.50 >= 0.50, spin_rate 500 >= 500, room 0.000 < 0.38");
	is((struct scene){ RUNNING, .reason = { { .reason = "WRS", .exits = 5000 } } }, BOUND_SPIN,
	   "spin_exits 0.50 >= 0.50, spin_rate 500 >= 500, room 0.000 < 0.38");
	is((struct scene){ RUNNING, .reason = { { .reason = "pause", .exits = 4999 } } }, BOUND_CPU,
	   NONE);
	/* It must also be often, 500 in a busy second, without ready time. */
	is((struct scene){ .guest = 4000,
			   .kernel = 6000,
			   .vm = 5000,
			   .reason = { { .reason = "pause", .exits = 4999 } } },
	   BOUND_EXIT, "kernel 0.60, the largest part");
	is((struct scene){ .guest = 4000,
			   .kernel = 6000,
			   .vm = 5000,
			   .reason = { { .reason = "pause", .exits = 5000 } } },
	   BOUND_SPIN, "spin_exits 1.00 >= 0.50, spin_rate 500 >= 500, room 0.000 < 0.38");
	/* The exits by reason are counted a moment later than all exits. */
	is((struct scene){ RUNNING, .reason = { { .reason = "pause", .exits = 10300 } } },
	   BOUND_SPIN, "spin_exits 1.00 >= 0.50, spin_rate 1000 >= 500, room 0.000 < 0.38");
	is((struct scene){ .guest = 4000,
			   .kernel = 6000,
			   .ready = 5000,
			   .vm = 2500,
			   .reason = { { .reason = "pause", .exits = 2500 } } },
	   BOUND_SPIN, "spin_exits 1.00 >= 0.50, spin_rate 500 >= 500, room 0.000 < 0.38");
}

static void knows_the_computing(void **state)
{
	(void)state;
	is((struct scene){ .guest = 6250, .kernel = 3750, .vm = 10000 }, BOUND_CPU,
	   "cpu_time 0.62 >= 0.62, room 0.000 < 0.38");
	is((struct scene){ .guest = 6249, .kernel = 3751, .vm = 10000 }, BOUND_CPU,
	   "cpu_time 0.62, the largest part");
	/* A guest that meets another rule is not CPU-bound, however much it computes. */
	is((struct scene){ .guest = 7500,
			   .kernel = 2500,
			   .vm = 10000,
			   .faults = 10,
			   .reason = { { .reason = "npf", .kernel_ns = 2500 } } },
	   BOUND_MEMORY, "memory_time 0.25 >= 0.25, room 0.000 < 0.38");
}

static void knows_the_exit_bound(void **state)
{
	(void)state;
	is((struct scene){ RUNNING,
			   .reason = { { .reason = "cpuid", .exits = 5000, .kernel_ns = 2500 } } },
	   BOUND_EXIT, "exit_time 0.25 >= 0.25, exit_rate 500 >= 500, room 0.000 < 0.38");
	is((struct scene){ RUNNING,
			   .reason = { { .reason = "cpuid", .exits = 5000, .kernel_ns = 2499 } } },
	   BOUND_CPU, NONE);
	/* The ticks of a slow machine are few. */
	is((struct scene){ RUNNING,
			   .reason = { { .reason = "msr", .exits = 4999, .kernel_ns = 2500 } } },
	   BOUND_CPU, NONE);
	/* Interrupts of the host are no work of the guest. */
	is((struct scene){ .guest = 5000,
			   .kernel = 5000,
			   .vm = 9999,
			   .reason = { { .reason = "interrupt", .exits = 9999, .kernel_ns = 4000 },
				       { .reason = "VMCALL", .exits = 5000, .kernel_ns = 1000 } } },
	   BOUND_CPU, "cpu_time 0.83 >= 0.62, room 0.000 < 0.38");
	/* A device that is a timer counts here. */
	is(
		(struct scene){
			RUNNING, .mmio = 9000,
			.reason = { { .reason = "EPT_MISCONFIG", .exits = 9000, .user_ns = 2500 } },
			.spot = { { .kind = "mmio", .address = 0xfed000f0, .count = 9 } } },
		BOUND_EXIT, "exit_time 0.25 >= 0.25, exit_rate 900 >= 500, room 0.000 < 0.38");
	is((struct scene){ .guest = 5000, .kernel = 5000, .vm = 9999, .bare = true }, BOUND_EXIT,
	   "kernel_time 0.50 >= 0.50, room 0.000 < 0.38, memory_exits 0.000 < 0.50");
	is((struct scene){ .guest = 5001, .kernel = 4999, .vm = 9999, .bare = true }, BOUND_CPU,
	   "cpu_time 0.50, the largest part");
}

static void knows_the_starved(void **state)
{
	const struct reason io = { .reason = "io", .exits = 5000, .user_ns = 500 };

	(void)state;
	is((struct scene){ .guest = 1000, .kernel = 3000, .ready = 3000, .vm = 10000 },
	   BOUND_STARVED, "starving 0.75 >= 0.75, room 0.000 < 0.38");
	is((struct scene){ .guest = 1000, .kernel = 3000, .ready = 2999, .vm = 10000 }, BOUND_CPU,
	   "cpu_time 1.00 >= 0.62, room 0.000 < 0.38");
	/* Not all of the wait is in schedstat yet. */
	is((struct scene){ .guest = 200, .kernel = 3800, .ready = 2900, .vm = 10000 },
	   BOUND_STARVED, "starving 0.72, the largest part");
	/* It hardly wants to run. */
	is(
		(struct scene){
			.guest = 700, .kernel = 2300, .ready = 2250, .halted = 1800, .vm = 10000 },
		BOUND_NOT, "room 0.38 >= 0.38");
	/* Waiting for a CPU does not change what it is bound by. */
	is((struct scene){ .guest = 500, .user = 500, .vm = 10000, .reason = { io } }, BOUND_IO,
	   "io_time 0.50 >= 0.25, room 0.000 < 0.38");
	is((struct scene){ .guest = 500,
			   .kernel = 9000,
			   .user = 500,
			   .ready = 9000,
			   .vm = 10000,
			   .reason = { io, { .reason = "interrupt", .kernel_ns = 9000 } } },
	   BOUND_IO, "io_time 0.50 >= 0.25, room 0.000 < 0.38");
}

static void knows_the_roomy(void **state)
{
	(void)state;
	is((struct scene){ .guest = 6250, .halted = 3750, .vm = 10000 }, BOUND_NOT,
	   "room 0.38 >= 0.38");
	is((struct scene){ .guest = 6251, .halted = 3749, .vm = 10000 }, BOUND_CPU,
	   "cpu_time 1.00 >= 0.62, room 0.375 < 0.38");
	/* It has room, whatever its little work is. */
	is((struct scene){ .guest = 1000,
			   .user = 5250,
			   .halted = 3750,
			   .vm = 10000,
			   .reason = { { .reason = "io", .exits = 9000, .user_ns = 5250 } } },
	   BOUND_NOT, "room 0.38 >= 0.38");
}

/* On a slow machine a guest that waits for its disk also halts for its timers. */
static void knows_io_on_a_slow_machine(void **state)
{
	struct thresholds slow = usual;

	(void)state;
	slow.device_halts = 0.25;
	thresholds = &slow;
	is((struct scene){ .guest = 4000, .halted = 6000, .halts = 200, .vm = 900, .mmio = 50 },
	   BOUND_IO,
	   "device_waits 0.25 >= device_halts 0.25, waited 0.60 >= halted 0.25, device_rate 5 >= 5, busy_share 0.40 >= idle_busy 0.06");
	/* 5 a second are needed. */
	is((struct scene){ .guest = 4000, .halted = 6000, .halts = 196, .vm = 900, .mmio = 49 },
	   BOUND_NOT, "room 0.60 >= 0.38");
	/* One that hardly runs touches its device for every second halt. */
	is((struct scene){ .guest = 400, .halted = 9600, .halts = 200, .vm = 900, .mmio = 99 },
	   BOUND_IDLE, "busy 0.040 < idle_busy 0.06, room 0.96 >= 0.38");
	is((struct scene){ .guest = 400, .halted = 9600, .halts = 200, .vm = 900, .mmio = 100 },
	   BOUND_IO, "device_waits 0.50 >= 0.50, waited 0.96 >= halted 0.25, device_rate 10 >= 5");
	thresholds = &usual;
}

static void several_rules_are_a_mix(void **state)
{
	(void)state;
	is((struct scene){ RUNNING, .faults = 10,
			   .reason = { { .reason = "npf", .kernel_ns = 2500 },
				       { .reason = "io", .user_ns = 2500 } } },
	   BOUND_MIXED,
	   "io_time 0.25 >= 0.25, room 0.000 < 0.38; memory_time 0.25 >= 0.25, room 0.000 < 0.38");
	is((struct scene){ RUNNING, .faults = 10,
			   .reason = { { .reason = "npf", .kernel_ns = 3000 },
				       { .reason = "io", .user_ns = 3000 },
				       { .reason = "pause", .exits = 9000 } } },
	   BOUND_MIXED,
	   "io_time 0.30 >= 0.25, room 0.000 < 0.38; memory_time 0.30 >= 0.25, room 0.000 < 0.38; spin_exits 0.90 >= 0.50, spin_rate 900 >= 500, room 0.000 < 0.38");
}

static void counts(uint64_t io, uint64_t vm, uint64_t qemu, enum bound want)
{
	struct verdict verdict = judge(
		&(struct scene){ .io = io, .vm = vm, .vmm = qemu, .bare = true, .has = HAS_SEVEN });

	if (verdict.bound != want)
		fail_msg("%s (%s), not %s", verdict_word(verdict.bound), verdict.rule,
			 verdict_word(want));
}

static void reads_the_thesis_as_its_author(void **state)
{
	(void)state;
	counts(172666, 8132965, 174197, BOUND_NOT_IO);
	counts(19738809, 19523186, 19655793, BOUND_IO);
	counts(1790029, 59107343, 22772082, BOUND_NOT_IO);
	counts(1497176, 38492507, 22050122, BOUND_NOT_IO);
	counts(230926, 10697798, 251194, BOUND_NOT_IO);
	counts(299097, 10995347, 301210, BOUND_NOT_IO);
	counts(14147604, 11433987, 14172128, BOUND_IO);
	counts(14418019, 11269126, 14435663, BOUND_IO);
	counts(13750531, 10910633, 13782007, BOUND_IO);
	counts(13916885, 10997062, 13946096, BOUND_IO);
	counts(2336976, 30511935, 217136, BOUND_NOT_IO);
	counts(15146219, 34481937, 22130431, BOUND_NOT_IO);
}

static void draws_its_lines_exactly(void **state)
{
	(void)state;
	counts(500, 0, 999, BOUND_UNKNOWN);
	counts(500, 0, 1000, BOUND_NOT_IO);
	counts(501, 0, 1000, BOUND_IO);
	counts(501, 2, 1000, BOUND_NOT_IO);
	counts(0, 0, 0, BOUND_UNKNOWN);
	counts(UINT64_MAX, UINT64_MAX, 0, BOUND_IO);
	counts(UINT64_MAX / 2, UINT64_MAX, 0, BOUND_NOT_IO);
}

static void has_a_word_for_each(void **state)
{
	static const char *const word[] = { "too little seen", "idle",		"CPU-bound",
					    "I/O-bound",       "memory-bound",	"spin-bound",
					    "mixed",	       "not I/O-bound", "not bound",
					    "exit-bound",      "starved",	"paused" };

	(void)state;
	for (int i = 0; i < BOUND_NR; i++)
		assert_string_equal(verdict_word(i), word[i]);
}

static bool near(double value, double want)
{
	return value > want - 1e-9 && value < want + 1e-9;
}

static void its_evidence_is_what_it_says(void **state)
{
	struct scene scene = {
		.guest = 4000,
		.kernel = 3000,
		.user = 1000,
		.halted = 2000,
		.polled = 500,
		.ready = 2000,
		.vm = 8000,
		.vmm = 2000,
		.io = 1000,
		.mmio = 2000,
		.halts = 2000,
		.faults = 3000,
		.faults_mmio = 1000,
		.reason = { { .reason = "npf", .exits = 3000, .kernel_ns = 1200, .user_ns = 400 },
			    { .reason = "io", .exits = 1000, .kernel_ns = 200, .user_ns = 600 },
			    { .reason = "pause", .exits = 4000 } },
		.spot = { { .kind = "port", .address = 0x1f0, .count = 30 },
			  { .kind = "mmio", .address = 0xfee000b0, .count = 10 } },
	};
	struct evidence f = judge(&scene).evidence;

	(void)state;
	assert_true(f.timed && f.detailed);
	assert_int_equal(f.exits, 8000);
	assert_true(near(f.seconds, 10));
	assert_true(near(f.busy, 6));
	assert_true(near(f.halted, 0.2));
	assert_true(near(f.polled, 0.05));
	assert_true(near(f.ready, 0.2));
	assert_true(near(f.guest, 4.0 / 6));
	/* Half of the time in the kernel and in the VMM was ready time. */
	assert_true(near(f.kernel, 1.5 / 6));
	assert_true(near(f.user, 0.5 / 6));
	/* A quarter of what it touches is an interrupt controller. */
	assert_true(near(f.io_time, 0.75 * (0.5 * (0.2 + 0.6) + 0.5 * (1.2 / 3 + 0.4)) / 6));
	assert_true(near(f.exit_time, 0.25 * (0.5 * (0.2 + 0.6) + 0.5 * (1.2 / 3 + 0.4)) / 6));
	assert_true(near(f.memory_time, 0.5 * 1.2 * 2 / 3 / 6));
	assert_true(near(f.io_exits, 0.125));
	assert_true(near(f.mmio_exits, 0.25));
	assert_true(near(f.memory_exits, 0.25));
	assert_true(near(f.spin_exits, 0.5));
	assert_true(near(f.user_exits, 0.25));
	assert_true(near(f.device_exits, 3000 * 0.75 / 8000));
	assert_true(near(f.device_waits, 3000 * 0.75 / 2000));
	assert_true(near(f.spin_rate, 4000 / 6.0));
	assert_int_equal(f.touched[DEVICE_DISK], 30);
	assert_int_equal(f.touched[DEVICE_INTERRUPTS], 10);

	scene.bare = true;
	f = judge(&scene).evidence;
	assert_false(f.detailed);
	assert_true(near(f.busy, 8));
	assert_true(near(f.io_time, f.user));
	scene.has = HAS_SEVEN;
	assert_false(judge(&scene).evidence.timed);
}

static void says_what_it_knows_and_what_not(void **state)
{
	struct verdict verdict = judge(&(struct scene){
		.io = 14147604, .vm = 11433987, .vmm = 14172128, .bare = true, .has = HAS_SEVEN });

	(void)state;
	assert_string_equal(verdict.why,
			    "55.25 % of 25606115 exits are port I/O, the kernel handles "
			    "44.65 % of all");
	assert_non_null(strstr(verdict.advice, "virtio"));
	assert_non_null(strstr(verdict.blind, "times are not known"));

	verdict = judge(&(struct scene){
		.guest = 6000, .kernel = 4000, .ready = 2500, .polled = 1, .vm = 10000 });
	assert_non_null(strstr(verdict.why,
			       "10.0 s of vCPU time: 0.0 % halted; 25.0 % ready (waiting for a "
			       "CPU of the host); of the rest 80.0 % in guest mode"));
	assert_non_null(
		strstr(verdict.advice, "waiting for a CPU of the host) for 25 % of its time"));
	assert_null(strstr(verdict.advice, "polls"));
	assert_non_null(strstr(verdict.blind, "vhost"));
	verdict = judge(&(struct scene){ .guest = 6000,
					 .kernel = 4000,
					 .ready = 2499,
					 .halted = 0,
					 .polled = 2500,
					 .vm = 10000 });
	assert_null(strstr(verdict.advice, "waiting for a CPU"));
	assert_non_null(strstr(verdict.advice, "the host polls for it for 25 % of its time"));

	/* The advice is about the device that is touched most. */
	verdict = judge(
		&(struct scene){ RUNNING, .reason = { { .reason = "io", .user_ns = 9000 } },
				 .spot = { { .kind = "port", .address = 0x1f0, .count = 30 },
					   { .kind = "port", .address = 0x3f8, .count = 10 } } });
	assert_non_null(strstr(verdict.advice,
			       "75 % of its device accesses go to an emulated disk controller"));
}

/* Nobody mounts debugfs for a guest that ended between two readings. */
static void asks_for_debugfs_only_where_it_would_help(void **state)
{
	struct scene scene = { .guest = 3000, .kernel = 7000, .vm = 10000, .bare = true };
	struct verdict verdict = judge(&scene);

	(void)state;
	assert_int_equal(verdict.bound, BOUND_EXIT);
	assert_non_null(strstr(verdict.advice, "debugfs"));
	assert_non_null(strstr(verdict.blind, "debugfs"));
	scene.ended = true;
	verdict = judge(&scene);
	assert_int_equal(verdict.bound, BOUND_EXIT);
	assert_null(strstr(verdict.advice, "debugfs"));
	assert_non_null(strstr(verdict.advice, "kvmstat record FILE"));
	assert_null(strstr(verdict.blind, "debugfs"));
}

/* The confidence is 0.5 at the threshold, 1 at the maximum, and less if little was seen. */
static void its_confidence_grows(void **state)
{
	struct scene scene = { RUNNING, .reason = { { .reason = "io", .user_ns = 2500 } } };

	(void)state;
	assert_true(near(judge(&scene).confidence, 0.5));
	scene.guest = scene.kernel = 0;
	scene.user = scene.reason[0].user_ns = 10000;
	assert_true(near(judge(&scene).confidence, 1));
	scene.reason[0].user_ns = 20000;
	assert_true(near(judge(&scene).confidence, 1));
	scene.user = 1000;
	assert_true(near(judge(&scene).confidence, 0.5));
	/* Counts alone say less than times, and ten times the least number of exits is enough. */
	scene = (struct scene){ .vm = 5000, .io = 5000, .bare = true, .has = HAS_SEVEN };
	assert_true(near(judge(&scene).confidence, 0.35));
	scene.vm = scene.io = 10000;
	assert_true(near(judge(&scene).confidence, 0.7));
}

static uint64_t draw(void)
{
	static uint64_t state = 1;

	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return state * UINT64_C(2685821657736338717);
}

/* Returns a small, a large or any number. */
static uint64_t any(void)
{
	return draw() >> (draw() % 65 % 64);
}

static void check_text(const char *text, size_t size)
{
	assert_true(memchr(text, '\0', size) != NULL);
	for (; *text; text++)
		assert_in_range(*text, ' ', '~');
}

/* If times are known, the parts add up to all of it. */
static void check_parts(const struct evidence *e)
{
	double sum = 0;

	for (enum part part = 0; part < PART_NR; part++) {
		assert_true(e->part[part] >= -1e-9);
		sum += e->part[part];
	}
	if (e->seconds > 0 && (sum < 1 - 1e-6 || sum > 1 + 1e-6))
		fail_msg("the parts add up to %.9f", sum);
}

/* This must hold for any guest and any thresholds. */
static void no_guest_makes_it_fail(void **state)
{
	static const char *const reasons[] = { "io", "npf", "pause", "EPT_MISCONFIG", "msr", "hlt" };
	struct thresholds t;

	(void)state;
	thresholds = &t;
	for (int i = 0; i < 20000; i++) {
		struct scene scene = {
			any(),
			any(),
			any(),
			any(),
			any(),
			any(),
			any(),
			any(),
			any(),
			any(),
			any(),
			any(),
			any(),
			.bare = draw() % 4 == 0,
			.has = draw() % 4 ? HAS_ALL : HAS_SEVEN,
		};
		struct verdict verdict;
		json_t *json;

		for (size_t r = 0; r < draw() % 5; r++) {
			scene.reason[r] = (struct reason){ .exits = any(),
							   .kernel_ns = any(),
							   .user_ns = any() };
			strcpy(scene.reason[r].reason, reasons[draw() % 6]);
			scene.spot[r] = (struct spot){ .address = any(), .count = any() };
			strcpy(scene.spot[r].kind, draw() % 2 ? "port" : "mmio");
		}
		for (double *at = (double *)&t; at < (double *)(&t + 1); at++)
			*at = draw() % 3 == 0 ? 0 :
			      draw() % 2      ? any() % 1000000000 :
						any() % 100 / 50.0;
		verdict = judge(&scene);
		assert_true(verdict.confidence >= 0 && verdict.confidence <= 1);
		assert_in_range(verdict.bound, 0, BOUND_NR - 1);
		check_parts(&verdict.evidence);
		check_text(verdict.rule, sizeof(verdict.rule));
		check_text(verdict.why, sizeof(verdict.why));
		check_text(verdict.advice, sizeof(verdict.advice));
		check_text(verdict.blind, sizeof(verdict.blind));
		assert_int_not_equal(verdict.rule[0], '\0');
		json = verdict_json(&verdict);
		assert_non_null(json);
		json_decref(json);
	}
	thresholds = &usual;
}

static void is_json(void **state)
{
	struct verdict verdict =
		judge(&(struct scene){ RUNNING, .io = 10000, .halts = 1,
				       .reason = { { .reason = "io", .user_ns = 2500 } } });
	json_t *json = verdict_json(&verdict), *evidence = json_object_get(json, "evidence");

	(void)state;
	assert_string_equal(json_string_value(json_object_get(json, "bound")), "I/O-bound");
	assert_string_equal(json_string_value(json_object_get(json, "rule")), verdict.rule);
	assert_string_equal(json_string_value(json_object_get(json, "why")), verdict.why);
	assert_string_equal(json_string_value(json_object_get(json, "advice")), verdict.advice);
	assert_string_equal(json_string_value(json_object_get(json, "blind_spots")), verdict.blind);
	assert_true(json_real_value(json_object_get(json, "confidence")) == verdict.confidence);
	assert_true(json_is_true(json_object_get(evidence, "timed")));
	assert_int_equal(json_integer_value(json_object_get(evidence, "exits")), 9999);
	assert_true(near(json_real_value(json_object_get(evidence, "io_time")), 0.25));
	assert_true(near(json_real_value(json_object_get(evidence, "seconds")), 10));
	json_decref(json);
}

/* Returns what thresholds_load() says about a file with @text. */
static char *load(const char *text, enum status status, struct thresholds *t)
{
	char path[] = "/tmp/kvmstat-verdict-XXXXXX";
	struct capture err;
	char *said, *cut;
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
	capture(&err, &stderr);
	assert_int_equal(thresholds_load(t, path), status);
	said = capture_end(&err);
	unlink(path);
	cut = strstr(said, path);
	if (cut)
		memmove(cut, cut + strlen(path), strlen(cut + strlen(path)) + 1);
	return said;
}

static void takes(const char *text, struct thresholds *t)
{
	char *said = load(text, STATUS_OK, t);

	assert_string_equal(said, "");
	free(said);
}

static void refuses(const char *text, const char *want)
{
	struct thresholds t;
	char *said = load(text, STATUS_BAD, &t), *whole;

	assert_true(asprintf(&whole, "kvmstat: : line %s\n", want) > 0);
	assert_string_equal(said, whole);
	free(whole);
	free(said);
}

static void takes_thresholds_from_a_file(void **state)
{
	struct thresholds t, whole;

	(void)state;
	takes("", &whole);
	takes("# nothing\n; more of it\n[classify]\n", &t);
	assert_memory_equal(&t, &whole, sizeof(t));
	takes("[classify]\nio_time = 0.4 ; half of it\nmin_exits=5000\nspin_rate : 1e3\n", &t);
	assert_true(t.io_time == 0.4);
	assert_true(t.min_exits == 5000);
	assert_true(t.spin_rate == 1000);
	assert_true(t.cpu_time == whole.cpu_time);
	takes("[classify]\r\nio_time = 0\r\ncpu_time=1000000000\r\nio_time=0.125\r\n", &t);
	assert_true(t.io_time == 0.125);
	assert_true(t.cpu_time == 1e9);
	/* The last line needs no newline. */
	takes("[classify]\nio_time=0.75", &t);
	assert_true(t.io_time == 0.75);
	/* The file sets all thresholds. */
#define X(name, value, what)                            \
	takes("[classify]\n" #name " = 0.03125\n", &t); \
	assert_true(t.name == 0.03125);
	THRESHOLDS(X)
#undef X
}

static void its_own_thresholds_make_sense(void **state)
{
	struct thresholds t;

	(void)state;
	takes("", &t);
#define X(name, value, what)          \
	assert_true(t.name == value); \
	assert_true(t.name > 0);      \
	assert_int_in_what(what);
#define assert_int_in_what(what) assert_in_range(strlen(what), 10, 70)
	THRESHOLDS(X)
#undef X
}

static void refuses_bad_thresholds(void **state)
{
	(void)state;
	refuses("io_time = 0.4\n", "1: there is no section []");
	refuses("[verdict]\nio_time = 0.4\n", "2: there is no section [verdict]");
	refuses("[classify]\n\nio_tim = 0.4\n", "3: there is no threshold 'io_tim'");
	refuses("[classify]\nIO_TIME = 0.4\n", "2: there is no threshold 'IO_TIME'");
	refuses("[classify]\nio_time = -0.1\n",
		"2: io_time must be a number from 0 to 1e9: '-0.1'");
	refuses("[classify]\nio_time = 1e10\n",
		"2: io_time must be a number from 0 to 1e9: '1e10'");
	refuses("[classify]\nio_time = inf\n", "2: io_time must be a number from 0 to 1e9: 'inf'");
	refuses("[classify]\nio_time = nan\n", "2: io_time must be a number from 0 to 1e9: 'nan'");
	refuses("[classify]\nio_time = half\n",
		"2: io_time must be a number from 0 to 1e9: 'half'");
	refuses("[classify]\nio_time = 0.4 0.5\n",
		"2: io_time must be a number from 0 to 1e9: '0.4 0.5'");
	/* An indented line continues the line before. */
	refuses("[classify]\nio_time = 1\n  cpu_time = 2\n",
		"3: io_time must be a number from 0 to 1e9: 'cpu_time = 2'");
	refuses("[classify]\nio_time =\n", "2: io_time must be a number from 0 to 1e9: ''");
	refuses("[classify]\nio_time\n", "2: not 'name = value'");
	refuses("[classify\nio_time = 1\n", "1: not 'name = value'");
	refuses("\x7f"
		"ELF\n",
		"1: not 'name = value'");
}

/* The message is about the first fault. */
static void tells_the_first_fault(void **state)
{
	(void)state;
	refuses("[classify]\nio_time = x\nrubbish\ncpu_time = y\n",
		"2: io_time must be a number from 0 to 1e9: 'x'");
	refuses("[classify]\nrubbish\ncpu_time = y\n", "2: not 'name = value'");
	refuses("rubbish\n[classify]\nio_time = 1\n", "1: not 'name = value'");
}

static void its_messages_are_harmless(void **state)
{
	(void)state;
	refuses("[classify]\nio_time = \033[31mred\n",
		"2: io_time must be a number from 0 to 1e9: '\\x1b[31mred'");
	refuses("[classify]\n\033]0;x\a = 1\n", "2: there is no threshold '\\x1b]0;x\\x07'");
	refuses("[classify]\n\xe2\x80\xae = 1\n", "2: there is no threshold '\\xe2\\x80\\xae'");
	refuses("[\xff]\nio_time = 1\n", "2: there is no section [\\xff]");
}

static void tells_what_cannot_be_read(void **state)
{
	struct thresholds t;
	struct capture err;
	char *said;

	(void)state;
	capture(&err, &stderr);
	assert_int_equal(thresholds_load(&t, "/nonexistent/file"), STATUS_NO_DATA);
	assert_int_equal(thresholds_load(&t, "/"), STATUS_NO_DATA);
	said = capture_end(&err);
	assert_string_equal(said,
			    "kvmstat: cannot read /nonexistent/file: No such file or directory\n"
			    "kvmstat: cannot read /: Is a directory\n");
	free(said);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(knows_when_it_saw_too_little),
	cmocka_unit_test(knows_the_idle),
	cmocka_unit_test(knows_the_held),
	cmocka_unit_test(knows_io_by_its_time),
	cmocka_unit_test(knows_io_by_its_exits),
	cmocka_unit_test(knows_io_by_its_waits),
	cmocka_unit_test(a_wait_does_not_last_for_ever),
	cmocka_unit_test(knows_the_memory_bound),
	cmocka_unit_test(knows_the_spinning),
	cmocka_unit_test(knows_the_computing),
	cmocka_unit_test(knows_the_exit_bound),
	cmocka_unit_test(knows_the_starved),
	cmocka_unit_test(knows_the_roomy),
	cmocka_unit_test(knows_io_on_a_slow_machine),
	cmocka_unit_test(several_rules_are_a_mix),
	cmocka_unit_test(reads_the_thesis_as_its_author),
	cmocka_unit_test(draws_its_lines_exactly),
	cmocka_unit_test(has_a_word_for_each),
	cmocka_unit_test(its_evidence_is_what_it_says),
	cmocka_unit_test(says_what_it_knows_and_what_not),
	cmocka_unit_test(asks_for_debugfs_only_where_it_would_help),
	cmocka_unit_test(its_confidence_grows),
	cmocka_unit_test(no_guest_makes_it_fail),
	cmocka_unit_test(is_json),
	cmocka_unit_test(takes_thresholds_from_a_file),
	cmocka_unit_test(its_own_thresholds_make_sense),
	cmocka_unit_test(refuses_bad_thresholds),
	cmocka_unit_test(tells_the_first_fault),
	cmocka_unit_test(its_messages_are_harmless),
	cmocka_unit_test(tells_what_cannot_be_read),
};

UNIT_MAIN(tests)
