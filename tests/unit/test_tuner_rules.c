// SPDX-License-Identifier: GPL-2.0
/*
 * Tests each rule of the plan on guests that are just at its threshold and just below, and that what
 * is refused says why. docs/tuning.md has the rules.
 */
#define _GNU_SOURCE
#include "unit.h"

#include <string.h>
#include <sys/stat.h>

#include "plan/plan.h"

#define PID 2035
#define SECONDS 10 /* of the window */
#define BEFORE 7000000000 /* what a counter had when the window began */
#define MIB (UINT64_C(1) << 20)
#define LIBVIRT "/machine.slice/machine-qemu\\x2d1\\x2dweb.scope/libvirt/emulator"

struct exits {
	const char *reason;
	uint64_t exits, kernel; /* milliseconds */
};

struct situation {
	const char *what;
	const char *does[3]; /* the command lines, in their order */
	const char *why; /* in the reason of the first step; NULL: there is no step */
	uint64_t vcpus; /* 0: one */
	uint64_t guest, kernel, halted, polled, ready, throttled; /* milliseconds, of all vCPUs */
	struct exits exits[3]; /* whose kernel time comes on top */
	uint64_t device; /* exits for its disk, an emulated IDE disk */
	uint64_t moves; /* of each vCPU */
	uint64_t cpu; /* that its threads were on; 0: 5 */
	int nice; /* of its vCPUs */
	const char *allowed; /* its threads' CPUs; NULL: all */
	uint64_t maps_4k, maps_2m, swapped, swap_ins;
	uint64_t logged; /* returns to its VMM as the log of dirty pages is full */
	const char *cgroup; /* NULL: /vms/web */
	const char *weight; /* NULL: its cgroup has none */
	bool shared; /* another process is in its cgroup */
	bool one_cache; /* all CPUs share a cache */
	bool twin; /* there is a second guest like it */
	const char *name; /* of the first one; NULL: web */
	bool no_host; /* nothing is known of the host */
	struct host host; /* what it did in the window */
};

#define WEIGHT .weight = "100"
/* Ready time is a part of the kernel's. */
#define READY(ms) .guest = 9900 - (ms), .kernel = 100 + (ms), .ready = (ms)
#define QUOTA(ms) .guest = 5900, .kernel = 4100, .ready = 4000, .throttled = (ms)
/* Of so many exits, some are waits in loops. */
#define SPIN(nr, pauses, others)                  \
	.guest = 10000 * (nr)-200, .vcpus = (nr), \
	.exits = { { "pause", pauses, 100 }, { "vmmcall", others, 100 } }
#define MOVES(n) .guest = 20000, .vcpus = 2, .moves = (n)
#define FAULTS(ms) .guest = 10000 - (ms), .exits = { { "npf", 50000, ms } }
#define POLLED(ms, most) .guest = 1000, .halted = (most), .polled = (ms)
#define KSM(run, profit, pressure, available)                  \
	.guest = 100, .halted = 9900,                          \
	.host = { .ksm_run = run,                              \
		  .ksm_profit = profit,                        \
		  .cpu_some_ns = (pressure)*UINT64_C(1000000), \
		  .memory_bytes = 1000 * MIB,                  \
		  .available_bytes = (available)*MIB,          \
		  .halt_poll_ns = 0 }

static const struct situation situations[] = {
	{ "a full guest", .guest = 10000, WEIGHT, .why = "nothing helps from outside" },
	{ "an idle guest", .guest = 100, .halted = 9900, WEIGHT },

	{ "ready for 20 %",
	  { "set web weight=200" },
	  "it is ready, waiting for a CPU, 20 % of its time",
	  READY(2000),
	  WEIGHT },
	{ "ready for less", READY(1990), WEIGHT, .why = "nothing helps from outside" },
	{ "a weight that can be doubled",
	  { "set web weight=10000" },
	  "it is ready",
	  READY(2000),
	  .weight = "5000" },
	{ "a weight that cannot",
	  { NULL },
	  "it is ready 20 % of its time, and has the most weight already; move it, or give the host more CPUs",
	  READY(2000),
	  .weight = "5001" },
	{ "others in its cgroup",
	  { "set web nice=-3" },
	  "its cgroup has no weight of its own",
	  READY(2000),
	  WEIGHT,
	  .shared = true },
	{ "others in its cgroup, and nice already",
	  { "set web nice=-13" },
	  "its cgroup has no weight of its own",
	  READY(2000),
	  .nice = -10,
	  .shared = true },
	{ "as nice as can be soon",
	  { "set web nice=-20" },
	  "its cgroup has no weight of its own",
	  READY(2000),
	  .nice = -18,
	  .shared = true },
	{ "as nice as can be",
	  { NULL },
	  "it is ready 20 % of its time, and has the lowest nice value already; move it",
	  READY(2000),
	  .nice = -20,
	  .shared = true },
	{ "the root cgroup",
	  { "set web nice=-3" },
	  "its cgroup has no weight of its own",
	  READY(2000),
	  .cgroup = "/" },
	{ "alone in a cgroup without a weight",
	  { NULL },
	  "it is ready 20 % of its time; its cgroup /vms/web has no weight",
	  READY(2000) },
	{ "libvirt's without a weight",
	  { NULL },
	  "it is ready 20 % of its time; its cgroup",
	  READY(2000),
	  .cgroup = LIBVIRT,
	  .shared = true },

	{ "throttled for 20 %",
	  { NULL },
	  "the quota of its cgroup is used up for 20 % of its time; raise it",
	  QUOTA(2000),
	  WEIGHT },
	{ "throttled for less",
	  { "set web weight=200" },
	  "it is ready, waiting for a CPU, 20 % of its time",
	  QUOTA(1990),
	  WEIGHT },

	{ "half of its exits are waits in loops",
	  { "bind web 4-5" },
	  "50 % of its exits are waits in loops, 500 a second, so its 2 vCPUs need as many CPUs at once",
	  SPIN(2, 10000, 10000) },
	{ "less of its exits", .why = "nothing helps", SPIN(2, 10000, 10010) },
	{ "too few a second", .why = "nothing helps", SPIN(2, 9990, 9000) },
	{ "two guests that spin",
	  { "bind id:1 4-5", "bind id:2 6-7" },
	  "waits in loops",
	  SPIN(2, 10000, 10000),
	  .twin = true },
	{ "one that has the name of another's id",
	  { "bind id:1 4-5", "bind web 6-7" },
	  "waits in loops",
	  SPIN(2, 10000, 10000),
	  .name = "id:2",
	  .twin = true },
	{ "it was bound away from the others",
	  { "bind web 2-3" },
	  "as many CPUs at once",
	  SPIN(2, 10000, 10000),
	  .allowed = "2-3" },
	{ "more vCPUs than near CPUs",
	  { "bind web 1-5" },
	  "its 5 vCPUs need as many CPUs at once",
	  SPIN(5, 50000, 10000) },
	{ "more vCPUs than CPUs",
	  { NULL },
	  "and the host has no 8 to spare; give it fewer vCPUs",
	  SPIN(8, 80000, 10000) },

	{ "each vCPU moves 20 times a second",
	  { "bind web 4-7" },
	  "each vCPU moves 20 times a second and hardly waits",
	  MOVES(200) },
	{ "it moves near the CPU of the host",
	  { "bind web 1-3" },
	  "each vCPU moves",
	  MOVES(200),
	  .cpu = 2 },
	{ "each vCPU moves, and is bound to near CPUs", .why = "nothing helps", MOVES(200),
	  .allowed = "4-5" },
	{ "each moves less", .why = "nothing helps", MOVES(199) },
	{ "it moves and waits", .why = "nothing helps", .moves = 200, READY(1000) },
	{ "it moves and hardly waits",
	  { "bind web 4-7" },
	  "hardly waits",
	  .moves = 200,
	  READY(990) },
	{ "it moves where all CPUs are near", .why = "nothing helps", MOVES(200),
	  .one_cache = true },

	{ "memory-bound with small pages",
	  { "pages web" },
	  "25 % of its busy time is for memory faults, and KVM maps 100000 pages of 4 KiB and 195 of 2 MiB; cannot be undone",
	  FAULTS(2500),
	  .maps_4k = 100000,
	  .maps_2m = 195 },
	{ "less for memory", .why = "nothing helps", FAULTS(2490), .maps_4k = 100000 },
	{ "memory-bound with huge pages", .why = "nothing helps", FAULTS(2500), .maps_4k = 100000,
	  .maps_2m = 196 },
	{ "memory-bound and swapped", .why = "nothing helps", FAULTS(2500), .maps_4k = 100000,
	  .swapped = 100, .swap_ins = 5000 },
	{ "memory-bound as its dirty pages are logged", .why = "nothing helps", FAULTS(2500),
	  .maps_4k = 100000, .logged = 1000 },
	{ "memory-bound, mappings not known", .why = "nothing helps", FAULTS(2500) },

	{ "polled for 20 %",
	  { "haltpoll 0" },
	  "the host polls for web 20 % of its time, and mostly in vain",
	  POLLED(2000, 9000),
	  .no_host = true },
	{ "polled for less", POLLED(1990, 9000), .no_host = true },
	{ "polled mostly in vain",
	  { "haltpoll 0" },
	  "in vain",
	  POLLED(4500, 9000),
	  .no_host = true },
	{ "polled and caught", POLLED(4510, 9000), .no_host = true },
	{ "polled, with the host's setting",
	  { "haltpoll 0" },
	  "in vain",
	  POLLED(2000, 9000),
	  .host.halt_poll_ns = 200000 },
	{ "polled by its own VMM", POLLED(2000, 9000), .host.halt_poll_ns = 0 },

	{ "I/O-bound on an emulated device",
	  { NULL },
	  "nothing helps from outside; ",
	  .guest = 7900,
	  .exits = { { "io", 50000, 2100 } },
	  .device = 50000 },

	{ "Kubernetes'",
	  { NULL },
	  "Kubernetes owns it, and the kubelet undoes other changes; change its pod",
	  READY(2000),
	  .cgroup = "/kubepods.slice/pod1/x" },

	{ "KSM under pressure",
	  { "ksm off" },
	  "threads waited for a CPU in 21 % of the time",
	  KSM(1, 1, 2100, 500) },
	{ "KSM under less", KSM(1, 1, 2000, 500) },
	{ "KSM that costs",
	  { "ksm off" },
	  "it costs more memory than it saves (profit 0 bytes)",
	  KSM(1, 0, 0, 500) },
	{ "KSM that costs much",
	  { "ksm off" },
	  "(profit -4096 bytes)",
	  KSM(1, -UINT64_C(4096), 0, 500) },
	{ "KSM that saves", KSM(1, 1, 0, 500) },
	{ "little memory", { "ksm on" }, "14 % of the memory is available", KSM(0, 0, 0, 140) },
	{ "little more memory", KSM(0, 0, 0, 150) },
	{ "little memory and some pressure", { "ksm on" }, "CPUs have time", KSM(0, 0, 990, 140) },
	{ "little memory and more pressure", KSM(0, 0, 1000, 140) },
	{ "KSM that runs where memory is short", KSM(1, 1, 0, 140) },
};
#define NR_SITUATIONS (sizeof(situations) / sizeof(*situations))

static void write_file(const char *root, const char *text, const char *format, ...)
{
	char path[512];
	va_list args;
	size_t len;
	FILE *file;

	len = snprintf(path, sizeof(path), "%s/", root);
	va_start(args, format);
	vsnprintf(path + len, sizeof(path) - len, format, args);
	va_end(args);
	for (char *slash = path + len; (slash = strchr(slash, '/')); *slash++ = '/') {
		*slash = '\0';
		mkdir(path, 0755);
	}
	file = fopen(path, "w");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

/* A host of eight CPUs, with the cgroup of the guest. */
static void make_host(const char *root, const struct situation *s)
{
	const char *cgroup = s->cgroup ?: "/vms/web";
	const bool scope = strstr(cgroup, "/libvirt/");
	char text[256];

	write_file(root, "0-7\n", "sys/devices/system/cpu/online");
	for (int cpu = 0; cpu < 8; cpu++)
		write_file(root,
			   s->one_cache ? "0-7\n" :
			   cpu < 4	? "0-3\n" :
					  "4-7\n",
			   "sys/devices/system/cpu/cpu%d/cache/index3/shared_cpu_list", cpu);
	snprintf(text, sizeof(text), "0::%s\n", cgroup);
	for (int i = 0; i < 2; i++)
		write_file(root, text, "proc/%d/cgroup", PID + i);
	write_file(root, "cpu\n", "sys/fs/cgroup/cgroup.controllers");
	snprintf(text, sizeof(text), "%d\n%s", PID, s->shared ? "4\n" : "");
	write_file(root, text, "sys/fs/cgroup%s/cgroup.procs", cgroup);
	if (s->weight)
		write_file(root, s->weight, "sys/fs/cgroup%s/cpu.weight", cgroup);
	snprintf(text, sizeof(text), "%d\n", PID);
	if (scope)
		write_file(root, text, "run/libvirt/qemu/web.pid");
}

static void *row(struct about *about, enum table table)
{
	about->detail.table[table].known = true;
	return detail_new_row(&detail_form[table], &about->detail.table[table]);
}

static struct thread *add_thread(struct about *about, uint64_t tid, const char *role,
				 const struct situation *s)
{
	struct thread *thread = row(about, TABLE_THREADS);

	*thread = (struct thread){ .tid = tid, .start = 100, .cpu = s->cpu ?: 5, .moves = 1000 };
	strcpy(thread->role, role);
	strcpy(thread->state, "S");
	strcpy(thread->allowed, s->allowed ?: "0-7");
	strcpy(thread->cgroup, s->cgroup ?: "/vms/web");
	return thread;
}

/* What is known at an end of the window. */
static struct about *make_about(const struct situation *s, uint64_t pid, bool now)
{
	const char *cgroup = s->cgroup ?: "/vms/web";
	struct about *about = about_new();
	struct memory *memory;
	struct cgroup *quota;

	for (enum table t = 0; t <= TABLE_TRAFFIC; t++)
		about->detail.table[t].known = true;
	strcpy(about->name, "web");
	strcpy(about->vmm, "qemu");
	strcpy(about->cgroup, cgroup);
	about->boot_ns = (100 + now * SECONDS) * INT64_C(1000000000);
	about->has_ready = true;
	about->ready_ns = BEFORE + now * s->ready * 1000000;
	add_thread(about, pid, "main", s);
	for (uint64_t i = 0; i < (s->vcpus ?: 1); i++) {
		struct thread *vcpu;
		char role[16];

		snprintf(role, sizeof(role), "vCPU %d", (int)i);
		vcpu = add_thread(about, 10 * pid + i, role, s);
		vcpu->moves += now * s->moves;
		vcpu->nice = s->nice;
	}
	quota = row(about, TABLE_CGROUPS);
	strcpy(quota->cgroup, cgroup);
	quota->version = 2;
	if (s->throttled) {
		quota->quota_ns = 10000000;
		quota->period_ns = 100000000;
	}
	quota->throttled_ns = BEFORE + now * s->throttled * 1000000;
	memory = row(about, TABLE_MEMORY);
	memory->swapped_bytes = s->swapped * MIB;
	memory->major_faults = BEFORE + now * s->swap_ins;
	if (s->maps_4k) {
		memory->pages_4k = s->maps_4k;
		memory->pages_2m = s->maps_2m;
	}
	return about;
}

/* Makes the guest, which drop() frees. */
static struct window_guest *make_guest(const struct situation *s, uint64_t id)
{
	struct window_guest *guest = calloc(1, sizeof(*guest));
	uint64_t *v = guest->sum.v;

	guest->key.id = id;
	guest->key.pid = PID + id - 1;
	strcpy(guest->name, id == 1 && s->name ? s->name : "web");
	guest->chosen = true;
	guest->seconds = SECONDS;
	guest->was = make_about(s, guest->key.pid, false);
	guest->now = make_about(s, guest->key.pid, true);
	guest->last.v[COL_id] = id;
	guest->last.v[COL_pid] = guest->key.pid;
	guest->last.v[COL_vcpus] = s->vcpus ?: 1;
	v[COL_guest_ns] = s->guest * 1000000;
	v[COL_kernel_ns] = s->kernel * 1000000;
	v[COL_halted_ns] = s->halted * 1000000;
	v[COL_polled_ns] = s->polled * 1000000;
	for (const struct exits *x = s->exits; x->reason; x++) {
		struct reason *r = row(guest->now, TABLE_REASONS);

		*r = (struct reason){ .exits = x->exits, .kernel_ns = x->kernel * 1000000 };
		strcpy(r->reason, x->reason);
		v[COL_exits] += x->exits;
		v[COL_kernel_ns] += x->kernel * 1000000;
		v[COL_fault_num] += strcmp(x->reason, "npf") ? 0 : x->exits;
	}
	if (s->logged) {
		struct outcome *outcome = row(guest->now, TABLE_USERSPACE);

		*outcome = (struct outcome){ .kind = "exit", .returns = s->logged };
		strcpy(outcome->name, "KVM_EXIT_DIRTY_RING_FULL");
	}
	v[COL_io_num] = v[COL_kvm_qemu_switch_num] = s->device;
	v[COL_kvm_vm_switch_num] = v[COL_exits] - s->device;
	if (s->device) {
		struct spot *spot = row(guest->now, TABLE_HOT);

		*spot = (struct spot){ .address = 0x1f7, .count = s->device };
		strcpy(spot->kind, "port");
	}
	return guest;
}

static struct about *make_host_about(const struct situation *s, bool now)
{
	struct about *about = about_new();
	struct host *host;

	if (s->no_host)
		return about;
	host = row(about, TABLE_HOST);
	host->memory_bytes = s->host.memory_bytes ?: 1000 * MIB;
	host->available_bytes = s->host.available_bytes ?: 500 * MIB;
	host->ksm_run = s->host.ksm_run;
	host->ksm_profit = s->host.ksm_profit;
	host->halt_poll_ns = s->host.halt_poll_ns;
	host->cpu_some_ns = BEFORE + now * s->host.cpu_some_ns;
	return about;
}

static void make_plan(struct plan *plan, const struct situation *s, const char *root)
{
	struct window_guest *guest[] = { make_guest(s, 1), make_guest(s, 2) };
	const struct request request = { .root = root };
	const struct policy policy = { 0 };
	struct session session = {
		.request = &request,
		.window = {
			.guest = guest,
			.nr = s->twin ? 2 : 1,
			.has = (UINT32_C(1) << COL_NR) - 1,
			.seconds = SECONDS,
			.named = true,
			.host_was = make_host_about(s, false),
			.host_now = make_host_about(s, true),
			.host_seconds = SECONDS,
		},
	};
	struct thresholds thresholds;

	assert_int_equal(thresholds_load(&thresholds, "/dev/null"), STATUS_OK);
	plan_make(plan, &session, &policy, &thresholds);
	for (int i = 0; i < 2; i++) {
		about_put(guest[i]->was);
		about_put(guest[i]->now);
		free(guest[i]);
	}
	about_put(session.window.host_was);
	about_put(session.window.host_now);
}

/* Returns what is wrong with the plan, or NULL. */
static const char *wrong(const struct plan *plan, const struct situation *s)
{
	size_t actions = 0;

	if (!s->why)
		return plan->nr ? "there is a step" : NULL;
	if (!plan->nr)
		return "there is no step";
	if (!strstr(plan->step[0].why, s->why))
		return "the reason";
	for (size_t i = 0; i < plan->nr; i++) {
		char *command = plan_command(&plan->step[i]);
		const bool good =
			!plan_is_action(&plan->step[i]) ||
			(actions < 3 && s->does[actions] && !strcmp(command, s->does[actions]));

		actions += plan_is_action(&plan->step[i]);
		free(command);
		if (!good)
			return "an action";
	}
	return actions < 3 && s->does[actions] ? "an action is missing" : NULL;
}

static void acts_on_its_evidence_and_not_below(void **state)
{
	size_t bad = 0;

	(void)state;
	for (size_t i = 0; i < NR_SITUATIONS; i++) {
		const struct situation *s = &situations[i];
		char root[] = "/tmp/kvmtune-XXXXXX", command[64];
		const char *what;
		struct plan plan;

		assert_non_null(mkdtemp(root));
		make_host(root, s);
		make_plan(&plan, s, root);
		what = wrong(&plan, s);
		if (what) {
			bad++;
			print_error("%s: %s is wrong:\n", s->what, what);
			for (size_t j = 0; j < plan.nr; j++) {
				char *line = plan_command(&plan.step[j]);

				print_error("  '%s' as it is %s: %s\n", line, plan.step[j].verdict,
					    plan.step[j].why);
				free(line);
			}
		}
		plan_free(&plan);
		snprintf(command, sizeof(command), "rm -r %s", root);
		assert_int_equal(system(command), 0);
	}
	assert_int_equal(bad, 0);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(acts_on_its_evidence_and_not_below),
};

UNIT_MAIN(tests)
