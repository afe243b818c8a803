// SPDX-License-Identifier: GPL-2.0
/*
 * failnth N MODULE [PARAMETERS]: load a module while the Nth allocation of the load fails. Prints the
 * error, or "loaded", and "reached" if there was an Nth. The kernel needs
 * CONFIG_FAULT_INJECTION (Documentation/fault-injection, "fail-nth").
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	char left[16] = "";
	int fd, nth, status, error;

	if (argc < 3)
		errx(2, "usage: failnth N MODULE [PARAMETERS]");
	fd = open(argv[2], O_RDONLY | O_CLOEXEC);
	nth = open("/proc/thread-self/fail-nth", O_RDWR);
	if (fd < 0 || nth < 0)
		err(2, "%s", fd < 0 ? argv[2] : "/proc/thread-self/fail-nth");
	if (write(nth, argv[1], strlen(argv[1])) < 0)
		err(2, "cannot have allocation %s fail", argv[1]);
	status = syscall(SYS_finit_module, fd, argc > 3 ? argv[3] : "", 0);
	error = errno;
	/* What is left of N, of which 0 means that it failed. */
	if (pread(nth, left, sizeof(left) - 1, 0) < 0 || pwrite(nth, "0", 1, 0) < 0)
		err(2, "/proc/thread-self/fail-nth");
	printf("%s %s\n", status ? strerror(error) : "loaded", atoi(left) ? "" : "reached");
	return 0;
}
