/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The tables of devices, one for each architecture and kind. Ranges are sorted by their
 * first address. A range within another one follows it; other ranges do not overlap.
 */
#ifndef DEVICE_TABLES_H
#define DEVICE_TABLES_H

#include "verdict/device.h"

#define RANGE(first, last, class, name)      \
	{                                    \
		first, last,                 \
		{                            \
			name, DEVICE_##class \
		}                            \
	}
#define AT(address, class, name) RANGE(address, address, class, name)

struct device_table {
	const char *kind; /* as in the hot file; NULL at the end */
	const struct device_range *ranges;
	size_t n;
};

#define DEVICE_TABLE(kind, ranges)                                  \
	{                                                           \
		kind, ranges, sizeof(ranges) / sizeof((ranges)[0]), \
	}

extern const struct device_table device_x86[], device_arm64[], device_riscv64[];

#endif
