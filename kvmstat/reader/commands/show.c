// SPDX-License-Identifier: GPL-2.0
/*
 * kvmstat show prints everything about one guest on a page.
 */
#include "commands/show.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "data/jsonl.h"
#include "data/share.h"
#include "data/thread.h"
#include "text/guests.h"
#include "text/number.h"
#include "text/output.h"
#include "text/sections.h"
#include "text/wrap.h"
#include "verdict/verdict.h"

/* A section has no more rows; --json has them all. */
#define SECTION_ROWS 12
#define BAR_WIDTH 40

static void print_head(const struct session *session, const struct window_guest *guest)
{
	const struct about *about = guest->now;
	char shown[NAME_SHOWN_SIZE], span[64];

	name_show(shown, guest->name, NAME_SIZE);
	session_span(guest->seconds, span, sizeof(span));
	printf("%s: pid %" PRIu64 ", id %" PRIu64, shown, guest->key.pid, guest->key.id);
	if (session->window.has & COL_BIT(COL_vcpus))
		printf(", %" PRIu64 " vCPU%s", guest->last.v[COL_vcpus],
		       guest->last.v[COL_vcpus] == 1 ? "" : "s");
	if (about && about->vmm[0]) {
		name_show(shown, about->vmm, NAME_SIZE);
		printf(", run by %s", shown);
	}
	puts(guest->ended ? ", ended" : "");
	if (about && about->cgroup[0]) {
		name_show(shown, about->cgroup, NAME_SIZE);
		printf("cgroup %s, managed by %s\n", shown, thread_manager(about));
	}
	printf("Figures: %s%s\n", span,
	       guest->restarted ? "; its counters restarted, counted from zero" : "");
}

static void print_verdict(const struct verdict *verdict)
{
	printf("\nVerdict: %s, confidence %.2f (%s)\n", verdict_word(verdict->bound),
	       verdict->confidence, verdict->rule);
	wrap("  ", verdict->why);
	wrap("  What would help: ", verdict->advice);
	wrap("  Not seen from here: ", verdict->blind);
}

static void print_bar(const char *what, uint64_t ns, uint64_t of)
{
	char time[32], percent[32];
	size_t len = of ? (size_t)((double)ns / of * BAR_WIDTH + 0.5) : 0;
	char bar[BAR_WIDTH + 1];

	memset(bar, '#', sizeof(bar));
	bar[len < BAR_WIDTH ? len : BAR_WIDTH] = '\0';
	number_time(time, sizeof(time), ns);
	share_percent(percent, sizeof(percent), ns, of, 1);
	printf("  %-22s %8s %5s%%%s%s\n", what, time, percent, *bar ? " " : "", bar);
}

/* The parts of the kernel and of the VMM are under their sums. */
static void print_group(const struct evidence *e, enum part_group group, const char *what,
			uint64_t time)
{
	double sum = 0;
	char label[64];

	for (enum part part = 0; part < PART_NR; part++)
		sum += part_info[part].group == group ? e->part[part] : 0;
	print_bar(what, sum * time, time);
	for (enum part part = 0; part < PART_NR; part++) {
		if (part_info[part].group != group || !(uint64_t)(e->part[part] * time))
			continue;
		snprintf(label, sizeof(label), "  %s", part_info[part].what);
		print_bar(label, e->part[part] * time, time);
	}
}

static void print_times(const struct window_guest *guest, uint32_t has, const struct evidence *e)
{
	const uint64_t time = counts_time(&guest->sum);

	if (!(has & COL_BIT(COL_guest_ns)))
		return;
	puts("\nWhere its vCPUs' time went");
	for (enum part part = 0; part < PART_NR; part++) {
		if (part == PART_KERNEL)
			print_group(e, PARTS_KERNEL, "kernel", time);
		if (part == PART_VMM)
			print_group(e, PARTS_VMM, "VMM (userspace)", time);
		if (part_info[part].group == PARTS_ALONE &&
		    (part == PART_GUEST || (uint64_t)(e->part[part] * time)))
			print_bar(part_info[part].what,
				  part == PART_GUEST ? guest->sum.v[COL_guest_ns] :
						       e->part[part] * time,
				  time);
	}
	if (!e->ready_known)
		puts("  (ready time is not known, and is in the kernel's)");
	if (guest->sum.v[COL_polled_ns])
		print_bar("  of halted, polling", guest->sum.v[COL_polled_ns], time);
}

static void print_counts(const struct window_guest *guest, uint32_t has)
{
	static const struct {
		enum column column;
		const char *what;
	} counts[] = {
		{ COL_exits, "exits" },
		{ COL_kvm_qemu_switch_num, "to the VMM" },
		{ COL_io_num, "port I/O" },
		{ COL_mmio_num, "device memory" },
		{ COL_fault_num, "page faults" },
		{ COL_interrupt_num, "interrupts" },
		{ COL_halt_num, "halts" },
		{ COL_exception_num, "exceptions" },
		{ COL_injected_num, "injected" },
		{ COL_nested_num, "nested" },
		{ COL_noexit_return_num, "no-exit returns" },
	};
	unsigned int shown = 0;

	puts("\nCounts");
	for (size_t i = 0; i < sizeof(counts) / sizeof(*counts); i++) {
		char text[32];

		if (!(has & COL_BIT(counts[i].column)))
			continue;
		number_count(text, sizeof(text), guest->sum.v[counts[i].column], 8);
		printf("  %-15s %8s%s", counts[i].what, text, ++shown % 3 ? "" : "\n");
	}
	if (shown % 3)
		putchar('\n');
}

/* Prints a section, or returns false if there is nothing in it. */
static bool print_section(const struct section *section, const struct detail *detail,
			  double seconds)
{
	const struct look text = { 0 };
	struct grid grid = section_grid(section, detail, seconds, 0);
	const size_t all = grid.nr;

	if (all) {
		grid_cut(&grid, SECTION_ROWS);
		printf("\n%s\n", section->title);
		if (section->table == TABLE_MEMORY)
			grid_print_list(&grid, false, stdout);
		else
			grid_print(&grid, &text, true, stdout);
		if (all > grid.nr)
			printf("  and %zu more, see --json\n", all - grid.nr);
	}
	grid_free(&grid);
	return all;
}

static void print_sections(const struct detail *detail, double seconds)
{
	bool any = false;

	for (size_t i = 0; i < TABLE_NR; i++)
		any |= print_section(&sections[i], detail, seconds) &&
		       sections[i].table < TABLE_MODULE_NR;
	if (!any)
		puts("\nReasons, devices and vCPUs are in debugfs, which could not be read, or was "
		     "not recorded; 'kvmstat doctor' says why.");
}

static json_t *page_json(const struct session *session, const struct window_guest *guest,
			 const struct verdict *verdict, const struct detail *detail)
{
	struct grid grid = guests_grid(NULL);
	json_t *page = json_object(), *rows;

	guests_add_total(&grid, &session->window, guest, &session->last.at);
	guests_judge(&grid, verdict);
	rows = grid_json(&grid, NULL);
	json_object_set(page, "guest", json_array_get(rows, 0));
	json_decref(rows);
	grid_free(&grid);
	json_object_set_new(page, "seconds",
			    guest->seconds > 0 ? json_real(guest->seconds) : json_null());
	json_object_set_new(page, "manager", json_string(thread_manager(guest->now)));
	json_object_set_new(page, "verdict", verdict_json(verdict));
	for (size_t i = 0; i < TABLE_NR; i++) {
		if (!guest->now || !guest->now->detail.table[sections[i].table].known)
			continue;
		json_object_set_new(page, detail_form[sections[i].table].name,
				    section_json(&sections[i], detail, guest->seconds));
	}
	return page;
}

/* Drops the rows of a table whose number @at is not @number. */
static void keep_rows(struct detail *detail, enum table table, size_t at, uint64_t number)
{
	struct rows *rows = &detail->table[table];
	const size_t size = detail_form[table].size;
	size_t kept = 0;

	for (size_t i = 0; i < rows->nr; i++) {
		const char *row = (const char *)rows->row + i * size;

		if (*(const uint64_t *)(row + at) == number)
			memmove((char *)rows->row + kept++ * size, row, size);
	}
	rows->nr = kept;
}

/* Shows a vCPU, whose reasons were read in place of the guest's. */
static enum status show_vcpu(const struct session *session, const struct window_guest *guest,
			     bool json)
{
	static const enum table tables[] = { TABLE_VCPUS, TABLE_REASONS, TABLE_THREADS };
	const uint64_t number = *session->request->vcpu;
	const struct vcpu *vcpu;
	struct detail detail;
	json_t *page;

	window_detail(guest, &detail);
	keep_rows(&detail, TABLE_VCPUS, offsetof(struct vcpu, vcpu), number);
	vcpu = detail.table[TABLE_VCPUS].row;
	if (!detail.table[TABLE_VCPUS].nr || !detail.table[TABLE_REASONS].known) {
		if (detail.table[TABLE_REASONS].known)
			fprintf(stderr, "kvmstat: %s has no vCPU %" PRIu64 " that has run\n",
				guest->name, number);
		else
			fprintf(stderr, "kvmstat: the reasons by vCPU cannot be read from debugfs; "
					"'kvmstat doctor' says why\n");
		detail_free(&detail);
		return STATUS_NO_DATA;
	}
	keep_rows(&detail, TABLE_THREADS, offsetof(struct thread, tid), vcpu->tid);
	if (json) {
		page = json_pack("{s:s, s:o, s:o, s:o}", "name", guest->name, "pid",
				 jsonl_number(guest->key.pid), "id", jsonl_number(guest->key.id),
				 "seconds",
				 guest->seconds > 0 ? json_real(guest->seconds) : json_null());
		for (size_t i = 0; i < sizeof(tables) / sizeof(*tables); i++)
			json_object_set_new(page, detail_form[tables[i]].name,
					    section_json(section_of(tables[i]), &detail,
							 guest->seconds));
		output_json(page, stdout);
	} else {
		print_head(session, guest);
		for (size_t i = 0; i < sizeof(tables) / sizeof(*tables); i++)
			print_section(section_of(tables[i]), &detail, guest->seconds);
	}
	detail_free(&detail);
	return STATUS_OK;
}

static void show_guest(const struct session *session, const struct window_guest *guest,
		       const struct thresholds *thresholds, json_t *pages)
{
	const uint32_t has = session->window.has;
	struct verdict verdict;
	struct detail detail;

	window_detail(guest, &detail);
	verdict_judge(&verdict, guest, has, thresholds);
	if (pages) {
		json_array_append_new(pages, page_json(session, guest, &verdict, &detail));
	} else {
		print_head(session, guest);
		print_verdict(&verdict);
		print_times(guest, has, &verdict.evidence);
		print_counts(guest, has);
		print_sections(&detail, guest->seconds);
	}
	detail_free(&detail);
}

void show_pages(const struct session *session, const struct thresholds *thresholds, json_t *pages)
{
	const struct window *window = &session->window;

	for (size_t i = 0; i < window->nr; i++)
		if (window->guest[i]->chosen)
			show_guest(session, window->guest[i], thresholds, pages);
}

void show_json(json_t *pages)
{
	output_json(json_array_size(pages) == 1 ? json_incref(json_array_get(pages, 0)) :
						  json_incref(pages),
		    stdout);
	json_decref(pages);
}

/* Without a choice there must be one guest. */
static enum status check_one(const struct session *session)
{
	const struct choice *choice = &session->request->choice;
	const size_t nr = session->window.nr;

	if (choice->guest || choice->pid || nr == 1)
		return STATUS_OK;
	fprintf(stderr,
		nr ? "kvmstat: GUEST is missing, as there are %zu guests; 'kvmstat list' "
		     "lists them\n" :
		     "kvmstat: there is no guest\n",
		nr);
	return nr ? STATUS_BAD : STATUS_NO_DATA;
}

enum status run_show(const struct options *options)
{
	json_t *pages = options->look.format == FORMAT_JSON ? json_array() : NULL;
	struct thresholds thresholds;
	struct session session;
	enum status status = thresholds_load(&thresholds, options->config) ?:
				     options_refuse(options->request.vcpu && options->request.file,
						    "--vcpu",
						    "with -f, which has no reasons by vCPU");

	if (status)
		return status;
	status = session_observe(&session, &options->request, DEPTH_PAGES, 0, true);
	if (!status)
		status = check_one(&session);
	if (!status && options->request.vcpu) {
		status = show_vcpu(&session, window_chosen(&session.window), pages != NULL);
	} else if (!status) {
		show_pages(&session, &thresholds, pages);
		if (pages)
			show_json(json_incref(pages));
	}
	json_decref(pages);
	session_close(&session);
	return status;
}
