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

#include "data/memory.h"
#include "data/tree.h"
#include "data/word.h"

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
		if (word_is(field, column_name[column]))
			break;
	return column;
}

static enum source_status parse_header(const char *at, const char *end, struct layout *layout,
				       uint32_t *has, struct source_error *err)
{
	struct word field;

	*has = 0;
	for (layout->nr = 0; word_next(&at, end, &field); layout->nr++) {
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

static enum source_status parse_guest(const char *at, const char *end, size_t line,
				      const struct layout *layout, struct counts *guest,
				      struct source_error *err)
{
	struct word field;
	uint64_t total;
	size_t nr;

	*guest = (struct counts){ 0 };
	for (nr = 0; word_next(&at, end, &field); nr++) {
		const char *wrong;
		uint64_t number;

		if (nr == layout->nr)
			return bad(err, SOURCE_MALFORMED, line, "more fields than the header's %zu",
				   layout->nr);
		wrong = word_number(&field, false, &number);
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

static enum source_status append(struct snapshot *snap, const struct counts *guest, size_t line,
				 struct source_error *err)
{
	if (snap->nr == SNAPSHOT_MAX_GUESTS)
		return bad(err, SOURCE_MALFORMED, line, "more than %d guests", SNAPSHOT_MAX_GUESTS);
	snap->guest = xgrow(snap->guest, snap->nr, sizeof(*snap->guest));
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
			status = append(snap, &guest, line, err);
		buf = newline ? newline + 1 : end;
	}
	if (status != SOURCE_OK)
		snapshot_free(snap);
	return status;
}

enum source_status source_read(FILE *file, struct snapshot *snap, struct source_error *err)
{
	enum source_status status;
	size_t len;
	char *buf = tree_read_stream(file, &len);

	*snap = (struct snapshot){ 0 };
	if (!buf)
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
