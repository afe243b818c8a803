// SPDX-License-Identifier: GPL-2.0
/*
 * Reads the policy from an INI file with inih.
 */
#include "plan/policy.h"

#include <errno.h>
#include <fnmatch.h>
#include <ini.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "action/cpus.h"
#include "data/memory.h"
#include "data/name.h"

#define CONFIG_FILE "/etc/kvmtune.conf"
#define GUEST_SECTION "guest "
#define SECTION_MAX 49

struct loading {
	struct policy *policy;
	FILE *file;
	int line; /* that was read last */
	int wrong_line; /* the first one that we found wrong, or 0 */
	char wrong[160]; /* what is wrong there */
};

/* Stop at the first fault. */
static char *next_line(char *line, int size, void *data)
{
	struct loading *loading = data;

	loading->line++;
	return loading->wrong_line ? NULL : fgets(line, size, loading->file);
}

__attribute__((format(printf, 2, 3))) static int wrong(struct loading *loading, const char *format,
						       ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(loading->wrong, sizeof(loading->wrong), format, args);
	va_end(args);
	loading->wrong_line = loading->line;
	return 0;
}

static int set_common(struct loading *loading, const char *name, const char *value)
{
	struct policy *policy = loading->policy;
	struct cpus cpus;

	if (!strcmp(name, "policy")) {
		policy->thesis = !strcmp(value, "thesis");
		if (policy->thesis || !strcmp(value, "weights"))
			return 1;
		return wrong(loading, "the policy is weights or thesis: '%.40s'", value);
	}
	if (strcmp(name, "host_cpus") != 0)
		return wrong(loading, "there is no setting '%.40s'", name);
	if (!cpus_parse(&cpus, value))
		return wrong(loading, "CPUs are a list like 0-3,8: '%.40s'", value);
	free(policy->host_cpus);
	policy->host_cpus = xstrdup(value);
	return 1;
}

static struct policy_guest *guest_of(struct policy *policy, const char *glob)
{
	struct policy_guest *last = policy->nr ? &policy->guest[policy->nr - 1] : NULL;

	if (last && !strcmp(last->glob, glob))
		return last;
	policy->guest = xreallocarray(policy->guest, policy->nr + 1, sizeof(*policy->guest));
	last = &policy->guest[policy->nr++];
	*last = (struct policy_guest){ .glob = xstrdup(glob) };
	return last;
}

static int set_one(void *data, const char *section, const char *name, const char *value)
{
	struct loading *loading = data;
	struct policy_guest *guest;

	if (!strcmp(section, "kvmtune"))
		return set_common(loading, name, value);
	if (strncmp(section, GUEST_SECTION, strlen(GUEST_SECTION)) != 0)
		return wrong(loading, "there is no section [%.40s]", section);
	/* inih cuts a longer one. */
	if (strlen(section) >= SECTION_MAX)
		return wrong(loading, "the name is too long: '%.40s'", section);
	guest = guest_of(loading->policy, section + strlen(GUEST_SECTION));
	if (!strcmp(name, "leave")) {
		guest->leave = !strcmp(value, "yes");
		if (guest->leave || !strcmp(value, "no"))
			return 1;
		return wrong(loading, "leave is yes or no: '%.40s'", value);
	}
	if (strcmp(name, "tier") != 0)
		return wrong(loading, "there is no setting '%.40s'", name);
	if (strspn(value, "1234") != 1 || value[1])
		return wrong(loading, "a tier is 1, 2, 3 or 4: '%.40s'", value);
	guest->tier = *value - '0';
	return 1;
}

enum status policy_load(struct policy *policy, const char *path)
{
	struct loading loading = { .policy = policy };
	const char *file = path ?: CONFIG_FILE;
	char clean[NAME_SIZE];
	int line = 0, error = 0;

	*policy = (struct policy){ 0 };
	loading.file = fopen(file, "re");
	if (!loading.file) {
		if (!path && errno == ENOENT)
			return STATUS_OK;
		error = errno;
	} else {
		line = ini_parse_stream(next_line, &loading, set_one, &loading);
		error = ferror(loading.file) ? errno : 0;
		fclose(loading.file);
	}
	if (error) {
		fprintf(stderr, "%s: cannot read %s: %s\n", status_program, file, strerror(error));
		return STATUS_NO_DATA;
	}
	if (!line)
		return STATUS_OK;
	name_clean(clean, line == loading.wrong_line ? loading.wrong : "not 'name = value'", true);
	fprintf(stderr, "%s: %s: line %d: %s\n", status_program, file, line, clean);
	return STATUS_BAD;
}

const struct policy_guest *policy_find(const struct policy *policy, const char *name)
{
	for (size_t i = 0; i < policy->nr; i++)
		if (!fnmatch(policy->guest[i].glob, name, 0))
			return &policy->guest[i];
	return NULL;
}

void policy_free(struct policy *policy)
{
	for (size_t i = 0; i < policy->nr; i++)
		free(policy->guest[i].glob);
	free(policy->guest);
	free(policy->host_cpus);
	*policy = (struct policy){ 0 };
}
