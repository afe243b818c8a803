/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Times are in nanoseconds, as the kernel's.
 */
#ifndef NSEC_H
#define NSEC_H

#include <stdint.h>

#define NSEC_PER_SEC INT64_C(1000000000)

#endif
