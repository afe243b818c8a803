// SPDX-License-Identifier: GPL-2.0
/*
 * Judges the guest again and again, and words what its tables have.
 */
#include "screen/overview.h"

#include <inttypes.h>

#include "data/nsec.h"
#include "data/session.h"
#include "data/share.h"
#include "screen/screen.h"
#include "text/number.h"
#include "verdict/device.h"

static uint64_t number_at(const char *row, size_t offset)
{
	return *(const uint64_t *)(row + offset);
}

/*
 * Returns the row that comes after @last (NULL: the first one) by the number at @offset, which is
 * not 0. Rows with the same number are in the order of the table. Returns NULL after the last one.
 */
static const void *next_busiest(const struct rows *rows, size_t size, size_t offset,
				const void *last)
{
	const char *row = rows->row, *most = NULL;

	for (size_t i = 0; i < rows->nr; i++, row += size) {
		const uint64_t number = number_at(row, offset);

		if (last && (number > number_at(last, offset) ||
			     (number == number_at(last, offset) && row <= (const char *)last)))
			continue;
		if (number > (most ? number_at(most, offset) : 0))
			most = row;
	}
	return most;
}

/* Adds the three busiest reasons and spots, in words. */
static void add_busiest(struct page *page, const struct detail *since)
{
	const struct reason *reason = NULL, *r;
	const struct spot *spot = NULL;
	char share[32], mean[32];
	uint64_t all = 0;

	detail_for_each(r, since, TABLE_REASONS)
		all += r->exits;
	for (int n = 0; n < 3; n++) {
		reason = next_busiest(&since->table[TABLE_REASONS], sizeof(*reason),
				      offsetof(struct reason, exits), reason);
		if (!reason)
			break;
		share_percent(share, sizeof(share), reason->exits, all, 1);
		number_time(mean, sizeof(mean),
			    (reason->kernel_ns + reason->user_ns) / reason->exits);
		page_add(page, STYLE_PLAIN, 2, "  %5s%% of exits: %s, %s each%s", share,
			 reason->reason, mean,
			 reason->to_user * 2 > reason->exits ? ", handled by the VMM" : "");
	}
	for (int n = 0; n < 3; n++) {
		spot = next_busiest(&since->table[TABLE_HOT], sizeof(*spot),
				    offsetof(struct spot, count), spot);
		if (!spot)
			break;
		page_add(page, STYLE_PLAIN, 2, "  %s %s 0x%" PRIx64 ", %" PRIu64 " times: %s",
			 spot->kind, spot->direction, spot->address, spot->count,
			 device_find(since->isa, spot->kind, spot->address).name);
	}
}

static void add_figures(struct page *page, const struct subject *subject)
{
	static const struct {
		enum column column;
		const char *name;
	} figures[] = {
		{ COL_io_num, "port I/O" },	     { COL_mmio_num, "MMIO" },
		{ COL_fault_num, "page faults" },    { COL_interrupt_num, "interrupts" },
		{ COL_halt_num, "halts" },	     { COL_injected_num, "injected" },
		{ COL_exception_num, "exceptions" }, { COL_nested_num, "nested" },
	};
	const struct history *history = subject->history;
	char line[256] = "", number[32];
	size_t len = 0;

	for (size_t i = 0; i < sizeof(figures) / sizeof(*figures) && history->seconds > 0; i++) {
		if (!(subject->has & COL_BIT(figures[i].column)))
			continue;
		number_rate(number, sizeof(number),
			    history->diff.v[figures[i].column] / history->seconds, 7);
		len += snprintf(line + len, sizeof(line) - len, "%s%s %s/s", len ? ", " : "",
				figures[i].name, number);
	}
	if (len)
		page_add(page, STYLE_PLAIN, 2, "Now: %s", line);
}

void overview_draw(struct overview *overview, const struct subject *subject, int y, int height)
{
	const struct about *about = subject->guest->now;
	struct page *page = &overview->page;
	const struct verdict *verdict = subject->verdict;
	struct detail since;

	if (height > 3) {
		screen_text(y, 1, 8, STYLE_BOLD, "EXITS/s");
		screen_sparkline(y, 9, COLS - 10, subject->history);
		y += 2;
		height -= 2;
	}
	if (!verdict)
		verdict = judged_follow(&overview->judged, subject->guest, subject->has,
					subject->thresholds);
	window_detail(subject->guest, &since);
	page_clear(page);
	page_add(page, STYLE_BOLD, 2, "%s%s%s", verdict_word(verdict->bound),
		 verdict->rule[0] ? ": " : "", verdict->rule);
	if (verdict->why[0])
		page_add(page, STYLE_PLAIN, 2, "%s", verdict->why);
	if (verdict->advice[0])
		page_add(page, STYLE_PLAIN, 2, "What would help: %s", verdict->advice);
	if (verdict->blind[0])
		page_add(page, STYLE_DIM, 2, "Not seen from here: %s", verdict->blind);
	page_add(page, STYLE_PLAIN, 0, "%s", "");
	add_figures(page, subject);
	add_busiest(page, &since);
	page_add(page, STYLE_PLAIN, 0, "%s", "");
	if (!subject->history->has_ready)
		page_add(page, STYLE_DIM, 2,
			 "Ready is not known: it needs debugfs and the initial pid namespace.");
	if (about && about->cgroup[0])
		page_add(page, STYLE_PLAIN, 2, "cgroup %s", about->cgroup);
	detail_free(&since);
	page_draw(page, y, height);
}

void overview_close(struct overview *overview)
{
	about_put(overview->judged.about);
	page_clear(&overview->page);
}
