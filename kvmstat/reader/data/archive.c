// SPDX-License-Identifier: GPL-2.0
/*
 * Reads every line once to learn its place in the order, and once more when its turn comes, so
 * that the memory it takes is that of the places.
 */
#define _GNU_SOURCE
#include "data/archive.h"

#include <inttypes.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "data/nsec.h"
#include "data/memory.h"
#include "data/when.h"

/* So many damaged lines of a file are named; the others are counted. */
#define NAMED 10

struct item {
	const struct boot *boot;
	int64_t boot_ns, real_ns;
	uint64_t digest; /* of the line: decides between lines of one moment */
	size_t recording;
	struct recording_place place;
};

static int compare_numbers(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

static int compare_names(const void *a, const void *b)
{
	const struct boot *x = a, *y = b;
	int order = strcmp(x->host, y->host);

	return order ?: strcmp(x->id, y->id);
}

/* Boots of a host are in the order of their first snapshots. */
static int compare_boots(const struct boot *x, const struct boot *y)
{
	int order = strcmp(x->host, y->host);

	if (!order)
		order = compare_numbers(x->first_ns, y->first_ns);
	return order ?: strcmp(x->id, y->id);
}

/* Lines of one moment are equal, but for their digests. */
static int compare_moments(const struct item *x, const struct item *y)
{
	int order = x->boot == y->boot ? 0 : compare_boots(x->boot, y->boot);

	if (!order)
		order = compare_numbers(x->boot_ns, y->boot_ns);
	return order ?: compare_numbers(x->real_ns, y->real_ns);
}

static int compare_entries(const void *a, const void *b)
{
	const struct item *x = a, *y = b;
	int order = compare_moments(x, y);

	return order ?: (x->digest > y->digest) - (x->digest < y->digest);
}

/* FNV-1a. */
static uint64_t digest(const char *line)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);

	for (; *line; line++)
		hash = (hash ^ (unsigned char)*line) * UINT64_C(0x100000001b3);
	return hash;
}

static struct boot *boot_of(struct archive *archive, const struct moment *at)
{
	const struct boot key = { .host = (char *)at->host, .id = (char *)at->boot_id };
	struct boot **found = tfind(&key, &archive->boots, compare_names);
	struct boot *boot;

	if (found)
		return *found;
	boot = xcalloc(1, sizeof(*boot));
	*boot = (struct boot){ xstrdup(at->host), xstrdup(at->boot_id), INT64_MAX, 0 };
	if (!tsearch(boot, &archive->boots, compare_names))
		abort();
	return boot;
}

static void add_entry(struct archive *archive, const struct recording *recording,
		      const struct moment *at)
{
	struct boot *boot = boot_of(archive, at);

	if (at->real_ns < boot->first_ns)
		boot->first_ns = at->real_ns;
	archive->entry = xgrow(archive->entry, archive->nr, sizeof(*archive->entry));
	archive->entry[archive->nr++] = (struct item){ boot,
						       at->boot_ns,
						       at->real_ns,
						       digest(recording->line),
						       recording - archive->recording,
						       recording->place };
}

/* Says which lines of @recording are left out, or that it is no recording at all. */
static enum status judge_lines(const struct recording *recording, bool any, char *damaged,
			       size_t nr)
{
	const bool foreign = nr || (recording->cut && recording->line[0] != '{');

	if (!any && foreign) {
		if (nr)
			*strchr(damaged, '\n') = '\0';
		fprintf(stderr, "%s: %s is no recording%s%s\n", status_program, recording->path,
			nr ? ": " : "", damaged);
		return STATUS_BAD;
	}
	for (const char *line = damaged; *line; line = strchr(line, '\n') + 1)
		fprintf(stderr, "%s: %s: %.*s; it is left out\n", status_program, recording->path,
			(int)strcspn(line, "\n"), line);
	if (nr > NAMED)
		fprintf(stderr, "%s: %s: %zu more damaged lines are left out\n", status_program,
			recording->path, nr - NAMED);
	if (recording->cut)
		fprintf(stderr, "%s: %s: the last line has no end and is left out\n",
			status_program, recording->path);
	return STATUS_OK;
}

enum status archive_add(struct archive *archive, FILE *file, const char *path)
{
	const size_t before = archive->nr;
	enum status status = STATUS_OK;
	struct recording *recording;
	struct source_error err;
	struct snapshot snap;
	size_t nr = 0, size;
	char *damaged;
	FILE *list = open_memstream(&damaged, &size);
	bool end = false;

	archive->recording = xgrow(archive->recording, archive->nr_recordings, sizeof(*recording));
	recording = &archive->recording[archive->nr_recordings++];
	recording_open(recording, file, strcmp(path, "-") ? path : "standard input");
	while (!end) {
		if (recording_next(recording, &snap, &end, &err) == SOURCE_UNREADABLE)
			break;
		if (err.status && nr++ < NAMED)
			fprintf(list, "line %zu: %s\n", err.line, err.what);
		else if (!err.status && !end)
			add_entry(archive, recording, &snap.at);
		snapshot_free(&snap);
	}
	fclose(list);
	if (end) {
		status = judge_lines(recording, archive->nr > before, damaged, nr);
	} else {
		fprintf(stderr, "%s: cannot read %s: %s\n", status_program, recording->path,
			strerror(err.err));
		status = STATUS_NO_DATA;
	}
	free(damaged);
	return status;
}

static bool is_wanted(const struct item *entry, const struct extract *extract, int64_t from,
		      int64_t to)
{
	return (!extract->host || name_means(extract->host, entry->boot->host)) &&
	       entry->real_ns >= from && entry->real_ns <= to;
}

/* A time that stands for a whole second means the end of that second. */
static int64_t end_of(const char *text, int64_t ns)
{
	return *text == '+' || ns % NSEC_PER_SEC || ns > INT64_MAX - NSEC_PER_SEC ?
		       ns :
		       ns + NSEC_PER_SEC - 1;
}

static void print_hosts(const struct archive *archive)
{
	const char *last = NULL;
	char shown[NAME_SHOWN_SIZE];

	for (size_t i = 0; i < archive->nr; i++) {
		const char *host = archive->entry[i].boot->host;

		if (last && !strcmp(last, host))
			continue;
		last = host;
		name_show(shown, host, NAME_SIZE);
		fprintf(stderr, "  %s\n", shown);
	}
}

static enum status nothing_left(const struct archive *archive, const struct extract *extract)
{
	if (extract->host && archive->nr) {
		fprintf(stderr, "%s: no snapshot of such a host%s; there are those of:\n",
			status_program, extract->from || extract->to ? " in this span" : "");
		print_hosts(archive);
	} else {
		fprintf(stderr, "%s: %s: no snapshot in this recording%s\n", status_program,
			archive->recording[archive->nr_recordings - 1].path,
			archive->nr ? ", or none in this span of it" : " yet");
	}
	return STATUS_NO_DATA;
}

/* Numbers the boots of the entries, which are in order. */
static void number_boots(struct archive *archive)
{
	struct boot *boot = NULL;
	size_t nr = 0;

	for (size_t i = 0; i < archive->nr; i++) {
		if (archive->entry[i].boot == boot)
			continue;
		/* The tree has them, not as constants. */
		boot = (struct boot *)archive->entry[i].boot;
		boot->nr = ++nr;
	}
}

enum status archive_order(struct archive *archive, const struct extract *extract)
{
	int64_t first = INT64_MAX, from = INT64_MIN, to = INT64_MAX;
	struct item *entry = archive->entry;
	size_t kept = 0;

	if (archive->nr)
		qsort(entry, archive->nr, sizeof(*entry), compare_entries);
	for (size_t i = 0; i < archive->nr; i++)
		if (is_wanted(&entry[i], extract, from, to) && entry[i].real_ns < first)
			first = entry[i].real_ns;
	if (extract->from)
		when_parse(extract->from, first, &from);
	if (extract->to && when_parse(extract->to, first, &to))
		to = end_of(extract->to, to);
	for (size_t i = 0; i < archive->nr; i++) {
		if (!is_wanted(&entry[i], extract, from, to) ||
		    (kept && !compare_moments(&entry[kept - 1], &entry[i])))
			continue;
		entry[kept++] = entry[i];
	}
	if (!kept)
		return nothing_left(archive, extract);
	archive->nr = kept;
	number_boots(archive);
	return STATUS_OK;
}

bool archive_host(struct archive *archive)
{
	const struct item *entry = archive->entry;
	size_t at = archive->limit;

	archive->next = at;
	while (at < archive->nr && !strcmp(entry[at].boot->host, entry[archive->next].boot->host))
		at++;
	archive->limit = at;
	return archive->next < at;
}

bool archive_has_one_host(const struct archive *archive)
{
	return !strcmp(archive->entry[0].boot->host, archive->entry[archive->nr - 1].boot->host);
}

enum status archive_check_one(const struct archive *archive)
{
	if (archive_has_one_host(archive))
		return STATUS_OK;
	fprintf(stderr,
		"%s: these are recordings of several hosts; choose one with --host of 'kvmstat report' or 'kvmstat top':\n",
		status_program);
	print_hosts(archive);
	return STATUS_BAD;
}

bool archive_next(struct archive *archive, struct snapshot *snap)
{
	struct source_error err;

	while (archive->next < archive->limit) {
		const struct item *entry = &archive->entry[archive->next++];
		struct recording *recording = &archive->recording[entry->recording];

		if (recording_at(recording, &entry->place, snap, &err) == SOURCE_OK) {
			snap->at.boot = entry->boot;
			return true;
		}
		fprintf(stderr,
			"%s: %s: line %zu has changed while it was read; it is left "
			"out\n",
			status_program, recording->path, entry->place.line);
	}
	*snap = (struct snapshot){ 0 };
	return false;
}

void archive_seek(struct archive *archive, size_t at)
{
	archive->next = at;
}

int64_t archive_time(const struct archive *archive, size_t at)
{
	return archive->entry[at].real_ns;
}

static void forget(void *node)
{
	struct boot *boot = node;

	free(boot->host);
	free(boot->id);
	free(boot);
}

void archive_close(struct archive *archive)
{
	for (size_t i = 0; i < archive->nr_recordings; i++)
		recording_close(&archive->recording[i]);
	tdestroy(archive->boots, forget);
	free(archive->recording);
	free(archive->entry);
	*archive = (struct archive){ 0 };
}
