/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The target of an action: a guest, its owner, and those of its threads that are meant.
 */
#ifndef TARGET_H
#define TARGET_H

#include "action/subject.h"
#include "data/session.h"

struct target {
	char guest[NAME_SIZE]; /* clean */
	uint64_t pid, start; /* of its process */
	const struct detail *detail; /* has its threads; valid as long as the session */
	const char *root;
	enum manager owner;
	char *cgroup; /* of its main thread and the CPU controller, in the file system; or NULL */
	char *path; /* the same in the hierarchy */
	char unit[NAME_SIZE]; /* how the owner calls it; "" without an owner */
	char *unit_cgroup; /* that has the weight; NULL without cgroup v2 */
};

/*
 * Finds the guest that @spec means, GUEST or GUEST.ROLE, in an open session. @role gets ROLE, or NULL.
 * If @say, says what is wrong if there is no such guest, or several, or it cannot be changed.
 */
enum status target_find(struct target *target, struct session *session, const char *spec,
			const char **role, bool say);

#define TARGET_WHY 256

/*
 * Fills in @target with a guest of the session's window. Returns false and says in @why that it
 * cannot be changed.
 */
bool target_of(struct target *target, const struct session *session,
	       const struct window_guest *guest, char why[TARGET_WHY]);

/* Returns whether there is such a role. */
bool target_is_role(const char *role);

/* Returns whether a thread has this role; NULL: any but what the kernel does beside the guest. */
bool target_means(const char *role, const struct thread *thread);

/* The subject that is a thread of the target. It uses the texts of both. */
struct subject target_thread(const struct target *target, const struct thread *thread);

/*
 * The subject that is the weight of the target. Returns false and says in @why that there is none
 * which would change this guest only.
 */
bool target_weight(const struct target *target, struct subject *subject, char why[TARGET_WHY]);

/* Returns whether nice values count within the session of the guest's process only. */
bool target_has_autogroup(const struct target *target);

/*
 * Returns whether the threads of the guest share a CPU cgroup with no other process, so that nice
 * counts among them only.
 */
bool target_is_alone(const struct target *target);

void target_close(struct target *target);

#endif
