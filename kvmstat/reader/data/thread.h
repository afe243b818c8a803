/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The threads that work for a guest: those of its process, and those that the kernel runs for
 * it; their cgroups, and who manages these.
 */
#ifndef THREAD_H
#define THREAD_H

#include "data/about.h"

/* Who manages a guest: its settings are changed there. */
enum manager {
	MANAGER_NONE,
	MANAGER_LIBVIRT,
	MANAGER_PROXMOX,
	MANAGER_KUBERNETES,
	MANAGER_SYSTEMD
};

/* The threads of the kernel that work for guests. */
struct kthreads {
	struct kthread {
		uint64_t tid, owner; /* owner: a thread that the kernel's thread is named after */
		const char *role;
	} * kthread;
	size_t nr;
};

/* Finds the threads of the kernel that work for guests, below @root. The caller frees them. */
void thread_find_kernels(const char *root, struct kthreads *kthreads);

void thread_free_kernels(struct kthreads *kthreads);

/*
 * Fills in TABLE_THREADS and TABLE_CGROUPS of a guest, and TABLE_MISSING with what could not be
 * read. TABLE_VCPUS tells its vCPUs. A thread that ends in the meantime is left out.
 */
void thread_take(const char *root, uint64_t pid, const struct kthreads *kthreads,
		 struct detail *detail);

/*
 * Returns the cgroup whose quota leaves a thread the least: its own, or one above. Returns NULL if
 * there is no quota.
 */
const struct cgroup *thread_quota(const struct detail *detail, const struct thread *thread);

/* Returns whether a thread serves devices of the guest: vhost, an I/O thread, io_uring. */
bool thread_is_server(const struct thread *thread);

/*
 * Finds when a thread began, in clock ticks since the boot, which tells it from a later one with
 * the same tid. Returns false if there is no such thread.
 */
bool thread_start(const char *root, uint64_t tid, uint64_t *start);

/* Returns whether this is a thread of the kernel. */
bool thread_is_kernels(const char *root, uint64_t tid);

/* Returns the number in the role of a vCPU's thread, "vCPU 12", or NULL if the role is another. */
const char *thread_vcpu(const char *role);

/* Returns who manages what runs in this cgroup. */
enum manager thread_manager_in(const char *cgroup);

/* The kernel's struct sched_attr, in its first size. */
struct thread_attributes {
	uint32_t size, policy;
	uint64_t flags;
	int32_t nice;
	uint32_t priority;
	uint64_t runtime, deadline, period;
};

/* Reads those of a thread. Returns false with errno. */
bool thread_attributes(uint64_t tid, struct thread_attributes *attributes);

/*
 * Returns who manages a guest, by the cgroup of its process: "libvirt", "systemd", ..., "none" or
 * "unknown".
 */
const char *thread_manager(const struct about *about);

#endif
