// SPDX-License-Identifier: GPL-2.0
/*
 * The rules.
 */
#include "verdict/rules.h"

#include "verdict/advice.h"

#define NAMED(name, value, threshold, order, most)                                              \
	{                                                                                       \
		name, offsetof(struct evidence, value), offsetof(struct thresholds, threshold), \
			order, most                                                             \
	}
#define VALUE(value, threshold, order, most) NAMED(#value, value, threshold, order, most)
#define IF(value, threshold) NAMED(#value, value, threshold, AT_LEAST, 0)
#define IF_BELOW(value, threshold) NAMED(#value, value, threshold, BELOW, 0)

/* None of its vCPUs halts for long with nothing to do. */
#define IF_FULL IF_BELOW(room, room)

static double size_of_cause(const struct evidence *e, enum cause cause)
{
	return e->part[PART_KERNEL + cause] + e->part[PART_VMM + cause];
}

static double io_size(const struct evidence *e)
{
	return size_of_cause(e, CAUSE_DEVICE) + e->part[PART_DEVICE_WAIT];
}

static double memory_size(const struct evidence *e)
{
	return size_of_cause(e, CAUSE_MEMORY) + e->part[PART_MEMORY_WAIT];
}

/* Loops of PAUSE run in guest mode. */
static double spin_size(const struct evidence *e)
{
	return e->part[PART_GUEST] + size_of_cause(e, CAUSE_SPIN);
}

static double exit_size(const struct evidence *e)
{
	return e->exit_time * e->busy_share;
}

static double throttled_size(const struct evidence *e)
{
	return e->throttled;
}

#define WAITING_LOOKS_ALIKE                                                                   \
	"a guest that waits for the other end of its network, or for its users, and touches " \
	"a device before each halt looks as if it waited for its disk"

const struct rule rules[] = {
	{ "held",
	  STAGE_FIRST,
	  BOUND_PAUSED,
	  NEEDS_TIMES,
	  { IF(held, held) },
	  NULL,
	  advise_paused,
	  "a VMM that works for a guest for long and returns seldom looks as if it held it" },
	{ "busy",
	  STAGE_FIRST,
	  BOUND_IDLE,
	  NEEDS_TIMES,
	  { IF_BELOW(busy_share, idle_busy), IF(room, room) },
	  NULL,
	  NULL,
	  NULL },

	{ "io_time",
	  STAGE_FINDING,
	  BOUND_IO,
	  NEEDS_TIMES | NEEDS_BUSY,
	  { IF(io_time, io_time), IF_FULL },
	  io_size,
	  advise_io,
	  NULL },
	{ "io_exits",
	  STAGE_FINDING,
	  BOUND_IO,
	  NEEDS_TIMES | NEEDS_COUNTS,
	  { VALUE(io_exits, io_exits, ABOVE, 0), IF(io_time, notable), IF_FULL },
	  io_size,
	  advise_io,
	  NULL },
	{ "io_exits",
	  STAGE_FINDING,
	  BOUND_IO,
	  NEEDS_NO_TIMES | NEEDS_COUNTS,
	  { VALUE(io_exits, io_exits, ABOVE, 0) },
	  io_size,
	  advise_io,
	  NULL },
	{ "device_exits",
	  STAGE_FINDING,
	  BOUND_IO,
	  NEEDS_TIMES | NEEDS_COUNTS,
	  { IF(device_exits, device_exits), IF(io_time, notable), IF_FULL },
	  io_size,
	  advise_io,
	  NULL },
	{ "device_waits",
	  STAGE_FINDING,
	  BOUND_IO,
	  NEEDS_TIMES,
	  { VALUE(device_waits, device_waits, AT_LEAST, 2), IF(waited, halted),
	    IF(device_rate, device_rate) },
	  io_size,
	  advise_io,
	  WAITING_LOOKS_ALIKE },
	{ "device_waits",
	  STAGE_FINDING,
	  BOUND_IO,
	  NEEDS_TIMES,
	  { VALUE(device_waits, device_halts, AT_LEAST, 5), IF(waited, halted),
	    IF(device_rate, device_rate), IF(busy_share, idle_busy) },
	  io_size,
	  advise_io,
	  WAITING_LOOKS_ALIKE },
	{ "server",
	  STAGE_FINDING,
	  BOUND_IO,
	  NEEDS_TIMES,
	  { IF(server, server), IF(waited, halted) },
	  io_size,
	  advise_io,
	  "an I/O thread that polls looks full" },

	{ "memory_time",
	  STAGE_FINDING,
	  BOUND_MEMORY,
	  NEEDS_TIMES | NEEDS_BUSY | NEEDS_REASONS,
	  { IF(memory_time, memory_time), IF_FULL },
	  memory_size,
	  advise_memory,
	  NULL },
	{ "memory_waits",
	  STAGE_FINDING,
	  BOUND_MEMORY,
	  NEEDS_TIMES | NEEDS_COUNTS | NEEDS_REASONS,
	  { VALUE(memory_waits, device_waits, AT_LEAST, 2),
	    NAMED("memory_wait", part[PART_MEMORY_WAIT], halted, AT_LEAST, 0) },
	  memory_size,
	  advise_memory,
	  NULL },
	{ "memory_exits",
	  STAGE_FINDING,
	  BOUND_MEMORY,
	  NEEDS_COUNTS | NEEDS_NO_REASONS,
	  { IF(memory_exits, memory_exits), IF_FULL },
	  memory_size,
	  advise_memory,
	  NULL },
	{ "memory_exits",
	  STAGE_FINDING,
	  BOUND_MEMORY,
	  NEEDS_COUNTS | NEEDS_NO_TIMES | NEEDS_REASONS,
	  { IF(memory_exits, memory_exits) },
	  memory_size,
	  advise_memory,
	  NULL },

	{ "spin_exits",
	  STAGE_FINDING,
	  BOUND_SPIN,
	  NEEDS_COUNTS | NEEDS_REASONS,
	  { IF(spin_exits, spin_exits), IF(spin_rate, spin_rate), IF_FULL },
	  spin_size,
	  advise_spin,
	  NULL },

	{ "exit_time",
	  STAGE_FINDING,
	  BOUND_EXIT,
	  NEEDS_TIMES | NEEDS_BUSY | NEEDS_REASONS,
	  { IF(exit_time, exit_time), IF(exit_rate, exit_rate), IF_FULL },
	  exit_size,
	  advise_exits,
	  NULL },
	{ "kernel_time",
	  STAGE_FINDING,
	  BOUND_EXIT,
	  NEEDS_TIMES | NEEDS_BUSY | NEEDS_NO_REASONS,
	  { IF(kernel, kernel_time), IF_FULL, IF_BELOW(memory_exits, memory_exits) },
	  exit_size,
	  advise_exits,
	  NULL },

	{ "throttled",
	  STAGE_FINDING,
	  BOUND_STARVED,
	  NEEDS_TIMES,
	  { IF(throttled, throttled) },
	  throttled_size,
	  advise_quota,
	  NULL },

	{ "starving",
	  STAGE_LAST,
	  BOUND_STARVED,
	  NEEDS_TIMES,
	  { IF(starving, starving), IF_FULL },
	  NULL,
	  advise_starved,
	  "a vCPU that does not leave the kernel can wait for storage instead" },
	{ "cpu_time",
	  STAGE_LAST,
	  BOUND_CPU,
	  NEEDS_TIMES,
	  { IF(guest, cpu_time), IF_FULL },
	  NULL,
	  advise_cpu,
	  "a guest that polls when idle (idle=poll, haltpoll), or that spins without PAUSE, WFE or "
	  "WRS exits, looks as if it computed" },
	{ "room", STAGE_LAST, BOUND_NOT, NEEDS_TIMES, { IF(room, room) }, NULL, NULL, NULL },
	{ "io_exits",
	  STAGE_LAST,
	  BOUND_NOT_IO,
	  NEEDS_NO_TIMES | NEEDS_COUNTS,
	  { VALUE(io_exits, io_exits, AT_MOST, 0) },
	  NULL,
	  NULL,
	  NULL },
};
const size_t rules_nr = sizeof(rules) / sizeof(*rules);

_Static_assert(sizeof(rules) / sizeof(*rules) <= RULES_MAX, "a bit for each rule");

const char *rules_threshold(size_t at)
{
	static const char *const names[] = {
#define X(name, value, what) #name,
		THRESHOLDS(X)
#undef X
	};

	return names[at / sizeof(double)];
}
