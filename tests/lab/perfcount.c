// SPDX-License-Identifier: GPL-2.0
/*
 * perfcount ID: count a tracepoint's events on all CPUs, as perf stat does, until standard
 * input ends, then print the count. This is a second consumer of the events, and an oracle.
 */
#include <err.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#define MAX_CPUS 64

int main(int argc, char **argv)
{
	struct perf_event_attr attr = { .type = PERF_TYPE_TRACEPOINT, .size = sizeof(attr) };
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	unsigned long long n, sum = 0;
	int fd[MAX_CPUS];
	long i;

	if (argc != 2 || cpus > MAX_CPUS)
		errx(2, "usage: perfcount ID, on at most %d CPUs", MAX_CPUS);
	attr.config = strtoull(argv[1], NULL, 10);
	for (i = 0; i < cpus; i++) {
		fd[i] = syscall(SYS_perf_event_open, &attr, -1, i, -1, 0);
		if (fd[i] < 0)
			err(1, "perf_event_open");
	}
	puts("attached");
	fflush(stdout);
	while (getchar() != EOF)
		;
	for (i = 0; i < cpus; i++) {
		if (read(fd[i], &n, sizeof(n)) != sizeof(n))
			err(1, "read");
		sum += n;
	}
	printf("count %llu\n", sum);
	return 0;
}
