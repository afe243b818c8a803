// SPDX-License-Identifier: GPL-2.0
/*
 * Sums up the tables of a guest's process.
 */
#include "data/beside.h"

#include <stdlib.h>
#include <string.h>

#include "data/memory.h"
#include "data/nsec.h"
#include "data/thread.h"
#include "data/traffic.h"

/* A thread's start is in ticks of USER_HZ, which is the same wherever KVM is. */
#define NSEC_PER_TICK (NSEC_PER_SEC / 100)

struct looking {
	const struct about *was, *now;
	const struct detail *diff;
};

/* Whether a table was read at both ends of the window. */
static bool is_known(const struct looking *looking, enum table table)
{
	return looking->now->detail.table[table].known &&
	       (!looking->was || looking->was->detail.table[table].known);
}

static bool is_missing(const struct looking *looking, const char *what)
{
	const struct missing *m;

	detail_for_each(m, &looking->now->detail, TABLE_MISSING)
		if (!strcmp(m->what, what))
			return true;
	return false;
}

/* Returns the seconds of the window in which a thread was there, or 0 if they are not known. */
static double seconds_of(const struct looking *looking, const struct thread *thread)
{
	const double now = looking->now->boot_ns, was = looking->was ? looking->was->boot_ns : 0;
	double ns = now - (double)thread->start * NSEC_PER_TICK;

	if (!now || (looking->was && !was))
		return 0;
	if (looking->was && now - was < ns)
		ns = now - was;
	return ns > 0 ? ns / NSEC_PER_SEC : 0;
}

/* Adds up the cgroups that limit vCPUs the most, each once. */
static void look_at_quotas(struct beside *beside, const struct looking *looking)
{
	const struct rows *rows = &looking->diff->table[TABLE_CGROUPS];
	const struct cgroup *cgroups = rows->row, *most = NULL;
	bool *limits = xcalloc(rows->nr + 1, sizeof(*limits));
	const struct thread *thread;
	bool known = false;

	detail_for_each(thread, looking->diff, TABLE_THREADS) {
		const struct cgroup *quota = thread_quota(looking->diff, thread);

		if (!thread_vcpu(thread->role))
			continue;
		if (!thread->cgroup[0])
			goto out;
		if (quota)
			limits[quota - cgroups] = true;
		known = true;
	}
	for (size_t i = 0; i < rows->nr; i++) {
		if (!limits[i])
			continue;
		if (cgroups[i].throttled_ns == DETAIL_UNKNOWN)
			goto out;
		beside->throttled_ns += cgroups[i].throttled_ns;
		if (!most || cgroups[i].throttled_ns > most->throttled_ns)
			most = &cgroups[i];
	}
	if (most) {
		strcpy(beside->quota_cgroup, most->cgroup);
		beside->quota_version = most->version;
	}
	beside->throttled_known = known;
out:
	free(limits);
}

/* The process can be older than its guest's counters, and has all its faults since then. */
static void look_at_memory(struct beside *beside, const struct looking *looking)
{
	const struct memory *m;

	detail_for_each(m, looking->diff, TABLE_MEMORY) {
		beside->maps_known = m->pages_4k != DETAIL_UNKNOWN && m->pages_2m != DETAIL_UNKNOWN;
		beside->maps_4k = m->pages_4k;
		beside->maps_2m = m->pages_2m;
		if (m->pages_1g != DETAIL_UNKNOWN)
			beside->maps_2m += 512 * m->pages_1g;
		/* The rest of its memory is resident. */
		beside->hugetlb = m->hugetlb_bytes != DETAIL_UNKNOWN &&
				  m->resident_bytes != DETAIL_UNKNOWN &&
				  m->hugetlb_bytes > m->resident_bytes;
		beside->swap_known = m->swapped_bytes != DETAIL_UNKNOWN &&
				     m->major_faults != DETAIL_UNKNOWN &&
				     (looking->was || !m->major_faults);
		beside->swapped_bytes = m->swapped_bytes;
		beside->swap_ins = m->major_faults;
	}
}

/* A thread that is ready wants a CPU as much as one that runs. */
static void add_server(struct servers *servers, const struct looking *looking,
		       const struct thread *thread)
{
	const double seconds = seconds_of(looking, thread);
	double busy = -1;

	if (seconds > 0 && thread->run_ns != DETAIL_UNKNOWN) {
		busy = thread->run_ns;
		if (thread->ready_ns != DETAIL_UNKNOWN)
			busy += thread->ready_ns;
		busy /= seconds * NSEC_PER_SEC;
	}
	if (!servers->nr++ || busy > servers->busy)
		servers->busy = busy < 1 ? busy : 1;
}

/* One vCPU that gets no CPU is hidden in the whole of many. */
static void look_at_vcpu(struct beside *beside, const struct looking *looking,
			 const struct thread *thread)
{
	const double ns = seconds_of(looking, thread) * NSEC_PER_SEC;

	if (!(ns > 0) || thread->ready_ns == DETAIL_UNKNOWN || thread->run_ns == DETAIL_UNKNOWN ||
	    thread->ready_ns / ns <= beside->worst_ready)
		return;
	beside->worst_ready = thread->ready_ns < ns ? thread->ready_ns / ns : 1;
	beside->worst_starving = thread->ready_ns / ((double)thread->ready_ns + thread->run_ns);
	beside->worst_vcpu = strtoull(thread_vcpu(thread->role), NULL, 10);
	beside->worst_tid = thread->tid;
}

/*
 * The kernel names vhost's threads. Only a VMM that names its threads has I/O threads that can be
 * told from others.
 */
static void look_at_threads(struct beside *beside, const struct looking *looking)
{
	const struct thread *thread, *main = NULL, *vcpu = NULL;
	size_t stopped = 0, pinned = 0, vcpus = 0;

	detail_for_each(thread, looking->diff, TABLE_THREADS) {
		if (!strcmp(thread->role, "main"))
			main = thread;
		else if (!strcmp(thread->role, "vhost"))
			add_server(&beside->vhost, looking, thread);
		else if (!strcmp(thread->role, "I/O thread"))
			add_server(&beside->iothread, looking, thread);
		if (!thread_vcpu(thread->role))
			continue;
		vcpu = thread;
		vcpus++;
		look_at_vcpu(beside, looking, thread);
		pinned += thread->allowed[0] && !strpbrk(thread->allowed, ",-");
		stopped += !strcmp(thread->state, "T") || !strcmp(thread->state, "t");
	}
	beside->vhost.known = beside->vhost.nr ||
			      !is_missing(looking, "threads of the kernel for this guest");
	beside->iothread.known = beside->iothread.nr ||
				 (main && vcpu && strcmp(main->name, vcpu->name) != 0);
	beside->pinned = vcpus && pinned == vcpus;
	beside->stopped = vcpus && stopped == vcpus;
}

/* How long the process was there is how long its main thread was. */
static double process_seconds(const struct looking *looking)
{
	const struct thread *thread;

	detail_for_each(thread, looking->diff, TABLE_THREADS)
		if (!strcmp(thread->role, "main"))
			return seconds_of(looking, thread);
	return 0;
}

static void look_at_traffic(struct beside *beside, const struct looking *looking)
{
	const double seconds = process_seconds(looking);
	bool counted = seconds > 0 && !is_missing(looking, "packets");
	const struct traffic *t;

	beside->passed_known = !is_missing(looking, "packets, passed-through devices");
	detail_for_each(t, looking->diff, TABLE_TRAFFIC) {
		beside->passed += !strcmp(t->kind, TRAFFIC_PASSTHROUGH);
		if (seconds > 0 && !strcmp(t->kind, TRAFFIC_STORAGE) &&
		    t->in_bytes != DETAIL_UNKNOWN && t->out_bytes != DETAIL_UNKNOWN) {
			beside->storage_known = true;
			beside->storage_bytes = ((double)t->in_bytes + t->out_bytes) / seconds;
		}
		if (!strcmp(t->kind, TRAFFIC_NETWORK)) {
			counted &= t->in != DETAIL_UNKNOWN && t->out != DETAIL_UNKNOWN;
			beside->network_known = counted;
			if (!counted)
				continue;
			beside->network_rate += ((double)t->in + t->out) / seconds;
			beside->network_in += t->in / seconds;
		}
	}
}

void beside_of(struct beside *beside, const struct about *was, const struct about *now,
	       const struct detail *diff)
{
	const struct looking looking = { was, now, diff };

	*beside = (struct beside){ 0 };
	if (!now)
		return;
	if (is_known(&looking, TABLE_MEMORY))
		look_at_memory(beside, &looking);
	if (!is_known(&looking, TABLE_THREADS))
		return;
	look_at_threads(beside, &looking);
	if (is_known(&looking, TABLE_CGROUPS) && !is_missing(&looking, "cgroups") &&
	    !is_missing(&looking, "cgroup limits"))
		look_at_quotas(beside, &looking);
	if (is_known(&looking, TABLE_TRAFFIC))
		look_at_traffic(beside, &looking);
}
