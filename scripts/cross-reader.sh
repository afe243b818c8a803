#!/bin/bash
# cross-reader.sh ARCH DIR: build the command for another architecture (Debian's name) as
# DIR/bin/kvmstat, and put the loader and the libraries that it needs into DIR/lib. The command
# runs where DIR is /, or where the files of DIR are copied to /. Nothing foreign is installed.
set -eu
top=$(cd "$(dirname "$0")/.." && pwd)
# shellcheck source=scripts/lib.sh
. "$top/scripts/lib.sh"

arch=$1 dir=$2
# The oldest stable suite that has the architecture, because newer suites run its programs.
case $arch in
arm64) suite=bookworm triplet=aarch64-linux-gnu ;;
riscv64) suite=trixie triplet=riscv64-linux-gnu ;;
*) die "cross-reader.sh: the command is not built for '$arch' here; there are: arm64 riscv64" ;;
esac
cc=$triplet-gcc
need_packages make binutils "$(compiler_package "$cc")"
# shellcheck disable=SC2086,SC2154 # words, from lib.sh
sysroot=$(unpacked "$suite" "$arch" $reader_libraries)
mkdir -p "$dir"
dir=$(cd "$dir" && pwd)

# This machine may have a C library for that architecture from another release. Only the
# headers and libraries of the suite are searched.
libraries=$sysroot/usr/lib/$triplet headers=$sysroot/usr/include
make -s -C "$top" reader READER="$dir/bin/kvmstat" CC="$cc" CFLAGS="-O2 -g -Werror" \
	CPPFLAGS="-nostdinc -isystem $("$cc" -print-file-name=include) -isystem $headers/$triplet -isystem $headers" \
	LDFLAGS="--sysroot=$sysroot -B$libraries -L$libraries"
copy_libraries "$sysroot" "$dir/lib" "$dir/bin/kvmstat"
