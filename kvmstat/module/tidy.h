/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What is done when VMs have come or gone.
 */
#ifndef KVMSTAT_TIDY_H
#define KVMSTAT_TIDY_H

void kvmstat_tidy_queue(void);
void kvmstat_tidy_stop(void);

#endif
