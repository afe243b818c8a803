#!/bin/bash
# emulator.sh ARCH: unpack QEMU for machines of that architecture (Debian's name) into the cache.
# QEMU comes from trixie-backports, whatever this machine's release is. Prints a shell-evaluable
# line, emulator=(...), with the command; the caller appends its options.
set -eu
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"

case $1 in
amd64) package=qemu-system-x86 program=qemu-system-x86_64 ;;
arm64) package=qemu-system-arm program=qemu-system-aarch64 ;;
riscv64) package=qemu-system-riscv program=qemu-system-riscv64 ;;
*) die "emulator.sh: there is no emulator for '$1'; there are: amd64 arm64 riscv64" ;;
esac
root=$(unpacked trixie,trixie-backports "$(dpkg --print-architecture)" "$package")
foreign "$root" "/usr/bin/$program"
# shellcheck disable=SC2154 # foreign sets it
printf 'emulator=(%s)\n' "$(printf '%q ' "${foreign[@]}" -L "$root/usr/share/qemu" -L "$root/usr/share/seabios")"
