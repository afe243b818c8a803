// SPDX-License-Identifier: GPL-2.0
/*
 * Fills the grids of processes. A number that is not known stays so.
 */
#include "text/backing.h"

#include <inttypes.h>
#include <string.h>

#include "data/thread.h"
#include "verdict/reason.h"

static struct cell rate_of(uint64_t number, double seconds)
{
	return number == DETAIL_UNKNOWN || seconds <= 0 ? (struct cell){ 0 } :
							  cell_rate(number / seconds);
}

/* Returns the share of one CPU's time. */
static struct cell time_share(uint64_t ns, double seconds)
{
	return cell_share(ns, ns == DETAIL_UNKNOWN || seconds <= 0 ? 0 : seconds * 1e9);
}

static const struct grid_column thread_columns[] = {
	{ "role", "ROLE", UNIT_TEXT, 11, 0 },
	{ "tid", "THREAD", UNIT_ID, 7, 0 },
	{ "name", "NAME", UNIT_TEXT, 0, 0 },
	{ "policy", "POLICY", UNIT_TEXT, 8, 0 },
	{ "nice", "NICE", UNIT_SIGNED, 4, 0 },
	{ "rt_priority", "RT", UNIT_ID, 2, 0 },
	{ "slice_ns", "SLICE", UNIT_NS, 6, 0 },
	{ "allowed", "ALLOWED", UNIT_TEXT, 0, 0 },
	{ "cpu", "CPU", UNIT_ID, 3, 0 },
	{ "node", "NODE", UNIT_ID, 4, 0 },
	{ "run_ns", "RUN", UNIT_NS, 6, 0 },
	{ "ready_ns", "READY", UNIT_NS, 6, 0 },
	{ "run_share", "RUN%", UNIT_SHARE, 5, 1 },
	{ "ready_share", "READY%", UNIT_SHARE, 6, 1 },
	{ "moves", "MOVES", UNIT_COUNT, 6, 0 },
	{ "moves_s", "MOVES/s", UNIT_RATE, 7, 0 },
	{ "voluntary", "VOL", UNIT_COUNT, 6, 0 },
	{ "voluntary_s", "VOL/s", UNIT_RATE, 6, 0 },
	{ "involuntary", "INVOL", UNIT_COUNT, 6, 0 },
	{ "involuntary_s", "INVOL/s", UNIT_RATE, 7, 0 },
	{ "weight", "WEIGHT", UNIT_ID, 6, 0 },
	{ "quota_share", "QUOTA%", UNIT_SHARE, 6, 1 },
	{ "cgroup", "CGROUP", UNIT_TEXT, 0, 0 },
	{ "state", "STATE", UNIT_TEXT, 5, 0 },
};

static struct cell quota_of(const struct cgroup *cgroup)
{
	if (cgroup->quota_ns == DETAIL_UNKNOWN || cgroup->period_ns == DETAIL_UNKNOWN ||
	    !cgroup->quota_ns)
		return (struct cell){ 0 };
	return cell_share(cgroup->quota_ns, cgroup->period_ns);
}

static void find_limits(const struct detail *detail, const struct thread *thread,
			struct cell *weight, struct cell *quota)
{
	const struct cgroup *tightest = thread_quota(detail, thread), *cgroup;

	if (tightest)
		*quota = quota_of(tightest);
	detail_for_each(cgroup, detail, TABLE_CGROUPS)
		if (!strcmp(thread->cgroup, cgroup->cgroup))
			*weight = cell_maybe(cgroup->weight);
}

static struct grid threads_grid(const struct detail *detail, double seconds)
{
	struct grid grid = GRID(thread_columns);
	const struct thread *t;

	grid.usual = "role,tid,policy,nice,rt_priority,allowed,cpu,node,run_share,ready_share,"
		     "moves_s,voluntary_s,involuntary_s,weight,quota_share";
	detail_for_each(t, detail, TABLE_THREADS) {
		struct cell *cell = grid_row(&grid);

		*cell++ = cell_text(t->role);
		*cell++ = cell_number(t->tid);
		*cell++ = cell_text(t->name);
		*cell++ = cell_text(t->policy);
		*cell++ = cell_number(t->nice);
		*cell++ = cell_number(t->rt_priority);
		*cell++ = cell_maybe(t->slice_ns);
		*cell++ = t->allowed[0] ? cell_text(t->allowed) : (struct cell){ 0 };
		*cell++ = cell_number(t->cpu);
		*cell++ = cell_maybe(t->node);
		*cell++ = cell_maybe(t->run_ns);
		*cell++ = cell_maybe(t->ready_ns);
		*cell++ = time_share(t->run_ns, seconds);
		*cell++ = time_share(t->ready_ns, seconds);
		*cell++ = cell_maybe(t->moves);
		*cell++ = rate_of(t->moves, seconds);
		*cell++ = cell_maybe(t->voluntary);
		*cell++ = rate_of(t->voluntary, seconds);
		*cell++ = cell_maybe(t->involuntary);
		*cell++ = rate_of(t->involuntary, seconds);
		find_limits(detail, t, &cell[0], &cell[1]);
		cell += 2;
		*cell++ = t->cgroup[0] ? cell_text(t->cgroup) : (struct cell){ 0 };
		*cell++ = t->state[0] ? cell_text(t->state) : (struct cell){ 0 };
	}
	return grid;
}

static const struct grid_column cgroup_columns[] = {
	{ "cgroup", "CGROUP", UNIT_TEXT, 0, 0 },  { "version", "V", UNIT_ID, 1, 0 },
	{ "weight", "WEIGHT", UNIT_ID, 6, 0 },	  { "quota_share", "QUOTA%", UNIT_SHARE, 6, 1 },
	{ "period_ns", "PERIOD", UNIT_NS, 6, 0 }, { "throttled", "THROTTLED", UNIT_COUNT, 9, 0 },
	{ "periods", "OF", UNIT_COUNT, 6, 0 },	  { "throttled_ns", "FOR", UNIT_NS, 6, 0 },
};

static struct grid cgroups_grid(const struct detail *detail)
{
	struct grid grid = GRID(cgroup_columns);
	const struct cgroup *c;

	detail_for_each(c, detail, TABLE_CGROUPS) {
		struct cell *cell = grid_row(&grid);

		*cell++ = cell_text(c->cgroup);
		*cell++ = cell_number(c->version);
		*cell++ = cell_maybe(c->weight);
		*cell++ = quota_of(c);
		*cell++ = cell_maybe(c->period_ns);
		*cell++ = cell_maybe(c->throttled);
		*cell++ = cell_maybe(c->periods);
		*cell++ = cell_maybe(c->throttled_ns);
	}
	return grid;
}

static const struct grid_column memory_columns[] = {
	{ "resident_bytes", "resident", UNIT_BYTES, 6, 0 },
	{ "thp_bytes", "  in transparent huge pages", UNIT_BYTES, 6, 0 },
	{ "small_bytes", "  in small pages", UNIT_BYTES, 6, 0 },
	{ "hugetlb_bytes", "in hugetlbfs, beside that", UNIT_BYTES, 6, 0 },
	{ "swapped_bytes", "swapped out", UNIT_BYTES, 6, 0 },
	{ "vms", "VMs of the process", UNIT_ID, 6, 0 },
	{ "pages_4k", "KVM maps, 4 KiB pages", UNIT_COUNT, 8, 0 },
	{ "pages_2m", "KVM maps, 2 MiB pages", UNIT_COUNT, 8, 0 },
	{ "pages_1g", "KVM maps, 1 GiB pages", UNIT_COUNT, 8, 0 },
	{ "guest_faults", "exits for a page fault", UNIT_COUNT, 8, 0 },
	{ "guest_faults_s", "  per second", UNIT_RATE, 8, 0 },
	{ "guest_fault_mean_ns", "  mean time in the kernel", UNIT_NS, 8, 0 },
	{ "minor_faults", "faults of the process, minor", UNIT_COUNT, 8, 0 },
	{ "minor_faults_s", "  per second", UNIT_RATE, 8, 0 },
	{ "major_faults", "faults of the process, major", UNIT_COUNT, 8, 0 },
	{ "major_faults_s", "  per second", UNIT_RATE, 8, 0 },
	{ "ksm_bytes", "shared by KSM", UNIT_BYTES, 6, 0 },
	{ "ksm_profit", "  its profit, in bytes", UNIT_SIGNED, 6, 0 },
	{ "balloon", "balloon", UNIT_TEXT, 0, 0 },
};

static struct grid memory_grid(const struct detail *detail, double seconds)
{
	struct grid grid = GRID(memory_columns);
	uint64_t faults = 0, fault_ns = 0;
	const struct reason *r;
	const struct memory *m;

	grid.usual = "resident_bytes,thp_bytes,hugetlb_bytes,swapped_bytes,pages_4k,pages_2m";
	detail_for_each(r, detail, TABLE_REASONS)
		if (reason_kind(r->reason) == KIND_FAULT) {
			faults += r->exits;
			fault_ns += r->kernel_ns;
		}
	if (!detail->table[TABLE_REASONS].known)
		faults = DETAIL_UNKNOWN;
	detail_for_each(m, detail, TABLE_MEMORY) {
		struct cell *cell = grid_row(&grid);

		*cell++ = cell_maybe(m->resident_bytes);
		*cell++ = cell_maybe(m->thp_bytes);
		*cell++ = cell_maybe(m->small_bytes);
		*cell++ = cell_maybe(m->hugetlb_bytes);
		*cell++ = cell_maybe(m->swapped_bytes);
		*cell++ = cell_maybe(m->vms);
		*cell++ = cell_maybe(m->pages_4k);
		*cell++ = cell_maybe(m->pages_2m);
		*cell++ = cell_maybe(m->pages_1g);
		*cell++ = cell_maybe(faults);
		*cell++ = rate_of(faults, seconds);
		*cell++ = cell_maybe(faults && fault_ns ? fault_ns / faults : DETAIL_UNKNOWN);
		*cell++ = cell_maybe(m->minor_faults);
		*cell++ = rate_of(m->minor_faults, seconds);
		*cell++ = cell_maybe(m->major_faults);
		*cell++ = rate_of(m->major_faults, seconds);
		*cell++ = cell_maybe(m->ksm_bytes);
		*cell++ = cell_maybe(m->ksm_profit);
		*cell++ = cell_text(m->balloon);
	}
	return grid;
}

static const struct grid_column node_columns[] = {
	{ "node", "NODE", UNIT_ID, 4, 0 },
	{ "bytes", "BYTES", UNIT_BYTES, 6, 0 },
	{ "hugetlb_bytes", "HUGETLB", UNIT_BYTES, 7, 0 },
};

static struct grid nodes_grid(const struct detail *detail)
{
	struct grid grid = GRID(node_columns);
	const struct node *n;

	detail_for_each(n, detail, TABLE_NODES) {
		struct cell *cell = grid_row(&grid);

		*cell++ = cell_number(n->node);
		*cell++ = cell_number(n->bytes);
		*cell++ = cell_number(n->hugetlb_bytes);
	}
	return grid;
}

static const struct grid_column traffic_columns[] = {
	{ "kind", "KIND", UNIT_TEXT, 11, 0 },
	{ "name", "NAME", UNIT_TEXT, 12, 0 },
	{ "in", "IN", UNIT_COUNT, 8, 0 },
	{ "in_s", "IN/s", UNIT_RATE, 7, 0 },
	{ "in_bytes", "IN-BYTES", UNIT_BYTES, 8, 0 },
	{ "in_bytes_s", "IN-B/s", UNIT_RATE, 9, 0 },
	{ "out", "OUT", UNIT_COUNT, 8, 0 },
	{ "out_s", "OUT/s", UNIT_RATE, 7, 0 },
	{ "out_bytes", "OUT-BYTES", UNIT_BYTES, 9, 0 },
	{ "out_bytes_s", "OUT-B/s", UNIT_RATE, 9, 0 },
	{ "interrupts", "IRQS", UNIT_COUNT, 8, 0 },
	{ "interrupts_s", "IRQS/s", UNIT_RATE, 7, 0 },
	{ "run_ns", "RUN", UNIT_NS, 6, 0 },
	{ "run_share", "RUN%", UNIT_SHARE, 5, 1 },
	{ "ready_share", "READY%", UNIT_SHARE, 6, 1 },
};

/* Threads that serve the guest's devices move data, too. Their table has the times. */
static struct grid traffic_grid(const struct detail *detail, double seconds)
{
	struct grid grid = GRID(traffic_columns);
	const struct traffic *t;
	const struct thread *thread;

	grid.usual = "kind,name,in,in_bytes,out,out_bytes,interrupts,run_ns";
	detail_for_each(t, detail, TABLE_TRAFFIC) {
		struct cell *cell = grid_row(&grid);

		*cell++ = cell_text(t->kind);
		*cell++ = cell_text(t->name);
		*cell++ = cell_maybe(t->in);
		*cell++ = rate_of(t->in, seconds);
		*cell++ = cell_maybe(t->in_bytes);
		*cell++ = rate_of(t->in_bytes, seconds);
		*cell++ = cell_maybe(t->out);
		*cell++ = rate_of(t->out, seconds);
		*cell++ = cell_maybe(t->out_bytes);
		*cell++ = rate_of(t->out_bytes, seconds);
		*cell++ = cell_maybe(t->interrupts);
		*cell++ = rate_of(t->interrupts, seconds);
	}
	detail_for_each(thread, detail, TABLE_THREADS) {
		char name[DETAIL_TEXT_SIZE];
		struct cell *cell;

		if (!detail->table[TABLE_TRAFFIC].known || !thread_is_server(thread))
			continue;
		snprintf(name, sizeof(name), "%" PRIu64, thread->tid);
		cell = grid_row(&grid);
		*cell++ = cell_text(thread->role);
		*cell++ = cell_text(name);
		cell += 10;
		*cell++ = cell_maybe(thread->run_ns);
		*cell++ = time_share(thread->run_ns, seconds);
		*cell++ = time_share(thread->ready_ns, seconds);
	}
	return grid;
}

static const struct grid_column host_columns[] = {
	{ "tasks", "tasks", UNIT_ID, 8, 0 },
	{ "running", "  running or ready", UNIT_ID, 8, 0 },
	{ "blocked", "  blocked", UNIT_ID, 8, 0 },
	{ "busy_share", "CPU, % of all CPUs", UNIT_SHARE, 8, 1 },
	{ "idle_share", "  idle, waiting for I/O too", UNIT_SHARE, 8, 1 },
	{ "iowait_share", "  waiting for I/O", UNIT_SHARE, 8, 1 },
	{ "steal_share", "  stolen by its own host", UNIT_SHARE, 8, 1 },
	{ "switches_s", "context switches per second", UNIT_RATE, 8, 0 },
	{ "memory_bytes", "memory", UNIT_BYTES, 8, 0 },
	{ "available_bytes", "  available", UNIT_BYTES, 8, 0 },
	{ "swap_bytes", "swap", UNIT_BYTES, 8, 0 },
	{ "swap_free_bytes", "  free", UNIT_BYTES, 8, 0 },
	{ "hugepages", "static huge pages", UNIT_ID, 8, 0 },
	{ "hugepages_free", "  free", UNIT_ID, 8, 0 },
	{ "hugepage_bytes", "  size of one", UNIT_BYTES, 8, 0 },
	{ "hugetlb_bytes", "  of all sizes", UNIT_BYTES, 8, 0 },
	{ "thp", "transparent huge pages", UNIT_TEXT, 0, 0 },
	{ "thp_bytes", "  in use, anonymous", UNIT_BYTES, 8, 0 },
	{ "ksm_run", "KSM runs (1: yes)", UNIT_ID, 8, 0 },
	{ "ksm_shared_bytes", "  kept by it", UNIT_BYTES, 8, 0 },
	{ "ksm_sharing_bytes", "  saved by it", UNIT_BYTES, 8, 0 },
	{ "ksm_profit", "  its profit, in bytes", UNIT_SIGNED, 8, 0 },
	{ "cpu_some_share", "pressure, % of time: CPU", UNIT_SHARE, 8, 1 },
	{ "memory_some_share", "  memory, some", UNIT_SHARE, 8, 1 },
	{ "memory_full_share", "  memory, full", UNIT_SHARE, 8, 1 },
	{ "io_some_share", "  I/O, some", UNIT_SHARE, 8, 1 },
	{ "io_full_share", "  I/O, full", UNIT_SHARE, 8, 1 },
	{ "halt_poll_ns", "kvm.halt_poll_ns", UNIT_ID, 8, 0 },
};

static struct grid host_grid(const struct detail *detail, double seconds)
{
	struct grid grid = GRID(host_columns);
	const struct host *h;

	detail_for_each(h, detail, TABLE_HOST) {
		struct cell *cell = grid_row(&grid);
		const uint64_t all =
			h->busy_ns == DETAIL_UNKNOWN ? 0 : h->busy_ns + h->idle_ns + h->steal_ns;

		*cell++ = cell_maybe(h->tasks);
		*cell++ = cell_maybe(h->running);
		*cell++ = cell_maybe(h->blocked);
		*cell++ = cell_share(h->busy_ns, all);
		*cell++ = cell_share(h->idle_ns, all);
		*cell++ = cell_share(h->iowait_ns, all);
		*cell++ = cell_share(h->steal_ns, all);
		*cell++ = rate_of(h->switches, seconds);
		*cell++ = cell_maybe(h->memory_bytes);
		*cell++ = cell_maybe(h->available_bytes);
		*cell++ = cell_maybe(h->swap_bytes);
		*cell++ = cell_maybe(h->swap_free_bytes);
		*cell++ = cell_maybe(h->hugepages);
		*cell++ = cell_maybe(h->hugepages_free);
		*cell++ = cell_maybe(h->hugepage_bytes);
		*cell++ = cell_maybe(h->hugetlb_bytes);
		*cell++ = h->thp[0] ? cell_text(h->thp) : (struct cell){ 0 };
		*cell++ = cell_maybe(h->thp_bytes);
		*cell++ = cell_maybe(h->ksm_run);
		*cell++ = cell_maybe(h->ksm_shared_bytes);
		*cell++ = cell_maybe(h->ksm_sharing_bytes);
		*cell++ = cell_maybe(h->ksm_profit);
		*cell++ = time_share(h->cpu_some_ns, seconds);
		*cell++ = time_share(h->memory_some_ns, seconds);
		*cell++ = time_share(h->memory_full_ns, seconds);
		*cell++ = time_share(h->io_some_ns, seconds);
		*cell++ = time_share(h->io_full_ns, seconds);
		*cell++ = cell_maybe(h->halt_poll_ns);
	}
	return grid;
}

static const struct grid_column host_node_columns[] = {
	{ "node", "NODE", UNIT_ID, 4, 0 },
	{ "cpus", "CPUS", UNIT_TEXT, 0, 0 },
	{ "memory_bytes", "MEMORY", UNIT_BYTES, 6, 0 },
	{ "free_bytes", "FREE", UNIT_BYTES, 6, 0 },
	{ "hugepages", "HUGEPAGES", UNIT_ID, 9, 0 },
	{ "hugepages_free", "FREE", UNIT_ID, 6, 0 },
};

static struct grid host_nodes_grid(const struct detail *detail)
{
	struct grid grid = GRID(host_node_columns);
	const struct host_node *n;

	detail_for_each(n, detail, TABLE_HOST_NODES) {
		struct cell *cell = grid_row(&grid);

		*cell++ = cell_number(n->node);
		*cell++ = cell_text(n->cpus);
		*cell++ = cell_maybe(n->memory_bytes);
		*cell++ = cell_maybe(n->free_bytes);
		*cell++ = cell_maybe(n->hugepages);
		*cell++ = cell_maybe(n->hugepages_free);
	}
	return grid;
}

static const struct grid_column process_columns[] = {
	{ "pid", "PID", UNIT_ID, 7, 0 },
	{ "user", "USER", UNIT_TEXT, 8, 0 },
	{ "policy", "POLICY", UNIT_TEXT, 8, 0 },
	{ "nice", "NICE", UNIT_SIGNED, 4, 0 },
	{ "rt_priority", "RT", UNIT_ID, 2, 0 },
	{ "cpu", "CPU", UNIT_ID, 3, 0 },
	{ "threads", "THREADS", UNIT_ID, 7, 0 },
	{ "cpu_ns", "TIME", UNIT_NS, 6, 0 },
	{ "cpu_share", "CPU%", UNIT_SHARE, 5, 1 },
	{ "resident_bytes", "MEMORY", UNIT_BYTES, 6, 0 },
	{ "voluntary", "VOL", UNIT_COUNT, 6, 0 },
	{ "voluntary_s", "VOL/s", UNIT_RATE, 6, 0 },
	{ "involuntary", "INVOL", UNIT_COUNT, 6, 0 },
	{ "involuntary_s", "INVOL/s", UNIT_RATE, 7, 0 },
	{ "name", "NAME", UNIT_TEXT, 0, 0 },
};

static struct grid processes_grid(const struct detail *detail, double seconds)
{
	struct grid grid = GRID(process_columns);
	const struct process *p;

	grid.usual = "pid,user,policy,nice,rt_priority,cpu,cpu_share,resident_bytes,voluntary_s,"
		     "involuntary_s,name";
	detail_for_each(p, detail, TABLE_PROCESSES) {
		struct cell *cell = grid_row(&grid);

		*cell++ = cell_number(p->pid);
		*cell++ = cell_text(p->user);
		*cell++ = cell_text(p->policy);
		*cell++ = cell_number(p->nice);
		*cell++ = cell_number(p->rt_priority);
		*cell++ = cell_number(p->cpu);
		*cell++ = cell_number(p->threads);
		*cell++ = cell_maybe(p->cpu_ns);
		*cell++ = time_share(p->cpu_ns, seconds);
		*cell++ = cell_number(p->resident_bytes);
		*cell++ = cell_maybe(p->voluntary);
		*cell++ = rate_of(p->voluntary, seconds);
		*cell++ = cell_maybe(p->involuntary);
		*cell++ = rate_of(p->involuntary, seconds);
		*cell++ = cell_text(p->name);
	}
	return grid;
}

static const struct grid_column missing_columns[] = {
	{ "what", "WHAT", UNIT_TEXT, 0, 0 },
	{ "why", "WHY", UNIT_TEXT, 0, 0 },
};

static struct grid missing_grid(const struct detail *detail)
{
	struct grid grid = GRID(missing_columns);
	const struct missing *m;

	detail_for_each(m, detail, TABLE_MISSING) {
		struct cell *cell = grid_row(&grid);

		*cell++ = cell_text(m->what);
		*cell++ = cell_text(m->why);
	}
	return grid;
}

struct grid backing_grid(enum table table, const struct detail *detail, double seconds)
{
	switch (table) {
	case TABLE_THREADS:
		return threads_grid(detail, seconds);
	case TABLE_CGROUPS:
		return cgroups_grid(detail);
	case TABLE_MEMORY:
		return memory_grid(detail, seconds);
	case TABLE_NODES:
		return nodes_grid(detail);
	case TABLE_TRAFFIC:
		return traffic_grid(detail, seconds);
	case TABLE_HOST:
		return host_grid(detail, seconds);
	case TABLE_HOST_NODES:
		return host_nodes_grid(detail);
	case TABLE_PROCESSES:
		return processes_grid(detail, seconds);
	default:
		return missing_grid(detail);
	}
}
