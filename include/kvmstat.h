/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * What the module and the command must agree on: the version, the name of the
 * file and its columns. Included by both, so it includes nothing itself.
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
#define KVMSTAT_COLUMNS(X)                                                       \
	X(no, "number of the line")                                              \
	X(pid, "process id of the VMM, 0: VMs past the cap, counted together")   \
	X(io_num, "exits for port I/O")                                          \
	X(exception_num, "exits for an exception (or NMI on VT-x)")              \
	X(kvm_vm_switch_num, "exits whose handling has not ended in userspace")  \
	X(kvm_qemu_switch_num, "exits whose handling ended in userspace")        \
	X(exits, "exits: the sum of the two switches")                           \
	X(noexit_return_num, "returns to userspace with no exit since the last") \
	X(mmio_num, "exits in which the guest touched device memory")            \
	X(interrupt_num, "exits for an interrupt of the host")                   \
	X(halt_num, "exits because the guest halted")                            \
	X(vcpus, "virtual CPUs seen")                                            \
	X(id, "number of the VM, never reused while the module is loaded")       \
	X(guest_ns, "time in guest mode, of all vCPUs")                          \
	X(kernel_ns, "time in the kernel, waiting for a CPU included")           \
	X(user_ns, "time in userspace, from one KVM_RUN to the next")            \
	X(halted_ns, "time halted, polled and blocked")                          \
	X(polled_ns, "of this, the host's CPU kept busy by polling")             \
	X(fault_num, "exits for a page fault that the host handles (EPT, NPT)")  \
	X(fault_mmio_num, "of this, those that were a device's memory")          \
	X(injected_num, "interrupts given to the guest")                         \
	X(nested_num, "of the exits, those taken from a nested guest")

#endif
