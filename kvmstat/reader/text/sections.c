// SPDX-License-Identifier: GPL-2.0
/*
 * Fills the grids from the tables.
 */
#define _GNU_SOURCE
#include "text/sections.h"

#include <langinfo.h>
#include <string.h>

#include "data/jsonl.h"
#include "text/backing.h"
#include "verdict/device.h"

const struct section sections[TABLE_NR] = {
	{ TABLE_REASONS, "Exits by reason (times of exits whose handling is over)", "exits" },
	{ TABLE_USERSPACE, "Returns to userspace", "returns" },
	{ TABLE_HOT, "Devices and registers that it touches (the true count is at most AT-MOST)",
	  "count" },
	{ TABLE_HISTOGRAMS, "Handling time of an exit, without halts", "exits" },
	{ TABLE_VCPUS, "vCPUs", "-vcpu" },
	{ TABLE_CPUS, "CPUs of the host", "exits" },
	{ TABLE_THREADS, "Threads that work for it", "run_ns" },
	{ TABLE_CGROUPS, "Its cgroups, and those above them", "-cgroup" },
	{ TABLE_MEMORY, "Memory of its process", "resident_bytes" },
	{ TABLE_NODES, "Memory by NUMA node", "-node" },
	{ TABLE_TRAFFIC, "I/O without exits (in: to the guest)", "kind" },
	{ TABLE_HOST, "Host", "tasks" },
	{ TABLE_HOST_NODES, "NUMA nodes of the host", "-node" },
	{ TABLE_PROCESSES, "Processes beside the guests, those that use most", "cpu_share" },
	{ TABLE_MISSING, "Not available", "what" },
};

void spark(char *out, const uint64_t *v, size_t nr)
{
	static const char *const bars[] = { " ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█" };
	static const char ascii[] = " .:-=+*#@";
	const bool utf8 = !strcmp(nl_langinfo(CODESET), "UTF-8");
	uint64_t most = 1;

	for (size_t i = 0; i < nr; i++)
		most = v[i] > most ? v[i] : most;
	for (size_t i = 0; i < nr; i++) {
		/* Any number but 0 shows. */
		size_t level = v[i] ? 1 + (size_t)(7.0 * v[i] / most) : 0;

		if (utf8)
			out = stpcpy(out, bars[level]);
		else
			*out++ = ascii[level];
	}
	*out = '\0';
}

/*
 * What happened. The columns behind those of a page are the screen's, and need the last interval.
 */
struct happened {
	const struct detail *since;
	bool screen; /* the screen's columns are wanted, and a row for each of the table */
	const struct detail *last; /* in the last interval; NULL: not known */
	double seconds; /* of it */
};

/* Begins a grid without the columns of the screen, unless these are wanted. */
static struct grid begin(const struct grid_column *column, size_t page, size_t all,
			 const struct happened *happened)
{
	return (struct grid){ .column = column, .nr_columns = happened->screen ? all : page };
}
#define BEGIN(columns, screen_columns, happened)                                \
	begin(columns, sizeof(columns) / sizeof(*(columns)) - (screen_columns), \
	      sizeof(columns) / sizeof(*(columns)), happened)

/* Returns the same row of the last interval, or NULL. */
static const void *lately(const struct happened *happened, enum table table, const void *row)
{
	if (!happened->last)
		return NULL;
	return (const char *)happened->last->table[table].row +
	       ((const char *)row - (const char *)happened->since->table[table].row);
}

static struct cell per_second(const struct happened *happened, uint64_t number)
{
	return cell_rate(number / happened->seconds);
}

static const struct grid_column reason_columns[] = {
	{ "reason", "REASON", UNIT_TEXT, 18, 0 },
	{ "code", "CODE", UNIT_HEX, 5, 0 },
	{ "exits", "EXITS", UNIT_COUNT, 9, 0 },
	{ "exits_share", "EXITS%", UNIT_SHARE, 6, 1 },
	{ "to_user", "TO-VMM", UNIT_COUNT, 9, 0 },
	{ "to_user_share", "TO-VMM%", UNIT_SHARE, 7, 1 },
	{ "kernel_ns", "KERNEL", UNIT_NS, 7, 0 },
	{ "user_ns", "VMM", UNIT_NS, 7, 0 },
	{ "time_share", "TIME%", UNIT_SHARE, 5, 1 },
	{ "mean_ns", "MEAN", UNIT_NS, 6, 0 },
	{ "longest_ns", "LONGEST", UNIT_NS, 7, 0 },
	{ "exits_s", "EXITS/s", UNIT_RATE, 7, 0 },
};

static struct grid reasons_grid(const struct happened *happened)
{
	const struct detail *detail = happened->since;
	struct grid grid = BEGIN(reason_columns, 1, happened);
	uint64_t exits = 0, time = 0;
	const struct reason *r;

	grid.usual = "reason,exits,exits_share,to_user_share,kernel_ns,user_ns,time_share,mean_ns,"
		     "longest_ns";
	detail_for_each(r, detail, TABLE_REASONS) {
		exits += r->exits;
		time += r->kernel_ns + r->user_ns;
	}
	detail_for_each(r, detail, TABLE_REASONS) {
		const struct reason *last = lately(happened, TABLE_REASONS, r);
		struct cell *cell = grid_row(&grid);

		/* The longest time is not of the window, so the row stays empty. */
		if (!r->exits && !r->kernel_ns && !r->user_ns)
			continue;
		*cell++ = cell_text(r->reason);
		*cell++ = cell_number(r->code);
		*cell++ = cell_number(r->exits);
		*cell++ = cell_share(r->exits, exits);
		*cell++ = cell_number(r->to_user);
		*cell++ = cell_share(r->to_user, r->exits);
		*cell++ = cell_number(r->kernel_ns);
		*cell++ = cell_number(r->user_ns);
		*cell++ = cell_share(r->kernel_ns + r->user_ns, time);
		*cell++ = cell_number(r->exits ? (r->kernel_ns + r->user_ns) / r->exits : 0);
		*cell++ = cell_number(r->longest_ns);
		if (last)
			*cell = per_second(happened, last->exits);
	}
	return grid;
}

static const struct grid_column outcome_columns[] = {
	{ "kind", "KIND", UNIT_TEXT, 6, 0 },
	{ "name", "NAME", UNIT_TEXT, 24, 0 },
	{ "returns", "RETURNS", UNIT_COUNT, 9, 0 },
	{ "returns_share", "RETURNS%", UNIT_SHARE, 8, 1 },
	{ "returns_s", "RETURNS/s", UNIT_RATE, 9, 0 },
};

/* The other kinds already include the returns without an exit. */
static uint64_t part_of_all(const struct outcome *o)
{
	return strcmp(o->kind, "noexit") ? o->returns : 0;
}

static struct grid userspace_grid(const struct happened *happened)
{
	struct grid grid = BEGIN(outcome_columns, 2, happened);
	const struct outcome *o;
	uint64_t all = 0;

	detail_for_each(o, happened->since, TABLE_USERSPACE)
		all += part_of_all(o);
	detail_for_each(o, happened->since, TABLE_USERSPACE) {
		const struct outcome *last = lately(happened, TABLE_USERSPACE, o);
		struct cell *cell = grid_row(&grid);

		*cell++ = cell_text(o->kind);
		*cell++ = cell_text(o->name);
		*cell++ = cell_number(o->returns);
		if (happened->screen)
			*cell++ = cell_share(o->returns, part_of_all(o) ? all : 0);
		if (last)
			*cell = per_second(happened, last->returns);
	}
	return grid;
}

static const struct grid_column spot_columns[] = {
	{ "kind", "KIND", UNIT_TEXT, 9, 0 },	    { "direction", "DIR", UNIT_TEXT, 5, 0 },
	{ "address", "ADDRESS", UNIT_HEX, 10, 0 },  { "count", "COUNT", UNIT_COUNT, 9, 0 },
	{ "at_most", "AT-MOST", UNIT_COUNT, 9, 0 }, { "class", "CLASS", UNIT_TEXT, 10, 0 },
	{ "device", "DEVICE", UNIT_TEXT, 34, 0 },   { "ns", "TIME", UNIT_NS, 6, 0 },
	{ "count_s", "COUNT/s", UNIT_RATE, 7, 0 },
};

static struct grid hot_grid(const struct happened *happened)
{
	const struct detail *detail = happened->since;
	struct grid grid = BEGIN(spot_columns, 1, happened);
	const struct spot *s;

	grid.usual = "kind,direction,address,count,at_most,ns,device";
	detail_for_each(s, detail, TABLE_HOT) {
		const struct spot *last = lately(happened, TABLE_HOT, s);
		struct device device = device_find(detail->isa, s->kind, s->address);
		struct cell *cell = grid_row(&grid);

		if (!s->at_most)
			continue;
		*cell++ = cell_text(s->kind);
		*cell++ = cell_text(s->direction);
		*cell++ = cell_number(s->address);
		*cell++ = cell_number(s->count);
		*cell++ = cell_number(s->at_most);
		*cell++ = cell_text(device_class_name(device.class));
		*cell++ = cell_text(device.name);
		*cell++ = cell_maybe(s->ns);
		if (last)
			*cell = per_second(happened, last->count);
	}
	return grid;
}

static const struct grid_column histogram_columns[] = {
	{ "class", "CLASS", UNIT_TEXT, 9, 0 },
	{ "through", "THROUGH", UNIT_TEXT, 9, 0 },
	{ "exits", "EXITS", UNIT_COUNT, 9, 0 },
	{ "p50_ns", "HALF<", UNIT_NS, 6, 0 },
	{ "p90_ns", "90%<", UNIT_NS, 6, 0 },
	{ "p99_ns", "99%<", UNIT_NS, 6, 0 },
	{ "shape", "512ns TO 8.4ms", UNIT_TEXT, DETAIL_BUCKETS, 0 },
};

/*
 * Returns the bound below which so many percent of the @total exits of a histogram are, unknown in
 * the last bucket.
 */
static struct cell percentile(const struct histogram *h, uint64_t total, unsigned int percent)
{
	uint64_t below = 0;

	for (size_t i = 0; total && i < DETAIL_BUCKETS - 1; i++) {
		below += h->bucket[i];
		if ((unsigned __int128)below * 100 >= (unsigned __int128)total * percent)
			return cell_number(UINT64_C(1) << (DETAIL_FIRST_BUCKET_BITS + i));
	}
	return (struct cell){ 0 };
}

static struct grid histograms_grid(const struct happened *happened)
{
	const struct detail *detail = happened->since;
	struct grid grid = GRID(histogram_columns);
	const struct histogram *h;

	detail_for_each(h, detail, TABLE_HISTOGRAMS) {
		char shape[SPARK_SIZE(DETAIL_BUCKETS)];
		struct cell *cell = grid_row(&grid);
		uint64_t total = 0;

		for (size_t i = 0; i < DETAIL_BUCKETS; i++)
			total += h->bucket[i];
		*cell++ = cell_text(h->class);
		*cell++ = cell_text(h->through);
		*cell++ = cell_number(total);
		*cell++ = percentile(h, total, 50);
		*cell++ = percentile(h, total, 90);
		*cell++ = percentile(h, total, 99);
		spark(shape, h->bucket, DETAIL_BUCKETS);
		*cell++ = cell_text(shape);
	}
	return grid;
}

static const struct grid_column vcpu_columns[] = {
	{ "vcpu", "VCPU", UNIT_ID, 4, 0 },	   { "tid", "THREAD", UNIT_ID, 7, 0 },
	{ "mode", "NOW", UNIT_TEXT, 10, 0 },	   { "exits", "EXITS", UNIT_COUNT, 9, 0 },
	{ "to_user", "TO-VMM", UNIT_COUNT, 9, 0 }, { "guest_ns", "GUEST", UNIT_NS, 7, 0 },
	{ "kernel_ns", "KERNEL", UNIT_NS, 7, 0 },  { "user_ns", "VMM", UNIT_NS, 7, 0 },
	{ "polled_ns", "POLLED", UNIT_NS, 7, 0 },  { "blocked_ns", "BLOCKED", UNIT_NS, 7, 0 },
	{ "guest", "GUEST%", UNIT_SHARE, 6, 1 },   { "kernel", "KERN%", UNIT_SHARE, 5, 1 },
	{ "vmm", "VMM%", UNIT_SHARE, 5, 1 },	   { "halted", "HALT%", UNIT_SHARE, 5, 1 },
	{ "exits_s", "EXITS/s", UNIT_RATE, 7, 0 }, { "to_vmm_s", "TO-VMM/s", UNIT_RATE, 8, 0 },
};

/* Adds what the screen shows of the last interval, or, for shares, of all time. */
static void add_lately(struct cell *cell, const struct vcpu *v, const struct happened *happened)
{
	const struct vcpu *last = lately(happened, TABLE_VCPUS, v), *t = last ?: v;
	const uint64_t halted = t->polled_ns + t->blocked_ns;
	const uint64_t all = t->guest_ns + t->kernel_ns + t->user_ns + halted;

	*cell++ = cell_share(t->guest_ns, all);
	*cell++ = cell_share(t->kernel_ns, all);
	*cell++ = cell_share(t->user_ns, all);
	*cell++ = cell_share(halted, all);
	if (!last)
		return;
	*cell++ = per_second(happened, last->exits);
	*cell++ = per_second(happened, last->to_user);
}

static struct grid vcpus_grid(const struct happened *happened)
{
	const struct detail *detail = happened->since;
	struct grid grid = BEGIN(vcpu_columns, 6, happened);
	const struct vcpu *v;

	grid.usual = "vcpu,tid,mode,exits,guest_ns,kernel_ns,user_ns,polled_ns,blocked_ns";
	detail_for_each(v, detail, TABLE_VCPUS) {
		struct cell *cell = grid_row(&grid);

		*cell++ = cell_number(v->vcpu);
		*cell++ = cell_number(v->tid);
		*cell++ = cell_text(v->mode);
		*cell++ = cell_number(v->exits);
		*cell++ = cell_number(v->to_user);
		*cell++ = cell_number(v->guest_ns);
		*cell++ = cell_number(v->kernel_ns);
		*cell++ = cell_number(v->user_ns);
		*cell++ = cell_number(v->polled_ns);
		*cell++ = cell_number(v->blocked_ns);
		if (happened->screen)
			add_lately(cell, v, happened);
	}
	return grid;
}

static const struct grid_column cpu_columns[] = {
	{ "cpu", "CPU", UNIT_ID, 4, 0 },	   { "exits", "EXITS", UNIT_COUNT, 9, 0 },
	{ "to_user", "TO-VMM", UNIT_COUNT, 9, 0 }, { "io", "IO", UNIT_COUNT, 9, 0 },
	{ "mmio", "MMIO", UNIT_COUNT, 9, 0 },	   { "halts", "HALTS", UNIT_COUNT, 9, 0 },
	{ "guest_ns", "GUEST", UNIT_NS, 7, 0 },	   { "to_vmm", "TO-VMM%", UNIT_SHARE, 7, 1 },
	{ "exits_s", "EXITS/s", UNIT_RATE, 7, 0 },
};

static struct grid cpus_grid(const struct happened *happened)
{
	struct grid grid = BEGIN(cpu_columns, 2, happened);
	const struct cpu *c;

	detail_for_each(c, happened->since, TABLE_CPUS) {
		const struct cpu *last = lately(happened, TABLE_CPUS, c);
		struct cell *cell = grid_row(&grid);

		*cell++ = cell_number(c->cpu);
		*cell++ = cell_number(c->exits);
		*cell++ = cell_number(c->to_user);
		*cell++ = cell_number(c->io_num);
		*cell++ = cell_number(c->mmio_num);
		*cell++ = cell_number(c->halt_num);
		*cell++ = cell_number(c->guest_ns);
		if (happened->screen)
			*cell++ = cell_share(c->to_user, c->exits);
		if (last)
			*cell = per_second(happened, last->exits);
	}
	return grid;
}

static struct grid module_grid(enum table table, const struct happened *happened)
{
	static struct grid (*const make[TABLE_MODULE_NR])(const struct happened *happened) = {
		[TABLE_REASONS] = reasons_grid,	      [TABLE_USERSPACE] = userspace_grid,
		[TABLE_HISTOGRAMS] = histograms_grid, [TABLE_HOT] = hot_grid,
		[TABLE_VCPUS] = vcpus_grid,	      [TABLE_CPUS] = cpus_grid,
	};

	return make[table](happened);
}

struct grid section_screen(enum table table, const struct detail *since, const struct detail *last,
			   double seconds)
{
	if (table < TABLE_MODULE_NR)
		return module_grid(table, &(struct happened){ since, true, last, seconds });
	return backing_grid(table, last ?: since, last ? seconds : 0);
}

struct grid section_grid(const struct section *section, const struct detail *detail, double seconds,
			 size_t nr)
{
	const bool module = section->table < TABLE_MODULE_NR;
	const struct look arrange = { .sort = section->sort,
				      .skip_zeros = module && section->table != TABLE_VCPUS };
	struct grid grid =
		module ? module_grid(section->table, &(struct happened){ .since = detail }) :
			 backing_grid(section->table, detail, seconds);

	grid_arrange(&grid, &arrange);
	if (nr)
		grid_cut(&grid, nr);
	return grid;
}

/* The buckets of the histogram whose row this is; the last one has no end. */
static json_t *buckets_json(const struct detail *detail, const json_t *row)
{
	const char *class = json_string_value(json_object_get(row, "class"));
	const char *through = json_string_value(json_object_get(row, "through"));
	json_t *buckets = json_array();
	const struct histogram *h;

	detail_for_each(h, detail, TABLE_HISTOGRAMS) {
		if (strcmp(h->class, class) || strcmp(h->through, through))
			continue;
		for (int i = 0; i < DETAIL_BUCKETS; i++)
			json_array_append_new(
				buckets,
				json_pack("{s:o, s:o}", "below_ns",
					  i + 1 < DETAIL_BUCKETS ?
						  json_integer(1
							       << (DETAIL_FIRST_BUCKET_BITS + i)) :
						  json_null(),
					  "exits", jsonl_number(h->bucket[i])));
		break;
	}
	return buckets;
}

json_t *section_json(const struct section *section, const struct detail *detail, double seconds)
{
	struct grid grid = section_grid(section, detail, seconds, 0);
	json_t *rows = grid_json(&grid, NULL), *row;
	size_t i;

	grid_free(&grid);
	if (section->table != TABLE_HISTOGRAMS)
		return rows;
	json_array_foreach(rows, i, row) {
		json_object_del(row, "shape");
		json_object_set_new(row, "buckets", buckets_json(detail, row));
	}
	return rows;
}

const struct section *section_of(enum table table)
{
	const struct section *section = sections;

	while (section->table != table)
		section++;
	return section;
}
