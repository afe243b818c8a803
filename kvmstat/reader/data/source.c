// SPDX-License-Identifier: GPL-2.0
/*
 * Reads and checks /proc/kvminfo, which has a line of column names and then a line of
 * decimal numbers for each guest. Columns are found by name. Unknown columns are skipped;
 * those after the first seven may be missing.
 */
#include "data/source.h"

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

struct word {
	const char *at;
	size_t len;
};

/* From the header: the column of each field of a line, or COL_NR. */
struct layout {
	enum column column[SOURCE_MAX_FIELDS];
	size_t nr;
};

static enum source_status unreadable(struct source_error *err, int error)
{
	*err = (struct source_error){ .status = SOURCE_UNREADABLE, .err = error };
	return err->status;
}

__attribute__((format(printf, 4, 5))) static enum source_status
bad(struct source_error *err, enum source_status status, size_t line, const char *what, ...)
{
	va_list args;

	*err = (struct source_error){ .status = status, .line = line };
	va_start(args, what);
	vsnprintf(err->what, sizeof(err->what), what, args);
	va_end(args);
	return status;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* Takes the next field of the line [*at, end). Returns false at its end. */
static bool next_field(const char **at, const char *end, struct word *field)
{
	while (*at < end && is_blank(**at))
		++*at;
	field->at = *at;
	while (*at < end && !is_blank(**at))
		++*at;
	field->len = *at - field->at;
	return field->len;
}

static bool is_text(const struct word *field)
{
	for (size_t i = 0; i < field->len; i++)
		if (field->at[i] <= ' ' || field->at[i] > '~')
			return false;
	return true;
}

static enum column find_column(const struct word *field)
{
	enum column column;

	for (column = 0; column < COL_NR; column++)
		if (strlen(column_name[column]) == field->len &&
		    !memcmp(column_name[column], field->at, field->len))
			break;
	return column;
}

static enum source_status parse_header(const char *at, const char *end, struct layout *layout,
				       uint32_t *has, struct source_error *err)
{
	struct word field;

	*has = 0;
	for (layout->nr = 0; next_field(&at, end, &field); layout->nr++) {
		enum column column = find_column(&field);

		if (!is_text(&field))
			return bad(err, SOURCE_FOREIGN, 1, "no column names, not even text");
		if (layout->nr == SOURCE_MAX_FIELDS)
			return bad(err, SOURCE_FOREIGN, 1, "more than %d columns",
				   SOURCE_MAX_FIELDS);
		if (column < COL_NR) {
			if (*has & COL_BIT(column))
				return bad(err, SOURCE_FOREIGN, 1, "the column %s appears twice",
					   column_name[column]);
			*has |= COL_BIT(column);
		}
		layout->column[layout->nr] = column;
	}
	for (enum column column = 0; column < COL_NEEDED; column++)
		if (!(*has & COL_BIT(column)))
			return bad(err, SOURCE_FOREIGN, 1, "the column %s is missing",
				   column_name[column]);
	return SOURCE_OK;
}

/* Returns what is wrong with the number, or NULL. */
static const char *parse_number(const struct word *field, uint64_t *number)
{
	*number = 0;
	for (size_t i = 0; i < field->len; i++) {
		unsigned int digit = (unsigned char)field->at[i] - '0';

		if (digit > 9)
			return "is not a decimal number";
		if (__builtin_mul_overflow(*number, 10, number) ||
		    __builtin_add_overflow(*number, digit, number))
			return "does not fit in 64 bits";
	}
	return NULL;
}

static enum source_status parse_guest(const char *at, const char *end, size_t line,
				      const struct layout *layout, struct counts *guest,
				      struct source_error *err)
{
	struct word field;
	uint64_t total;
	size_t nr;

	*guest = (struct counts){ 0 };
	for (nr = 0; next_field(&at, end, &field); nr++) {
		const char *wrong;
		uint64_t number;

		if (nr == layout->nr)
			return bad(err, SOURCE_MALFORMED, line, "more fields than the header's %zu",
				   layout->nr);
		wrong = parse_number(&field, &number);
		if (wrong)
			return bad(err, SOURCE_MALFORMED, line, "field %zu %s", nr + 1, wrong);
		if (layout->column[nr] < COL_NR)
			guest->v[layout->column[nr]] = number;
	}
	if (nr < layout->nr)
		return bad(err, SOURCE_MALFORMED, line, "%zu fields, but the header has %zu", nr,
			   layout->nr);
	if (guest->v[COL_pid] > INT_MAX)
		return bad(err, SOURCE_MALFORMED, line, "the pid is out of range");
	if (__builtin_add_overflow(guest->v[COL_kvm_vm_switch_num],
				   guest->v[COL_kvm_qemu_switch_num], &total) ||
	    total != guest->v[COL_exits])
		return bad(err, SOURCE_MALFORMED, line, "exits is not the sum of the two switches");
	return SOURCE_OK;
}

static enum source_status append(struct snapshot *snap, size_t *room, const struct counts *guest,
				 size_t line, struct source_error *err)
{
	if (snap->nr == SNAPSHOT_MAX_GUESTS)
		return bad(err, SOURCE_MALFORMED, line, "more than %d guests", SNAPSHOT_MAX_GUESTS);
	if (snap->nr == *room) {
		size_t more = *room ? *room * 2 : 16;
		struct counts *grown = realloc(snap->guest, more * sizeof(*grown));

		if (!grown)
			return unreadable(err, ENOMEM);
		snap->guest = grown;
		*room = more;
	}
	snap->guest[snap->nr++] = *guest;
	return SOURCE_OK;
}

enum source_status source_parse(const char *buf, size_t len, struct snapshot *snap,
				struct source_error *err)
{
	const char *const end = buf + len;
	enum source_status status = SOURCE_OK;
	struct layout layout = { .nr = 0 };
	size_t line = 1;
	size_t room = 0;

	*snap = (struct snapshot){ 0 };
	if (!len)
		return bad(err, SOURCE_FOREIGN, 1, "the file is empty");
	for (; buf < end && status == SOURCE_OK; line++) {
		const char *newline = memchr(buf, '\n', end - buf);
		const char *stop = newline ? newline : end;
		struct counts guest;

		if (stop - buf > SOURCE_MAX_LINE)
			status = bad(err, line == 1 ? SOURCE_FOREIGN : SOURCE_MALFORMED, line,
				     "longer than %d bytes", SOURCE_MAX_LINE);
		else if (line == 1)
			status = parse_header(buf, stop, &layout, &snap->has, err);
		if (status == SOURCE_OK && !newline)
			status = bad(err, SOURCE_MALFORMED, line, "cut off before its end");
		if (status == SOURCE_OK && line > 1)
			status = parse_guest(buf, stop, line, &layout, &guest, err);
		if (status == SOURCE_OK && line > 1)
			status = append(snap, &room, &guest, line, err);
		buf = newline ? newline + 1 : end;
	}
	if (status != SOURCE_OK)
		snapshot_free(snap);
	return status;
}

enum source_status source_read(FILE *file, struct snapshot *snap, struct source_error *err)
{
	enum source_status status;
	size_t room = 0, len = 0;
	char *buf = NULL;

	*snap = (struct snapshot){ 0 };
	do {
		size_t more = room ? room * 2 : 16384;
		char *grown = realloc(buf, more);

		if (!grown) {
			free(buf);
			return unreadable(err, ENOMEM);
		}
		buf = grown;
		room = more;
		errno = 0;
		len += fread(buf + len, 1, room - len, file);
	} while (len == room && len <= SOURCE_MAX_BYTES);

	if (ferror(file))
		status = unreadable(err, errno);
	else if (len > SOURCE_MAX_BYTES)
		status = bad(err, SOURCE_FOREIGN, 1, "the file is larger than %d MiB",
			     SOURCE_MAX_BYTES >> 20);
	else
		status = source_parse(buf, len, snap, err);
	free(buf);
	return status;
}

enum source_status source_load(const char *path, struct snapshot *snap, struct source_error *err)
{
	enum source_status status;
	FILE *file;

	if (!strcmp(path, "-"))
		return source_read(stdin, snap, err);
	*snap = (struct snapshot){ 0 };
	file = fopen(path, "re");
	if (!file)
		return unreadable(err, errno);
	status = source_read(file, snap, err);
	fclose(file);
	return status;
}

void source_explain(char *buf, size_t size, const struct source_error *err, const char *path,
		    bool live)
{
	const char *hint;

	if (!strcmp(path, "-"))
		path = "standard input";
	if (err->status == SOURCE_UNREADABLE) {
		if (live && err->err == ENOENT)
			hint = "; the kvmstat module is not loaded, so try 'sudo modprobe kvmstat'";
		else if (live && (err->err == EACCES || err->err == EPERM))
			hint = "; run as root, or load the module with the parameters "
			       "mode=0440 group=GID";
		else
			hint = "";
		snprintf(buf, size, "cannot read %s: %s%s", path, strerror(err->err), hint);
		return;
	}
	if (live)
		hint = "the versions of the module and of this command (" KVMSTAT_VERSION
		       ") differ, so install both from one release";
	else if (err->status == SOURCE_FOREIGN)
		hint = "it is not a recording or copy of /proc/" KVMSTAT_PROC_NAME
		       ", or from a version that this command (" KVMSTAT_VERSION ") does not know";
	else
		hint = "it is damaged, so take a new one";
	snprintf(buf, size, "%s: line %zu: %s; %s", path, err->line, err->what, hint);
}
