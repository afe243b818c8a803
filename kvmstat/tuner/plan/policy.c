// SPDX-License-Identifier: GPL-2.0
/*
 * Reads the policy from a file.
 */
#include "plan/policy.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "action/cpus.h"
#include "data/config.h"
#include "data/memory.h"

#define CONFIG_FILE "/etc/kvmtune.conf"
#define GUEST_SECTION "guest "
#define SECTION_MAX 49

static int set_common(struct config *config, struct policy *policy, const char *name,
		      const char *value)
{
	struct cpus cpus;

	if (!strcmp(name, "policy")) {
		policy->thesis = !strcmp(value, "thesis");
		if (policy->thesis || !strcmp(value, "weights"))
			return 1;
		return config_wrong(config, "the policy is weights or thesis: '%.40s'", value);
	}
	if (strcmp(name, "host_cpus") != 0)
		return config_wrong(config, "there is no setting '%.40s'", name);
	if (!cpus_parse(&cpus, value))
		return config_wrong(config, "CPUs are a list like 0-3,8: '%.40s'", value);
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

static int set_one(struct config *config, void *data, const char *section, const char *name,
		   const char *value)
{
	struct policy *policy = data;
	struct policy_guest *guest;

	if (!strcmp(section, "kvmtune"))
		return set_common(config, policy, name, value);
	if (strncmp(section, GUEST_SECTION, strlen(GUEST_SECTION)) != 0)
		return config_wrong(config, "there is no section [%.40s]", section);
	/* inih cuts a longer one. */
	if (strlen(section) >= SECTION_MAX)
		return config_wrong(config, "the name is too long: '%.40s'", section);
	guest = guest_of(policy, section + strlen(GUEST_SECTION));
	if (!strcmp(name, "leave")) {
		guest->leave = !strcmp(value, "yes");
		if (guest->leave || !strcmp(value, "no"))
			return 1;
		return config_wrong(config, "leave is yes or no: '%.40s'", value);
	}
	if (strcmp(name, "tier") != 0)
		return config_wrong(config, "there is no setting '%.40s'", name);
	if (strspn(value, "1234") != 1 || value[1])
		return config_wrong(config, "a tier is 1, 2, 3 or 4: '%.40s'", value);
	guest->tier = *value - '0';
	return 1;
}

enum status policy_load(struct policy *policy, const char *path)
{
	*policy = (struct policy){ 0 };
	return config_load(path, CONFIG_FILE, set_one, policy);
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
