// SPDX-License-Identifier: GPL-2.0
/*
 * Reads /proc and /sys of the host, and its processes through libproc2.
 */
#define _GNU_SOURCE
#include "data/machine.h"

#include <errno.h>
#include <inttypes.h>
#include <libproc2/pids.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "data/memory.h"
#include "data/nsec.h"
#include "data/tree.h"

static void take_cpus(const char *root, struct host *host, struct detail *detail)
{
	const uint64_t tick = NSEC_PER_SEC / sysconf(_SC_CLK_TCK);
	char *text = tree_read(NULL, "%s/proc/stat", root);
	uint64_t user, nice, system, idle, iowait, irq, softirq, steal = 0;

	if (text && sscanf(text, "cpu %ju %ju %ju %ju %ju %ju %ju %ju", &user, &nice, &system,
			   &idle, &iowait, &irq, &softirq, &steal) >= 7) {
		host->idle_ns = (idle + iowait) * tick;
		host->iowait_ns = iowait * tick;
		host->steal_ns = steal * tick;
		host->busy_ns = (user + nice + system + irq + softirq) * tick;
		tree_number(text, "ctxt", &host->switches);
		tree_number(text, "procs_running", &host->running);
		tree_number(text, "procs_blocked", &host->blocked);
	} else {
		detail_miss(detail, "CPU time", strerror(errno));
	}
	free(text);
	text = tree_read(NULL, "%s/proc/loadavg", root);
	if (text && strchr(text, '/'))
		host->tasks = strtoull(strchr(text, '/') + 1, NULL, 10);
	free(text);
}

static void take_kb(const char *text, const char *key, uint64_t *bytes)
{
	uint64_t kb;

	if (tree_number(text, key, &kb))
		*bytes = kb * 1024;
}

static void take_memory(const char *root, struct host *host, struct detail *detail)
{
	char *text = tree_read(NULL, "%s/proc/meminfo", root), *chosen;

	if (!text)
		detail_miss(detail, "memory", strerror(errno));
	take_kb(text, "MemTotal", &host->memory_bytes);
	take_kb(text, "MemAvailable", &host->available_bytes);
	take_kb(text, "SwapTotal", &host->swap_bytes);
	take_kb(text, "SwapFree", &host->swap_free_bytes);
	take_kb(text, "AnonHugePages", &host->thp_bytes);
	take_kb(text, "Hugetlb", &host->hugetlb_bytes);
	take_kb(text, "Hugepagesize", &host->hugepage_bytes);
	tree_number(text, "HugePages_Total", &host->hugepages);
	tree_number(text, "HugePages_Free", &host->hugepages_free);
	free(text);
	/* The word in brackets is the one in use. */
	text = tree_read(NULL, "%s/sys/kernel/mm/transparent_hugepage/enabled", root);
	chosen = text ? strchr(text, '[') : NULL;
	if (chosen) {
		chosen[strcspn(chosen, "]")] = '\0';
		detail_clean_text(host->thp, sizeof(host->thp), chosen + 1);
	} else {
		detail_miss(detail, "transparent huge pages", strerror(errno));
	}
	free(text);
}

static bool take_number(uint64_t *number, const char *root, const char *path)
{
	char *text = tree_read(NULL, "%s/%s", root, path), *end = NULL;

	if (text) {
		const long long value = strtoll(text, &end, 10);

		if (end != text)
			*number = value;
	}
	free(text);
	return end;
}

static void take_ksm(const char *root, struct host *host, struct detail *detail)
{
	const uint64_t page = sysconf(_SC_PAGESIZE);

	if (!take_number(&host->ksm_run, root, "sys/kernel/mm/ksm/run"))
		detail_miss(detail, "KSM", strerror(errno));
	if (take_number(&host->ksm_shared_bytes, root, "sys/kernel/mm/ksm/pages_shared"))
		host->ksm_shared_bytes *= page;
	if (take_number(&host->ksm_sharing_bytes, root, "sys/kernel/mm/ksm/pages_sharing"))
		host->ksm_sharing_bytes *= page;
	if (!take_number(&host->ksm_profit, root, "sys/kernel/mm/ksm/general_profit") &&
	    host->ksm_run != DETAIL_UNKNOWN)
		detail_miss(detail, "KSM's profit", "this kernel does not tell it");
}

/* A line has the averages and then the sum in microseconds. */
static void take_pressure(const char *root, const char *name, uint64_t *some, uint64_t *full,
			  struct detail *detail)
{
	char *text = tree_read(NULL, "%s/proc/pressure/%s", root, name), *line;

	if (!text)
		detail_miss(detail, "pressure",
			    errno == EOPNOTSUPP ? "off, see psi=1 of the kernel" : strerror(errno));
	for (line = text; line && *line; line += strcspn(line, "\n"), line += *line == '\n') {
		const char *total = strstr(line, "total=");

		if (total && !strncmp(line, "some ", 5))
			*some = strtoull(total + 6, NULL, 10) * 1000;
		else if (total && full && !strncmp(line, "full ", 5))
			*full = strtoull(total + 6, NULL, 10) * 1000;
	}
	free(text);
}

struct taking {
	const char *root;
	struct detail *detail;
};

static void take_node(void *data, uint64_t number)
{
	struct taking *taking = data;
	char dir[256], key[64], *text;
	struct host_node *node;

	node = detail_new_row(&detail_form[TABLE_HOST_NODES],
			      &taking->detail->table[TABLE_HOST_NODES]);
	if (!node)
		return;
	node->node = number;
	snprintf(dir, sizeof(dir), "%s/sys/devices/system/node/node%" PRIu64, taking->root, number);
	text = tree_read(NULL, "%s/cpulist", dir);
	if (text)
		text[strcspn(text, "\n")] = '\0';
	detail_clean_text(node->cpus, sizeof(node->cpus), text ?: "");
	free(text);
	text = tree_read(NULL, "%s/meminfo", dir);
	snprintf(key, sizeof(key), "Node %" PRIu64 " MemTotal", number);
	take_kb(text, key, &node->memory_bytes);
	snprintf(key, sizeof(key), "Node %" PRIu64 " MemFree", number);
	take_kb(text, key, &node->free_bytes);
	snprintf(key, sizeof(key), "Node %" PRIu64 " HugePages_Total", number);
	tree_number(text, key, &node->hugepages);
	snprintf(key, sizeof(key), "Node %" PRIu64 " HugePages_Free", number);
	tree_number(text, key, &node->hugepages_free);
	free(text);
}

static void take_nodes(const char *root, struct detail *detail)
{
	struct taking taking = { root, detail };
	char *list = tree_read(NULL, "%s/sys/devices/system/node/online", root);

	if (!list)
		detail_miss(detail, "NUMA nodes", strerror(errno));
	detail->table[TABLE_HOST_NODES].known = list;
	for (uint64_t node = 0; list && node < 1024; node++)
		if (tree_list_has(list, node))
			take_node(&taking, node);
	free(list);
}

enum item {
	ITEM_PID,
	ITEM_START,
	ITEM_COMMAND,
	ITEM_USER,
	ITEM_POLICY,
	ITEM_NICE,
	ITEM_PRIORITY,
	ITEM_CPU,
	ITEM_THREADS,
	ITEM_TICKS,
	ITEM_RESIDENT,
	ITEM_NR
};

static struct pids_info *info;

static void close_info(void)
{
	procps_pids_unref(&info);
}

static bool open_info(void)
{
	enum pids_item items[ITEM_NR] = {
		[ITEM_PID] = PIDS_ID_PID,	    [ITEM_START] = PIDS_TICS_BEGAN,
		[ITEM_COMMAND] = PIDS_CMD,	    [ITEM_USER] = PIDS_ID_EUSER,
		[ITEM_POLICY] = PIDS_SCHED_CLASS,   [ITEM_NICE] = PIDS_NICE,
		[ITEM_PRIORITY] = PIDS_PRIORITY_RT, [ITEM_CPU] = PIDS_PROCESSOR,
		[ITEM_THREADS] = PIDS_NLWP,	    [ITEM_TICKS] = PIDS_TICS_ALL,
		[ITEM_RESIDENT] = PIDS_MEM_RES,
	};

	if (info)
		return true;
	if (procps_pids_new(&info, items, ITEM_NR) < 0)
		return false;
	atexit(close_info);
	return true;
}

static bool is_guest(const struct snapshot *snap, uint64_t pid)
{
	for (size_t i = 0; i < snap->nr; i++)
		if (snap->guest[i].v[COL_pid] == pid)
			return true;
	return false;
}

/* The switches are those of the main thread, as the kernel counts them by thread. */
static void take_process(const struct pids_stack *stack, struct detail *detail)
{
	char *status;
	struct process *p =
		detail_new_row(&detail_form[TABLE_PROCESSES], &detail->table[TABLE_PROCESSES]);

	if (!p)
		return;
	p->pid = PIDS_VAL(ITEM_PID, s_int, stack, info);
	p->start = PIDS_VAL(ITEM_START, ull_int, stack, info);
	detail_clean_text(p->name, sizeof(p->name), PIDS_VAL(ITEM_COMMAND, str, stack, info) ?: "");
	detail_clean_text(p->user, sizeof(p->user), PIDS_VAL(ITEM_USER, str, stack, info) ?: "");
	strcpy(p->policy, detail_policy_name(PIDS_VAL(ITEM_POLICY, s_int, stack, info)));
	p->nice = (int64_t)PIDS_VAL(ITEM_NICE, s_int, stack, info);
	p->rt_priority = PIDS_VAL(ITEM_PRIORITY, s_int, stack, info);
	p->cpu = PIDS_VAL(ITEM_CPU, s_int, stack, info);
	p->threads = PIDS_VAL(ITEM_THREADS, s_int, stack, info);
	p->cpu_ns =
		PIDS_VAL(ITEM_TICKS, ull_int, stack, info) * (NSEC_PER_SEC / sysconf(_SC_CLK_TCK));
	p->resident_bytes = PIDS_VAL(ITEM_RESIDENT, ul_int, stack, info) * UINT64_C(1024);
	status = tree_read(NULL, "/proc/%" PRIu64 "/status", p->pid);
	tree_number(status, "voluntary_ctxt_switches", &p->voluntary);
	tree_number(status, "nonvoluntary_ctxt_switches", &p->involuntary);
	free(status);
}

static int by_time(const void *a, const void *b)
{
	const struct process *x = a, *y = b;

	return (x->cpu_ns < y->cpu_ns) - (x->cpu_ns > y->cpu_ns) ?:
		       (x->pid > y->pid) - (x->pid < y->pid);
}

static void take_processes(const struct snapshot *snap, size_t most, struct detail *detail)
{
	struct rows *rows = &detail->table[TABLE_PROCESSES];
	struct pids_fetch *fetch = open_info() ? procps_pids_reap(info, PIDS_FETCH_TASKS_ONLY) :
						 NULL;

	if (!fetch) {
		detail_miss(detail, "processes", strerror(errno));
		return;
	}
	rows->known = true;
	for (int i = 0; i < fetch->counts->total; i++)
		if (!is_guest(snap, PIDS_VAL(ITEM_PID, s_int, fetch->stacks[i], info)))
			take_process(fetch->stacks[i], detail);
	if (rows->nr)
		qsort(rows->row, rows->nr, sizeof(struct process), by_time);
	if (most && rows->nr > most)
		rows->nr = most;
}

void machine_take(const char *root, const struct snapshot *snap, size_t most, struct detail *detail)
{
	struct host *host = detail_new_row(&detail_form[TABLE_HOST], &detail->table[TABLE_HOST]);

	detail->table[TABLE_HOST].known = true;
	take_cpus(root, host, detail);
	take_memory(root, host, detail);
	take_ksm(root, host, detail);
	take_pressure(root, "cpu", &host->cpu_some_ns, NULL, detail);
	take_pressure(root, "memory", &host->memory_some_ns, &host->memory_full_ns, detail);
	take_pressure(root, "io", &host->io_some_ns, &host->io_full_ns, detail);
	if (!take_number(&host->halt_poll_ns, root, "sys/module/kvm/parameters/halt_poll_ns"))
		detail_miss(detail, "halt_poll_ns", strerror(errno));
	take_nodes(root, detail);
	take_processes(snap, most, detail);
}
