// SPDX-License-Identifier: GPL-2.0
/*
 * Judges guests by where their time goes, or by their counts if times are not known.
 */
#include "verdict/verdict.h"

#include <inttypes.h>
#include <string.h>

#include "data/share.h"

/* Vague evidence makes a verdict less sure. */
#define WITHOUT_REASONS 0.7
#define WITHOUT_TIMES 0.7
#define UNEXPLAINED 0.5

struct judging {
	struct verdict *verdict;
	const struct thresholds *t;
	uint32_t before; /* rules that were met before */
	unsigned int known; /* bits of what rules need */
	double seen, enough;
};

/* A rule that was met. */
struct finding {
	const struct rule *rule;
	double margin; /* from its threshold, 0 to 1 */
	double size;
};

static double number_at(const void *base, size_t at)
{
	return *(const double *)((const char *)base + at);
}

static double threshold_of(const struct judging *judging, const struct condition *c, bool again)
{
	const double usual = number_at(judging->t, c->threshold);
	const double keep = thresholds_keep(judging->t, again);

	return c->order == AT_LEAST || c->order == ABOVE ? usual * keep : usual / keep;
}

/* Returns how far a share is past its threshold, 0 to 1, or -1 if it is not. */
static double margin_of(const struct judging *judging, const struct condition *c, bool again)
{
	const double value = number_at(&judging->verdict->evidence, c->value);
	const double usual = number_at(judging->t, c->threshold);
	const double threshold = threshold_of(judging, c, again);
	double most = c->most > 0 ? c->most * usual : 1, margin;

	switch (c->order) {
	case AT_LEAST:
	case ABOVE:
		if (c->order == ABOVE ? value <= threshold : value < threshold)
			return -1;
		margin = usual < most ? (value - usual) / (most - usual) : 1;
		break;
	case BELOW:
	case AT_MOST:
	default:
		if (c->order == BELOW ? value >= threshold : value > threshold)
			return -1;
		margin = usual > 0 ? 1 - value / usual : 0;
		break;
	}
	return margin < 0 ? 0 : margin < 1 ? margin : 1;
}

/* Whether the guest had the word of this rule before, by whatever rule. */
static bool was_met(const struct judging *judging, const struct rule *rule)
{
	for (size_t i = 0; i < rules_nr; i++)
		if (judging->before & UINT32_C(1) << i && rules[i].bound == rule->bound)
			return true;
	return false;
}

/* Tries a rule. Returns its margin, or -1 if it is not met. */
static double try(const struct judging *judging, const struct rule *rule)
{
	const bool again = was_met(judging, rule);
	double margin;

	if ((rule->needs & judging->known) != rule->needs)
		return -1;
	margin = margin_of(judging, &rule->when[0], again);
	for (size_t i = 1; i < RULE_CONDITIONS && rule->when[i].name; i++)
		if (margin_of(judging, &rule->when[i], again) < 0)
			return -1;
	return margin;
}

/* Reaching the threshold is half, the margin the other half. Less was seen, less is sure. */
static double confidence(const struct judging *judging, double margin)
{
	double sure = 0.5 + 0.5 * margin;

	if (judging->seen < judging->enough)
		sure *= judging->seen / judging->enough;
	if (judging->known & NEEDS_NO_TIMES)
		sure *= WITHOUT_TIMES;
	else if (judging->known & NEEDS_NO_REASONS)
		sure *= WITHOUT_REASONS;
	return sure;
}

/* Adds a condition, with the threshold that it was held to. */
static void print_condition(const struct judging *judging, const char *before, const char *name,
			    const struct condition *c)
{
	static const char *const sign[] = {
		[AT_LEAST] = ">=", [ABOVE] = ">", [BELOW] = "<", [AT_MOST] = "<="
	};
	struct verdict *verdict = judging->verdict;
	const char *threshold = rules_threshold(c->threshold);
	const size_t len = strlen(verdict->rule);
	const bool kept = margin_of(judging, c, false) < 0, same = !strcmp(name, threshold);
	const int digits = number_at(judging->t, c->threshold) > 1 ? 0 : kept ? 3 : 2;

	snprintf(verdict->rule + len, sizeof(verdict->rule) - len, "%s%s %.*f %s %s%s%.*f", before,
		 name, digits && (c->order == BELOW || c->order == ABOVE) ? 3 : digits,
		 number_at(&verdict->evidence, c->value), sign[c->order], same ? "" : threshold,
		 same ? "" : " ", digits, threshold_of(judging, c, kept));
}

static void print_rule(const struct judging *judging, const struct rule *rule)
{
	print_condition(judging, judging->verdict->rule[0] ? "; " : "", rule->name, &rule->when[0]);
	for (size_t i = 1; i < RULE_CONDITIONS && rule->when[i].name; i++)
		print_condition(judging, ", ", rule->when[i].name, &rule->when[i]);
}

static void met(const struct judging *judging, const struct finding *finding)
{
	judging->verdict->met |= UINT32_C(1) << (finding->rule - rules);
	print_rule(judging, finding->rule);
}

/* Tries the rules of a stage in which each decides alone. */
static bool decide_alone(const struct judging *judging, enum stage stage)
{
	for (const struct rule *rule = rules; rule < rules + rules_nr; rule++) {
		struct finding finding = { .rule = rule };

		if (rule->stage != stage)
			continue;
		finding.margin = try(judging, rule);
		if (finding.margin < 0)
			continue;
		judging->verdict->bound = rule->bound;
		judging->verdict->confidence = confidence(judging, finding.margin);
		met(judging, &finding);
		return true;
	}
	return false;
}

/* Keeps for each word the rule that is met by the largest margin. */
static size_t find(const struct judging *judging, struct finding *found)
{
	size_t nr = 0, i;

	for (const struct rule *rule = rules; rule < rules + rules_nr; rule++) {
		struct finding finding = { .rule = rule };

		if (rule->stage != STAGE_FINDING)
			continue;
		finding.margin = try(judging, rule);
		if (finding.margin < 0)
			continue;
		finding.size =
			judging->known & NEEDS_TIMES ? rule->size(&judging->verdict->evidence) : 1;
		for (i = 0; i < nr && found[i].rule->bound != rule->bound; i++)
			;
		if (i == nr)
			found[nr++] = finding;
		else if (finding.margin > found[i].margin)
			found[i] = finding;
	}
	return nr;
}

/* The largest finding is what the guest is bound by, unless others are about as large. */
static bool decide_by_findings(const struct judging *judging)
{
	struct finding found[BOUND_NR], *largest = found;
	struct verdict *verdict = judging->verdict;
	size_t nr = find(judging, found), as_large = 0;

	if (!nr)
		return false;
	for (size_t i = 1; i < nr; i++)
		if (found[i].size > largest->size)
			largest = &found[i];
	for (size_t i = 0; i < nr; i++) {
		if (found[i].size <
		    largest->size / 2 *
			    thresholds_keep(judging->t, was_met(judging, found[i].rule)))
			continue;
		as_large++;
		met(judging, &found[i]);
	}
	verdict->bound = as_large > 1 ? BOUND_MIXED : largest->rule->bound;
	verdict->confidence = confidence(judging, as_large > 1 ? 0 : largest->margin);
	return true;
}

/* No rule is met and no vCPU has room: the largest part it is, with little confidence. */
static void decide_by_size(const struct judging *judging)
{
	struct verdict *verdict = judging->verdict;
	const struct evidence *e = &verdict->evidence;

	verdict->confidence = UNEXPLAINED * confidence(judging, 0);
	if (e->starving >= 0.5) {
		verdict->bound = BOUND_STARVED;
		snprintf(verdict->rule, sizeof(verdict->rule), "starving %.2f, the largest part",
			 e->starving);
	} else if (e->guest >= e->kernel && e->guest >= e->user) {
		verdict->bound = BOUND_CPU;
		snprintf(verdict->rule, sizeof(verdict->rule), "cpu_time %.2f, the largest part",
			 e->guest);
	} else if (e->kernel >= e->user) {
		verdict->bound = BOUND_EXIT;
		snprintf(verdict->rule, sizeof(verdict->rule), "kernel %.2f, the largest part",
			 e->kernel);
	} else {
		verdict->bound = BOUND_IO;
		snprintf(verdict->rule, sizeof(verdict->rule), "VMM %.2f, the largest part",
			 e->user);
	}
}

static void decide(struct verdict *verdict, const struct thresholds *t, uint32_t before)
{
	const struct evidence *e = &verdict->evidence;
	const bool counted = e->exits >= t->min_exits;
	const bool timed = e->timed && e->seconds >= t->min_seconds;
	const struct judging judging = {
		.verdict = verdict,
		.t = t,
		.before = before,
		.known = (timed ? NEEDS_TIMES : NEEDS_NO_TIMES) | (counted ? NEEDS_COUNTS : 0) |
			 (e->detailed ? NEEDS_REASONS : NEEDS_NO_REASONS) |
			 (e->busy >= t->min_busy ? NEEDS_BUSY : 0),
		.seen = timed ? e->seconds : e->exits,
		.enough = timed ? 2 : 10 * t->min_exits,
	};

	if (!timed && !counted)
		snprintf(verdict->rule, sizeof(verdict->rule), "exits %" PRIu64 " < min_exits %.0f",
			 e->exits, t->min_exits);
	else if (!decide_alone(&judging, STAGE_FIRST) && !decide_by_findings(&judging) &&
		 !decide_alone(&judging, STAGE_LAST))
		decide_by_size(&judging);
}

/* Names the largest part that keeps the guest from computing. */
static void name_largest(char *why, const struct evidence *e, const struct thresholds *t)
{
	enum part largest = PART_GUEST;
	double most = t->notable;

	for (enum part part = 0; part < PART_NR; part++) {
		if (part == PART_GUEST || part == PART_IDLE || e->part[part] < most)
			continue;
		most = e->part[part];
		largest = part;
	}
	if (largest == PART_GUEST)
		advice_add(why, "nothing keeps it from computing for long");
	else
		advice_add(why, "what keeps it from computing most is '%s%s', %.1f %%",
			   part_info[largest].group == PARTS_KERNEL ? "kernel: " :
			   part_info[largest].group == PARTS_VMM    ? "VMM: " :
								      "",
			   part_info[largest].what, 100 * most);
	if (largest != PART_HELD && e->held >= t->notable)
		advice_add(why, "its VMM holds it for %.1f %%", 100 * e->held);
}

static void explain_times(char *why, const struct evidence *e, const struct thresholds *t)
{
	advice_add(why, "%.1f s of vCPU time: %.1f %% halted", e->seconds, 100 * e->halted);
	if (e->waited >= t->notable)
		advice_add(why, "%.1f %% halted for devices or memory", 100 * e->waited);
	if (e->ready > 0)
		advice_add(why, "%.1f %% ready (waiting for a CPU of the host)", 100 * e->ready);
	if (e->throttled > 0)
		advice_add(why, "%.1f %% throttled by a quota", 100 * e->throttled);
	if (e->part[PART_HOST] >= t->notable)
		advice_add(why, "%.1f %% in interrupts of the host", 100 * e->part[PART_HOST]);
	advice_add(why,
		   "of the rest %.1f %% in guest mode, %.1f %% in the kernel, %.1f %% in the VMM",
		   100 * e->guest, 100 * e->kernel, 100 * e->user);
	if (e->io_time >= t->notable)
		advice_add(why, "%.1f %% for devices", 100 * e->io_time);
	if (e->memory_time >= t->notable)
		advice_add(why, "%.1f %% for memory faults", 100 * e->memory_time);
	if (e->exit_time >= t->notable) {
		advice_add(why, "%.1f %% for other exits", 100 * e->exit_time);
		if (e->top_reason[0])
			advice_add(why, "%.1f %% for %s alone", 100 * e->top_share, e->top_reason);
	}
}

static void name_parts(char *why, const struct evidence *e, const struct thresholds *t)
{
	name_largest(why, e, t);
	if (e->vcpus > 1 && e->full_vcpus && e->full_vcpus < e->vcpus)
		advice_add(why, "%" PRIu64 " of its %" PRIu64 " vCPUs hardly halt", e->full_vcpus,
			   e->vcpus);
}

static void explain_exits(char *why, const struct evidence *e, const uint64_t *v,
			  const struct thresholds *t)
{
	const uint64_t vm = v[COL_kvm_vm_switch_num], halts = v[COL_halt_num];
	char kernel[32], io[32];

	share_percent(io, sizeof(io), v[COL_io_num], e->exits, 2);
	share_percent(kernel, sizeof(kernel), vm > halts ? vm - halts : 0, e->exits, 2);
	advice_add(why,
		   "%s %% of %" PRIu64 " exits are port I/O, the kernel handles %s %% of all%s", io,
		   e->exits, kernel, halts ? " (halts left out)" : "");
	if (e->mmio_exits >= t->notable)
		advice_add(why, "%.1f %% touch device memory", 100 * e->mmio_exits);
	if (e->memory_exits >= t->notable)
		advice_add(why, "%.1f %% are memory faults", 100 * e->memory_exits);
	if (e->spin_exits >= t->notable)
		advice_add(why, "%.1f %% are waits in loops (PAUSE, WFE, WRS)",
			   100 * e->spin_exits);
}

static void explain_servers(char *why, const struct servers *servers, const char *who)
{
	if (servers->nr && servers->busy >= 0)
		advice_add(why, "%s wants a CPU for %.0f %% of the time", who, 100 * servers->busy);
}

/* What it does without exits. A rate that would be shown as 0 is left out. */
static void explain_beside(char *why, const struct beside *b)
{
	if (b->storage_bytes >= 0.005e6)
		advice_add(why, "%.2f MB/s of block I/O", b->storage_bytes / 1e6);
	if (b->network_known && b->network_rate >= 1)
		advice_add(why, "%.0f packets/s on its interfaces", b->network_rate);
	explain_servers(why, &b->vhost, "its vhost thread");
	explain_servers(why, &b->iothread, "its I/O thread");
	if (b->passed)
		advice_add(why, "%u device%s passed through to it", b->passed,
			   b->passed == 1 ? " is" : "s are");
}

static void explain(struct verdict *verdict, const struct window_guest *guest,
		    const struct thresholds *t)
{
	const struct evidence *e = &verdict->evidence;
	const uint64_t *v = guest->sum.v;
	char *why = verdict->why;

	if (e->timed)
		explain_times(why, e, t);
	if (e->exits)
		explain_exits(why, e, v, t);
	else
		advice_add(why, v[COL_halt_num] ? "no exits but halts" : "no exits");
	explain_beside(why, &e->beside);
	if (e->timed)
		name_parts(why, e, t);
}

/* Whether one vCPU gets no CPU, though the whole hardly waits. */
static bool hides_starved(const struct evidence *e, const struct thresholds *t)
{
	return e->ready < t->waiting && e->throttled < t->notable &&
	       e->beside.worst_ready >= t->waiting && e->beside.worst_starving >= t->starving;
}

static void advise(struct verdict *verdict, const struct window_guest *guest,
		   const struct detail *detail, const struct thresholds *t)
{
	const struct evidence *e = &verdict->evidence;
	struct advice advice;

	advice_begin(&advice, verdict->advice, guest, detail, e, t);
	for (size_t i = 0; i < rules_nr; i++)
		if (verdict->met & UINT32_C(1) << i && rules[i].advise)
			rules[i].advise(&advice);
	if (verdict->bound == BOUND_UNKNOWN)
		return;
	if (e->ready >= t->waiting && verdict->bound != BOUND_STARVED)
		advise_ready(&advice);
	else if (e->ready >= t->waiting && !verdict->met)
		advise_starved(&advice);
	else if (hides_starved(e, t))
		advise_vcpu(&advice);
	if (e->polled >= t->polling)
		advise_polling(&advice);
}

/* What of its I/O without exits is not seen: all of it, or what is left of that. */
static void admit_silence(char *blind, const struct beside *b)
{
	if (!b->vhost.known || !b->iothread.known || !b->storage_known || !b->passed_known) {
		advice_add(blind,
			   "I/O by vhost, ioeventfd, posted interrupts or passthrough causes "
			   "few exits or none");
		return;
	}
	advice_add(blind, "I/O that other processes do for it (vhost-user, virtiofsd, passt)");
	if (b->passed)
		advice_add(blind, "what its %u passed-through device%s", b->passed,
			   b->passed == 1 ? " does" : "s do");
}

static void admit(struct verdict *verdict)
{
	const struct evidence *e = &verdict->evidence;
	char *blind = verdict->blind;

	if (verdict->bound == BOUND_UNKNOWN)
		return;
	if (verdict->bound == BOUND_IDLE || verdict->bound == BOUND_CPU ||
	    verdict->bound == BOUND_NOT || verdict->bound == BOUND_NOT_IO)
		admit_silence(blind, &e->beside);
	if (verdict->bound == BOUND_NOT && e->answered)
		advice_add(blind,
			   "a guest that waits for answers by its network looks the same when "
			   "its network is what is slow");
	for (size_t i = 0; i < rules_nr; i++)
		if (verdict->met & UINT32_C(1) << i && rules[i].blind &&
		    !strstr(blind, rules[i].blind))
			advice_add(blind, "%s", rules[i].blind);
	if (verdict->bound == BOUND_MEMORY || e->memory_time > 0)
		advice_add(blind, "the time of memory faults is estimated from their number");
	if (e->hidden > 0)
		advice_add(blind, "this guest's registers are encrypted, so most of what it does "
				  "has one reason, and what that is for is known by the returns to "
				  "the VMM only");
	if (!e->timed)
		advice_add(blind, "times are not known, as timing is off or this is a copy of "
				  "counts");
	else if (!e->detailed)
		advice_add(blind,
			   "reasons are not known %s, so spinning is not seen, and all time in "
			   "the VMM counts as time for devices",
			   e->too_late ? "of a guest that ended before they were read" :
					 "without debugfs");
	if (e->timed && e->ready_older)
		advice_add(blind,
			   "its vCPUs are older than kvmstat's counters, so how long they waited "
			   "for a CPU of the host is not known, and counts as time in the kernel; "
			   "a window (-w 5) shows it");
	if (e->timed && e->ready_known && e->starving > 0.5 && !e->beside.throttled_known)
		advice_add(blind, "ready time has the throttling by a quota in it, which is not "
				  "known");
}

static void judge(struct verdict *verdict, const struct window_guest *guest, uint32_t has,
		  const struct thresholds *thresholds, const struct verdict *before)
{
	struct detail detail;

	*verdict = (struct verdict){ 0 };
	window_detail(guest, &detail);
	evidence_of(&verdict->evidence, guest, &detail, has, thresholds,
		    before && before->evidence.waited > 0);
	decide(verdict, thresholds, before ? before->met : 0);
	explain(verdict, guest, thresholds);
	advise(verdict, guest, &detail, thresholds);
	admit(verdict);
	detail_free(&detail);
}

void verdict_judge(struct verdict *verdict, const struct window_guest *guest, uint32_t has,
		   const struct thresholds *thresholds)
{
	judge(verdict, guest, has, thresholds, NULL);
}

void verdict_follow(struct verdict *verdict, const struct window_guest *guest, uint32_t has,
		    const struct thresholds *thresholds)
{
	struct verdict next;

	judge(&next, guest, has, thresholds, verdict);
	if (next.bound || !verdict->bound)
		*verdict = next;
}

const char *verdict_word(enum bound bound)
{
	static const char *const word[BOUND_NR] = {
		[BOUND_UNKNOWN] = "too little seen",
		[BOUND_IDLE] = "idle",
		[BOUND_CPU] = "CPU-bound",
		[BOUND_IO] = "I/O-bound",
		[BOUND_MEMORY] = "memory-bound",
		[BOUND_SPIN] = "spin-bound",
		[BOUND_MIXED] = "mixed",
		[BOUND_NOT_IO] = "not I/O-bound",
		[BOUND_NOT] = "not bound",
		[BOUND_EXIT] = "exit-bound",
		[BOUND_STARVED] = "starved",
		[BOUND_PAUSED] = "paused",
	};

	return word[bound];
}

/* The parts, "kernel: devices" and so on. */
static json_t *parts_json(const struct evidence *e)
{
	static const char *const group[] = {
		[PARTS_ALONE] = "", [PARTS_KERNEL] = "kernel: ", [PARTS_VMM] = "VMM: "
	};
	json_t *parts = json_object();
	char name[64];

	for (enum part part = 0; part < PART_NR; part++) {
		snprintf(name, sizeof(name), "%s%s", group[part_info[part].group],
			 part_info[part].what);
		json_object_set_new(parts, name, json_real(e->part[part]));
	}
	return parts;
}

json_t *verdict_json(const struct verdict *verdict)
{
	const struct evidence *e = &verdict->evidence;
	json_t *evidence = json_object();

#define FLAG(field) json_object_set_new(evidence, #field, json_boolean(e->field));
#define COUNT(field) json_object_set_new(evidence, #field, json_integer((json_int_t)e->field));
#define NUMBER(field) json_object_set_new(evidence, #field, json_real(e->field));
#define TEXT(field) json_object_set_new(evidence, #field, json_string(e->field));
	EVIDENCE(FLAG, COUNT, NUMBER, TEXT)
#undef FLAG
#undef COUNT
#undef NUMBER
#undef TEXT
	json_object_set_new(evidence, "parts", parts_json(e));
	return json_pack("{s:s, s:f, s:s, s:s, s:s, s:s, s:o}", "bound",
			 verdict_word(verdict->bound), "confidence", verdict->confidence, "rule",
			 verdict->rule, "why", verdict->why, "advice", verdict->advice,
			 "blind_spots", verdict->blind, "evidence", evidence);
}
