#!/bin/sh
# kdir.sh KVER KDIR CC: check whether kvmstat can be built for this kernel; if not, say why in
# one sentence. An empty KVER means the running or the newest installed kernel, an empty CC
# the compiler that built the kernel. Prints shell-evaluable KVER=, KDIR= and cross=, which holds
# the further arguments of make if the kernel is of another architecture.
set -eu
kver=$1 kdir=$2 cc=$3
here=$(dirname "$0")

no() {
	echo "kvmstat: $*" >&2
	exit 1
}

if [ -z "$kdir" ]; then
	if [ -z "$kver" ]; then
		kver=$(uname -r)
		if [ ! -e "/lib/modules/$kver/build" ]; then
			newest=$(find /lib/modules -mindepth 2 -maxdepth 2 -name build 2>/dev/null |
				sort -V | tail -n 1)
			[ -z "$newest" ] || kver=$(basename "$(dirname "$newest")")
		fi
	fi
	kdir=/lib/modules/$kver/build
fi
if [ ! -e "$kdir/include/config/auto.conf" ]; then
	[ -n "$kver" ] || no "$kdir, given as KDIR, holds no kernel headers"
	no "there are no headers of kernel $kver at $kdir: install them (Debian: apt install linux-headers-$kver), or say KDIR=<headers folder>"
fi
[ -n "$kver" ] || kver=$(sed -n 's/.*UTS_RELEASE "\(.*\)".*/\1/p' "$kdir/include/generated/utsrelease.h")

has() { grep -Eq "^CONFIG_$1=[ym]\$" "$kdir/include/config/auto.conf"; }
has 64BIT || no "kernel $kver is 32-bit; kvmstat's counters need a 64-bit kernel"
arch=$(sed -n 's/^CONFIG_\(X86\|ARM64\|RISCV\|S390\|PPC64\|LOONGARCH\)=y$/\1/p' \
	"$kdir/include/config/auto.conf" | tr '[:upper:]' '[:lower:]')
[ -d "$here/../kvmstat/module/arch/${arch:-none}" ] ||
	no "kernel $kver is for ${arch:-an architecture}, which kvmstat cannot count on; it can on: $(cd "$here/../kvmstat/module/arch" && printf '%s ' */ | tr -d /)"
has KVM || no "kernel $kver is built without CONFIG_KVM: it cannot run virtual machines, there is nothing to count"
has TRACEPOINTS || no "kernel $kver is built without CONFIG_TRACEPOINTS, and KVM's events are how kvmstat counts"
has KPROBES || no "kernel $kver is built without CONFIG_KPROBES, by which kvmstat sees the end of a VM"
has MODULES || no "kernel $kver is built without CONFIG_MODULES: it loads none"

if [ -z "$cc" ]; then
	cc=$(sed -n 's/^CONFIG_CC_VERSION_TEXT="*\([^ "]*\).*/\1/p' "$kdir/include/config/auto.conf")
	why="which built kernel $kver"
else
	why="given as CC"
fi
command -v "${cc%% *}" >/dev/null ||
	no "the compiler ${cc%% *}, $why, is not installed: install it, or name another with CC="

# The kernel and the compilers have different names for an architecture.
case $arch in
x86) machine=x86_64 ;;
arm64) machine=aarch64 ;;
riscv) machine=riscv64 ;;
esac
cross=''
case $cc in
*gcc*)
	target=$($cc -dumpmachine)
	[ "${target%%-*}" = "$machine" ] ||
		no "kernel $kver is for $machine, the compiler $cc, $why, for ${target%%-*}: name one for $machine with CC= (Debian: $machine-linux-gnu-gcc)"
	;;
esac
# BTF needs a vmlinux, which headers lack, and tools, which are for the other architecture.
[ "$(uname -m)" = "$machine" ] ||
	cross="ARCH=$arch CROSS_COMPILE=$machine-linux-gnu- CONFIG_DEBUG_INFO_BTF_MODULES="
printf "KVER='%s' KDIR='%s' cross='%s'\n" "$kver" "$kdir" "$cross"
