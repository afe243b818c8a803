/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Has trace-cmd record the exits of some threads, and reads what it recorded.
 */
#ifndef TRACER_H
#define TRACER_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "data/isa.h"
#include "data/status.h"

struct tracer_order {
	const char *filter; /* of ftrace, for the event kvm_exit */
	const char *path; /* trace-cmd's file, which is replaced */
	uint64_t bytes; /* about the most that the file holds, the latest exits */
	double seconds;
};

/*
 * Records in a tracing instance of its own, for order->seconds or until a signal of
 * session_catch_signals(SIGCHLD). Nothing of the recording is left on, whoever is killed: kvmstat's
 * end is trace-cmd's, and after trace-cmd's end kvmstat removes what is left. If both are killed at
 * once, the next call does. Says what goes wrong.
 */
enum status tracer_record(const struct tracer_order *order);

struct traced_exit {
	uint64_t code; /* as in the module's file reasons */
	uint64_t address; /* of the guest's instruction */
};

struct traced {
	struct traced_exit *exit;
	size_t nr;
	uint64_t lost; /* at least so many were lost, as the buffers were full */
	double seconds; /* from the first exit to the last */
};

/* Reads the file that tracer_record() made. Says what goes wrong. Free traced->exit in both cases. */
enum status tracer_read(struct traced *traced, const char *path, enum isa isa);

/* Reads what trace-cmd report -R prints. */
void tracer_parse(struct traced *traced, FILE *report, enum isa isa);

/* ftrace takes no filter that is longer. */
#define TRACER_MAX_FILTER 4094

/* Return new filters that let the exits of these @nr threads, or of this code, pass. Sorts @tid. */
char *tracer_threads(uint64_t *tid, size_t nr);
char *tracer_reason(uint64_t code, enum isa isa);

#endif
