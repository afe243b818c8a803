/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The architecture that guests run on: where their devices are depends on it.
 */
#ifndef ISA_H
#define ISA_H

enum isa { ISA_X86, ISA_ARM64, ISA_RISCV64 };

/* Returns what the isa line of the info file means. Any other text means x86. */
enum isa isa_of(const char *text);

#endif
