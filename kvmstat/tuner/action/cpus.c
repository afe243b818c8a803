// SPDX-License-Identifier: GPL-2.0
/*
 * Sets of CPUs are bits.
 */
#include "action/cpus.h"

#include <stdlib.h>
#include <string.h>

#include "data/memory.h"

#define WORD_BITS (8 * sizeof(long))

bool cpus_has(const struct cpus *cpus, size_t cpu)
{
	return cpus->word[cpu / WORD_BITS] >> cpu % WORD_BITS & 1;
}

void cpus_add(struct cpus *cpus, size_t cpu)
{
	cpus->word[cpu / WORD_BITS] |= 1UL << cpu % WORD_BITS;
}

/* Digits only; strtoul() alone would take a sign or blanks. */
static bool parse_cpu(const char **at, unsigned long *cpu)
{
	char *end;

	if (**at < '0' || **at > '9')
		return false;
	*cpu = strtoul(*at, &end, 10);
	*at = end;
	return *cpu < CPUS_MAX;
}

bool cpus_parse(struct cpus *cpus, const char *list)
{
	unsigned long first, last;

	*cpus = (struct cpus){ 0 };
	for (;; list++) {
		if (!parse_cpu(&list, &first))
			return false;
		last = first;
		if (*list == '-') {
			list++;
			if (!parse_cpu(&list, &last) || last < first)
				return false;
		}
		for (; first <= last; first++)
			cpus_add(cpus, first);
		if (!*list || (*list == '\n' && !list[1]))
			return true;
		if (*list != ',')
			return false;
	}
}

size_t cpus_next(const struct cpus *cpus, size_t from)
{
	while (from < CPUS_MAX && !cpus_has(cpus, from))
		from++;
	return from;
}

char *cpus_text(const struct cpus *cpus)
{
	char *text = xstrdup("");

	for (size_t first = cpus_next(cpus, 0), last; first < CPUS_MAX;
	     first = cpus_next(cpus, last + 1)) {
		char *longer;

		for (last = first; last + 1 < CPUS_MAX && cpus_has(cpus, last + 1); last++)
			;
		longer = first == last ?
				 xasprintf("%s%s%zu", text, *text ? "," : "", first) :
				 xasprintf("%s%s%zu-%zu", text, *text ? "," : "", first, last);
		free(text);
		text = longer;
	}
	return text;
}

size_t cpus_count(const struct cpus *cpus)
{
	size_t count = 0;

	for (size_t cpu = cpus_next(cpus, 0); cpu < CPUS_MAX; cpu = cpus_next(cpus, cpu + 1))
		count++;
	return count;
}

void cpus_join(struct cpus *cpus, const struct cpus *more)
{
	for (size_t i = 0; i < CPUS_MAX / WORD_BITS; i++)
		cpus->word[i] |= more->word[i];
}

bool cpus_minus(struct cpus *rest, const struct cpus *cpus, const struct cpus *without)
{
	struct cpus result;

	for (size_t i = 0; i < CPUS_MAX / WORD_BITS; i++)
		result.word[i] = cpus->word[i] & ~without->word[i];
	*rest = result;
	return cpus_next(rest, 0) < CPUS_MAX;
}

bool cpus_common(struct cpus *both, const struct cpus *a, const struct cpus *b)
{
	struct cpus rest;

	cpus_minus(&rest, a, b);
	return cpus_minus(both, a, &rest);
}
