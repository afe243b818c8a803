// SPDX-License-Identifier: GPL-2.0
/*
 * Reads recordings line by line.
 */
#define _GNU_SOURCE
#include "data/recording.h"

#include <errno.h>
#include <stdlib.h>

#include "data/jsonl.h"
#include "data/memory.h"

bool recording_is(FILE *file)
{
	int first = getc(file);

	if (first != EOF)
		ungetc(first, file);
	return first == '{';
}

void recording_open(struct recording *recording, FILE *file, const char *path)
{
	*recording = (struct recording){ .file = file, .path = path, .start = ftello(file) };
}

enum source_status recording_next(struct recording *recording, struct snapshot *snap, bool *end,
				  struct source_error *err)
{
	ssize_t len;

	*snap = (struct snapshot){ 0 };
	*err = (struct source_error){ 0 };
	errno = 0;
	len = getline(&recording->line, &recording->room, recording->file);
	*end = len < 0 && !errno;
	if (*end)
		return SOURCE_OK;
	if (len < 0) {
		*err = (struct source_error){ .status = SOURCE_UNREADABLE, .err = errno };
		return err->status;
	}
	recording->place.at += recording->place.line ? recording->place.len + 1 : 0;
	recording->place.len = len - 1;
	recording->place.line++;
	if (recording->line[len - 1] != '\n') {
		/* The line is still being written, or a crash has cut it. */
		recording->cut = *end = true;
		return SOURCE_OK;
	}
	return jsonl_parse(recording->line, len - 1, recording->place.line, snap, err);
}

enum source_status recording_at(struct recording *recording, const struct recording_place *place,
				struct snapshot *snap, struct source_error *err)
{
	const off_t at = recording->start + place->at;

	/* Seeking drops what is in the buffer. */
	if (ftello(recording->file) != at)
		fseeko(recording->file, at, SEEK_SET);
	if (place->len >= recording->room) {
		recording->room = place->len + 1;
		recording->line = xreallocarray(recording->line, recording->room, 1);
	}
	if (fread(recording->line, 1, place->len + 1, recording->file) != place->len + 1) {
		*snap = (struct snapshot){ 0 };
		*err = (struct source_error){ .status = SOURCE_UNREADABLE, .err = errno };
		return err->status;
	}
	return jsonl_parse(recording->line, place->len, place->line, snap, err);
}

void recording_close(struct recording *recording)
{
	if (recording->file && recording->file != stdin)
		fclose(recording->file);
	free(recording->line);
	*recording = (struct recording){ 0 };
}
