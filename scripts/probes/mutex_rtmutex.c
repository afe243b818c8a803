// SPDX-License-Identifier: GPL-2.0
/*
 * Upstream bb630f9f7a7d ("locking/rtmutex: Add mutex variant for RT", v5.15). In the real-time
 * patches before, the same member of struct mutex was "lock".
 */
#include <linux/mutex.h>

const void *probe(const struct mutex *mutex);
const void *probe(const struct mutex *mutex)
{
	return &mutex->rtmutex.owner;
}
