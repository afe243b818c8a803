// SPDX-License-Identifier: GPL-2.0
/*
 * Reads a process' status, smaps_rollup, numa_maps and ksm_stat, and KVM's counters of pages.
 */
#define _GNU_SOURCE
#include "data/footprint.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "data/memory.h"
#include "data/tree.h"

#define MAX_NODES 1024

/* Reads a file of the process, and notes if that is not possible. */
static char *take_file(const char *root, uint64_t pid, const char *name, const char *what,
		       struct detail *detail)
{
	char *text = tree_read(NULL, "%s/proc/%" PRIu64 "/%s", root, pid, name);

	if (!text && what)
		detail_miss(detail, what, strerror(errno));
	return text;
}

static bool take_kb(const char *text, const char *key, uint64_t *bytes)
{
	uint64_t kb;

	if (!tree_number(text, key, &kb))
		return false;
	*bytes = kb * 1024;
	return true;
}

static void take_huge(const char *root, uint64_t pid, struct memory *memory, struct detail *detail)
{
	static const char *const keys[] = { "AnonHugePages", "ShmemPmdMapped", "FilePmdMapped" };
	char *text = take_file(root, pid, "smaps_rollup", "transparent huge pages", detail);
	uint64_t resident, huge, sum = 0;

	if (take_kb(text, "Rss", &resident)) {
		/* VmRSS lags behind by some pages of each thread or CPU. */
		memory->resident_bytes = resident;
		for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++)
			if (take_kb(text, keys[i], &huge))
				sum += huge;
		memory->thp_bytes = sum;
		memory->small_bytes = resident > sum ? resident - sum : 0;
	}
	free(text);
}

/* A line has the pages on each node as N0=1 N1=2, and their size behind. */
static void add_mapping(char *line, uint64_t bytes[MAX_NODES], uint64_t huge[MAX_NODES])
{
	const char *size = strstr(line, "kernelpagesize_kB=");
	const uint64_t page = size ? strtoull(strchr(size, '=') + 1, NULL, 10) * 1024 : 4096;

	for (char *at = line; (at = strstr(at, " N"));) {
		const uint64_t node = strtoull(at + 2, &at, 10);
		uint64_t pages;

		if (*at != '=' || node >= MAX_NODES)
			continue;
		pages = strtoull(at + 1, &at, 10);
		bytes[node] += pages * page;
		huge[node] += strstr(line, " huge") ? pages * page : 0;
	}
}

static void take_nodes(const char *root, uint64_t pid, struct detail *detail)
{
	char *text = take_file(root, pid, "numa_maps", "memory by node", detail), *state;
	uint64_t bytes[MAX_NODES] = { 0 }, huge[MAX_NODES] = { 0 };
	struct rows *rows = &detail->table[TABLE_NODES];

	if (!text)
		return;
	rows->known = true;
	for (char *line = strtok_r(text, "\n", &state); line; line = strtok_r(NULL, "\n", &state))
		add_mapping(line, bytes, huge);
	for (uint64_t node = 0; node < MAX_NODES; node++) {
		struct node *row;

		if (!bytes[node])
			continue;
		row = detail_new_row(&detail_form[TABLE_NODES], rows);
		row->node = node;
		row->bytes = bytes[node];
		row->hugetlb_bytes = huge[node];
	}
	free(text);
}

static void take_faults(const char *root, uint64_t pid, struct memory *memory)
{
	char *text = tree_read(NULL, "%s/proc/%" PRIu64 "/stat", root, pid);
	const char *at = text ? strrchr(text, ')') : NULL;

	if (at)
		sscanf(at + 1, " %*c %*d %*d %*d %*d %*d %*u %" SCNu64 " %*u %" SCNu64,
		       &memory->minor_faults, &memory->major_faults);
	free(text);
}

static void take_ksm(const char *root, uint64_t pid, struct memory *memory, struct detail *detail)
{
	char *text = take_file(root, pid, "ksm_stat", "KSM", detail), *pages;
	uint64_t merged;

	if (!text)
		return;
	if (!tree_number(text, "ksm_process_profit", &memory->ksm_profit))
		detail_miss(detail, "KSM's profit", "this kernel does not tell it by process");
	if (tree_number(text, "ksm_merging_pages", &merged)) {
		memory->ksm_bytes = merged * sysconf(_SC_PAGESIZE);
	} else {
		pages = take_file(root, pid, "ksm_merging_pages", "pages shared by KSM", detail);
		if (pages)
			memory->ksm_bytes = strtoull(pages, NULL, 10) * sysconf(_SC_PAGESIZE);
		free(pages);
	}
	free(text);
}

static bool has_thread(const struct detail *detail, uint64_t tid)
{
	const struct thread *thread;

	detail_for_each(thread, detail, TABLE_THREADS)
		if (thread->tid == tid)
			return true;
	return false;
}

static void add_pages(const char *dir, const char *name, uint64_t *sum)
{
	char *text = tree_read(NULL, "%s/%s", dir, name);

	if (text)
		*sum = (*sum == DETAIL_UNKNOWN ? 0 : *sum) + strtoull(text, NULL, 10);
	free(text);
}

/*
 * KVM names a VM's directory after the thread that made the VM, in the initial pid namespace, and
 * the descriptor. Adds up all VMs of the process, as they share its memory.
 */
static void take_kvm(const char *root, struct memory *memory, struct detail *detail)
{
	char *path = xasprintf("%s/sys/kernel/debug/kvm", root);
	DIR *dir = opendir(path);
	const struct dirent *entry;

	if (!dir) {
		detail_miss(detail, "pages that KVM maps", strerror(errno));
	} else if (!tree_is_initial(root)) {
		detail_miss(detail, "pages that KVM maps", "this is not the initial pid namespace");
	} else {
		memory->vms = 0;
		while ((entry = readdir(dir))) {
			uint64_t tid, fd;
			char *vm;

			if (sscanf(entry->d_name, "%" SCNu64 "-%" SCNu64, &tid, &fd) != 2 ||
			    !has_thread(detail, tid))
				continue;
			vm = xasprintf("%s/%s", path, entry->d_name);
			memory->vms++;
			add_pages(vm, "pages_4k", &memory->pages_4k);
			add_pages(vm, "pages_2m", &memory->pages_2m);
			add_pages(vm, "pages_1g", &memory->pages_1g);
			free(vm);
		}
		if (memory->pages_4k == DETAIL_UNKNOWN)
			detail_miss(detail, "pages that KVM maps",
				    memory->vms ? "this kernel does not count them" :
						  "the thread that made the VM has ended");
	}
	if (dir)
		closedir(dir);
	free(path);
}

static void take_balloon(const char *root, uint64_t pid, struct memory *memory,
			 struct detail *detail)
{
	size_t len;
	char *line = tree_read(&len, "%s/proc/%" PRIu64 "/cmdline", root, pid);
	const bool is_qemu = line && (strstr(line, "qemu") || strstr(line, "/kvm"));

	strcpy(memory->balloon, "unknown");
	if (is_qemu && !memmem(line, len, "virtio-balloon", strlen("virtio-balloon")))
		strcpy(memory->balloon, "none");
	else
		detail_miss(detail, "balloon",
			    "only the VMM knows its size, see virsh dommemstat or query-balloon");
	free(line);
}

void footprint_take(const char *root, uint64_t pid, bool walk, struct detail *detail)
{
	struct rows *rows = &detail->table[TABLE_MEMORY];
	char *status = take_file(root, pid, "status", "memory", detail);
	struct memory *memory;

	if (!status)
		return;
	memory = detail_new_row(&detail_form[TABLE_MEMORY], rows);
	rows->known = true;
	take_kb(status, "VmRSS", &memory->resident_bytes);
	take_kb(status, "VmSwap", &memory->swapped_bytes);
	take_kb(status, "HugetlbPages", &memory->hugetlb_bytes);
	free(status);
	take_faults(root, pid, memory);
	take_ksm(root, pid, memory, detail);
	take_kvm(root, memory, detail);
	take_balloon(root, pid, memory, detail);
	if (walk) {
		take_huge(root, pid, memory, detail);
		take_nodes(root, pid, detail);
	} else {
		detail_miss(detail, "transparent huge pages, memory by node",
			    "read by 'kvmstat memory' and 'kvmstat show' only");
	}
}
