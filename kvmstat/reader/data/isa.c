// SPDX-License-Identifier: GPL-2.0
/*
 * Reads the architecture's name.
 */
#include "data/isa.h"

#include <string.h>

enum isa isa_of(const char *text)
{
	if (!strncmp(text, "arm64", 5))
		return ISA_ARM64;
	return strncmp(text, "riscv64", 7) ? ISA_X86 : ISA_RISCV64;
}
