/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The tables of a guest: the module's debugfs files, and what is known of its process. A form
 * describes the rows of each table once, so that one code reads, subtracts and writes them all.
 */
#ifndef DETAIL_H
#define DETAIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "data/isa.h"

#define DETAIL_TEXT_SIZE 40
#define DETAIL_PATH_SIZE 256

/* A number that could not be found out, in a field that says it can be so. */
#define DETAIL_UNKNOWN UINT64_MAX

/* What a file can make us do is bounded. */
#define DETAIL_MAX_ROWS 65536
#define DETAIL_MAX_FIELDS 64

/* The bounds of histograms are 2^9 to 2^23 ns; the last bucket has what is above. */
#define DETAIL_FIRST_BUCKET_BITS 9
#define DETAIL_BUCKETS 16

struct reason {
	char reason[DETAIL_TEXT_SIZE];
	uint64_t code, exits, to_user, kernel_ns, user_ns, longest_ns;
};

struct outcome {
	char kind[DETAIL_TEXT_SIZE], name[DETAIL_TEXT_SIZE];
	uint64_t returns;
};

struct histogram {
	char class[DETAIL_TEXT_SIZE], through[DETAIL_TEXT_SIZE];
	uint64_t bucket[DETAIL_BUCKETS];
};

struct spot {
	char kind[DETAIL_TEXT_SIZE], direction[DETAIL_TEXT_SIZE];
	uint64_t address, count, at_most;
	uint64_t ns; /* the handling of the exits that touched it; older modules have none */
};

struct vcpu {
	char mode[DETAIL_TEXT_SIZE];
	uint64_t vcpu, exits, to_user, guest_ns, kernel_ns, user_ns, polled_ns, blocked_ns, tid;
	uint64_t ready_ns; /* of its thread, beside what the file has */
};

struct cpu {
	uint64_t cpu, exits, to_user, io_num, mmio_num, halt_num, guest_ns;
};

/* A thread that works for the guest. */
struct thread {
	uint64_t tid, start; /* start: in clock ticks since the boot */
	char role[DETAIL_TEXT_SIZE], name[DETAIL_TEXT_SIZE], policy[DETAIL_TEXT_SIZE];
	char state[DETAIL_TEXT_SIZE]; /* a letter, as proc(5) has them */
	char allowed[DETAIL_PATH_SIZE], cgroup[DETAIL_PATH_SIZE];
	uint64_t nice, rt_priority, slice_ns, cpu, node;
	uint64_t run_ns, ready_ns, moves, voluntary, involuntary;
};

/* A cgroup that has threads of the guest, or is above one that has. */
struct cgroup {
	char cgroup[DETAIL_PATH_SIZE];
	uint64_t version, weight, quota_ns, period_ns; /* no quota: 0 */
	uint64_t periods, throttled, throttled_ns;
};

/* The memory of the guest's process. Rows of no other process are in this table. */
struct memory {
	uint64_t resident_bytes, hugetlb_bytes; /* resident: without hugetlb */
	uint64_t thp_bytes, small_bytes; /* the resident ones, in huge pages or not */
	uint64_t swapped_bytes, minor_faults, major_faults;
	uint64_t vms, pages_4k, pages_2m, pages_1g; /* that KVM maps in all VMs of the process */
	uint64_t ksm_bytes, ksm_profit;
	char balloon[DETAIL_TEXT_SIZE];
};

/*
 * What moves data for the guest without exits. In is to the guest, out is from it: packets, or
 * for storage, read and write calls of the process.
 */
struct traffic {
	char kind[DETAIL_TEXT_SIZE], name[DETAIL_TEXT_SIZE];
	uint64_t in, out, in_bytes, out_bytes, interrupts;
};

/* What the guest's process has of a NUMA node. */
struct node {
	uint64_t node, bytes, hugetlb_bytes;
};

/* The host. Its tables are in the detail of no guest. */
struct host {
	uint64_t tasks, running, blocked; /* threads */
	uint64_t busy_ns, idle_ns, iowait_ns, steal_ns; /* of all CPUs; idle includes iowait */
	uint64_t switches;
	uint64_t memory_bytes, available_bytes, swap_bytes, swap_free_bytes;
	uint64_t hugepages, hugepages_free, hugepage_bytes, hugetlb_bytes;
	char thp[DETAIL_TEXT_SIZE];
	uint64_t thp_bytes, ksm_run, ksm_shared_bytes, ksm_sharing_bytes, ksm_profit;
	uint64_t cpu_some_ns, memory_some_ns, memory_full_ns, io_some_ns, io_full_ns;
	uint64_t halt_poll_ns;
};

struct host_node {
	uint64_t node;
	char cpus[DETAIL_PATH_SIZE];
	uint64_t memory_bytes, free_bytes, hugepages, hugepages_free;
};

/* A process beside the guests. */
struct process {
	uint64_t pid, start;
	char name[DETAIL_TEXT_SIZE], user[DETAIL_TEXT_SIZE], policy[DETAIL_TEXT_SIZE];
	uint64_t nice, rt_priority, cpu, threads, cpu_ns, resident_bytes, voluntary, involuntary;
};

/* What could not be read, and why. */
struct missing {
	char what[DETAIL_TEXT_SIZE], why[DETAIL_PATH_SIZE];
};

enum field_kind {
	FIELD_KEY, /* which row it is */
	FIELD_COUNTER, /* never decreases */
	FIELD_GAUGE, /* only the latest value counts */
};

struct field {
	const char *name;
	size_t at; /* offset in the row */
	enum field_kind kind;
	size_t text; /* the room of a text; 0: it is a uint64_t */
	bool optional; /* it can be DETAIL_UNKNOWN */
	bool is_signed; /* it is an int64_t, in two's complement */
};

enum table {
	TABLE_REASONS,
	TABLE_USERSPACE,
	TABLE_HISTOGRAMS,
	TABLE_HOT,
	TABLE_VCPUS,
	TABLE_CPUS,
	TABLE_MODULE_NR, /* so many are the module's; the others are of the guest's process */
	TABLE_THREADS = TABLE_MODULE_NR,
	TABLE_CGROUPS,
	TABLE_MEMORY,
	TABLE_NODES,
	TABLE_TRAFFIC,
	TABLE_HOST,
	TABLE_HOST_NODES,
	TABLE_PROCESSES,
	TABLE_MISSING,
	TABLE_NR
};

/* Describes a table; one of the module's is a file of a guest's directory. */
struct form {
	const char *name;
	size_t size; /* of a row */
	const struct field *field; /* the last one has no name */
	bool partial; /* rows can be left out, so that what a new one did is not known */
};

extern const struct form detail_form[TABLE_NR];

struct rows {
	void *row;
	size_t nr;
	bool known; /* it was read */
};

struct detail {
	enum isa isa; /* says where its devices are */
	struct rows table[TABLE_NR];
};

/* Visits each row of a table: detail_for_each(reason, detail, TABLE_REASONS). */
#define detail_for_each(r, detail, which)                                                 \
	for ((r) = (detail)->table[which].row;                                            \
	     (r) && (const char *)(r) < (const char *)(detail)->table[which].row +        \
						(detail)->table[which].nr * sizeof(*(r)); \
	     (r)++)

/*
 * Parses the @len bytes of a file at @buf into @rows. Columns are found by name; unknown
 * columns are skipped, missing ones are 0. Returns NULL, or what is wrong, with @rows empty.
 * @rows owns memory until detail_free() of its detail.
 */
const char *detail_parse(const struct form *form, const char *buf, size_t len, struct rows *rows);

/*
 * Parses the file vcpu_reasons likewise, and has in @rows those of one vCPU as rows of
 * TABLE_REASONS.
 */
const char *detail_parse_vcpu(uint64_t vcpu, const char *buf, size_t len, struct rows *rows);

/*
 * Appends a row to @rows and returns it, or NULL if @rows is full. Its numbers are 0, or
 * unknown if they can be.
 */
void *detail_new_row(const struct form *form, struct rows *rows);

/*
 * Copies @text to a field with room for @room bytes. Returns false if @text is too long or not
 * printable ASCII.
 */
bool detail_set_text(char *field, size_t room, const char *text, size_t len);

/*
 * Copies any bytes to a field, cleaned like a name and in ASCII. Too long a text is cut and ends
 * in '+'.
 */
void detail_clean_text(char *field, size_t room, const char *raw);

/* Does so with the path of a cgroup, which keeps its backslashes: systemd escapes with them. */
void detail_clean_path(char *field, size_t room, const char *raw);

/* Returns the name of a scheduling policy, for instance "OTHER". */
const char *detail_policy_name(uint64_t policy);

/* Notes that @what could not be read, and why. Says it once. */
void detail_miss(struct detail *detail, const char *what, const char *why);

/*
 * Computes into @diff what happened from @was, or from the beginning if @was is NULL, to
 * @now. Rows are matched by their keys and their counters subtracted. If a counter went back,
 * as the estimates of TABLE_HOT can, its difference is 0.
 */
void detail_subtract(struct detail *diff, const struct detail *was, const struct detail *now);

/* Frees what @detail owns and empties it. */
void detail_free(struct detail *detail);

#endif
