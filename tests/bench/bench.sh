#!/bin/bash
# bench.sh [--check|--peers] [MACHINE...]: count how many instructions kvmstat adds to a VM exit, in
# emulated machines whose clock counts instructions (see tests/lab), so that the figures are the same
# on any host, at any load; then how many the tools add that people use today. --check prints ok
# lines for the goals of the machines, svm unless they are named; --peers measures only the tools.
set -eu
trap 'echo "error: bench.sh, line $LINENO: status $?" >&2' ERR
top=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=scripts/lib.sh
. "$top/scripts/lib.sh"
check='' peers=''
case ${1:-} in
--check) check=$1 machines=${*:2} machines=${machines:-svm} ;;
--peers) peers=$1 machines=svm ;;
*) machines=${*:-riscv vhe vmx svm} ;; # the last one's module stays in the tree
esac
out=$top/build/bench

need_packages make gcc libc6-dev libelf1 binutils kmod cpio busybox-static
mkdir -p "$out"
# prepare MACHINE: get its kernel, and build the module and the VMM for it.
prepare() {
	local cc=gcc
	case $1 in
	vhe) cc=aarch64-linux-gnu-gcc && kernel_files 6.1-arm64 ;;
	riscv) cc=riscv64-linux-gnu-gcc && kernel_files 6.12-riscv64 ;;
	*) kernel_files 6.1-cloud ;;
	esac
	# shellcheck disable=SC2154 # kernel_files sets these
	[ $cc = gcc ] || need_packages "$(compiler_package $cc)" "libc6-dev-$arch-cross"
	# shellcheck disable=SC2086,SC2154 # words; kernel_files sets them
	(cd "$top" && $kmake -s modules KVER="$release" KDIR="$headers" CC="$compiler") >&2
	cp "$top/kvmstat.ko" "$out/$1.ko"
	$cc -O2 -static -pthread -o "$out/$1.vmm" "$top/tests/lab/vmm.c"
}

# machine MACHINE CASE DIR OPTION...: run the case there. A copy byte by byte (rep movsb) would count
# an instruction per byte, so the kernel must not use it.
machine() {
	local name=$1 case=$2 dir=$3
	shift 3
	case $name in
	svm) set -- --icount 0 --mem 2048 --append clearcpuid=erms,fsrm "$@" ;;
	vmx) set -- --append "clearcpuid=erms,fsrm lab.exact=10" "$@" ;;
	*) set -- --icount 0 "$@" ;;
	esac
	"$top/tests/lab/boot.sh" --machine "$name" --timeout 2400 --stall 900 --kernel "$kernel" --out "$dir" \
		--add "$top/tests/bench/$case.sh:cases/run" --add "$top/tests/bench/costlib.sh:cases/costlib.sh" \
		--add "$top/tests/cases/lib.sh:cases/lib.sh" --add "$out/$name.ko:kvmstat.ko" \
		--add "$out/$name.vmm:bin/vmm" "$@"
	! grep '^not ok' "$dir/results" && grep -qx 'lab: result 0' "$dir/results"
}

name=''
if [ "$peers" ]; then
	. "$top/tests/bench/peers.sh"
	exit
fi
: >"$out/results"
for name in $machines; do
	prepare "$name"
	say "measuring on $release, $name; some minutes"
	dir=$out/$name
	case $name in
	svm) machine svm cost "$dir" --append "lab.crowd=512" ;;
	*) machine "$name" cost "$dir" ;;
	esac
	sed -n "s/^cost /&$name /p" "$dir/results" >>"$out/results"
	[ "$name" = svm ] || continue
	# Reading must not grow with the CPUs that a host could have.
	for cpus in 1 240; do
		machine svm reading "$dir.$cpus" --smp "1,maxcpus=$cpus"
		sed -n "s/^reading /&$cpus /p" "$dir.$cpus/results" >>"$out/results"
	done
done

awk '$1 == "cost" {
	if (!n++) printf "%-8s %-12s %9s %9s %15s %15s\n", "machine", "exit", "live VMs", "without", "counts add", "all adds"
	printf "%-8s %-12s %9d %9d %15d %15d\n", $2, $3, $4, $5, $6 - $5, $7 - $5
}' "$out/results"
# What it takes more with each VM that has come since the line before, of one vCPU, or at last of nine.
awk '$1 == "reading" {
	k = $2 " " $3
	each = ($6 - was[k]) / ($4 - had[k])
	if ($5 - vcpus[k] > $4 - had[k]) print "read", $3, $2, "vcpu", int((each - vm[k]) / 8)
	else if (k in was) print "read", $3, $2, $4, vm[k] = int(each)
	was[k] = $6; had[k] = $4; vcpus[k] = $5
}' "$out/results" >"$out/read"
awk '{
	if (!n++) printf "\n%-8s %14s %9s %15s\n", "reading", "possible CPUs", "VMs", "a VM adds"
	if ($4 == "vcpu") printf "%-8s %14d %9s %15d, each vCPU more of a VM\n", $2, $3, "", $5
	else printf "%-8s %14d %9d %15d\n", $2, $3, $4, $5
}' "$out/read"
if [ -z "$check" ]; then
	[[ " $machines " != *" svm "* ]] || . "$top/tests/bench/peers.sh"
	exit
fi

# goal WHAT FIGURE LIMIT
goal() {
	if [ -n "$2" ] && [ "$2" -le "$3" ]; then
		echo "ok - cost: $1: $2, goal $3"
	else
		echo "not ok - cost: $1: ${2:-no figure}, goal $3; $out/results"
	fi
}
# added MACHINE WORK MANY COLUMN: print the cost with one VM, or with all; counts only (6), or all (7).
added() {
	awk -v m="$1" -v w="$2" -v many="$3" -v c="$4" '$1 == "cost" && $2 == m && $3 == w && ($4 > 1) == many { print $c - $5 }' "$out/results"
}
# The goals: counts only, and all. Those of svm are the design's; vmx has 20 more, for VMREAD. On arm64
# and riscv64 they are about twice as many, as an instruction there loads, adds or stores; and a hundred
# more for a return to userspace, whose vCPU is found by the file. There, cpuid is a call to KVM, as
# vmmcall.
while read -r machine work counts all; do
	[[ " $machines " = *" $machine "* ]] || continue
	goal "$machine: $work, counts only" "$(added "$machine" "$work" 0 6)" "$counts"
	goal "$machine: $work, all" "$(added "$machine" "$work" 0 7)" "$all"
done <<'EOT'
svm cpuid 40 100
svm out 110 210
svm rdmsr 70 140
svm vmmcall 70 140
svm outn 180 270
svm mmion 260 340
vmx cpuid 60 120
vmx out 130 230
vmx rdmsr 90 160
vmx vmcall 90 160
vmx outn 200 290
vmx mmion 280 360
vhe cpuid 150 280
vhe rdmsr 150 280
vhe out 320 520
vhe mmion 520 680
riscv cpuid 150 280
riscv rdmsr 165 280
riscv out 320 520
riscv mmion 520 680
EOT
[[ " $machines " = *" svm "* ]] || exit 0
# read_by WHAT CPUS "vcpu|VMS": print the instructions.
read_by() { awk -v what="$1" -v cpus="$2" -v n="$3" '$2 == what && $3 == cpus && $4 == n { print $5 }' "$out/read"; }
# each WHAT CPUS VMS: print the instructions to read it, by VM, when there are so many. They vary by a sixth,
# so 96 VMs are compared with three times as many; a cost that grows with the VMs would be 300 %.
each() { awk -v what="$1" -v cpus="$2" -v n="$3" '$1 == "reading" && $2 == cpus && $3 == what && $4 == n { print int($6 / n) }' "$out/results"; }
for cpus in 1 240; do
	goal "reading a row of /proc/kvminfo on $cpus possible CPUs" "$(read_by row $cpus 192)" 8000
	goal "a further vCPU of a row" "$(read_by row $cpus vcpu)" 3000
	goal "a row when there are more VMs, in percent" $((100 * $(read_by row $cpus 288) / $(read_by row $cpus 192))) 110
	goal "all files of a VM when there are three times as many, in percent" $((100 * $(each files $cpus 288) / $(each files $cpus 96))) 140
	goal "all files of a VM beside KVM's files of it, in percent" $((100 * $(read_by files $cpus 192) / $(read_by kvm $cpus 192))) 100
done
goal "a row on 240 possible CPUs beside that on one, in percent" $((100 * $(read_by row 240 192) / $(read_by row 1 192))) 110
goal "growth to 512 live VMs" $(($(added svm cpuid 1 7) - $(added svm cpuid 0 7))) 10
goal "growth to 512 live VMs, another vCPU at each exit" $(($(added svm out-in-turn 1 7) - $(added svm out-in-turn 0 7))) 10
