/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The policy by which guests are tuned, which the operator writes in a file.
 */
#ifndef POLICY_H
#define POLICY_H

#include <stdbool.h>
#include <stddef.h>

#include "data/status.h"

struct policy {
	bool thesis; /* guests have the tiers of the thesis, else weights */
	char *host_cpus; /* CPUs that are kept for the host; NULL: one in eight */
	struct policy_guest {
		char *glob; /* of names */
		bool leave; /* it is not tuned */
		unsigned int tier; /* of the thesis, 1 to 4; 0: none */
	} * guest;
	size_t nr;
};

/*
 * Reads the file at @path. If @path is NULL, the file is /etc/kvmtune.conf, which need not exist.
 * Returns STATUS_OK, or says what is wrong. policy_free() frees @policy in both cases.
 */
enum status policy_load(struct policy *policy, const char *path);

/* Returns what the first section that means the guest of this name says, or NULL. */
const struct policy_guest *policy_find(const struct policy *policy, const char *name);

void policy_free(struct policy *policy);

#endif
