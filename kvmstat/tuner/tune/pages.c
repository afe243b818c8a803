// SPDX-License-Identifier: GPL-2.0
/*
 * kvmtune pages puts the memory of a guest into huge pages.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "data/memory.h"
#include "data/tree.h"
#include "text/number.h"
#include "text/output.h"
#include "tune/work.h"

#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE 25
#endif

#define HUGE_PAGE (UINT64_C(2) << 20)
/* A page that the guest or the host is using right now is soon free for it. */
#define TRIES 5

struct collapse {
	int pid; /* a pidfd */
	bool any; /* the kernel knows how, even if it left some memory as it is */
	int error; /* the last one */
	uint64_t left; /* bytes that could have been huge, but for the next error */
	int left_by;
	bool stopped, interrupted;
};

/* Memory of the guest is large, and can be written; hugetlbfs has huge pages already. */
static bool is_memory(const char *line, uint64_t *from, uint64_t *to)
{
	char rights[5], path[64] = "";

	return sscanf(line, "%" SCNx64 "-%" SCNx64 " %4s %*s %*s %*s %63s", from, to, rights,
		      path) >= 3 &&
	       rights[0] == 'r' && rights[1] == 'w' && strncmp(path, "[stack", 6) != 0 &&
	       strncmp(path, "/dev/hugepages", 14) != 0 && strncmp(path, "/anon_hugepage", 14) != 0;
}

static bool is_interrupted(void)
{
	const struct timespec now = { 0 };
	sigset_t signals;

	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	return sigtimedwait(&signals, NULL, &now) > 0;
}

/* Returns 0 or an error. One huge page at a time, as the kernel ends a call at the first that it cannot make. */
static int collapse_one(const struct collapse *collapse, uint64_t from)
{
	const struct iovec range = { (void *)(uintptr_t)from, HUGE_PAGE };
	int error = EAGAIN;

	for (int tries = 0; tries < TRIES && error == EAGAIN; tries++)
		error = syscall(SYS_process_madvise, collapse->pid, &range, 1, MADV_COLLAPSE, 0) <
					0 ?
				errno :
				0;
	return error;
}

static void collapse(struct collapse *collapse, uint64_t from, uint64_t to)
{
	from = (from + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE;
	to = to / HUGE_PAGE * HUGE_PAGE;
	for (; from < to && !collapse->stopped; from += HUGE_PAGE) {
		const int error = collapse_one(collapse, from);

		collapse->error = error;
		/* What was not touched, and what cannot be huge, is EINVAL. */
		collapse->any = collapse->any || error != EINVAL;
		if (error && error != EINVAL) {
			collapse->left += HUGE_PAGE;
			collapse->left_by = error;
		}
		collapse->interrupted = is_interrupted();
		/* It has ended, or this is not allowed or not known; or there are no huge pages. */
		collapse->stopped = error == ESRCH || error == EPERM || error == ENOSYS ||
				    error == ENOMEM || collapse->interrupted;
	}
}

static enum status fail(const struct work *work, int error)
{
	fprintf(stderr, "%s: %s: pages: %s%s\n", status_program, work->target.guest,
		error == EINVAL || error == ENOSYS ?
			"this kernel has no MADV_COLLAPSE for other processes (Linux 6.1 has)" :
			strerror(error),
		error == EPERM ? "; kvmtune needs CAP_SYS_NICE and CAP_SYS_PTRACE, so try sudo" :
				 "");
	return STATUS_NO_DATA;
}

static uint64_t huge_bytes(const struct work *work)
{
	char *text = tree_read(NULL, "/proc/%" PRIu64 "/smaps_rollup", work->target.pid);
	uint64_t anonymous = 0, shared = 0;

	tree_number(text, "AnonHugePages", &anonymous);
	tree_number(text, "ShmemPmdMapped", &shared);
	free(text);
	return (anonymous + shared) << 10;
}

static enum status walk(struct work *work, struct collapse *result)
{
	char *maps = tree_read(NULL, "/proc/%" PRIu64 "/maps", work->target.pid), *state;
	uint64_t from, to;

	result->pid = syscall(SYS_pidfd_open, (pid_t)work->target.pid, 0);
	if (!maps || result->pid < 0) {
		free(maps);
		return fail(work, errno);
	}
	for (char *line = strtok_r(maps, "\n", &state); line; line = strtok_r(NULL, "\n", &state))
		if (is_memory(line, &from, &to))
			collapse(result, from, to);
	close(result->pid);
	free(maps);
	if (result->error == ESRCH || result->error == EPERM || result->error == ENOSYS ||
	    (result->error && !result->any))
		return fail(work, result->error);
	return STATUS_OK;
}

/* There is no way back, so the journal only says that it was done. */
static enum status note(const struct orders *orders)
{
	struct journal journal;
	const struct action *action;
	enum status status = journal_open(&journal, orders->request.root, true);

	if (status)
		return status;
	status = change_recover(&journal);
	action = status ? NULL : journal_begin(&journal, orders->words, true);
	if (!action || !journal_complete(&journal, action->nr))
		status = STATUS_NO_DATA;
	journal_close(&journal);
	return status;
}

enum status run_pages(const struct orders *orders)
{
	char before[32], after[32], left[32];
	struct collapse result = { 0 };
	struct work work = { 0 };
	enum status status = work_begin(&work, orders) ?: work_find(&work);
	const struct subject guest = { .pid = work.target.pid,
				       .pid_start = work.target.start,
				       .file = "" };

	if (!status && orders->shell) {
		puts("# no other command does what kvmtune pages does");
	} else if (!status && !subject_is_there(&guest)) {
		status = fail(&work, ESRCH);
	} else if (!status) {
		session_catch_signals(0);
		number_bytes(before, sizeof(before), huge_bytes(&work));
		status = note(orders) ?: walk(&work, &result);
		number_bytes(after, sizeof(after), huge_bytes(&work));
		if (!status)
			printf("%s: %s of its memory were in huge pages, %s are now\n",
			       work.target.guest, before, after);
		if (!status && result.stopped) {
			fprintf(stderr, "%s: %s: pages: %s; the rest of its memory is as it was\n",
				status_program, work.target.guest,
				result.interrupted ? "it was interrupted" :
						     "the host has no free huge page left");
			status = STATUS_NO_DATA;
		} else if (!status && result.left) {
			number_bytes(left, sizeof(left), result.left);
			fprintf(stderr, "%s: %s: %s could not be: %s\n", status_program,
				work.target.guest, left, strerror(result.left_by));
		}
	}
	work_end(&work);
	return status;
}
