/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Sets of CPUs, as lists like "0-3,8" name them.
 */
#ifndef CPUS_H
#define CPUS_H

#include <stdbool.h>
#include <stddef.h>

/* More than any kernel has. */
#define CPUS_MAX 8192

struct cpus {
	unsigned long word[CPUS_MAX / (8 * sizeof(long))];
};

/* Parses a list. Returns false if it is none, is empty, or names a CPU past CPUS_MAX. */
bool cpus_parse(struct cpus *cpus, const char *list);

/* Returns the list, as the kernel writes it, as a new string. */
char *cpus_text(const struct cpus *cpus);

bool cpus_has(const struct cpus *cpus, size_t cpu);
void cpus_add(struct cpus *cpus, size_t cpu);
/* Adds all CPUs of @more. */
void cpus_join(struct cpus *cpus, const struct cpus *more);
size_t cpus_count(const struct cpus *cpus);

/* Returns the first CPU from @from on, or CPUS_MAX if there is none. */
size_t cpus_next(const struct cpus *cpus, size_t from);

/* Puts into @rest the CPUs of @cpus that @without does not have. Returns whether there are any. */
bool cpus_minus(struct cpus *rest, const struct cpus *cpus, const struct cpus *without);

/* Puts into @both the CPUs that both have. Returns whether there are any. */
bool cpus_common(struct cpus *both, const struct cpus *a, const struct cpus *b);

#endif
