/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Advice for a guest: what helps, as a command where its VMM or its manager has one, and never
 * what the guest has already.
 */
#ifndef ADVICE_H
#define ADVICE_H

#include "data/thread.h"
#include "verdict/evidence.h"
#include "verdict/thresholds.h"

/* Room for all that is said of a guest. */
#define VERDICT_TEXT_SIZE 2048

struct advice {
	char *text; /* VERDICT_TEXT_SIZE */
	const struct window_guest *guest;
	const struct detail *detail;
	const struct evidence *e;
	const struct thresholds *t;
	enum manager manager;
	const char *vmm; /* the kind, "" if it is not known */
	bool pinning; /* how to pin was advised */
	/* As a shell takes them; a word in capitals stands for what is not known. */
	char name[NAME_SIZE];
	char unit[NAME_SIZE]; /* of systemd, that has the quota or else the guest */
	char vmid[NAME_SIZE]; /* of Proxmox */
};

/* Begins advice that is added to @text. */
void advice_begin(struct advice *advice, char *text, const struct window_guest *guest,
		  const struct detail *detail, const struct evidence *e,
		  const struct thresholds *t);

/* Appends to a text of VERDICT_TEXT_SIZE, behind "; " unless it is empty. */
__attribute__((format(printf, 2, 3))) void advice_add(char *text, const char *format, ...);

/* What helps a guest that is so. */
void advise_io(struct advice *advice);
void advise_memory(struct advice *advice);
void advise_spin(struct advice *advice);
void advise_exits(struct advice *advice);
void advise_cpu(struct advice *advice);
void advise_paused(struct advice *advice);
void advise_starved(struct advice *advice);
void advise_quota(struct advice *advice);
void advise_ready(struct advice *advice);
void advise_vcpu(struct advice *advice); /* one vCPU of several is starved */
void advise_polling(struct advice *advice);

#endif
