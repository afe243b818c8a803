/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Classes of exit reasons. Includes nothing, as a test of the classes includes it.
 */
#ifndef KVMSTAT_CLASS_H
#define KVMSTAT_CLASS_H

/** enum kvmstat_class - the kinds of exits that have a column or a histogram of their own */
enum kvmstat_class {
	KVMSTAT_CLASS_IO,
	KVMSTAT_CLASS_MSR,
	KVMSTAT_KEYED_CLASSES, /* the exits above have a port or an MSR */
	KVMSTAT_CLASS_OTHER = KVMSTAT_KEYED_CLASSES,
	KVMSTAT_CLASS_FAULT, /* a page fault that the host handles: memory, or a device's */
	KVMSTAT_CLASS_INTERRUPT,
	KVMSTAT_CLASS_EXCEPTION,
	KVMSTAT_TIMED_CLASSES, /* the classes above have histograms */
	KVMSTAT_CLASS_HALT = KVMSTAT_TIMED_CLASSES,
	KVMSTAT_NR_CLASSES,
};

#endif
