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
root=$(cache_dir)/toolchain/$suite-$compiler
package=$(compiler_package "$compiler")

fetch() {
	local work
	archive_update "$suite" "$arch"
	work=$(mktemp -d "$(cache_dir)/toolchain.XXXXXX")
	# shellcheck disable=SC2064 # this very folder
	trap "rm -rf '$work'" EXIT
	chmod 755 "$work"
	say "downloading $package of $suite, and what it needs"
	mkdir -p "$work/debs/partial"
	archive "$suite" "$arch" apt-get -qy -o Dir::Cache::archives="$work/debs" -o Debug::NoLocking=1 \
		install --download-only --no-install-recommends "$package" \
		make binutils pahole perl dash bash base-files coreutils findutils grep sed mawk >&2 ||
		die "could not download $package of $suite; see apt's message above"
	# Trixie's sparse crashes on 7.x headers (__typeof_unqual__).
	archive_update sid "$arch"
	download "$work/debs" sid "$arch" sparse
	# The links that join / and /usr first; nothing is configured, as nothing needs it but awk.
	for deb in "$work"/debs/base-files_*.deb "$work"/debs/*.deb; do
		dpkg -x "$deb" "$work/root"
	done
	[ -e "$work/root/bin/awk" ] || ln -s mawk "$work/root/usr/bin/awk"
	mkdir -p "${root%/*}"
	mv -T "$work/root" "$root"
}

[ -d "$root" ] || (fetch)
echo "$root"
