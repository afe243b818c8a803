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

# mend: leave a copy of QEMU without its cpu_clear_ignne() (fpu_helper.c, seen in 7.2 to 11.1). At every
# XRSTOR of any CPU, this function clears a flag of the first CPU, for x87 errors under DOS. If the first
# CPU's own thread changes the flag beside at that moment, which says that nested paging is on, that
# change can be lost. The guest then runs in the memory of its host, or the host's registers become the
# guest's. In the copy, the function is a RET.
mend() {
	local qemu=$root/usr/bin/$program address start
	[ ! -e "$qemu.mended" ] || return 0
	need_packages binutils
	address=$(nm -D "$qemu" | sed -n 's/ T cpu_clear_ignne$//p')
	start=$(od -An -tx1 -j "$((0x${address:-0}))" -N 4 "$qemu")
	cp "$qemu" "$qemu.new"
	if [ "$start" = " f3 0f 1e fa" ]; then
		printf '\303' | dd of="$qemu.new" bs=1 seek="$((0x$address))" conv=notrunc status=none
	else
		say "this QEMU has no cpu_clear_ignne() as in 11.1; if guests leave their programs, see scripts/emulator.sh"
	fi
	mv "$qemu.new" "$qemu.mended"
}
if [ "$1" = amd64 ]; then
	mend
	program+=.mended
fi
foreign "$root" "/usr/bin/$program"
# shellcheck disable=SC2154 # foreign sets it
printf 'emulator=(%s)\n' "$(printf '%q ' "${foreign[@]}" -L "$root/usr/share/qemu" -L "$root/usr/share/seabios")"
