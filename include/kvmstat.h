/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * What the module and the command must agree on: the version, the names of the files
 * and their columns. Included by both, so it includes nothing itself.
 */
#ifndef KVMSTAT_H
#define KVMSTAT_H

#define KVMSTAT_VERSION "0.1.0"

/* Raised when a column changes its meaning; a new column does not raise it. */
#define KVMSTAT_ABI 1

#define KVMSTAT_PROC_NAME "kvminfo"

/*
 * The columns of /proc/kvminfo, X(name, what it is), in their order. The first
 * seven are always there; others are only ever added at the end.
 */
#define KVMSTAT_COLUMNS(X)                                                         \
	X(no, "number of the line")                                                \
	X(pid, "process id of the VMM, 0 if it has ended or for VMs past the cap") \
	X(io_num, "exits for port I/O")                                            \
	X(exception_num, "exits for an exception (or NMI on VT-x)")                \
	X(kvm_vm_switch_num, "exits whose handling has not ended in userspace")    \
	X(kvm_qemu_switch_num, "exits whose handling ended in userspace")          \
	X(exits, "exits: the sum of the two switches")                             \
	X(noexit_return_num, "returns to userspace with no exit since the last")   \
	X(mmio_num, "exits in which the guest touched device memory")              \
	X(interrupt_num, "exits for an interrupt of the host")                     \
	X(halt_num, "exits because the guest halted")                              \
	X(vcpus, "virtual CPUs seen")                                              \
	X(id, "number of the VM, never reused while the module is loaded")         \
	X(guest_ns, "time in guest mode, of all vCPUs")                            \
	X(kernel_ns, "time in the kernel, waiting for a CPU included")             \
	X(user_ns, "time in userspace, from one KVM_RUN to the next")              \
	X(halted_ns, "time halted, polled and blocked")                            \
	X(polled_ns, "of halted_ns, the host's CPU kept busy by polling")          \
	X(fault_num, "exits for a page fault that the host handles (EPT, NPT)")    \
	X(fault_mmio_num, "of fault_num, exits that were for a device's memory")   \
	X(injected_num, "interrupts given to the guest, broken deliveries too")    \
	X(nested_num, "of exits, those taken from a nested guest")

/*
 * /sys/kernel/debug/kvmstat/: what /proc/kvminfo has no room for. Files are 0400 and
 * cannot be mapped, so they stay readable under integrity lockdown.
 *
 *   info                 the module itself, a "key: value" a line
 *   retired              the last VMs that ended, in /proc/kvminfo's columns, and comm
 *   <id>/vm              one VM, a "key: value" a line. Its directory stays as long as the
 *                        VM is in retired. The directory 0 is for the VMs past the cap,
 *                        together; it has no hot, no vcpus and no vcpu_reasons
 *   <id>/reasons         exits by reason: how many, and what they cost
 *   <id>/userspace       returns to userspace. exit: by KVM_EXIT_*; errno: returns with an
 *                        error; noexit: returns of both kinds with no exit since the last
 *   <id>/histograms      exits by handling time, by class of reasons, in the kernel and
 *                        through userspace, halts left out: a column counts the exits below
 *                        so many nanoseconds and not below the column before
 *   <id>/hot             the busiest ports, device addresses, MSRs and hypercalls; the true
 *                        count lies between count and at_most; ns is the time, in the
 *                        kernel and in userspace, of the exits that touched it
 *   <id>/vcpus           by vCPU: exits, times, the thread that first ran it (in the initial
 *                        pid namespace; it may be gone), where it is
 *   <id>/vcpu_reasons    the columns of reasons, by vCPU
 *   <id>/cpus            by CPU of the host
 *   host/reasons, host/userspace, host/histograms
 *                        of all VMs since load
 *
 * A first line names the columns: find them by name. New columns come before a name, which
 * is last, as the kernel's spelling of some has blanks; new keys come at the end. A reason
 * without a name in the kernel is shown by its number. Times are in nanoseconds. The times
 * of reasons are of exits whose handling is over; a guest that was paused has the pause in
 * the time of its last exit before.
 */
#define KVMSTAT_DEBUGFS_DIR "kvmstat"
#define KVMSTAT_REASONS_COLUMNS "code exits to_user kernel_ns user_ns longest_ns reason"
#define KVMSTAT_USERSPACE_COLUMNS "kind returns name"
#define KVMSTAT_HISTOGRAMS_COLUMNS "class through" /* then the bounds, the last is inf */
#define KVMSTAT_HOT_COLUMNS "kind direction address count at_most ns"
#define KVMSTAT_VCPUS_COLUMNS \
	"vcpu exits to_user guest_ns kernel_ns user_ns polled_ns blocked_ns tid mode"
#define KVMSTAT_VCPU_REASONS_COLUMNS "vcpu " KVMSTAT_REASONS_COLUMNS
#define KVMSTAT_CPUS_COLUMNS "cpu exits to_user io_num mmio_num halt_num guest_ns"

#endif
