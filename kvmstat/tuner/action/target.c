// SPDX-License-Identifier: GPL-2.0
/*
 * Knows guests by their cgroups and threads.
 */
#define _GNU_SOURCE
#include "action/target.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "action/owner.h"
#include "data/memory.h"
#include "data/place.h"
#include "data/tree.h"

/* Roles as the user writes them, and how the roles of threads begin. */
static const struct {
	const char *name, *role[4];
} roles[] = {
	{ "vcpu", { "vCPU " } },    { "emulator", { "main", "worker", "io_uring", "migration" } },
	{ "main", { "main" } },	    { "worker", { "worker" } },
	{ "io", { "I/O thread" } }, { "vhost", { "vhost" } },
};
#define ROLES_NR (sizeof(roles) / sizeof(*roles))

static bool is_digits(const char *text)
{
	return *text && !text[strspn(text, "0123456789")];
}

static bool is_numbered(const char *role)
{
	return !strncmp(role, "vcpu", 4) && is_digits(role + 4);
}

bool target_is_role(const char *role)
{
	for (size_t i = 0; i < ROLES_NR; i++)
		if (!strcmp(role, roles[i].name))
			return true;
	return is_numbered(role);
}

bool target_means(const char *role, const struct thread *thread)
{
	if (!role)
		return strcmp(thread->role, "nx-recovery") != 0;
	if (is_numbered(role)) {
		const char *number = thread_vcpu(thread->role);

		return number && !strcmp(number, role + 4);
	}
	for (size_t i = 0; i < ROLES_NR; i++)
		for (size_t j = 0; j < 4 && roles[i].role[j] && !strcmp(role, roles[i].name); j++)
			if (!strncmp(thread->role, roles[i].role[j], strlen(roles[i].role[j])))
				return true;
	return false;
}

static bool ends(const char *text, size_t len, const char *with)
{
	const size_t end = strlen(with);

	return len > end && !memcmp(text + len - end, with, end);
}

/*
 * Returns the length of the path up to its unit of the host's systemd, or 0. Above it are only
 * slices; below it are cgroups of others, as of a user's own systemd or of a container's.
 */
static size_t find_unit(const char *path)
{
	for (const char *part = path; *part;) {
		const size_t len = strcspn(++part, "/");

		if (ends(part, len, ".scope") || ends(part, len, ".service"))
			return part + len - path;
		if (!ends(part, len, ".slice"))
			return 0;
		part += len;
	}
	return 0;
}

/* A process can call itself as a domain; libvirt's file has the process that it started. */
static bool is_domain(const struct target *target, const char *name)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
				    "_.-";
	char *pid;
	bool is;

	/* virsh takes a number for a domain's id. */
	if (!*name || *name == '-' || *name == '.' || name[strspn(name, plain)] || is_digits(name))
		return false;
	pid = tree_read(NULL, "%s/run/libvirt/qemu/%s.pid", target->root, name);
	is = pid && strtoull(pid, NULL, 10) == target->pid;
	free(pid);
	return is;
}

static void find_owner(struct target *target)
{
	char *lines = tree_read(NULL, "%s/proc/%" PRIu64 "/cgroup", target->root, target->pid);
	struct place place;
	size_t unit;

	target->owner = MANAGER_NONE;
	if (place_find(&place, target->root, lines, "cpu")) {
		unit = find_unit(place.path);
		target->owner = thread_manager_in(place.path);
		if (target->owner == MANAGER_SYSTEMD || target->owner == MANAGER_PROXMOX) {
			const char *name = unit ? memrchr(place.path, '/', unit) : NULL;

			if (name)
				snprintf(target->unit, NAME_SIZE, "%.*s",
					 (int)(place.path + unit - name - 1), name + 1);
			else
				target->owner = MANAGER_NONE;
		}
		target->path = xstrdup(place.path);
		target->cgroup = xasprintf("%s%s", place.mount, place.path);
		if (place.version == 2)
			target->unit_cgroup = xasprintf("%s%.*s", place.mount,
							(int)(unit ?: strlen(place.path)),
							place.path);
		place_free(&place);
	}
	free(lines);
	if (target->owner == MANAGER_LIBVIRT && is_domain(target, target->guest))
		strcpy(target->unit, target->guest);
}

bool target_of(struct target *target, const struct session *session,
	       const struct window_guest *guest, char why[TARGET_WHY])
{
	const struct thread *thread;

	*target = (struct target){ .pid = guest->key.pid, .root = session->request->root };
	snprintf(target->guest, sizeof(target->guest), "%s", guest->name);
	if (window_guest_is_others(guest) || !guest->now || guest->ended ||
	    !guest->now->detail.table[TABLE_THREADS].known) {
		snprintf(why, TARGET_WHY, "its threads are not known here; see 'kvmstat threads'");
		return false;
	}
	target->detail = &guest->now->detail;
	detail_for_each(thread, target->detail, TABLE_THREADS)
		if (thread->tid == target->pid)
			target->start = thread->start;
	find_owner(target);
	if (target->owner == MANAGER_KUBERNETES)
		snprintf(why, TARGET_WHY,
			 "Kubernetes owns it, and the kubelet undoes other changes; change its "
			 "pod");
	else if (target->owner == MANAGER_LIBVIRT && !*target->unit)
		snprintf(why, TARGET_WHY,
			 "its cgroup is libvirt's, but libvirt has no domain of this name and "
			 "process that virsh could change");
	else
		return true;
	target_close(target);
	return false;
}

/* Returns the guest that the choice means, or NULL. */
static const struct window_guest *find(struct session *session, const char *guest)
{
	const struct choice choice = { .guest = guest };

	for (size_t i = 0; i < session->window.nr; i++)
		if (choice_means(&choice, &session->window.guest[i]->key,
				 session->window.guest[i]->name))
			return session->window.guest[i];
	return NULL;
}

enum status target_find(struct target *target, struct session *session, const char *spec,
			const char **role, bool say)
{
	FILE *err = say ? stderr : fopen("/dev/null", "we");
	const char *dot = strrchr(spec, '.');
	char *guest = xstrdup(spec);
	char why[TARGET_WHY], shown[NAME_SHOWN_SIZE];
	const struct window_guest *found;
	struct choice choice;
	enum status status;

	*target = (struct target){ 0 };
	*role = NULL;
	/* A name can have dots, too. */
	if (!find(session, spec) && dot && target_is_role(dot + 1)) {
		guest[dot - spec] = '\0';
		*role = dot + 1;
	}
	choice.guest = guest;
	choice.pid = 0;
	for (size_t i = 0; i < session->window.nr; i++) {
		struct window_guest *each = session->window.guest[i];

		each->chosen = choice_means(&choice, &each->key, each->name);
	}
	session->window.choice = &choice;
	status = window_check(&session->window, true, err ?: stderr);
	session->window.choice = &session->request->choice;
	found = status ? NULL : find(session, guest);
	if (found && !target_of(target, session, found, why)) {
		name_show(shown, found->name, NAME_SIZE);
		fprintf(err ?: stderr, "%s: %s: %s\n", status_program, shown, why);
		status = STATUS_NO_DATA;
	}
	if (!say && err)
		fclose(err);
	free(guest);
	return status;
}

struct subject target_thread(const struct target *target, const struct thread *thread)
{
	return (struct subject){
		.pid = target->pid,
		.pid_start = target->start,
		.tid = thread->tid,
		.tid_start = thread->start,
		.guest = target->guest,
		.role = thread->role,
		.thread = thread->name,
		.file = "",
		.owner = target->owner,
		.unit = target->unit,
	};
}

/*
 * Returns whether no process but the guest's is in the cgroup or below it. Threads of the kernel are
 * there on behalf of such a process (before Linux 6.4 vhost, and KVM's recovery of huge pages).
 */
static bool has_only(const struct target *target, const char *cgroup)
{
	char *pids = tree_read(NULL, "%s/cgroup.procs", cgroup);
	bool only = true;
	DIR *dir;

	for (char *at = pids, *end; at && *at && only; at = end + strspn(end, "\n")) {
		const uint64_t pid = strtoull(at, &end, 10);

		only = end > at && (pid == target->pid || thread_is_kernels(target->root, pid));
		if (end == at)
			break;
	}
	free(pids);
	dir = only ? opendir(cgroup) : NULL;
	for (const struct dirent *entry; only && dir && (entry = readdir(dir));) {
		char *below;

		if (entry->d_type != DT_DIR || entry->d_name[0] == '.')
			continue;
		below = xasprintf("%s/%s", cgroup, entry->d_name);
		only = has_only(target, below);
		free(below);
	}
	if (dir)
		closedir(dir);
	return only;
}

bool target_is_alone(const struct target *target)
{
	/* In the root, nice counts among all that are there. */
	return target->path && strcmp(target->path, "/") != 0 && has_only(target, target->cgroup);
}

/* sched(7): without a CPU cgroup, a session is a group of its own if this is on. */
bool target_has_autogroup(const struct target *target)
{
	char *on = tree_read(NULL, "%s/proc/sys/kernel/sched_autogroup_enabled", target->root);
	const bool has = on && *on == '1' && (!target->path || !strcmp(target->path, "/"));

	free(on);
	return has;
}

bool target_weight(const struct target *target, struct subject *subject, char why[TARGET_WHY])
{
	char *text, *file;

	*subject = (struct subject){
		.pid = target->pid,
		.pid_start = target->start,
		.guest = target->guest,
		.role = "",
		.thread = "",
		.owner = target->owner,
		.unit = target->unit,
	};
	if (!target->unit_cgroup) {
		snprintf(why, TARGET_WHY,
			 "its CPU controller is that of cgroup v1, which has no weight");
		return false;
	}
	file = xasprintf("%s/cpu.weight", target->unit_cgroup);
	text = tree_read(NULL, "%s", file);
	subject->file = file;
	if (!text && !owner_has_weight(subject))
		snprintf(why, TARGET_WHY,
			 "its cgroup %s has no weight; the CPU controller is off there",
			 target->path);
	else if (!has_only(target, target->unit_cgroup))
		snprintf(why, TARGET_WHY,
			 "its cgroup has other processes, too, whose weight would change as well");
	else
		why[0] = '\0';
	free(text);
	if (*why) {
		free(file);
		subject->file = "";
	}
	return !*why;
}

void target_close(struct target *target)
{
	free(target->cgroup);
	free(target->path);
	free(target->unit_cgroup);
	*target = (struct target){ 0 };
}
