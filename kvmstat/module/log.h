/* SPDX-License-Identifier: GPL-2.0 */
/* Included before every file: the form of the module's messages. */
#define pr_fmt(fmt) "kvmstat: " fmt
