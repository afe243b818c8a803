/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Reading what another thread may be writing at this moment.
 */
#ifndef KVMSTAT_RACY_H
#define KVMSTAT_RACY_H

#include <linux/compiler.h>

/**
 * kvmstat_racy_read - read a counter whose one writer may be at it, or a hint whose lock is not held
 * @variable: at most 64 bits, aligned, so that it is never seen half written
 *
 * The writer's `+=` is a plain one, as WRITE_ONCE() costs the fast paths instructions. So KCSAN, to
 * which data_race() hides the reader, still reports a second writer.
 */
#define kvmstat_racy_read(variable) data_race(READ_ONCE(variable))

#endif
