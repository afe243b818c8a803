#!/bin/bash
# boot.sh: boot a kernel in an emulated machine that can run KVM, run a case in it, and
# wait for the end. The status is 0 if the machine ran to its end. DIR/results has the case's own
# status in the line "lab: result N"; DIR/console.log has the kernel's messages.
#   --machine svm|vmx|vhe|nvhe|riscv   AMD-V (QEMU TCG), Intel VT-x (Bochs, one CPU, no
#                         disks), arm64 with the kernel at EL2 or EL1, riscv64 (QEMU TCG)
#   --kernel FLAVOUR|DIR  as for, or from, scripts/kernel.sh
#   --kmods "NAME..."     modules that it has besides those of KVM and the disks
#   --add SRC:DST         a file or the files of a folder for the machine; SRC:cases/run is the case
#   --program SRC:DST     the same, with the shared libraries that it needs
#   --out DIR             where the logs go, readable while it runs; the files that a case saved
#                         (guestlib.sh) are moved from the results to DIR/files at the end
#   --stall S             give up when the results do not grow for so long (120)
#   --timeout S  --smp N  --mem MIB  --append STR (to the kernel's command line, each time)
#   --disk IMG            a raw image, attached as a virtio disk and never changed
#   --follow              print the results as they come
#   --pause               AMD-V: every PAUSE of a guest is a VM exit; otherwise none is
#   --icount SHIFT        one CPU, whose clock counts instructions, 2^SHIFT ns each; the
#                         figures are the same on any host, at any load
# shellcheck disable=SC2034,SC2154 # $machine.sh uses and sets the others
set -eu
lab=$(cd "$(dirname "$0")" && pwd)
scripts=$lab/../../scripts
# shellcheck source=scripts/lib.sh
. "$scripts/lib.sh"

machine='' kernel='' out='' timeout=300 stall=120 smp='' mem='' append='' icount='' pause='' follow='' also='' real_time='' disks=() add=()
while [ $# -gt 0 ]; do
	case $1 in
	--machine) machine=$2; shift ;;
	--kernel) kernel=$2; shift ;;
	--out) out=$2; shift ;;
	--timeout) timeout=$2; shift ;;
	--smp) smp=$2; shift ;;
	--mem) mem=$2; shift ;;
	--append) append="$append $2"; shift ;;
	--disk) disks+=("$2"); shift ;;
	--kmods) also=$2; shift ;;
	--add | --program) add+=("$1" "$2"); shift ;;
	--stall) stall=$2; shift ;;
	--follow) follow=1 ;;
	--pause) pause=1 ;;
	--icount) icount=$2 smp=1; shift ;;
	*) die "boot.sh: unknown option $1; see the top of the file" ;;
	esac
	shift
done
[ -f "$lab/$machine.sh" ] || die "boot.sh: --machine must be svm, vmx, vhe, nvhe or riscv, not '$machine'"
[ -n "$out" ] || die "boot.sh: --out DIR is missing"

kernel_files "$kernel"

mkdir -p "$out"
out=$(cd "$out" && pwd)
: >"$out/results"
: >"$out/console.log"
rm -rf "$out/files"

# Only this emulator is ever ended, by its own pid.
pid='' work=$(mktemp -d)
end() {
	{ [ -z "$pid" ] || kill -9 "$pid"; wait; } 2>/dev/null || :
	unpack
	rm -rf "$work" "$out/pid"
}
unpack() {
	grep -q '^lab: file ' "$out/results" && mkdir "$out/files" || return 0
	awk -v dir="$out/files" '
		/^lab: file end$/ { close(to); to = ""; next }
		/^lab: file / { to = "base64 -d | gzip -d >\"" dir "/" $3 "\""; next }
		to { print | to; next }
		{ print }' "$out/results" >"$work/results" && cp "$work/results" "$out/results"
}
trap end EXIT
trap 'exit 130' INT TERM

# make_initrd OPTION...: make $work/initrd. A machine of another architecture first replaces these
# values with its own.
kmods="kvm-amd kvm-intel virtio_pci virtio_blk ext4" strip=strip busybox=busybox
make_initrd() {
	"$lab/initrd.sh" --modules "$modules" --kmods "$kmods $also" --busybox "$busybox" --strip "$strip" \
		--add "$lab/init:init" --add "$lab/guestlib.sh:lib/guestlib.sh" \
		${add[@]+"${add[@]}"} --out "$work/initrd" "$@"
}

# accelerate: QEMU's CPUs run truly at once, each in its own thread. The monitor is for where_it_is.
accelerate() {
	command+=(-monitor "unix:$work/monitor,server=on,wait=off")
	if [ -n "$icount" ]; then
		command+=(-accel tcg -icount "shift=$icount,sleep=off")
	else
		command+=(-accel "tcg,thread=multi")
		real_time=1
	fi
}

# where_it_is: write each CPU's registers to DIR/cpus, to show why the machine does not move.
where_it_is() {
	[ -S "$work/monitor" ] || return 0
	need_packages socat
	for _ in 1 2 3; do
		(echo "info registers -a"; sleep 1) | timeout 5 socat - "unix:$work/monitor" || :
	done >"$out/cpus"
}

# Each machine's file defines prepare, which sets "command" to the emulator with its options.
# shellcheck disable=SC1090
. "$lab/$machine.sh"
# Only one script at a time fetches and installs what is missing.
exec 8>"$(cache_dir)/lock"
flock 8
prepare
exec 8>&-

"${command[@]}" </dev/null >"$out/emulator.log" 2>&1 &
pid=$! started=$SECONDS
echo "$pid" >"$out/pid"
if [ -n "$follow" ]; then
	tail -s 0.3 -n +1 -f --pid="$pid" "$out/results" &
fi

fail() { die "the $machine machine $1; see results, console.log and emulator.log in $out"; }
panicked() { grep -q 'Kernel panic' "$out/console.log"; }
# QEMU drops translated code before the store that changes it, so another CPU can translate it once more in
# between, and meet a breakpoint of the kernel that is no longer there.
panic() {
	! grep -q 'Oops: int3\|] int3: 0000' "$out/console.log" || fail "had a panic at code that was being patched, which may be QEMU's fault (see tests/README.md)"
	fail "had a kernel panic"
}
limit=$((SECONDS + timeout)) size='' moved=$SECONDS
while kill -0 "$pid" 2>/dev/null; do
	[ $SECONDS -lt $limit ] || fail "did not end within $timeout s"
	[ "$(stat -c %s "$out/results")" = "$size" ] || moved=$SECONDS
	size=$(stat -c %s "$out/results")
	[ $((SECONDS - moved)) -lt "$stall" ] || {
		where_it_is
		fail "stood still for $stall s; what its CPUs were at is in cpus, there"
	}
	! panicked || { sleep 1; panic; }
	sleep 0.2
done
pid=
! panicked || panic
grep -qx 'lab: end' "$out/results" || fail "stopped before the case was over (after a triple fault, qemu.log has its registers)"
# Cases that wait or compare times say nothing if the kernel has taken its clock for a slower one.
up=$(sed -n 's/^lab: up //p' "$out/results") took=$((SECONDS - started))
if [ -n "$real_time" ] && [ "$up" -gt $((took * 5 / 4 + 5)) ]; then
	grep -aE 'tsc:|clocksource|calibrat' "$out/console.log" >&2 || :
	fail "was up for $up s by its own clock, in $took s"
fi
