// SPDX-License-Identifier: GPL-2.0
/*
 * guestwork KIND: what guest-init's shell cannot make a guest do: "spin", for ever, as one
 * waits for a lock whose holder does not run; "memory", touch page after page that the
 * host has not given the guest yet.
 */
#include <err.h>
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

int main(int argc, char **argv)
{
	if (argc == 2 && !strcmp(argv[1], "spin"))
		spin();
	else if (argc == 2 && !strcmp(argv[1], "memory"))
		memory();
	else
		errx(2, "usage: guestwork spin|memory");
	/* There is no fresh memory left. */
	for (;;)
		pause();
}
