// SPDX-License-Identifier: GPL-2.0
/*
 * Upstream 128ea9f6ccfb ("workqueue: Add system_percpu_wq and system_dfl_wq", v6.17, later
 * backported to 6.12.y). The unbound workqueue got a new name.
 */
#include <linux/workqueue.h>

struct workqueue_struct *probe(void);
struct workqueue_struct *probe(void)
{
	return system_dfl_wq;
}
