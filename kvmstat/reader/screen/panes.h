/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the live screen shows of one guest: a pane for each kind of figures.
 */
#ifndef PANES_H
#define PANES_H

#include <regex.h>

#include "data/history.h"
#include "screen/page.h"
#include "screen/screen.h"
#include "screen/sheet.h"
#include "verdict/thresholds.h"

enum pane {
	PANE_OVERVIEW,
	PANE_REASONS,
	PANE_VMM,
	PANE_HOT,
	PANE_VCPUS,
	PANE_CPUS,
	PANE_HISTOGRAMS,
	PANE_NR
};

extern const char *const pane_name[PANE_NR];

/* The guest that is looked at. */
struct subject {
	const struct window_guest *guest; /* totals are its window's */
	const struct history *history; /* rates are its last interval's */
	uint32_t has; /* columns that are known */
	const struct thresholds *thresholds;
	const regex_t *filter; /* only rows that match; NULL: all */
};

struct panes {
	struct page overview;
	struct sheet sheet[PANE_NR]; /* of all others */
};

void panes_open(struct panes *panes);

/* Draws one from line @y, @height lines. */
void panes_draw(struct panes *panes, enum pane pane, const struct subject *subject, int y,
		int height);

/* Does what the key asks for in a pane; false if it is none of its keys. */
bool panes_key(struct panes *panes, enum pane pane, int key);

void panes_close(struct panes *panes);

/*
 * Splits the time of a guest's vCPUs for bars. What they waited for a CPU, @ready_ns,
 * is part of the others, of the kernel's first.
 */
void panes_split(const struct counts *diff, uint64_t ready_ns, uint64_t times[TIME_NR]);

#endif
