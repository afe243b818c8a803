#!/bin/bash
# emulator.sh ARCH: QEMU for machines of that architecture (Debian's name), from trixie-backports
# whatever this machine's release is, unpacked into the cache. Prints a shell-evaluable line:
# emulator=(...), the command; its options follow. It runs by its own loader and libraries, so
# it needs no root, no namespace and no installed QEMU.
set -eu
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"

case $1 in
amd64) package=qemu-system-x86 program=qemu-system-x86_64 ;;
arm64) package=qemu-system-arm program=qemu-system-aarch64 ;;
riscv64) package=qemu-system-riscv program=qemu-system-riscv64 ;;
*) die "emulator.sh: there is no emulator for '$1'; there are: amd64 arm64 riscv64" ;;
esac
host=$(dpkg --print-architecture)
root=$(unpacked trixie,trixie-backports "$host" "$package")
loader=$(find "$root/usr/lib64" "$root/usr/lib" -maxdepth 1 -name 'ld-linux*.so.*' 2>/dev/null | head -n 1)
libraries=$(dirname "$(find "$root/usr/lib" -name libc.so.6)")
printf 'emulator=('
printf '%q ' "$loader" --library-path "$libraries" "$root/usr/bin/$program" \
	-L "$root/usr/share/qemu" -L "$root/usr/share/seabios"
echo ')'
