// SPDX-License-Identifier: GPL-2.0
/*
 * Draws the table: once with totals, or block by block with rates.
 */
#include "view_table.h"

#include <inttypes.h>

#include "number.h"
#include "share.h"
#include "verdict.h"

#define NAME_WIDTH 17
#define CELL_SIZE 32
#define HEADER_EVERY 20

/* The head of a line: name and pid. */
static void print_guest(FILE *out, const struct window_guest *guest)
{
	char shown[NAME_SHOWN_SIZE];
	int used = name_show(shown, guest->name, NAME_WIDTH);

	fprintf(out, "%s%*s", shown, NAME_WIDTH - used, "");
	if (window_guest_is_others(guest))
		fprintf(out, " %7s", "-");
	else
		fprintf(out, " %7" PRIu64, guest->key.pid);
}

/* A count, or "-" when the file has no such column. */
static void print_count(FILE *out, const struct counts *counts, enum column column, uint32_t has,
			int width)
{
	char cell[CELL_SIZE] = "-";

	if (has & COL_BIT(column))
		number_count(cell, sizeof(cell), counts->v[column], width);
	fprintf(out, " %*s", width, cell);
}

static void print_rate(FILE *out, const struct delta_row *row, enum column column,
		       const struct delta *delta, int width)
{
	char cell[CELL_SIZE] = "-";

	if (delta->has & COL_BIT(column))
		number_rate(cell, sizeof(cell), row->diff.v[column] / delta->seconds, width);
	fprintf(out, " %*s", width, cell);
}

static void print_share(FILE *out, const struct counts *counts, enum column column, uint32_t has,
			unsigned int digits, int width)
{
	char cell[CELL_SIZE] = "-";

	if (has & COL_BIT(column))
		share_percent(cell, sizeof(cell), counts->v[column], share_total(counts), digits);
	fprintf(out, " %*s", width, cell);
}

void view_table_totals(FILE *out, const struct window *window)
{
	size_t shown = 0;

	fprintf(out, "%-*s %7s %5s %12s %11s %10s %5s %5s\n", NAME_WIDTH, "NAME", "PID", "VCPUS",
		"EXITS", "TO-VMM", "IN-KERNEL%", "IO%", "MMIO%");
	for (size_t i = 0; i < window->nr; i++) {
		const struct window_guest *guest = window->guest[i];
		const struct counts *sum = &guest->sum;

		if (!guest->chosen)
			continue;
		print_guest(out, guest);
		print_count(out, &guest->last, COL_vcpus, window->has, 5);
		print_count(out, sum, COL_exits, window->has, 12);
		print_count(out, sum, COL_kvm_qemu_switch_num, window->has, 11);
		print_share(out, sum, COL_kvm_vm_switch_num, window->has, 2, 10);
		print_share(out, sum, COL_io_num, window->has, 1, 5);
		print_share(out, sum, COL_mmio_num, window->has, 1, 5);
		fputc('\n', out);
		shown++;
	}
	if (!shown)
		fputs("(no guests)\n", out);
}

/* To be called before each line, so that the header is never the last one. */
static void next_line(struct view_table *table, FILE *out)
{
	if (table->lines % HEADER_EVERY == 0)
		fprintf(out, "%-*s %7s %5s %7s %8s %6s %6s %10s %5s\n", NAME_WIDTH, "NAME", "PID",
			"VCPUS", "EXITS/s", "TO-VMM/s", "IO/s", "MMIO/s", "IN-KERNEL%", "IO%");
	table->lines++;
}

static void print_event(struct view_table *table, FILE *out, const struct window_guest *guest,
			const char *event)
{
	next_line(table, out);
	print_guest(out, guest);
	fprintf(out, " %s\n", event);
}

void view_table_rates(struct view_table *table, FILE *out, const struct window *window,
		      const struct delta *delta)
{
	size_t shown = 0;

	for (size_t i = 0; i < delta->nr; i++) {
		const struct delta_row *row = &delta->row[i];
		const struct window_guest *guest = window_find(window, &row->key);

		if (!guest || !guest->chosen)
			continue;
		shown++;
		if (row->state == DELTA_ENDED) {
			print_event(table, out, guest, "ended");
			continue;
		}
		if (row->state == DELTA_NEW)
			print_event(table, out, guest, "new");
		if (row->state == DELTA_RESTARTED)
			print_event(table, out, guest, "counters restarted: counted from zero");
		next_line(table, out);
		print_guest(out, guest);
		print_count(out, &row->last, COL_vcpus, delta->has, 5);
		print_rate(out, row, COL_exits, delta, 7);
		print_rate(out, row, COL_kvm_qemu_switch_num, delta, 8);
		print_rate(out, row, COL_io_num, delta, 6);
		print_rate(out, row, COL_mmio_num, delta, 6);
		print_share(out, &row->diff, COL_kvm_vm_switch_num, delta->has, 2, 10);
		print_share(out, &row->diff, COL_io_num, delta->has, 1, 5);
		fputc('\n', out);
	}
	if (!shown) {
		next_line(table, out);
		fputs("(no guests)\n", out);
	}
}

static void print_reading(FILE *out, const struct window_guest *guest, uint32_t has)
{
	char shown[NAME_SHOWN_SIZE], text[VERDICT_TEXT_SIZE];

	name_show(shown, guest->name, NAME_SIZE);
	if (window_guest_is_others(guest)) {
		fprintf(out,
			"%s: %" PRIu64 " exits of all VMs past the module's cap: too mixed "
			"for a reading; load the module with a higher max_vms\n",
			shown, share_total(&guest->sum));
		return;
	}
	verdict_explain(text, &guest->sum, has);
	fprintf(out, "%s (pid %" PRIu64 "%s%s): %s: %s\n", shown, guest->key.pid,
		guest->ended ? ", ended" : "", guest->restarted ? ", restarted" : "",
		verdict_word(verdict_of(&guest->sum)), text);
}

void view_table_reading(FILE *out, const struct window *window, const char *since)
{
	bool blind = false;
	size_t shown = 0;

	for (size_t i = 0; i < window->nr; i++) {
		const struct window_guest *guest = window->guest[i];

		if (!guest->chosen)
			continue;
		if (!shown++)
			fprintf(out, "\nReading of %s:\n", since);
		print_reading(out, guest, window->has);
		blind |= !window_guest_is_others(guest) &&
			 verdict_of(&guest->sum) == VERDICT_NOT_IO_BOUND;
	}
	if (blind)
		fprintf(out, "%s\n", verdict_blind_spot);
	if (window->missed)
		fprintf(out, "%zu more guests came than the %d that can be followed\n",
			window->missed, WINDOW_MAX_GUESTS);
}
