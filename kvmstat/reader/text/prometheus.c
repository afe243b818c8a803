// SPDX-License-Identifier: GPL-2.0
/*
 * Writes metrics by families, as the text format wants the lines of a family together.
 */
#include "text/prometheus.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "data/memory.h"
#include "data/nsec.h"
#include "verdict/verdict.h"

/* Returns the next chosen guest from the @i-th on that still runs, or NULL. */
static const struct window_guest *next_guest(const struct window *window, size_t *i)
{
	while (*i < window->nr) {
		const struct window_guest *guest = window->guest[(*i)++];

		if (guest->chosen && !guest->ended)
			return guest;
	}
	return NULL;
}

static void put_family(FILE *out, const char *name, const char *help)
{
	const char *suffix = strrchr(name, '_');
	const bool counter = suffix && !strcmp(suffix, "_total");

	fprintf(out, "# HELP kvmstat_%s %s\n# TYPE kvmstat_%s %s\n", name, help, name,
		counter ? "counter" : "gauge");
}

struct label {
	const char *name, *value; /* no name at the end */
};

static void put_label(FILE *out, char before, const struct label *label)
{
	fprintf(out, "%c%s=\"", before, label->name);
	for (const char *c = label->value; *c; c++) {
		if (*c == '\n')
			fputs("\\n", out);
		else if (*c == '\\' || *c == '"')
			fprintf(out, "\\%c", *c);
		else
			fputc(*c, out);
	}
	fputc('"', out);
}

#define MAX_LABELS 4 /* besides guest and id */

/* Writes a line up to its value. */
static void put_series(FILE *out, const char *name, const struct window_guest *guest,
		       const struct label label[MAX_LABELS])
{
	char id[24];

	snprintf(id, sizeof(id), "%" PRIu64, guest->key.id);
	fprintf(out, "kvmstat_%s", name);
	put_label(out, '{', &(struct label){ "guest", guest->name });
	put_label(out, ',', &(struct label){ "id", id });
	for (size_t i = 0; i < MAX_LABELS && label[i].name; i++)
		put_label(out, ',', &label[i]);
	fputs("} ", out);
}

#define LABELS(...) ((const struct label[MAX_LABELS]){ __VA_ARGS__ })

static void put_number(FILE *out, uint64_t number)
{
	fprintf(out, "%" PRIu64 "\n", number);
}

/* Writes all digits, for which a double may be too short. */
static void put_seconds(FILE *out, uint64_t ns)
{
	fprintf(out, "%" PRIu64 ".%09" PRIu64 "\n", ns / NSEC_PER_SEC, ns % NSEC_PER_SEC);
}

static void put_nr(FILE *out, const struct window *window)
{
	const struct window_guest *guest;
	uint64_t nr = 0;

	for (size_t at = 0; (guest = next_guest(window, &at));)
		nr += !window_guest_is_others(guest);
	put_family(out, "guests", "Guests, without those past the module's max_vms.");
	fputs("kvmstat_guests ", out);
	put_number(out, nr);
}

static void put_guests(FILE *out, const struct window *window)
{
	const struct window_guest *guest;

	put_family(out, "guest_info",
		   "Who a guest is: its VMM's process and control group, its UUID.");
	for (size_t at = 0; (guest = next_guest(window, &at));) {
		const struct about *about = guest->now;
		char pid[24];

		snprintf(pid, sizeof(pid), "%" PRIu64, guest->last.v[COL_pid]);
		put_series(out, "guest_info", guest,
			   LABELS({ "pid", pid }, { "vmm", about ? about->vmm : "" },
				  { "cgroup", about ? about->cgroup : "" },
				  { about && about->uuid[0] ? "uuid" : NULL,
				    about ? about->uuid : "" }));
		put_number(out, 1);
	}
}

static void put_verdicts(FILE *out, const struct window *window,
			 const struct thresholds *thresholds)
{
	const struct window_guest *guest;

	put_family(out, "guest_verdict",
		   "What a guest is bound by, by all that it did since it was first seen.");
	for (size_t at = 0; (guest = next_guest(window, &at));) {
		struct verdict verdict;

		if (window_guest_is_others(guest))
			continue;
		verdict_judge(&verdict, guest, window->has, thresholds);
		put_series(out, "guest_verdict", guest,
			   LABELS({ "verdict", verdict_word(verdict.bound) }));
		put_number(out, 1);
	}
}

static int compare_reasons(const void *a, const void *b)
{
	return strcmp(((const struct reason *)a)->reason, ((const struct reason *)b)->reason);
}

/*
 * Returns the reasons of a guest, those with the same name added up. The caller frees them.
 * Sets *@timed if they have times. The reason "all" has none, as other metrics have the times
 * of the vCPUs.
 */
static struct reason *sum_reasons(const struct window_guest *guest, size_t *nr, bool *timed)
{
	const struct about *about = guest->now;
	const struct rows *rows = about ? &about->detail.table[TABLE_REASONS] : NULL;
	struct reason *sum;
	size_t kept = 0;

	*timed = rows && rows->known;
	if (!*timed) {
		sum = xcalloc(1, sizeof(*sum));
		*sum = (struct reason){ .reason = "all",
					.exits = guest->last.v[COL_exits],
					.to_user = guest->last.v[COL_kvm_qemu_switch_num] };
		*nr = 1;
		return sum;
	}
	sum = xcalloc(rows->nr + 1, sizeof(*sum));
	if (rows->nr)
		memcpy(sum, rows->row, rows->nr * sizeof(*sum));
	qsort(sum, rows->nr, sizeof(*sum), compare_reasons);
	for (size_t i = 0; i < rows->nr; i++) {
		struct reason *into = kept ? &sum[kept - 1] : NULL;

		if (!into || strcmp(into->reason, sum[i].reason)) {
			sum[kept++] = sum[i];
			continue;
		}
		into->exits += sum[i].exits;
		into->to_user += sum[i].to_user;
		into->kernel_ns += sum[i].kernel_ns;
		into->user_ns += sum[i].user_ns;
	}
	*nr = kept;
	return sum;
}

enum reason_family { REASON_EXITS, REASON_TO_USER, REASON_SECONDS, REASON_NR };

static void put_reason(FILE *out, enum reason_family family, const char *name,
		       const struct window_guest *guest, const struct reason *reason, bool timed)
{
	if (family != REASON_SECONDS) {
		put_series(out, name, guest, LABELS({ "reason", reason->reason }));
		put_number(out, family == REASON_EXITS ? reason->exits : reason->to_user);
	} else if (timed) {
		put_series(out, name, guest,
			   LABELS({ "reason", reason->reason }, { "where", "kernel" }));
		put_seconds(out, reason->kernel_ns);
		put_series(out, name, guest,
			   LABELS({ "reason", reason->reason }, { "where", "userspace" }));
		put_seconds(out, reason->user_ns);
	}
}

static void put_reasons(FILE *out, const struct window *window, unsigned int wanted)
{
	static const struct {
		const char *name, *help;
		unsigned int metrics;
	} families[REASON_NR] = {
		[REASON_EXITS] = { "exits_total", "VM exits, by the kernel's name of their reason.",
				   METRICS_REASONS },
		[REASON_TO_USER] = { "userspace_exits_total",
				     "VM exits whose handling ended in userspace.",
				     METRICS_USERSPACE },
		[REASON_SECONDS] = { "exit_seconds_total",
				     "Time that VM exits took, without halts, by where.",
				     METRICS_TIMES },
	};
	const struct window_guest *guest;

	for (enum reason_family f = 0; f < REASON_NR; f++) {
		if (!(wanted & families[f].metrics))
			continue;
		put_family(out, families[f].name, families[f].help);
		for (size_t at = 0; (guest = next_guest(window, &at));) {
			bool timed;
			size_t nr;
			struct reason *reason = sum_reasons(guest, &nr, &timed);

			for (size_t i = 0; i < nr; i++)
				put_reason(out, f, families[f].name, guest, &reason[i], timed);
			free(reason);
		}
	}
}

static int compare_outcomes(const void *a, const void *b)
{
	const struct outcome *x = a, *y = b;

	return strcmp(x->kind, y->kind) ?: strcmp(x->name, y->name);
}

/* Errors are negative, as in the kernel, so that nobody takes one for an exit. */
static void put_outcomes(FILE *out, const struct window *window)
{
	const struct window_guest *guest;

	put_family(out, "userspace_returns_total",
		   "Returns to userspace, by KVM_EXIT_* or the error.");
	for (size_t at = 0; (guest = next_guest(window, &at));) {
		const struct rows *rows = guest->now ? &guest->now->detail.table[TABLE_USERSPACE] :
						       NULL;
		struct outcome *sorted;
		uint64_t returns = 0;

		if (!rows || !rows->nr)
			continue;
		sorted = xcalloc(rows->nr, sizeof(*sorted));
		memcpy(sorted, rows->row, rows->nr * sizeof(*sorted));
		qsort(sorted, rows->nr, sizeof(*sorted), compare_outcomes);
		for (size_t i = 0; i < rows->nr; i++) {
			const struct outcome *outcome = &sorted[i];
			const bool error = !strcmp(outcome->kind, "errno");
			char name[DETAIL_TEXT_SIZE + 1];

			if (!error && strcmp(outcome->kind, "exit"))
				continue;
			returns += outcome->returns;
			if (i + 1 < rows->nr && !compare_outcomes(outcome, outcome + 1))
				continue;
			snprintf(name, sizeof(name), "%s%s", error ? "-" : "", outcome->name);
			put_series(out, "userspace_returns_total", guest, LABELS({ "exit", name }));
			put_number(out, returns);
			returns = 0;
		}
		free(sorted);
	}
}

#define MAX_SERIES 5
#define ONE(name, help, from)                 \
	{                                     \
		name, help, NULL, false,      \
		{                             \
			{                     \
				from, 0, NULL \
			}                     \
		}                             \
	}

/* The families whose figures are columns of /proc/kvminfo. */
static const struct family {
	const char *name, *help, *label; /* without a label each guest has one series */
	bool seconds;
	struct {
		enum column from, less; /* the figure is from - less; less may be 0 */
		const char *value;
	} series[MAX_SERIES]; /* the last one is from column 0, which is no figure */
} families[] = {
	ONE("vcpus", "Virtual CPUs that have run.", COL_vcpus),
	ONE("returns_without_exit_total",
	    "Returns to userspace with no exit since the last return.", COL_noexit_return_num),
	{ "vcpu_seconds_total",
	  "Time of all vCPUs by state; kernel includes waiting for a CPU of the host.",
	  "state",
	  true,
	  { { COL_guest_ns, 0, "guest" },
	    { COL_kernel_ns, 0, "kernel" },
	    { COL_user_ns, 0, "userspace" },
	    { COL_halted_ns, COL_polled_ns, "blocked" },
	    { COL_polled_ns, 0, "polling" } } },
	ONE("io_exits_total", "VM exits for port I/O.", COL_io_num),
	ONE("mmio_exits_total", "VM exits in which the guest touched device memory.", COL_mmio_num),
	ONE("interrupt_exits_total", "VM exits for an interrupt of the host.", COL_interrupt_num),
	ONE("halt_exits_total", "VM exits because the guest halted.", COL_halt_num),
	ONE("exception_exits_total", "VM exits for an exception (or NMI on VT-x).",
	    COL_exception_num),
	ONE("nested_exits_total", "VM exits from a nested guest.", COL_nested_num),
	/* Their difference is no counter, as an exit for a device counts as a fault first. */
	ONE("faults_total", "VM exits for a page fault that the host handles.", COL_fault_num),
	ONE("device_faults_total", "Of faults_total, those for a device's memory.",
	    COL_fault_mmio_num),
	ONE("injected_interrupts_total",
	    "Interrupts given to the guest, including broken deliveries.", COL_injected_num),
};

static void put_columns(FILE *out, const struct window *window, const struct family *family)
{
	const struct window_guest *guest;

	put_family(out, family->name, family->help);
	for (size_t at = 0; (guest = next_guest(window, &at));) {
		for (size_t i = 0; i < MAX_SERIES && family->series[i].from; i++) {
			const enum column from = family->series[i].from;
			const enum column less = family->series[i].less;
			uint64_t value = guest->last.v[from];

			if (!(window->has & COL_BIT(from)))
				continue;
			/* A recording can have less ahead. */
			if (less)
				value -= guest->last.v[less] < value ? guest->last.v[less] : value;
			put_series(out, family->name, guest,
				   LABELS({ family->label, family->series[i].value }));
			if (family->seconds)
				put_seconds(out, value);
			else
				put_number(out, value);
		}
	}
}

/* Whether the guest has a vCPU of this number and thread before @vcpu. A file can say so. */
static bool was_before(const struct window_guest *guest, const struct vcpu *vcpu)
{
	const struct vcpu *other;

	detail_for_each(other, &guest->now->detail, TABLE_VCPUS)
		if (other->vcpu == vcpu->vcpu && other->tid == vcpu->tid)
			return other != vcpu;
	return false;
}

/* Likewise with the class and the way of a histogram. */
static bool had_histogram(const struct window_guest *guest, const struct histogram *h)
{
	const struct histogram *other;

	detail_for_each(other, &guest->now->detail, TABLE_HISTOGRAMS)
		if (!strcmp(other->class, h->class) && !strcmp(other->through, h->through))
			return other != h;
	return false;
}

/* The series are those of threads, which never go back, while the threads of a guest come and go. */
static void put_ready(FILE *out, const struct window *window)
{
	const struct window_guest *guest;
	const struct vcpu *vcpu;

	put_family(
		out, "ready_seconds_total",
		"Time that vCPUs waited for a CPU of the host; the states of vcpu_seconds include it.");
	for (size_t at = 0; (guest = next_guest(window, &at));) {
		const char *const name = "ready_seconds_total";
		bool each = false;

		if (!guest->now || !guest->now->has_ready)
			continue;
		detail_for_each(vcpu, &guest->now->detail, TABLE_VCPUS) {
			char number[24], thread[24];

			if (vcpu->ready_ns == DETAIL_UNKNOWN || was_before(guest, vcpu))
				continue;
			snprintf(number, sizeof(number), "%" PRIu64, vcpu->vcpu);
			snprintf(thread, sizeof(thread), "%" PRIu64, vcpu->tid);
			put_series(out, name, guest,
				   LABELS({ "vcpu", number }, { "thread", thread }));
			put_seconds(out, vcpu->ready_ns);
			each = true;
		}
		if (each)
			continue;
		/* A recording that has only the sum. */
		put_series(out, name, guest, LABELS({ NULL, NULL }));
		put_seconds(out, guest->now->ready_ns);
	}
}

/* The module keeps no sums. Without any, node_exporter would make them 0, and so the means. */
static void put_latency(FILE *out, const struct window *window)
{
	const struct window_guest *guest;
	const struct histogram *h;

	fputs("# HELP kvmstat_exit_latency_seconds Handling time of VM exits, without halts.\n"
	      "# TYPE kvmstat_exit_latency_seconds histogram\n",
	      out);
	for (size_t at = 0; (guest = next_guest(window, &at));) {
		if (!guest->now)
			continue;
		detail_for_each(h, &guest->now->detail, TABLE_HISTOGRAMS) {
			uint64_t count = 0;

			for (int i = 0; i < DETAIL_BUCKETS; i++)
				count += h->bucket[i];
			if (!count || had_histogram(guest, h))
				continue;
			count = 0;
			for (int i = 0; i < DETAIL_BUCKETS; i++) {
				char bound[24] = "+Inf";

				if (i + 1 < DETAIL_BUCKETS)
					snprintf(bound, sizeof(bound), "%.9f",
						 (1 << (DETAIL_FIRST_BUCKET_BITS + i)) / 1e9);
				count += h->bucket[i];
				put_series(out, "exit_latency_seconds_bucket", guest,
					   LABELS({ "class", h->class }, { "where", h->through },
						  { "le", bound }));
				put_number(out, count);
			}
			put_series(out, "exit_latency_seconds_sum", guest,
				   LABELS({ "class", h->class }, { "where", h->through }));
			fputs("NaN\n", out);
			put_series(out, "exit_latency_seconds_count", guest,
				   LABELS({ "class", h->class }, { "where", h->through }));
			put_number(out, count);
		}
	}
}

unsigned int metrics_parse(const char *list)
{
	static const char *const name[METRICS_NR] = {
#define X(NAME, name, what) #name,
		METRICS(X)
#undef X
	};
	unsigned int families = 0;

	do {
		const size_t len = strcspn(list, ",");
		unsigned int found = len == 3 && !strncmp(list, "all", 3) ? METRICS_ALL : 0;

		for (size_t i = 0; i < METRICS_NR; i++)
			if (strlen(name[i]) == len && !strncmp(list, name[i], len))
				found = 1 << i;
		if (!found)
			return 0;
		families |= found;
		list += len;
	} while (*list++);
	return families;
}

static int compare_exits(const void *a, const void *b)
{
	const struct window_guest *x = *(struct window_guest *const *)a;
	const struct window_guest *y = *(struct window_guest *const *)b;
	const uint64_t left = x->last.v[COL_exits], right = y->last.v[COL_exits];

	return left == right ? guest_key_compare(&x->key, &y->key) : left < right ? 1 : -1;
}

/* Returns @window with only the running guests that are written. The caller frees its array. */
static struct window select_guests(const struct window *window, uint64_t top)
{
	struct window selected = *window;
	const struct window_guest *guest;

	selected.guest = xcalloc(window->nr + 1, sizeof(*selected.guest));
	selected.nr = 0;
	for (size_t at = 0; (guest = next_guest(window, &at));)
		selected.guest[selected.nr++] = window->guest[at - 1];
	if (top && selected.nr > top) {
		qsort(selected.guest, selected.nr, sizeof(*selected.guest), compare_exits);
		selected.nr = top;
	}
	return selected;
}

void prometheus_write(FILE *out, const struct window *window, const struct metrics *metrics,
		      const uint64_t *unattributed)
{
	struct window selected;

	put_family(out, "up", "Whether the module's numbers could be read.");
	fprintf(out, "kvmstat_up %d\n", window != NULL);
	put_family(out, "build_info", "The version of this command.");
	fputs("kvmstat_build_info{version=\"" KVMSTAT_VERSION "\"} 1\n", out);
	if (!window)
		return;
	if (unattributed) {
		put_family(out, "unattributed_exits_total",
			   "VM exits that no guest's numbers include.");
		fputs("kvmstat_unattributed_exits_total ", out);
		put_number(out, *unattributed);
	}
	put_nr(out, window);
	selected = select_guests(window, metrics->top);
	if (metrics->families & METRICS_GUEST) {
		put_guests(out, &selected);
		put_verdicts(out, &selected, metrics->thresholds);
		for (size_t i = 0; i < sizeof(families) / sizeof(*families); i++)
			put_columns(out, &selected, &families[i]);
		put_ready(out, &selected);
	}
	put_reasons(out, &selected, metrics->families);
	if (metrics->families & METRICS_USERSPACE)
		put_outcomes(out, &selected);
	if (metrics->families & METRICS_LATENCY)
		put_latency(out, &selected);
	free(selected.guest);
}
