#!/bin/bash
# toolchain.sh SUITE COMPILER: unpack that compiler of a Debian suite, with the programs that build
# and check a kernel module, into a folder of the cache, and print the folder. inroot.sh runs the
# compiler there. The headers of a newer suite's kernel contain tools that need that suite's C
# library, so the compiler alone would not be enough.
set -eu
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"

suite=$1 compiler=$2
arch=$(dpkg --print-architecture)
# Fetch the programs that a newer suite has in another version, or that only it has.
root=$(unpacked "$suite" "$arch" "$(compiler_package "$compiler")" \
	make binutils pahole perl dash bash coreutils findutils grep sed mawk)
if [ ! -e "$root/usr/bin/sparse" ]; then
	# Trixie's sparse crashes on 7.x headers (__typeof_unqual__).
	work=$(mktemp -d)
	archive_update sid "$arch"
	download "$work" sid "$arch" sparse
	ln -sfn mawk "$root/usr/bin/awk"
	dpkg -x "$work"/sparse_*.deb "$root"
	rm -r "$work"
fi
echo "$root"
