/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The work of a command that changes something: the wishes, whether they are safe, making them, and
 * saying so.
 */
#ifndef WORK_H
#define WORK_H

#include "action/safety.h"
#include "plan/guard.h"
#include "plan/policy.h"
#include "tune/orders.h"

struct work {
	const struct orders *orders;
	struct policy policy;
	struct session session;
	struct safety safety;
	struct target target; /* without a guest: nothing */
	const char *role; /* NULL: all threads */
	struct wish *wish; /* the values are owned */
	size_t nr;
};

/*
 * Begins work. Returns STATUS_OK, or says what is wrong. The caller ends the work in both cases.
 */
enum status work_begin(struct work *work, const struct orders *orders);

/* Finds the guest that the first argument means. Returns STATUS_OK, or says what is wrong. */
enum status work_find(struct work *work);

/* Adds a wish. */
void work_wish(struct work *work, const struct subject *subject, enum setting setting,
	       const char *value);

/*
 * Checks all wishes, and makes all of them or none, or prints the shell's commands, as the orders
 * say. Says what was done.
 */
enum status work_do(struct work *work);

/* Puts an action back, completes it, and says so. */
enum status work_put_back(const struct orders *orders, uint64_t action);

/* Says why the guard fired, if it did, and returns the status that has. */
enum status work_guarded(const struct guard *guard);

void work_end(struct work *work);

#endif
