/* SPDX-License-Identifier: GPL-2.0 */
/*
 * x86: the class of each exit reason. tests/host/reasons.sh includes this file and holds it
 * against every reason that a kernel names.
 */
#ifndef KVMSTAT_REASON_H
#define KVMSTAT_REASON_H

#include <asm/svm.h>
#include <asm/vmx.h>

#include "class.h"

/* What older kernels do not name: Idle HLT is of 6.15, the immediate forms are of 6.18. */
#ifndef SVM_EXIT_IDLE_HLT
#define SVM_EXIT_IDLE_HLT 0x0a6
#endif
#ifndef EXIT_REASON_MSR_READ_IMM
#define EXIT_REASON_MSR_READ_IMM 84
#define EXIT_REASON_MSR_WRITE_IMM 85
#endif

static inline enum kvmstat_class kvmstat_reason_class_vmx(unsigned int code)
{
	switch (code) {
	case EXIT_REASON_EXCEPTION_NMI:
		return KVMSTAT_CLASS_EXCEPTION;
	case EXIT_REASON_EXTERNAL_INTERRUPT:
		return KVMSTAT_CLASS_INTERRUPT;
	case EXIT_REASON_HLT:
		return KVMSTAT_CLASS_HALT;
	case EXIT_REASON_IO_INSTRUCTION:
		return KVMSTAT_CLASS_IO;
	case EXIT_REASON_EPT_VIOLATION:
	case EXIT_REASON_EPT_MISCONFIG:
		return KVMSTAT_CLASS_FAULT;
	case EXIT_REASON_MSR_READ:
	case EXIT_REASON_MSR_WRITE:
	case EXIT_REASON_MSR_READ_IMM:
	case EXIT_REASON_MSR_WRITE_IMM:
		return KVMSTAT_CLASS_MSR;
	default:
		return KVMSTAT_CLASS_OTHER;
	}
}

static inline enum kvmstat_class kvmstat_reason_class_svm(unsigned int code)
{
	switch (code) {
	case SVM_EXIT_EXCP_BASE ... SVM_EXIT_LAST_EXCP:
		return KVMSTAT_CLASS_EXCEPTION;
	case SVM_EXIT_INTR:
		return KVMSTAT_CLASS_INTERRUPT;
	case SVM_EXIT_HLT:
	case SVM_EXIT_IDLE_HLT:
		return KVMSTAT_CLASS_HALT;
	case SVM_EXIT_IOIO:
		return KVMSTAT_CLASS_IO;
	case SVM_EXIT_NPF:
		return KVMSTAT_CLASS_FAULT;
	case SVM_EXIT_MSR:
		return KVMSTAT_CLASS_MSR;
	default:
		return KVMSTAT_CLASS_OTHER;
	}
}

#endif
