// SPDX-License-Identifier: GPL-2.0
/*
 * The beginning of messages.
 */
#include "data/status.h"

const char *status_program = "kvmstat";
