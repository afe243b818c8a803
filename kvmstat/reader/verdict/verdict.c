// SPDX-License-Identifier: GPL-2.0
/*
 * Judges guests by where their time goes, or by their counts if times are not known.
 */
#include "verdict/verdict.h"

#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "data/share.h"
#include "verdict/device.h"

/* With this share of busy time in the VMM and no exits, the VMM holds the guest. */
#define HELD_USER 0.95

static double share(double part, double of)
{
	return of > 0 ? part / of : 0;
}

/* The vCPUs of a held guest are in the VMM and never exit. */
static bool is_held(const struct evidence *e)
{
	return !e->exits && e->user >= HELD_USER;
}

/* A rule that was met. */
struct finding {
	enum bound bound;
	double margin; /* from its threshold, 0 to 1 */
	char rule[128];
};

/* Keeps the rule if @value has reached its threshold, by a larger margin than any before. */
static void reaches(struct finding *finding, enum bound bound, const char *name, double value,
		    double threshold, double most)
{
	double margin = threshold < most ? (value - threshold) / (most - threshold) : 1;

	if (value < threshold || (finding->bound && finding->margin >= margin))
		return;
	finding->bound = bound;
	finding->margin = margin < 1 ? margin : 1;
	snprintf(finding->rule, sizeof(finding->rule), "%s %.2f >= %.2f", name, value, threshold);
}

/* Reaching the threshold is half, the margin the other half. Less was seen, less is sure. */
static double confidence(double margin, double seen, double enough)
{
	return (0.5 + 0.5 * margin) * (seen < enough ? seen / enough : 1);
}

/* Finds the rule for I/O that is met by the largest margin. */
static void find_io(struct finding *io, const struct evidence *e, const struct thresholds *t,
		    bool timed, bool counted)
{
	if (timed)
		reaches(io, BOUND_IO, "io_time", e->io_time, t->io_time, 1);
	if (counted && e->io_exits > t->io_exits && (!timed || e->io_time >= t->notable))
		reaches(io, BOUND_IO, "io_exits", e->io_exits, t->io_exits, 1);
	if (counted && timed && e->io_time >= t->notable)
		reaches(io, BOUND_IO, "device_exits", e->device_exits, t->device_exits, 1);
	if (timed && e->halted >= t->halted)
		reaches(io, BOUND_IO, "device_waits", e->device_waits, t->device_waits,
			2 * t->device_waits);
}

/* Returns whether the guest hardly runs, and sets the verdict if so. */
static bool is_idle(struct verdict *verdict, const struct thresholds *t)
{
	const struct evidence *e = &verdict->evidence;
	const double busy = e->busy / e->seconds;

	if (busy < t->idle_busy && e->device_waits < t->device_waits) {
		verdict->confidence = confidence(1 - busy / t->idle_busy, e->seconds, 2);
		snprintf(verdict->rule, sizeof(verdict->rule), "busy %.3f < idle_busy %.2f", busy,
			 t->idle_busy);
	} else if (is_held(e)) {
		verdict->confidence = confidence(1, e->seconds, 2);
		snprintf(verdict->rule, sizeof(verdict->rule), "no exits, userspace %.2f", e->user);
	} else {
		return false;
	}
	verdict->bound = BOUND_IDLE;
	return true;
}

static void decide(struct verdict *verdict, const struct thresholds *t)
{
	const struct evidence *e = &verdict->evidence;
	const bool counted = e->exits >= t->min_exits;
	const bool timed = e->timed && e->seconds >= t->min_seconds;
	/* How much was seen, and how much would be enough. */
	const double seen = timed ? e->seconds : e->exits, enough = timed ? 2 : 10 * t->min_exits;
	struct finding finding[4] = { 0 }, *next = finding;
	size_t nr;

	if (!timed && !counted) {
		snprintf(verdict->rule, sizeof(verdict->rule), "exits %" PRIu64 " < min_exits %.0f",
			 e->exits, t->min_exits);
		return;
	}
	if (timed && is_idle(verdict, t))
		return;
	find_io(next, e, t, timed, counted);
	next += next->bound != BOUND_UNKNOWN;
	if (timed && e->detailed)
		reaches(next, BOUND_MEMORY, "memory_time", e->memory_time, t->memory_time, 1);
	else if (counted)
		reaches(next, BOUND_MEMORY, "memory_exits", e->memory_exits, t->memory_exits, 1);
	next += next->bound != BOUND_UNKNOWN;
	if (counted && e->spin_rate >= t->spin_rate)
		reaches(next, BOUND_SPIN, "spin_exits", e->spin_exits, t->spin_exits, 1);
	next += next->bound != BOUND_UNKNOWN;
	if (next == finding && timed)
		reaches(next, BOUND_CPU, "cpu_time", e->guest, t->cpu_time, 1);
	next += next->bound != BOUND_UNKNOWN;

	nr = next - finding;
	if (nr == 1) {
		verdict->bound = finding->bound;
		verdict->confidence = confidence(finding->margin, seen, enough);
		snprintf(verdict->rule, sizeof(verdict->rule), "%s", finding->rule);
	} else if (nr) {
		verdict->bound = BOUND_MIXED;
		verdict->confidence = confidence(0, seen, enough);
		snprintf(verdict->rule, sizeof(verdict->rule), "%s and %s", finding[0].rule,
			 finding[1].rule);
	} else if (timed) {
		verdict->bound = BOUND_MIXED;
		verdict->confidence = confidence(0, seen, enough);
		snprintf(verdict->rule, sizeof(verdict->rule), "no threshold is reached");
	} else {
		verdict->bound = BOUND_NOT_IO;
		verdict->confidence = confidence(1 - share(e->io_exits, t->io_exits), seen, enough);
		snprintf(verdict->rule, sizeof(verdict->rule), "io_exits %.2f <= %.2f", e->io_exits,
			 t->io_exits);
	}
}

/* Appends to a text of VERDICT_TEXT_SIZE, behind "; " unless it is empty. */
__attribute__((format(printf, 2, 3))) static void add(char *text, const char *format, ...)
{
	size_t len = strlen(text);
	va_list args;

	if (len && len < VERDICT_TEXT_SIZE - 3)
		len += snprintf(text + len, VERDICT_TEXT_SIZE - len, "; ");
	va_start(args, format);
	vsnprintf(text + len, VERDICT_TEXT_SIZE - len, format, args);
	va_end(args);
}

static void explain(struct verdict *verdict, const struct window_guest *guest,
		    const struct thresholds *t)
{
	const struct evidence *e = &verdict->evidence;
	const uint64_t *v = guest->sum.v, total = counts_total(&guest->sum);
	char kernel[32], io[32];
	char *why = verdict->why;

	if (e->timed) {
		add(why, "%.1f s of vCPU time: %.1f %% halted", e->seconds, 100 * e->halted);
		if (e->ready > 0)
			add(why, "%.1f %% ready (waiting for a CPU of the host)", 100 * e->ready);
		add(why,
		    "of the rest %.1f %% in guest mode, %.1f %% in the kernel, %.1f %% in the VMM",
		    100 * e->guest, 100 * e->kernel, 100 * e->user);
		if (e->io_time >= t->notable)
			add(why, "%.1f %% for devices", 100 * e->io_time);
		if (e->memory_time >= t->notable)
			add(why, "%.1f %% for memory faults", 100 * e->memory_time);
	}
	if (total) {
		share_percent(io, sizeof(io), v[COL_io_num], total, 2);
		share_percent(kernel, sizeof(kernel), v[COL_kvm_vm_switch_num], total, 2);
		add(why, "%s %% of %" PRIu64 " exits are port I/O, the kernel handles %s %% of all",
		    io, total, kernel);
		if (e->mmio_exits >= t->notable)
			add(why, "%.1f %% touch device memory", 100 * e->mmio_exits);
		if (e->memory_exits >= t->notable)
			add(why, "%.1f %% are memory faults", 100 * e->memory_exits);
		if (e->spin_exits >= t->notable)
			add(why, "%.1f %% are waits in loops (PAUSE, WFE, WRS)",
			    100 * e->spin_exits);
	} else {
		add(why, "no exits");
	}
}

/* Advises on the class of devices that is accessed most. */
static void advise_devices(char *advice, const uint64_t *seen)
{
	static const char *const help[DEVICE_NR_CLASSES] = {
		[DEVICE_DISK] = "an emulated disk controller; use virtio-blk or virtio-scsi",
		[DEVICE_CONSOLE] =
			"the serial console; let the guest print less, or to virtio-console",
		[DEVICE_VIDEO] = "an emulated display; use virtio-gpu, or no display",
		[DEVICE_NET] = "an emulated network card; use virtio-net with vhost, or SR-IOV",
		[DEVICE_TIMER] =
			"an emulated timer; use a paravirtual clock (kvm-clock, Hyper-V's), no HPET",
		[DEVICE_INTERRUPTS] = "the interrupt controller; use x2APIC, APICv or AVIC",
		[DEVICE_PCI] = "PCI devices; replace emulated ones by virtio or passthrough, and "
			       "give virtio ones vhost or an I/O thread",
		[DEVICE_VIRTIO] = "virtio; use vhost or an I/O thread, and larger queues",
	};
	enum device_class most = DEVICE_UNKNOWN;
	uint64_t all = 0;

	for (enum device_class c = 0; c < DEVICE_NR_CLASSES; c++) {
		all += seen[c];
		if (help[c] && seen[c] > seen[most])
			most = c;
	}
	if (help[most])
		add(advice, "%.0f %% of its device accesses go to %s", 100 * share(seen[most], all),
		    help[most]);
	else
		add(advice, "virtio with vhost, passthrough or SR-IOV instead of emulated devices");
}

static void advise(struct verdict *verdict, const struct thresholds *t)
{
	const struct evidence *e = &verdict->evidence;
	char *advice = verdict->advice;

	switch (verdict->bound) {
	case BOUND_IO:
		advise_devices(advice, e->touched);
		break;
	case BOUND_MEMORY:
		add(advice, "huge pages (hugetlbfs, or transparent ones) for the guest's memory; "
			    "memory that is allocated before the guest starts (prealloc); no "
			    "ballooning, KSM or swapping");
		break;
	case BOUND_SPIN:
		add(advice,
		    "its vCPUs wait for each other in loops; give it fewer vCPUs than there are "
		    "free CPUs, pin them, or use paravirtual spin locks in the guest");
		break;
	case BOUND_IDLE:
		if (is_held(e))
			add(advice, "its VMM holds it; resume it, unless it is meant to be paused");
		break;
	case BOUND_CPU:
		add(advice, "it runs at nearly native speed; only more or faster CPUs, or pinning, "
			    "would help");
		break;
	case BOUND_MIXED:
		if (e->io_time >= t->notable)
			advise_devices(advice, e->touched);
		if (e->memory_time >= t->notable)
			add(advice, "huge pages for its memory");
		break;
	default:
		break;
	}
	if (e->ready >= t->waiting)
		add(advice,
		    "it is ready (waiting for a CPU of the host) for %.0f %% of its time; too many "
		    "vCPUs share the CPUs, so move it, or pin it to CPUs of its own",
		    100 * e->ready);
	if (e->polled >= t->polling)
		add(advice,
		    "the host polls for it for %.0f %% of its time; lower halt_poll_ns, unless "
		    "its latency matters",
		    100 * e->polled);
}

static void admit(struct verdict *verdict)
{
	const struct evidence *e = &verdict->evidence;
	char *blind = verdict->blind;

	if (verdict->bound == BOUND_CPU || verdict->bound == BOUND_NOT_IO ||
	    verdict->bound == BOUND_IDLE)
		add(blind, "I/O by vhost, ioeventfd, posted interrupts or passthrough causes few "
			   "exits or none");
	if (verdict->bound == BOUND_CPU)
		add(blind,
		    "a guest that polls when idle (idle=poll, haltpoll), or that spins without "
		    "PAUSE, WFE or WRS exits, looks as if it computed");
	if (verdict->bound == BOUND_MEMORY || e->memory_time > 0)
		add(blind, "the time of memory faults is estimated from their number");
	if (!e->timed && verdict->bound != BOUND_UNKNOWN)
		add(blind, "times are not known, as timing is off or this is a copy of counts");
	else if (!e->detailed && verdict->bound != BOUND_UNKNOWN)
		add(blind,
		    "reasons are not known without debugfs, so spinning is not seen, and all "
		    "time in the VMM counts as time for devices");
}

void verdict_judge(struct verdict *verdict, const struct window_guest *guest, uint32_t has,
		   const struct thresholds *thresholds)
{
	struct detail detail;

	*verdict = (struct verdict){ 0 };
	window_detail(guest, &detail);
	evidence_of(&verdict->evidence, guest, &detail, has);
	decide(verdict, thresholds);
	explain(verdict, guest, thresholds);
	advise(verdict, thresholds);
	admit(verdict);
	detail_free(&detail);
}

const char *verdict_word(enum bound bound)
{
	static const char *const word[] = {
		[BOUND_UNKNOWN] = "too little seen",
		[BOUND_IDLE] = "idle",
		[BOUND_CPU] = "CPU-bound",
		[BOUND_IO] = "I/O-bound",
		[BOUND_MEMORY] = "memory-bound",
		[BOUND_SPIN] = "spin-bound",
		[BOUND_MIXED] = "mixed",
		[BOUND_NOT_IO] = "not I/O-bound",
	};

	return word[bound];
}

json_t *verdict_json(const struct verdict *verdict)
{
	const struct evidence *e = &verdict->evidence;

	return json_pack("{s:s, s:f, s:s, s:s, s:s, s:s,"
			 " s:{s:b, s:b, s:I, s:f, s:f, s:f, s:f, s:f, s:f, s:f, s:f,"
			 " s:f, s:f, s:f, s:f, s:f, s:f, s:f, s:f, s:f, s:f}}",
			 "bound", verdict_word(verdict->bound), "confidence", verdict->confidence,
			 "rule", verdict->rule, "why", verdict->why, "advice", verdict->advice,
			 "blind_spots", verdict->blind, "evidence", "timed", e->timed, "detailed",
			 e->detailed, "exits", (json_int_t)e->exits, "seconds", e->seconds, "busy",
			 e->busy, "halted", e->halted, "polled", e->polled, "ready", e->ready,
			 "guest", e->guest, "kernel", e->kernel, "user", e->user, "io_time",
			 e->io_time, "memory_time", e->memory_time, "io_exits", e->io_exits,
			 "mmio_exits", e->mmio_exits, "memory_exits", e->memory_exits, "spin_exits",
			 e->spin_exits, "user_exits", e->user_exits, "spin_rate", e->spin_rate,
			 "device_exits", e->device_exits, "device_waits", e->device_waits);
}
