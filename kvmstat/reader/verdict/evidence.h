/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The evidence for a verdict: shares, which mean the same on a fast and on a slow host.
 */
#ifndef EVIDENCE_H
#define EVIDENCE_H

#include "data/window.h"
#include "verdict/device.h"

/* What is not known is 0. */
struct evidence {
	bool timed; /* times are known */
	bool detailed; /* reasons are known */
	uint64_t exits; /* without halts */
	double seconds, busy; /* of all vCPUs; busy is neither halted nor ready */
	double halted, polled, ready; /* shares of all time */
	double guest, kernel, user; /* shares of busy time */
	double io_time, memory_time; /* shares of busy time, estimated; see evidence.c */
	double io_exits, mmio_exits, memory_exits, spin_exits, user_exits; /* shares of exits */
	/*
	 * Accesses to ports and device memory, without timers and interrupt controllers, as a
	 * share of exits and for each halt.
	 */
	double device_exits, device_waits;
	double spin_rate; /* PAUSE exits per busy second */
	/* How often the hot spots of each class of devices were seen. */
	uint64_t touched[DEVICE_NR_CLASSES];
};

/*
 * Computes the evidence of what @guest did in a window that has the columns @has. @detail
 * is the guest's window_detail().
 */
void evidence_of(struct evidence *e, const struct window_guest *guest, const struct detail *detail,
		 uint32_t has);

#endif
