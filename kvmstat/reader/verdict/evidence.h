/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a verdict is made of: shares that mean the same on a fast and on a slow host.
 */
#ifndef EVIDENCE_H
#define EVIDENCE_H

#include "data/window.h"
#include "verdict/device.h"

/* Shares are 0 where nothing is known. */
struct evidence {
	bool timed; /* times are known */
	bool detailed; /* reasons are known */
	uint64_t exits; /* no halts */
	double seconds, busy; /* of all vCPUs */
	double halted, polled, ready; /* of all time */
	double guest, kernel, user; /* of busy time */
	double io_time, memory_time; /* of busy time; estimates, see evidence.c */
	double io_exits, mmio_exits, memory_exits, spin_exits, user_exits; /* of exits */
	/* Ports and device memory but timers and interrupt controllers: of exits, per halt. */
	double device_exits, device_waits;
	double spin_rate; /* PAUSE exits per busy second */
	uint64_t touched[DEVICE_NR_CLASSES]; /* ports and device memory, how often seen */
};

/*
 * Computes the evidence of what @guest did in a window that has the columns @has;
 * @detail is its window_detail().
 */
void evidence_of(struct evidence *e, const struct window_guest *guest, const struct detail *detail,
		 uint32_t has);

#endif
