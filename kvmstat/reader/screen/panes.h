/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The panes show one guest on the live screen, each with one kind of figures.
 */
#ifndef PANES_H
#define PANES_H

#include "screen/overview.h"
#include "screen/page.h"
#include "screen/screen.h"
#include "screen/sheet.h"
#include "screen/subject.h"

enum pane {
	PANE_OVERVIEW,
	PANE_REASONS,
	PANE_VMM,
	PANE_HOT,
	PANE_VCPUS,
	PANE_CPUS,
	PANE_HISTOGRAMS,
	PANE_THREADS,
	PANE_MEMORY,
	PANE_IO,
	PANE_NR
};

extern const char *const pane_name[PANE_NR];

struct panes {
	struct overview overview;
	struct page memory;
	struct sheet sheet[PANE_NR]; /* of the other panes */
};

void panes_open(struct panes *panes);

/* Draws a pane from line @y, @height lines. */
void panes_draw(struct panes *panes, enum pane pane, const struct subject *subject, int y,
		int height);

/* Does what @key asks for in a pane, or returns false if the pane does not know the key. */
bool panes_key(struct panes *panes, enum pane pane, int key);

/* Says in line @y what could not be read. */
void panes_missing(const struct detail *detail, int y);

void panes_close(struct panes *panes);

/*
 * Splits the time of a guest's vCPUs for bars. The other times include @ready_ns, so it is
 * subtracted from them, from the kernel's first.
 */
void panes_split(const struct counts *diff, uint64_t ready_ns, uint64_t times[TIME_NR]);

#endif
