#!/bin/bash
# toolchain.sh SUITE COMPILER: unpack that compiler of a Debian suite, with what builds a
# kernel module and checks it, into a folder of the cache, where inroot.sh runs it; print
# the folder. A newer suite's kernel has tools in its headers that need that suite's C
# library: with the compiler alone they would not run.
set -eu
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"

suite=$1 compiler=$2
arch=$(dpkg --print-architecture)
# What a newer suite has, or has first.
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
