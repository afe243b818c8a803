// SPDX-License-Identifier: GPL-2.0
/*
 * Mutates the files of a corpus and parses them: fuzz COUNT SEED FILE... The
 * sanitizers find what goes wrong inside, the checks here what comes out wrong.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "delta.h"
#include "name.h"
#include "share.h"
#include "source.h"

#define SIZE_MAX_INPUT 4096

static uint64_t state;

/* xorshift64*: the same on every machine. */
static uint32_t draw(uint32_t below)
{
	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return (state * UINT64_C(2685821657736338717) >> 32) % below;
}

static size_t mutate(char *buf, size_t len)
{
	static const char telling[] = " \t\n\r\0"
				      "0919-+x=,\xff\x80";
	size_t at = draw(len + 1);
	size_t n = draw(16);

	if (n > len - at)
		n = len - at;
	switch (draw(6)) {
	case 0: /* a bit */
		if (at < len)
			buf[at] ^= 1 << draw(8);
		return len;
	case 1: /* a byte that means something */
		if (at < len)
			buf[at] = telling[draw(sizeof(telling) - 1)];
		return len;
	case 2: /* cut off */
		return at;
	case 3: /* taken out */
		memmove(buf + at, buf + at + n, len - at - n);
		return len - n;
	case 4: /* doubled */
		if (len + n > SIZE_MAX_INPUT)
			return len;
		memmove(buf + at + n, buf + at, len - at);
		return len + n;
	default: /* moved */
		memmove(buf + draw(len - n + 1), buf + at, n);
		return len;
	}
}

static void must(bool holds, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "fuzz: %s\n", what);
	abort();
}

static bool try_source(const char *buf, size_t len)
{
	struct snapshot nothing = SNAPSHOT_EMPTY;
	struct source_error err;
	struct snapshot snap;
	struct delta delta;

	if (source_parse(buf, len, &snap, &err)) {
		must(!snap.guest && !snap.nr, "an error left a snapshot");
		must(err.line && err.what[0], "an error says nothing");
		return false;
	}
	must(!(~snap.has & (COL_BIT(COL_NEEDED) - 1)), "a needed column is missing");
	must(!delta_compute(&delta, &nothing, &snap, 1), "no delta");
	for (size_t i = 0; i < snap.nr; i++)
		must(share_total(&delta.row[i].diff) == snap.guest[i].v[COL_exits],
		     "exits got lost");
	delta_free(&delta);
	snapshot_free(&snap);
	return true;
}

/* @buf has a NUL behind its @len bytes, as name_from_cmdline() wants. */
static void try_name(const char *buf, size_t len)
{
	char name[NAME_SIZE], shown[NAME_SHOWN_SIZE];

	if (!name_from_cmdline(buf, len, name))
		return;
	must(name_show(shown, name, 17) <= 17, "a name is too wide");
	for (const char *c = shown; *c; c++)
		must(*c >= ' ' && *c <= '~', "a name is not harmless");
}

struct seed {
	char text[SIZE_MAX_INPUT];
	size_t len;
};

static struct seed *read_seeds(char **path, int nr)
{
	struct seed *seed = calloc(nr, sizeof(*seed));

	for (int i = 0; i < nr; i++) {
		FILE *file = fopen(path[i], "r");

		if (!file) {
			perror(path[i]);
			exit(1);
		}
		seed[i].len = fread(seed[i].text, 1, SIZE_MAX_INPUT, file);
		fclose(file);
	}
	return seed;
}

int main(int argc, char **argv)
{
	unsigned long count, parsed = 0;
	const int nr = argc - 3;
	struct seed *seed;

	if (argc < 4)
		return 2;
	count = strtoul(argv[1], NULL, 10);
	state = strtoull(argv[2], NULL, 10) | 1;
	seed = read_seeds(argv + 3, nr);
	for (unsigned long i = 0; i < count; i++) {
		size_t len = seed[i % nr].len;
		char buf[SIZE_MAX_INPUT];
		char *exact;

		memcpy(buf, seed[i % nr].text, len);
		for (uint32_t n = 1 + draw(4); n; n--)
			len = mutate(buf, len);
		/* A block of its own size, so that ASan sees any read past it. */
		exact = malloc(len + 1);
		memcpy(exact, buf, len);
		exact[len] = '\0';
		try_name(exact, len);
		exact = realloc(exact, len ? len : 1);
		parsed += try_source(exact, len);
		free(exact);
	}
	printf("fuzz: %lu mutations of %d files, seed %s: %lu parsed, %lu refused\n", count, nr,
	       argv[2], parsed, count - parsed);
	free(seed);
	/* All refused would mean that the seeds are no seeds. */
	return !parsed;
}
