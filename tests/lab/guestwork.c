// SPDX-License-Identifier: GPL-2.0
/*
 * guestwork KIND [DISK]: what guest-init's shell cannot make a guest do, for ever: "spin",
 * as one waits for a lock whose holder does not run; "memory", touch page after page that
 * the host has not given the guest yet; "write", write a disk block by block, uncached.
 */
#define _GNU_SOURCE
#include <err.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sysinfo.h>
#include <unistd.h>

/* Hardware lets some thousand PAUSEs pass between two VM exits, boot.sh --pause none. */
static void spin(void)
{
	volatile int i;

	for (;;) {
		for (i = 0; i < 3000; i++)
			;
		__builtin_ia32_pause();
	}
}

/* All that the guest has free but for some. */
static void memory(void)
{
	const size_t spare = 16 << 20, page = sysconf(_SC_PAGESIZE);
	struct sysinfo info;
	size_t size, at;
	char *bytes;

	sysinfo(&info);
	size = info.freeram * info.mem_unit - spare;
	bytes = mmap(NULL, size, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (bytes == MAP_FAILED)
		err(1, "mmap");
	madvise(bytes, size, MADV_NOHUGEPAGE);
	for (at = 0; at < size; at += page)
		bytes[at] = 1;
}

/* The same MiB again and again, 4 KiB at a time. */
static void write_disk(const char *disk)
{
	const size_t block = 4096, size = 1 << 20;
	char *bytes = aligned_alloc(block, block);
	int fd = open(disk, O_WRONLY | O_DIRECT);
	size_t at;

	if (!bytes || fd < 0)
		err(1, "%s", disk);
	memset(bytes, 0, block);
	for (at = 0;; at = (at + block) % size)
		if (pwrite(fd, bytes, block, at) != (ssize_t)block)
			err(1, "%s", disk);
}

int main(int argc, char **argv)
{
	if (argc == 2 && !strcmp(argv[1], "spin"))
		spin();
	else if (argc == 2 && !strcmp(argv[1], "memory"))
		memory();
	else if (argc == 3 && !strcmp(argv[1], "write"))
		write_disk(argv[2]);
	else
		errx(2, "usage: guestwork spin|memory|write DISK");
	/* There is no fresh memory left. */
	for (;;)
		pause();
}
