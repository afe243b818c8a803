// SPDX-License-Identifier: GPL-2.0
/*
 * The columns of a guest, and how each is computed from its counters.
 */
#include "text/guests.h"

#include <time.h>

enum guests_column {
	G_TIME,
	G_NAME,
	G_PID,
	G_ID,
	G_VMM,
	G_CGROUP,
	G_STATE,
	G_VCPUS,
	G_EXITS,
	G_TO_VMM,
	G_IO,
	G_MMIO,
	G_FAULTS,
	G_FAULTS_MMIO,
	G_INTERRUPTS,
	G_HALTS,
	G_EXCEPTIONS,
	G_INJECTED,
	G_NESTED,
	G_NOEXIT,
	G_EXITS_S,
	G_TO_VMM_S,
	G_IO_S,
	G_MMIO_S,
	G_FAULTS_S,
	G_INTERRUPTS_S,
	G_HALTS_S,
	G_INJECTED_S,
	G_IN_KERNEL,
	G_IO_SHARE,
	G_MMIO_SHARE,
	G_GUEST_NS,
	G_KERNEL_NS,
	G_USER_NS,
	G_HALTED_NS,
	G_POLLED_NS,
	G_READY_NS,
	G_GUEST_SHARE,
	G_KERNEL_SHARE,
	G_USER_SHARE,
	G_HALTED_SHARE,
	G_READY_SHARE,
	G_HOST,
	G_BOOT,
	G_BOUND,
	G_CONFIDENCE,
	G_RULE,
	G_WHY,
	G_ADVICE,
	G_BLIND,
	G_NR
};

#define NAME_WIDTH 17

static const struct grid_column columns[G_NR] = {
	[G_TIME] = { "time", "TIME", UNIT_TEXT, 20, 0 },
	[G_NAME] = { "name", "NAME", UNIT_TEXT, NAME_WIDTH, 0 },
	[G_PID] = { "pid", "PID", UNIT_ID, 7, 0 },
	[G_ID] = { "id", "ID", UNIT_ID, 4, 0 },
	[G_VMM] = { "vmm", "RUN-BY", UNIT_TEXT, 11, 0 },
	[G_CGROUP] = { "cgroup", "CGROUP", UNIT_TEXT, 0, 0 },
	[G_STATE] = { "state", "STATE", UNIT_TEXT, 9, 0 },
	[G_VCPUS] = { "vcpus", "VCPUS", UNIT_COUNT, 5, 0 },
	[G_EXITS] = { "exits", "EXITS", UNIT_COUNT, 12, 0 },
	[G_TO_VMM] = { "to_vmm", "TO-VMM", UNIT_COUNT, 11, 0 },
	[G_IO] = { "io", "IO", UNIT_COUNT, 9, 0 },
	[G_MMIO] = { "mmio", "MMIO", UNIT_COUNT, 9, 0 },
	[G_FAULTS] = { "faults", "FAULTS", UNIT_COUNT, 9, 0 },
	[G_FAULTS_MMIO] = { "faults_mmio", "FAULTS-MMIO", UNIT_COUNT, 9, 0 },
	[G_INTERRUPTS] = { "interrupts", "INTERRUPTS", UNIT_COUNT, 9, 0 },
	[G_HALTS] = { "halts", "HALTS", UNIT_COUNT, 9, 0 },
	[G_EXCEPTIONS] = { "exceptions", "EXCEPTIONS", UNIT_COUNT, 9, 0 },
	[G_INJECTED] = { "injected", "INJECTED", UNIT_COUNT, 9, 0 },
	[G_NESTED] = { "nested", "NESTED", UNIT_COUNT, 9, 0 },
	[G_NOEXIT] = { "noexit_returns", "NOEXIT-RETURNS", UNIT_COUNT, 9, 0 },
	[G_EXITS_S] = { "exits_s", "EXITS/s", UNIT_RATE, 7, 0 },
	[G_TO_VMM_S] = { "to_vmm_s", "TO-VMM/s", UNIT_RATE, 8, 0 },
	[G_IO_S] = { "io_s", "IO/s", UNIT_RATE, 6, 0 },
	[G_MMIO_S] = { "mmio_s", "MMIO/s", UNIT_RATE, 6, 0 },
	[G_FAULTS_S] = { "faults_s", "FAULTS/s", UNIT_RATE, 8, 0 },
	[G_INTERRUPTS_S] = { "interrupts_s", "INTR/s", UNIT_RATE, 6, 0 },
	[G_HALTS_S] = { "halts_s", "HALTS/s", UNIT_RATE, 7, 0 },
	[G_INJECTED_S] = { "injected_s", "INJECTED/s", UNIT_RATE, 10, 0 },
	[G_IN_KERNEL] = { "in_kernel", "IN-KERNEL%", UNIT_SHARE, 10, 2 },
	[G_IO_SHARE] = { "io_share", "IO%", UNIT_SHARE, 5, 1 },
	[G_MMIO_SHARE] = { "mmio_share", "MMIO%", UNIT_SHARE, 5, 1 },
	[G_GUEST_NS] = { "guest_ns", "GUEST", UNIT_NS, 6, 0 },
	[G_KERNEL_NS] = { "kernel_ns", "KERNEL", UNIT_NS, 6, 0 },
	[G_USER_NS] = { "user_ns", "VMM", UNIT_NS, 6, 0 },
	[G_HALTED_NS] = { "halted_ns", "HALTED", UNIT_NS, 6, 0 },
	[G_POLLED_NS] = { "polled_ns", "POLLED", UNIT_NS, 6, 0 },
	[G_READY_NS] = { "ready_ns", "READY", UNIT_NS, 6, 0 },
	[G_GUEST_SHARE] = { "guest_share", "GUEST%", UNIT_SHARE, 6, 1 },
	[G_KERNEL_SHARE] = { "kernel_share", "KERN%", UNIT_SHARE, 5, 1 },
	[G_USER_SHARE] = { "user_share", "VMM%", UNIT_SHARE, 5, 1 },
	[G_HALTED_SHARE] = { "halted_share", "HALT%", UNIT_SHARE, 5, 1 },
	[G_READY_SHARE] = { "ready_share", "READY%", UNIT_SHARE, 6, 1 },
	[G_HOST] = { "host", "HOST", UNIT_TEXT, NAME_WIDTH, 0 },
	[G_BOOT] = { "boot", "BOOT", UNIT_TEXT, 9, 0 },
	[G_BOUND] = { "bound", "BOUND", UNIT_TEXT, 15, 0 },
	[G_CONFIDENCE] = { "confidence", "CONF", UNIT_RATE, 4, 0 },
	[G_RULE] = { "rule", "RULE", UNIT_TEXT, 0, 0 },
	[G_WHY] = { "why", "WHY", UNIT_TEXT, 0, 0 },
	[G_ADVICE] = { "advice", "ADVICE", UNIT_TEXT, 0, 0 },
	[G_BLIND] = { "blind_spots", "BLIND SPOTS", UNIT_TEXT, 0, 0 },
};

/* The columns of each counter and of its rate. */
static const struct {
	enum column from;
	enum guests_column count, rate; /* 0 if there is none */
} counters[] = {
	{ COL_exits, G_EXITS, G_EXITS_S },
	{ COL_kvm_qemu_switch_num, G_TO_VMM, G_TO_VMM_S },
	{ COL_io_num, G_IO, G_IO_S },
	{ COL_mmio_num, G_MMIO, G_MMIO_S },
	{ COL_fault_num, G_FAULTS, G_FAULTS_S },
	{ COL_fault_mmio_num, G_FAULTS_MMIO, 0 },
	{ COL_interrupt_num, G_INTERRUPTS, G_INTERRUPTS_S },
	{ COL_halt_num, G_HALTS, G_HALTS_S },
	{ COL_exception_num, G_EXCEPTIONS, 0 },
	{ COL_injected_num, G_INJECTED, G_INJECTED_S },
	{ COL_nested_num, G_NESTED, 0 },
	{ COL_noexit_return_num, G_NOEXIT, 0 },
};

/* The columns of each kind of time and of its share. */
static const struct {
	enum column from;
	enum guests_column ns, share; /* 0 if there is none */
} times[] = {
	{ COL_guest_ns, G_GUEST_NS, G_GUEST_SHARE }, { COL_kernel_ns, G_KERNEL_NS, G_KERNEL_SHARE },
	{ COL_user_ns, G_USER_NS, G_USER_SHARE },    { COL_halted_ns, G_HALTED_NS, G_HALTED_SHARE },
	{ COL_polled_ns, G_POLLED_NS, 0 },
};

struct grid guests_grid(const char *usual)
{
	struct grid grid = GRID(columns);

	grid.usual = usual;
	return grid;
}

struct cell cell_time(const struct moment *at)
{
	const time_t seconds = at->real_ns / 1000000000;
	char text[32];
	struct tm tm;

	if (!at->real_ns || !gmtime_r(&seconds, &tm) ||
	    !strftime(text, sizeof(text), "%FT%TZ", &tm))
		return (struct cell){ 0 };
	return cell_text(text);
}

/* What a row shows. */
struct row {
	const struct window_guest *guest;
	const struct counts *diff; /* its figures */
	uint32_t has; /* columns that are known */
	double seconds; /* 0 if there are no rates */
	uint64_t ready_ns;
	bool has_ready;
	const char *state;
	const struct moment *at;
};

static void add_row(struct grid *grid, const struct row *row)
{
	struct cell *cell = grid_row(grid);
	const uint64_t *diff = row->diff->v;
	const struct window_guest *guest = row->guest;
	const struct about *about = guest->now;
	const uint64_t exits = diff[COL_kvm_vm_switch_num] + diff[COL_kvm_qemu_switch_num];
	const uint64_t time = counts_time(row->diff);

	cell[G_TIME] = cell_time(row->at);
	cell[G_NAME] = cell_text(guest->name);
	if (!window_guest_is_others(guest))
		cell[G_PID] = cell_number(guest->key.pid);
	if (row->has & COL_BIT(COL_id))
		cell[G_ID] = cell_number(guest->key.id);
	if (about && about->vmm[0])
		cell[G_VMM] = cell_text(about->vmm);
	if (about && about->cgroup[0])
		cell[G_CGROUP] = cell_text(about->cgroup);
	cell[G_STATE] = cell_text(row->state);
	if (row->has & COL_BIT(COL_vcpus))
		cell[G_VCPUS] = cell_number(guest->last.v[COL_vcpus]);
	for (size_t i = 0; i < sizeof(counters) / sizeof(*counters); i++) {
		if (!(row->has & COL_BIT(counters[i].from)))
			continue;
		cell[counters[i].count] = cell_number(diff[counters[i].from]);
		if (counters[i].rate && row->seconds > 0)
			cell[counters[i].rate] = cell_rate(diff[counters[i].from] / row->seconds);
	}
	cell[G_IN_KERNEL] = cell_share(diff[COL_kvm_vm_switch_num], exits);
	cell[G_IO_SHARE] = cell_share(diff[COL_io_num], exits);
	if (row->has & COL_BIT(COL_mmio_num))
		cell[G_MMIO_SHARE] = cell_share(diff[COL_mmio_num], exits);
	for (size_t i = 0; i < sizeof(times) / sizeof(*times); i++) {
		if (!(row->has & COL_BIT(times[i].from)))
			continue;
		cell[times[i].ns] = cell_number(diff[times[i].from]);
		if (times[i].share)
			cell[times[i].share] = cell_share(diff[times[i].from], time);
	}
	if (row->has_ready) {
		cell[G_READY_NS] = cell_number(row->ready_ns);
		cell[G_READY_SHARE] = cell_share(row->ready_ns, time);
	}
	if (row->at->host[0])
		cell[G_HOST] = cell_text(row->at->host);
	if (guest->key.boot ? guest->key.boot->id[0] : row->at->boot_id[0])
		cell[G_BOOT] = cell_text(guest->key.boot ? guest->key.boot->id : row->at->boot_id);
}

void guests_judge(struct grid *grid, const struct verdict *verdict)
{
	struct cell *cell = &grid->cell[(grid->nr - 1) * grid->nr_columns];

	cell[G_BOUND] = cell_text(verdict_word(verdict->bound));
	cell[G_CONFIDENCE] = cell_rate(verdict->confidence);
	cell[G_RULE] = cell_text(verdict->rule);
	cell[G_WHY] = cell_text(verdict->why);
	cell[G_ADVICE] = cell_text(verdict->advice);
	cell[G_BLIND] = cell_text(verdict->blind);
}

void guests_add_delta(struct grid *grid, const struct window_guest *guest,
		      const struct delta *delta, const struct delta_row *row,
		      const struct moment *at)
{
	static const char *const state[] = {
		[DELTA_STAYED] = "running",
		[DELTA_NEW] = "new",
		[DELTA_ENDED] = "ended",
		[DELTA_RESTARTED] = "restarted",
	};
	struct row figures = {
		.guest = guest,
		.diff = &row->diff,
		.has = delta->has,
		.seconds = delta->seconds,
		.state = state[row->state],
		.at = at,
	};

	figures.has_ready = about_ready(row->was, row->now, &figures.ready_ns);
	add_row(grid, &figures);
}

void guests_add_total(struct grid *grid, const struct window *window,
		      const struct window_guest *guest, const struct moment *at)
{
	struct row row = {
		.guest = guest,
		.diff = &guest->sum,
		.has = window->has,
		.seconds = guest->seconds,
		.state = guest->ended	  ? "ended" :
			 guest->restarted ? "restarted" :
					    "running",
		.at = at,
	};

	row.has_ready = about_ready(guest->was, guest->now, &row.ready_ns);
	add_row(grid, &row);
}

void guests_add_window(struct grid *grid, const struct window *window, const struct moment *at,
		       const struct thresholds *thresholds)
{
	for (size_t i = 0; i < window->nr; i++) {
		const struct window_guest *guest = window->guest[i];
		struct verdict verdict;

		if (!guest->chosen)
			continue;
		guests_add_total(grid, window, guest, at);
		if (window_guest_is_others(guest))
			continue;
		verdict_judge(&verdict, guest, window->has, thresholds);
		guests_judge(grid, &verdict);
	}
}
