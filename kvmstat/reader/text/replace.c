// SPDX-License-Identifier: GPL-2.0
/*
 * Writes a new file to disk beside the old one and renames it.
 */
#define _GNU_SOURCE
#include "text/replace.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "data/memory.h"

static bool write_all(int fd, const char *text, size_t len)
{
	const mode_t mask = umask(0);

	umask(mask);
	if (fchmod(fd, 0644 & ~mask))
		return false;
	while (len) {
		ssize_t done = write(fd, text, len);

		if (done < 0 && errno != EINTR)
			return false;
		if (done > 0) {
			text += done;
			len -= done;
		}
	}
	return !fsync(fd);
}

static bool write_and_rename(const char *path, const char *text, size_t len)
{
	/* Whoever looks for *.prom, for instance, must not see the new file yet. */
	char *new = xasprintf("%s.XXXXXX", path);
	int fd = mkostemp(new, O_CLOEXEC);
	bool done = fd >= 0 && write_all(fd, text, len);
	int error = errno;

	if (fd >= 0 && close(fd) && done) {
		done = false;
		error = errno;
	}
	if (done && rename(new, path)) {
		done = false;
		error = errno;
	}
	if (fd >= 0 && !done)
		unlink(new);
	free(new);
	errno = error;
	return done;
}

bool replace_file(const char *path, const char *text, size_t len)
{
	sigset_t stop, was;
	struct stat st;
	char *real;
	bool done;
	int error;

	if (!stat(path, &st) && !S_ISREG(st.st_mode)) {
		errno = S_ISDIR(st.st_mode) ? EISDIR : EINVAL;
		return false;
	}
	real = realpath(path, NULL);
	/* Signals wait until no new file can be left behind. */
	sigemptyset(&stop);
	sigaddset(&stop, SIGHUP);
	sigaddset(&stop, SIGINT);
	sigaddset(&stop, SIGTERM);
	sigprocmask(SIG_BLOCK, &stop, &was);
	done = write_and_rename(real ?: path, text, len);
	error = errno;
	free(real);
	sigprocmask(SIG_SETMASK, &was, NULL);
	errno = error;
	return done;
}
