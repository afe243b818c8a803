// SPDX-License-Identifier: GPL-2.0
/*
 * Unpacks with zlib, which copies what is no gzip as it is.
 */
#define _GNU_SOURCE
#include "data/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "data/source.h"

#include "data/status.h"

/* Whether the file can be read as often as one likes, just as it is. */
static bool is_plain(int fd, const struct stat *st)
{
	const off_t at = lseek(fd, 0, SEEK_CUR);
	unsigned char magic[2];

	return S_ISREG(st->st_mode) && at >= 0 &&
	       !(pread(fd, magic, 2, at) == 2 && magic[0] == 0x1f && magic[1] == 0x8b);
}

/* Copies @from to @to, of what is no recording only the first bytes. Returns false with errno. */
static bool unpack(gzFile from, FILE *to, const char *path)
{
	off_t left = SOURCE_MAX_BYTES + 1;
	bool recording = false;
	char buf[1 << 16];
	int len, problem;

	while (left > 0 && (len = gzread(from, buf, sizeof(buf))) > 0) {
		if (fwrite(buf, 1, len, to) != (size_t)len)
			return false;
		recording |= gztell(from) == len && buf[0] == '{';
		left -= recording ? 0 : len;
	}
	gzerror(from, &problem);
	if (problem == Z_ERRNO)
		return false;
	if (problem != Z_OK && problem != Z_STREAM_END)
		fprintf(stderr,
			"%s: %s: the gzip is damaged or has no end; what is before that is "
			"read\n",
			status_program, strcmp(path, "-") ? path : "standard input");
	rewind(to);
	return !ferror(to);
}

static FILE *unpacked(int fd, const char *path)
{
	gzFile from = gzdopen(fd, "rb");
	FILE *to = tmpfile();
	const bool done = from && to && unpack(from, to, path);
	const int error = errno;

	if (to && !done)
		fclose(to);
	if (from)
		gzclose(from);
	else
		close(fd);
	errno = error;
	return done ? to : NULL;
}

FILE *spool_open(const char *path)
{
	const int fd = strcmp(path, "-") ? open(path, O_RDONLY | O_CLOEXEC) :
					   fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0);
	struct stat st;

	if (fd < 0 || fstat(fd, &st))
		return NULL;
	if (S_ISDIR(st.st_mode)) {
		close(fd);
		errno = EISDIR;
		return NULL;
	}
	return is_plain(fd, &st) ? fdopen(fd, "r") : unpacked(fd, path);
}
