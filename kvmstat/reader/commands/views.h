/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The commands, each in the file of its name. They say what goes wrong themselves.
 */
#ifndef VIEWS_H
#define VIEWS_H

#include "commands/options.h"

enum status run_watch(const struct options *options);
enum status run_list(const struct options *options);
enum status run_show(const struct options *options);
enum status run_top(const struct options *options);
enum status run_classify(const struct options *options);
enum status run_record(const struct options *options);
enum status run_report(const struct options *options);
enum status run_export(const struct options *options);
enum status run_doctor(const struct options *options);

#endif
