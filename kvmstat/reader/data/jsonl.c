// SPDX-License-Identifier: GPL-2.0
/*
 * Writes and reads snapshots with jansson, and their tables by the forms.
 */
#include "data/jsonl.h"

#include <limits.h>
#include <string.h>

#include "data/about.h"
#include "data/memory.h"

json_t *jsonl_number(uint64_t number)
{
	return json_integer(number > INT64_MAX ? INT64_MAX : (json_int_t)number);
}

/* Returns a new reference, or NULL if the number is not known. */
static json_t *of_field(const struct field *field, const char *row)
{
	uint64_t number;

	if (field->text)
		return json_string(row + field->at);
	number = *(const uint64_t *)(row + field->at);
	if (field->optional && number == DETAIL_UNKNOWN)
		return NULL;
	return field->is_signed ? json_integer((json_int_t)number) : jsonl_number(number);
}

static json_t *of_rows(const struct form *form, const struct rows *rows)
{
	json_t *array = json_array();

	for (size_t i = 0; i < rows->nr; i++) {
		const char *row = (const char *)rows->row + i * form->size;
		json_t *object = json_object();

		for (const struct field *field = form->field; field->name; field++)
			json_object_set_new(object, field->name, of_field(field, row));
		json_array_append_new(array, object);
	}
	return array;
}

static json_t *of_detail(const struct detail *detail)
{
	json_t *object = json_object();

	for (enum table t = 0; t < TABLE_NR; t++)
		if (detail->table[t].known)
			json_object_set_new(object, detail_form[t].name,
					    of_rows(&detail_form[t], &detail->table[t]));
	return object;
}

static json_t *of_guest(const struct snapshot *snap, size_t i)
{
	const struct about *about = snap->about ? snap->about[i] : NULL;
	json_t *guest = json_object();

	if (about) {
		json_object_set_new(guest, "name", json_string(about->name));
		json_object_set_new(guest, "vmm", json_string(about->vmm));
		json_object_set_new(guest, "cgroup", json_string(about->cgroup));
		if (about->uuid[0])
			json_object_set_new(guest, "uuid", json_string(about->uuid));
		if (about->has_ready)
			json_object_set_new(guest, "ready_ns", jsonl_number(about->ready_ns));
		if (about->ready_older)
			json_object_set_new(guest, "ready_older", json_true());
	}
	for (enum column c = 0; c < COL_NR; c++)
		if (snap->has & COL_BIT(c))
			json_object_set_new(guest, column_name[c],
					    jsonl_number(snap->guest[i].v[c]));
	if (about)
		json_object_set_new(guest, "detail", of_detail(&about->detail));
	return guest;
}

static void put(FILE *out, json_t *json, size_t flags)
{
	json_dumpf(json, out, JSONL_FLAGS | flags);
	json_decref(json);
}

/* The JSON of a thousand guests at once would take ten times the memory of the line. */
char *jsonl_line(const struct snapshot *snap)
{
	const struct moment *at = &snap->at;
	char *line = NULL;
	size_t len;
	FILE *out = memory_or_exit(open_memstream(&line, &len));
	bool cut;

	fputc('{', out);
	put(out,
	    json_pack("{s:s, s:i, s:I, s:I, s:s, s:s, s:s, s:s, s:i}", "kvmstat", KVMSTAT_VERSION,
		      "format", JSONL_FORMAT, "time_ns", (json_int_t)at->real_ns, "uptime_ns",
		      (json_int_t)at->boot_ns, "boot_id", at->boot_id, "host", at->host, "kernel",
		      at->kernel, "isa", at->isa, "cpus", (int)at->cpus),
	    JSON_EMBED);
	fputs(",\"guests\":[", out);
	for (size_t i = 0; i < snap->nr; i++) {
		if (i)
			fputc(',', out);
		put(out, of_guest(snap, i), 0);
	}
	fputc(']', out);
	if (snap->host) {
		fputs(",\"machine\":", out);
		put(out, of_detail(&snap->host->detail), 0);
	}
	fputs("}\n", out);
	cut = ferror(out);
	cut |= fclose(out) != 0;
	return memory_or_exit(cut ? NULL : line);
}

/* The state of parsing. The first fault stays. */
struct reading {
	struct source_error *err;
	size_t line;
};

static bool fault(struct reading *reading, enum source_status status, const char *what,
		  const char *where)
{
	if (!reading->err->status) {
		*reading->err = (struct source_error){ .status = status, .line = reading->line };
		snprintf(reading->err->what, sizeof(reading->err->what), "%s%s", what, where);
	}
	return false;
}

static bool get_number(struct reading *reading, const json_t *object, const char *key,
		       uint64_t *number)
{
	const json_t *value = json_object_get(object, key);

	if (!value)
		return true;
	if (!json_is_integer(value) || json_integer_value(value) < 0)
		return fault(reading, SOURCE_MALFORMED, "not a count: ", key);
	*number = json_integer_value(value);
	return true;
}

/* Cleans the text again, as the file may come from anybody. */
static bool get_text(struct reading *reading, const json_t *object, const char *key,
		     char text[NAME_SIZE])
{
	const json_t *value = json_object_get(object, key);

	text[0] = '\0';
	if (value && !json_is_string(value))
		return fault(reading, SOURCE_MALFORMED, "not a text: ", key);
	if (value)
		name_clean(text, json_string_value(value), true);
	return true;
}

static bool get_row(struct reading *reading, const struct form *form, const json_t *object,
		    struct rows *rows)
{
	char *row = detail_new_row(form, rows);

	if (!row || !json_is_object(object))
		return fault(reading, SOURCE_MALFORMED,
			     "a bad list, or one that is too long: ", form->name);
	for (const struct field *field = form->field; field->name; field++) {
		const json_t *value = json_object_get(object, field->name);

		if (field->is_signed && json_is_integer(value)) {
			*(int64_t *)(row + field->at) = json_integer_value(value);
		} else if (!field->text) {
			if (!get_number(reading, object, field->name,
					(uint64_t *)(row + field->at)))
				return false;
		} else if (value &&
			   (!json_is_string(value) ||
			    !detail_set_text(row + field->at, field->text, json_string_value(value),
					     json_string_length(value)))) {
			return fault(reading, SOURCE_MALFORMED, "not a short text: ", field->name);
		} else if (value) {
			/* To a spreadsheet it could be a formula. */
			detail_clean_path(row + field->at, field->text, json_string_value(value));
		}
	}
	return true;
}

static bool get_rows(struct reading *reading, const struct form *form, const json_t *detail,
		     struct rows *rows)
{
	const json_t *array = json_object_get(detail, form->name), *object;
	size_t i;

	if (!array)
		return true;
	if (!json_is_array(array))
		return fault(reading, SOURCE_MALFORMED, "not a list: ", form->name);
	rows->known = true;
	json_array_foreach(array, i, object)
		if (!get_row(reading, form, object, rows))
			return false;
	return true;
}

static bool get_detail(struct reading *reading, const json_t *object, struct detail *detail)
{
	for (enum table t = 0; t < TABLE_NR; t++)
		if (!get_rows(reading, &detail_form[t], object, &detail->table[t]))
			return false;
	return true;
}

static bool get_guest(struct reading *reading, const json_t *guest, struct snapshot *snap)
{
	struct counts *counts = &snap->guest[snap->nr];
	struct about *about = about_new();
	uint32_t has = 0;

	/* From here on snapshot_free() drops it. */
	snap->about[snap->nr++] = about;
	if (!json_is_object(guest))
		return fault(reading, SOURCE_MALFORMED, "a guest is not an object", "");
	for (enum column c = 0; c < COL_NR; c++) {
		if (!get_number(reading, guest, column_name[c], &counts->v[c]))
			return false;
		if (json_object_get(guest, column_name[c]))
			has |= COL_BIT(c);
	}
	if (~has & (COL_BIT(COL_NEEDED) - 1))
		return fault(reading, SOURCE_MALFORMED, "a guest lacks a column", "");
	if (counts->v[COL_pid] > INT_MAX)
		return fault(reading, SOURCE_MALFORMED, "the pid is out of range", "");
	/* INT64_MAX stands for all sums that do not fit. */
	if (counts->v[COL_exits] != INT64_MAX &&
	    (counts->v[COL_kvm_vm_switch_num] > counts->v[COL_exits] ||
	     counts->v[COL_exits] - counts->v[COL_kvm_vm_switch_num] !=
		     counts->v[COL_kvm_qemu_switch_num]))
		return fault(reading, SOURCE_MALFORMED, "exits is not the sum of the two switches",
			     "");
	snap->has &= has;
	about->detail.isa = isa_of(snap->at.isa);
	about->boot_ns = snap->at.boot_ns;
	about->has_ready = json_object_get(guest, "ready_ns");
	about->ready_older = json_is_true(json_object_get(guest, "ready_older"));
	if (!get_detail(reading, json_object_get(guest, "detail"), &about->detail))
		return false;
	if (!get_number(reading, guest, "ready_ns", &about->ready_ns) ||
	    !get_text(reading, guest, "name", about->name) ||
	    !get_text(reading, guest, "vmm", about->vmm) ||
	    !get_text(reading, guest, "cgroup", about->cgroup) ||
	    !get_text(reading, guest, "uuid", about->uuid))
		return false;
	if (!about->name[0])
		strcpy(about->name, "-");
	return true;
}

static bool get_moment(struct reading *reading, const json_t *root, struct moment *at)
{
	uint64_t real = 0, boot = 0, cpus = 0;

	if (!get_number(reading, root, "time_ns", &real) ||
	    !get_number(reading, root, "uptime_ns", &boot) ||
	    !get_number(reading, root, "cpus", &cpus) ||
	    !get_text(reading, root, "boot_id", at->boot_id) ||
	    !get_text(reading, root, "host", at->host) ||
	    !get_text(reading, root, "kernel", at->kernel) ||
	    !get_text(reading, root, "isa", at->isa))
		return false;
	if (real > INT64_MAX || boot > INT64_MAX)
		return fault(reading, SOURCE_MALFORMED, "the time is out of range", "");
	at->real_ns = real;
	at->boot_ns = boot;
	at->cpus = cpus;
	return true;
}

static bool get_snapshot(struct reading *reading, const json_t *root, struct snapshot *snap)
{
	const json_t *guests = json_object_get(root, "guests"), *guest;
	uint64_t format = 0;
	size_t i;

	if (!json_object_get(root, "kvmstat") || !json_is_array(guests))
		return fault(reading, SOURCE_FOREIGN, "not a snapshot", "");
	if (!get_number(reading, root, "format", &format))
		return false;
	if (format != JSONL_FORMAT)
		return fault(reading, SOURCE_FOREIGN, "a format that this version does not know",
			     "");
	if (!get_moment(reading, root, &snap->at))
		return false;
	if (json_array_size(guests) > SNAPSHOT_MAX_GUESTS)
		return fault(reading, SOURCE_MALFORMED, "too many guests", "");
	snap->guest = xcalloc(json_array_size(guests) + 1, sizeof(*snap->guest));
	snap->about = xcalloc(json_array_size(guests) + 1, sizeof(*snap->about));
	json_array_foreach(guests, i, guest)
		if (!get_guest(reading, guest, snap))
			return false;
	if (!json_object_get(root, "machine"))
		return true;
	snap->host = about_new();
	return get_detail(reading, json_object_get(root, "machine"), &snap->host->detail);
}

enum source_status jsonl_parse(const char *buf, size_t len, size_t line, struct snapshot *snap,
			       struct source_error *err)
{
	struct reading reading = { err, line };
	json_error_t error;
	char clean[NAME_SIZE];
	json_t *root;

	*err = (struct source_error){ 0 };
	*snap = (struct snapshot){ .has = UINT32_MAX };
	root = json_loadb(buf, len, JSON_REJECT_DUPLICATES, &error);
	if (!root) {
		/* The message quotes a piece of the line. */
		name_clean(clean, error.text, true);
		fault(&reading, SOURCE_MALFORMED, "not JSON: ", clean);
		*snap = (struct snapshot){ 0 };
	} else if (!get_snapshot(&reading, root, snap)) {
		snapshot_free(snap);
	}
	json_decref(root);
	return err->status;
}
