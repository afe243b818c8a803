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

/* Adds the three busiest reasons and spots, in words. */
static void add_busiest(struct page *page, const struct detail *since)
{
	const struct reason *reasons = since->table[TABLE_REASONS].row, *r;
	const struct spot *spots = since->table[TABLE_HOT].row, *s;
	char share[32], mean[32];
	uint64_t below = UINT64_MAX, all = 0;

	detail_for_each(r, since, TABLE_REASONS)
		all += r->exits;
	for (int n = 0; n < 3; n++) {
		const struct reason *most = NULL;

		for (r = reasons; r && r < reasons + since->table[TABLE_REASONS].nr; r++)
			if (r->exits && r->exits < below && (!most || r->exits > most->exits))
				most = r;
		if (!most)
			break;
		below = most->exits;
		share_percent(share, sizeof(share), most->exits, all, 1);
		number_time(mean, sizeof(mean), (most->kernel_ns + most->user_ns) / most->exits);
		page_add(page, STYLE_PLAIN, 2, "  %5s%% of exits: %s, %s each%s", share,
			 most->reason, mean,
			 most->to_user * 2 > most->exits ? ", handled by the VMM" : "");
	}
	below = UINT64_MAX;
	for (int n = 0; n < 3; n++) {
		const struct spot *most = NULL;

		for (s = spots; s && s < spots + since->table[TABLE_HOT].nr; s++)
			if (s->count && s->count < below && (!most || s->count > most->count))
				most = s;
		if (!most)
			break;
		below = most->count;
		page_add(page, STYLE_PLAIN, 2, "  %s %s 0x%" PRIx64 ", %" PRIu64 " times: %s",
			 most->kind, most->direction, most->address, most->count,
			 device_find(since->isa, most->kind, most->address).name);
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

	screen_text(y, 1, 8, STYLE_BOLD, "EXITS/s");
	screen_sparkline(y, 9, COLS - 10, subject->history);
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
	page_draw(page, y + 2, height - 2);
}

void overview_close(struct overview *overview)
{
	about_put(overview->judged.about);
	page_clear(&overview->page);
}
