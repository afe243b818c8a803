#!/bin/bash
# module.sh KERNEL: build kvmstat.ko for a kernel of scripts/kernels, with W=1 and sparse,
# and compare the module with what it must be. Prints ok lines.
# shellcheck disable=SC2034,SC2154 # step is lib.sh's; kernel_files sets much
set -eu
top=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=scripts/lib.sh
. "$top/scripts/lib.sh"
# shellcheck source=tests/lib.sh
. "$top/tests/lib.sh"
step="build for $1"
need_packages sparse kmod binutils
kernel_files "$1"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$top"

# Count the .c files that sparse must check on this architecture.
case $arch in
amd64) srcarch=x86 ;;
riscv64) srcarch=riscv ;;
*) srcarch=$arch ;;
esac
sources=$(find kvmstat/module/*.c "kvmstat/module/arch/$srcarch"/*.c | wc -l)
[ "$srcarch" = x86 ] || sources=$((sources + 1)) # arch/loaded.c

# shellcheck disable=SC2086 # words
kmake() { $kmake KVER="$release" KDIR="$headers" CC="$compiler" "$@"; }

make -s -C "$headers" M="$top" clean 2>/dev/null || :
# Debian's 7.x headers lack the script that looks for sparse for C=1, so make turns C=1 off and
# reports that; the variable behind C=1 overrides this. BTF for modules needs the kernel's
# vmlinux, which older header packages do not have. Sparse does not know all of riscv's -march.
known='checker-valid.sh: No such file|C=1 specified, but|Skipping BTF|invalid argument to .-march.'
if kmake modules W=1 KBUILD_CHECKSRC=1 >"$work/log" 2>&1 && [ -e kvmstat.ko ]; then
	if grep -vE "$known" "$work/log" | grep -iE 'warning|error'; then
		not_ok "W=1 and sparse: warnings, above"
	else
		ok "$release, $compiler, W=1 and sparse ($sources files): no warning"
	fi
	yes "sparse looked at every file" [ "$(grep -c ' CHECK ' "$work/log")" = "$sources" ]
else
	cat "$work/log"
	not_ok "does not build"
	exit 1
fi
nm -u kvmstat.ko >"$work/imports"
! grep -qsx CONFIG_KCSAN=y "$headers/.config" || yes "KCSAN watches it" grep -q ' __tsan_write8$' "$work/imports"
yes "no KVM symbol is imported" sh -c "! grep -w 'kvm_[a-z_]*' '$work/imports'"
yes "it is for that kernel" [ "$(modinfo -F vermagic kvmstat.ko | cut -d' ' -f1)" = "$release" ]
yes "one version" [ "$(modinfo -F version kvmstat.ko)" = "$(make -s version)" ]
yes "licence" [ "$(modinfo -F license kvmstat.ko)" = GPL ]
yes "each parameter is described" [ "$(modinfo -F parm kvmstat.ko | grep -c ':.*(')" = "$(grep -c '^module_param' kvmstat/module/*.c | awk -F: '{ n += $2 } END { print n }')" ]
kmake modules >/dev/null 2>&1
kmake modules >"$work/log" 2>&1
yes "a second make compiles nothing" sh -c "! grep -E ' (CC|LD|PROBE) ' '$work/log'"
[ "$srcarch" = x86 ] || exit 0
# beside NAME: build the module in build/NAME, for the case of that name.
beside() {
	if kmake -f - beside >"$work/log" 2>&1 <<<"beside: ; \$(MAKE) -C '$headers' M='$top/build/$1' CC='$compiler' modules"; then
		ok "the module of the case $1 builds"
	else
		cat "$work/log"
		not_ok "the module of the case $1 does not build"
	fi
}
rm -rf build/twin build/few
mkdir -p build/few
# Twin has a tracepoint with the name of one of KVM's.
cp -r tests/cases/twin build/twin
beside twin
# Few is kvmstat with so few records that guests use them up.
cp -r --parents Kbuild include kvmstat/module scripts build/few
rm -f build/few/kvmstat/module/kvmstat_probes.h
find build/few -name '*.o' -delete
while read -r file name value; do
	sed -i "s/^\(#define $name \).*/\1$value/" "build/few/kvmstat/module/$file"
	grep -q "^#define $name $value$" "build/few/kvmstat/module/$file" || not_ok "few: $file does not define $name"
done <<-EOT
	record.h KVMSTAT_CELLS 14u
	pool.c VCPUS_PER_VM 0u
	pool.c VCPUS_AT_LEAST 40u
	pool.c VCPUS_PART_OF_MEMORY (1u << 30)
	pool.c SPARE_VCPUS 8u
	pool.c QUIET (1u << 30)
	pool.c RETRY (1u << 30)
	roster.c RETIRED_MAX_VCPUS 8u
EOT
beside few
tests/host/reasons.sh "$1"
tests/host/spots.sh
