// SPDX-License-Identifier: GPL-2.0
/*
 * Reads /proc/PID/task and the cgroup file systems.
 */
#define _GNU_SOURCE
#include "data/thread.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "data/memory.h"
#include "data/nsec.h"
#include "data/place.h"
#include "data/tree.h"

#define PF_KTHREAD 0x00200000

/*
 * How threads are called, by the first match. A # stands for a number, which ends the role. The
 * kernel cuts a name after 15 characters.
 */
static const struct {
	const char *name, *role;
} names[] = {
	{ "CPU #/KVM", "vCPU " }, /* QEMU */
	{ "CPU #/TCG", "vCPU " },
	{ "fc_vcpu #", "vCPU " }, /* Firecracker */
	{ "crosvm_vcpu#", "vCPU " },
	{ "kvm-vcpu-#", "vCPU " }, /* kvmtool */
	{ "vcpu#", "vCPU " }, /* Cloud Hypervisor */
	{ "IO mon_iothread", "worker" }, /* QEMU's monitor */
	{ "IO ", "I/O thread" },
	{ "_disk", "I/O thread" }, /* Cloud Hypervisor */
	{ "_net", "I/O thread" },
	{ "vhost-", "vhost" },
	{ "iou-", "io_uring" },
	{ "kvm-nx-lpage-re", "nx-recovery" },
	{ "live_migration", "migration" },
	{ "mig/", "migration" },
	{ "multifd", "migration" },
	{ "postcopy/", "migration" },
	{ "bg_snapshot", "migration" },
	{ "", "worker" },
};

static bool is_named(const char *name, const char *like, unsigned int *number)
{
	const char *sign = strchrnul(like, '#');
	char *end;

	if (strncmp(name, like, sign - like))
		return false;
	name += sign - like;
	if (!*sign)
		return true;
	if (*name < '0' || *name > '9')
		return false;
	*number = strtoul(name, &end, 10);
	return !strcmp(end, sign + 1);
}

static void find_role(struct thread *thread, const char *name, uint64_t pid,
		      const struct detail *detail, bool initial)
{
	const struct vcpu *vcpu;
	unsigned int number = 0;

	detail_for_each(vcpu, detail, TABLE_VCPUS)
		if (initial && vcpu->tid == thread->tid) {
			snprintf(thread->role, sizeof(thread->role), "vCPU %" PRIu64, vcpu->vcpu);
			return;
		}
	if (thread->tid == pid) {
		strcpy(thread->role, "main");
		return;
	}
	for (size_t i = 0; !thread->role[0]; i++) {
		if (!is_named(name, names[i].name, &number))
			continue;
		strcpy(thread->role, names[i].role);
		if (strchr(names[i].name, '#'))
			sprintf(thread->role + strlen(thread->role), "%u", number);
	}
}

/* The fields of a stat file, as proc(5) numbers them from 1. The third is the first here. */
enum {
	STAT_FLAGS = 9,
	STAT_UTIME = 14,
	STAT_STIME = 15,
	STAT_NICE = 19,
	STAT_START = 22,
	STAT_CPU = 39,
	STAT_RT_PRIORITY = 40,
	STAT_POLICY = 41,
	STAT_NR
};

/* The name is in parentheses and can have any characters, these too. */
static bool parse_stat(char *stat, const char **name, char *state, uint64_t field[STAT_NR])
{
	char *open = stat ? strchr(stat, '(') : NULL, *at = stat ? strrchr(stat, ')') : NULL;
	int nr = 3;

	if (!open || !at || at < open || at[1] != ' ' || !at[2])
		return false;
	*at = '\0';
	*name = open + 1;
	*state = at[2];
	for (at += 3; nr + 1 < STAT_NR; nr++) {
		char *end;

		at += strcspn(at, " ");
		field[nr + 1] = strtoll(at, &end, 10);
		if (end == at)
			return false;
		at = end;
	}
	return true;
}

/* Returns false, with the fields up to the one that is not known. */
static bool read_stat(const char *root, uint64_t tid, uint64_t field[STAT_NR])
{
	char *stat = tree_read(NULL, "%s/proc/%" PRIu64 "/stat", root, tid);
	const char *name;
	char state;
	const bool known = parse_stat(stat, &name, &state, field);

	free(stat);
	return known;
}

bool thread_start(const char *root, uint64_t tid, uint64_t *start)
{
	uint64_t field[STAT_NR] = { 0 };
	const bool known = read_stat(root, tid, field);

	*start = field[STAT_START];
	return known;
}

bool thread_is_kernels(const char *root, uint64_t tid)
{
	uint64_t field[STAT_NR] = { 0 };

	return read_stat(root, tid, field) && field[STAT_FLAGS] & PF_KTHREAD;
}

bool thread_attributes(uint64_t tid, struct thread_attributes *attributes)
{
	*attributes = (struct thread_attributes){ 0 };
	return !syscall(SYS_sched_getattr, (pid_t)tid, attributes, sizeof(*attributes), 0);
}

/* Kernels before 6.12 have no slice of ordinary threads to tell, and say 0. */
static void take_slice(struct thread *thread)
{
	struct thread_attributes attributes;

	if (thread_attributes(thread->tid, &attributes) && attributes.runtime)
		thread->slice_ns = attributes.runtime;
}

/* What a guest's threads are looked for with, and what was found. */
struct taking {
	const char *root;
	uint64_t pid, ns_per_tick;
	bool initial;
	struct detail *detail;
	struct source {
		const char *name, *what;
		bool found;
		int error; /* the first */
	} source[5];
};

enum { SOURCE_SCHEDSTAT, SOURCE_STATUS, SOURCE_SCHED, SOURCE_CGROUP, SOURCE_NODES };

static char *take_file(struct taking *taking, const char *task, size_t which)
{
	struct source *source = &taking->source[which];
	char *text = tree_read(NULL, "%s/%s", task, source->name);

	if (text)
		source->found = true;
	else if (!source->error)
		source->error = errno;
	return text;
}

/* Reads a number of a file that may not be there. */
static uint64_t number_in(uint64_t usual, const char *format, ...)
{
	char path[512], *text, *end;
	va_list args;

	va_start(args, format);
	vsnprintf(path, sizeof(path), format, args);
	va_end(args);
	text = tree_read(NULL, "%s", path);
	if (text) {
		uint64_t number = strtoull(text, &end, 10);

		usual = end == text ? usual : number;
	}
	free(text);
	return usual;
}

static void take_quota(struct cgroup *cgroup, const char *dir)
{
	char *stat = tree_read(NULL, "%s/cpu.stat", dir), *max;

	if (cgroup->version == 1) {
		int64_t quota = number_in(DETAIL_UNKNOWN, "%s/cpu.cfs_quota_us", dir);

		cgroup->weight = number_in(DETAIL_UNKNOWN, "%s/cpu.shares", dir);
		cgroup->period_ns = number_in(DETAIL_UNKNOWN, "%s/cpu.cfs_period_us", dir);
		if (cgroup->period_ns != DETAIL_UNKNOWN) {
			cgroup->quota_ns = quota < 0 ? 0 : quota * 1000;
			cgroup->period_ns *= 1000;
		}
		tree_number(stat, "throttled_time", &cgroup->throttled_ns);
	} else {
		uint64_t quota = 0, period;

		cgroup->weight = number_in(DETAIL_UNKNOWN, "%s/cpu.weight", dir);
		max = tree_read(NULL, "%s/cpu.max", dir);
		if (max && (sscanf(max, "%" SCNu64 " %" SCNu64, &quota, &period) == 2 ||
			    sscanf(max, "max %" SCNu64, &period) == 1)) {
			cgroup->quota_ns = quota * 1000;
			cgroup->period_ns = period * 1000;
		}
		free(max);
		if (tree_number(stat, "throttled_usec", &cgroup->throttled_ns))
			cgroup->throttled_ns *= 1000;
	}
	tree_number(stat, "nr_periods", &cgroup->periods);
	tree_number(stat, "nr_throttled", &cgroup->throttled);
	free(stat);
}

static bool has_cgroup(const struct detail *detail, const char *clean)
{
	const struct cgroup *cgroup;

	detail_for_each(cgroup, detail, TABLE_CGROUPS)
		if (!strcmp(cgroup->cgroup, clean))
			return true;
	return false;
}

/* Adds the cgroup and those above it. The root has no limits. */
static void add_cgroups(struct taking *taking, const struct place *place)
{
	struct rows *rows = &taking->detail->table[TABLE_CGROUPS];
	char *path = xstrdup(place->path);

	while (strlen(path) > 1) {
		char clean[DETAIL_PATH_SIZE], *dir;
		struct cgroup *cgroup;

		detail_clean_path(clean, sizeof(clean), path);
		if (has_cgroup(taking->detail, clean))
			break;
		cgroup = detail_new_row(&detail_form[TABLE_CGROUPS], rows);
		if (!cgroup)
			break;
		strcpy(cgroup->cgroup, clean);
		cgroup->version = place->version;
		dir = xasprintf("%s%s", place->mount, path);
		if (access(dir, F_OK))
			detail_miss(taking->detail, "cgroup limits",
				    "the cgroup is not below /sys/fs/cgroup here");
		take_quota(cgroup, dir);
		free(dir);
		*strrchr(path, '/') = '\0';
	}
	free(path);
}

static void take_cgroup(struct taking *taking, struct thread *thread, const char *task)
{
	char *lines = take_file(taking, task, SOURCE_CGROUP);
	struct place place;

	if (place_find(&place, taking->root, lines, "cpu")) {
		detail_clean_path(thread->cgroup, sizeof(thread->cgroup), place.path);
		if (place.path[0] == '/')
			add_cgroups(taking, &place);
		place_free(&place);
	}
	free(lines);
}

static void take_status(struct taking *taking, struct thread *thread, const char *task)
{
	char *text = take_file(taking, task, SOURCE_STATUS), *allowed;

	tree_number(text, "voluntary_ctxt_switches", &thread->voluntary);
	tree_number(text, "nonvoluntary_ctxt_switches", &thread->involuntary);
	allowed = tree_text(text, "Cpus_allowed_list");
	detail_clean_text(thread->allowed, sizeof(thread->allowed), allowed ?: "");
	free(allowed);
	free(text);
}

static void take_sched(struct taking *taking, struct thread *thread, const char *task)
{
	char *text = take_file(taking, task, SOURCE_SCHEDSTAT);

	if (text)
		sscanf(text, "%" SCNu64 " %" SCNu64, &thread->run_ns, &thread->ready_ns);
	free(text);
	text = take_file(taking, task, SOURCE_SCHED);
	tree_number(text, "se.nr_migrations", &thread->moves);
	free(text);
	if (!taking->root[0])
		take_slice(thread);
}

/* Adds the thread, unless it has gone. @role is that of a thread of the kernel, or NULL. */
static void add_thread(struct taking *taking, uint64_t of, uint64_t tid, const char *role)
{
	char *task = xasprintf("%s/proc/%" PRIu64 "/task/%" PRIu64, taking->root, of, tid);
	char *stat = tree_read(NULL, "%s/stat", task);
	uint64_t field[STAT_NR] = { 0 };
	struct thread *thread = NULL;
	char state[2] = "";
	const char *name;

	/* Anybody can give a thread the name of one of the kernel's. */
	if (parse_stat(stat, &name, state, field) && (!role || field[STAT_FLAGS] & PF_KTHREAD))
		thread = detail_new_row(&detail_form[TABLE_THREADS],
					&taking->detail->table[TABLE_THREADS]);
	if (thread) {
		thread->tid = tid;
		thread->start = field[STAT_START];
		detail_clean_text(thread->name, sizeof(thread->name), name);
		detail_clean_text(thread->state, sizeof(thread->state), state);
		strcpy(thread->role, role ?: "");
		find_role(thread, name, taking->pid, taking->detail, taking->initial);
		strcpy(thread->policy, detail_policy_name(field[STAT_POLICY]));
		thread->nice = field[STAT_NICE];
		thread->rt_priority = field[STAT_RT_PRIORITY];
		thread->cpu = field[STAT_CPU];
		thread->run_ns = (field[STAT_UTIME] + field[STAT_STIME]) * taking->ns_per_tick;
		take_status(taking, thread, task);
		take_sched(taking, thread, task);
		take_cgroup(taking, thread, task);
	}
	free(stat);
	free(task);
}

static void add_own(void *data, uint64_t tid)
{
	struct taking *taking = data;

	add_thread(taking, taking->pid, tid, NULL);
}

/* Tells the nodes of threads by the nodes' CPUs. The numbers of nodes can have gaps. */
static void find_nodes(struct taking *taking)
{
	struct source *source = &taking->source[SOURCE_NODES];
	char *nodes = tree_read(NULL, "%s/sys/devices/system/node/online", taking->root);
	struct thread *thread;

	source->found = nodes;
	source->error = errno;
	for (uint64_t node = 0; nodes && node < 1024; node++) {
		char *cpus;

		if (!tree_list_has(nodes, node))
			continue;
		cpus = tree_read(NULL, "%s/sys/devices/system/node/node%" PRIu64 "/cpulist",
				 taking->root, node);
		detail_for_each(thread, taking->detail, TABLE_THREADS)
			if (tree_list_has(cpus, thread->cpu))
				thread->node = node;
		free(cpus);
	}
	free(nodes);
}

static void add_kernels(struct taking *taking, const struct kthreads *kthreads)
{
	const size_t own = taking->detail->table[TABLE_THREADS].nr;

	for (size_t k = 0; k < kthreads->nr; k++)
		for (size_t i = 0; i < own; i++) {
			const struct thread *threads = taking->detail->table[TABLE_THREADS].row;

			if (threads[i].tid == kthreads->kthread[k].owner) {
				add_thread(taking, kthreads->kthread[k].tid,
					   kthreads->kthread[k].tid, kthreads->kthread[k].role);
				break;
			}
		}
}

static int compare_threads(const void *a, const void *b)
{
	const struct thread *x = a, *y = b;

	return (x->tid > y->tid) - (x->tid < y->tid);
}

void thread_take(const char *root, uint64_t pid, const struct kthreads *kthreads,
		 struct detail *detail)
{
	struct rows *rows = &detail->table[TABLE_THREADS];
	struct taking taking = {
		.root = root,
		.pid = pid,
		.ns_per_tick = NSEC_PER_SEC / sysconf(_SC_CLK_TCK),
		.initial = tree_is_initial(root),
		.detail = detail,
		.source = { { "schedstat", "ready time", false, 0 },
			    { "status", "allowed CPUs and switches", false, 0 },
			    { "sched", "moves between CPUs", false, 0 },
			    { "cgroup", "cgroups", false, 0 },
			    { "", "NUMA nodes", false, 0 } },
	};
	char *task = xasprintf("%s/proc/%" PRIu64 "/task", root, pid);

	if (!tree_numbers(task, add_own, &taking) || !rows->nr) {
		detail_miss(detail, "threads",
			    "the process has ended, or this is another pid namespace");
		free(task);
		return;
	}
	free(task);
	qsort(rows->row, rows->nr, sizeof(struct thread), compare_threads);
	rows->known = detail->table[TABLE_CGROUPS].known = true;
	if (taking.initial)
		add_kernels(&taking, kthreads);
	else
		detail_miss(detail, "threads of the kernel for this guest",
			    "this is not the initial pid namespace");
	find_nodes(&taking);
	for (size_t i = 0; i < sizeof(taking.source) / sizeof(*taking.source); i++)
		if (!taking.source[i].found)
			detail_miss(detail, taking.source[i].what,
				    strerror(taking.source[i].error));
}

struct searching {
	const char *root;
	struct kthreads *kthreads;
};

static void check_kernel(void *data, uint64_t tid)
{
	/* Up to 5.16 a kernel cuts its own threads' names, and the last one has no owner then. */
	static const struct {
		const char *prefix, *role;
	} kinds[] = {
		{ "vhost-", "vhost" },
		{ "kvm-pit/", "kvm-pit" },
		{ "kvm-nx-lpage-recovery-", "nx-recovery" },
	};
	struct searching *searching = data;
	struct kthreads *kthreads = searching->kthreads;
	char *name = tree_read(NULL, "%s/proc/%" PRIu64 "/comm", searching->root, tid);

	for (size_t i = 0; name && i < sizeof(kinds) / sizeof(*kinds); i++) {
		const size_t len = strlen(kinds[i].prefix);
		uint64_t owner;

		if (strncmp(name, kinds[i].prefix, len) ||
		    sscanf(name + len, "%" SCNu64, &owner) != 1)
			continue;
		kthreads->kthread = xreallocarray(kthreads->kthread, kthreads->nr + 1,
						  sizeof(*kthreads->kthread));
		kthreads->kthread[kthreads->nr++] =
			(struct kthread){ .tid = tid, .owner = owner, .role = kinds[i].role };
	}
	free(name);
}

void thread_find_kernels(const char *root, struct kthreads *kthreads)
{
	struct searching searching = { root, kthreads };
	char *path = xasprintf("%s/proc", root);

	*kthreads = (struct kthreads){ 0 };
	tree_numbers(path, check_kernel, &searching);
	free(path);
}

void thread_free_kernels(struct kthreads *kthreads)
{
	free(kthreads->kthread);
	*kthreads = (struct kthreads){ 0 };
}

/* Returns whether @path is @above or below it. */
static bool is_within(const char *path, const char *above)
{
	const size_t len = strlen(above);

	return !strncmp(path, above, len) && (!path[len] || path[len] == '/');
}

const struct cgroup *thread_quota(const struct detail *detail, const struct thread *thread)
{
	const struct cgroup *cgroup, *least = NULL;

	detail_for_each(cgroup, detail, TABLE_CGROUPS)
		if (cgroup->quota_ns && cgroup->quota_ns != DETAIL_UNKNOWN &&
		    cgroup->period_ns != DETAIL_UNKNOWN &&
		    is_within(thread->cgroup, cgroup->cgroup) &&
		    (!least || (double)cgroup->quota_ns / cgroup->period_ns <
				       (double)least->quota_ns / least->period_ns))
			least = cgroup;
	return least;
}

bool thread_is_server(const struct thread *thread)
{
	return !strcmp(thread->role, "vhost") || !strcmp(thread->role, "I/O thread") ||
	       !strcmp(thread->role, "io_uring");
}

const char *thread_vcpu(const char *role)
{
	static const char vcpu[] = "vCPU ";

	return strncmp(role, vcpu, sizeof(vcpu) - 1) ? NULL : role + sizeof(vcpu) - 1;
}

enum manager thread_manager_in(const char *cgroup)
{
	static const struct {
		const char *part;
		enum manager manager;
	} parts[] = {
		{ "kubepods", MANAGER_KUBERNETES },   { "/machine-qemu", MANAGER_LIBVIRT },
		{ ".libvirt-qemu", MANAGER_LIBVIRT }, { "/libvirt", MANAGER_LIBVIRT },
		{ "/qemu.slice/", MANAGER_PROXMOX },  { ".service", MANAGER_SYSTEMD },
		{ ".scope", MANAGER_SYSTEMD },
	};

	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++)
		if (strstr(cgroup, parts[i].part))
			return parts[i].manager;
	return MANAGER_NONE;
}

static const char *manager_of(const char *cgroup)
{
	static const char *const names[] = {
		[MANAGER_NONE] = "none",	  [MANAGER_LIBVIRT] = "libvirt",
		[MANAGER_PROXMOX] = "Proxmox VE", [MANAGER_KUBERNETES] = "Kubernetes",
		[MANAGER_SYSTEMD] = "systemd",
	};
	enum manager manager = thread_manager_in(cgroup);
	const char *unit = strrchr(cgroup, '/');

	if (!cgroup[0])
		return "unknown";
	/* A login is a scope, too, but nobody manages what is started there. */
	if (manager == MANAGER_SYSTEMD && unit &&
	    (!strncmp(unit, "/session-", 9) || !strcmp(unit, "/init.scope")))
		manager = MANAGER_NONE;
	return names[manager];
}

const char *thread_manager(const struct about *about)
{
	const struct thread *thread;

	if (about)
		detail_for_each(thread, &about->detail, TABLE_THREADS)
			if (!strcmp(thread->role, "main"))
				return manager_of(thread->cgroup);
	return manager_of(about ? about->cgroup : "");
}
