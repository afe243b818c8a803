#!/bin/bash
# What `make check` runs: every test, on one kernel; with MINUTES, then the matrix. With "debug",
# what `make check-debug` runs: the cases on a kernel with KASAN, lockdep and kmemleak. With
# "matrix [MINUTES]", what `make check-matrix` runs: for each kernel of scripts/kernels its
# build, and the cases in each of its machines; MINUTES after the start no more are begun. The
# last line counts them.
set -eu
top=$(cd "$(dirname "$0")/.." && pwd)
# shellcheck source=scripts/lib.sh
. "$top/scripts/lib.sh"
mode=${1:-quick}
# begin DIR: with logs there, anew, and the programs that the cases run here.
begin() {
	logs=$top/build/$1
	rm -rf "$logs"
	mkdir -p "$logs"
	programs gcc "$logs/$(dpkg --print-architecture)"
}
cd "$top"

# shellcheck disable=SC2086,SC2154 # words, from lib.sh
need_packages $reader_packages git libelf1 binutils kmod cpio e2fsprogs busybox-static sparse \
	clang-format clang libclang-rt-dev shellcheck jq tmux procps systemd groff-base libcmocka-dev qemu-system-x86 \
	bochs bochs-term bochsbios vgabios isolinux syslinux-common xorriso
passed=0 failed=0 skipped=0
# report NAME LOG STATUS: count its lines; a step that ended badly has failed, also if
# no line says so.
report() {
	local good bad left_out
	good=$(grep -c '^ok ' "$2") || :
	left_out=$(grep -c '^skip ' "$2") || :
	bad=$(grep -c '^not ok ' "$2") || :
	[ "$3" = 0 ] || { [ "$bad" != 0 ] || tail -n 20 "$2"; bad=$((bad + 1)); }
	[ $((good + bad)) != 0 ] || bad=1
	grep -E '^not ok |^skip |stood still' "$2" || :
	say "$1: $good passed, $bad failed; $2"
	passed=$((passed + good)) failed=$((failed + bad)) skipped=$((skipped + left_out))
}

# step NAME COMMAND...
step() {
	local name=$1 status=0
	shift
	say "$name"
	"$@" >"$logs/$name.log" 2>&1 || status=$?
	report "$name" "$logs/$name.log" $status
}

# boot NAME MACHINE "CASE..." OPTION...: the cases in an emulated machine of their own.
boot() {
	local name=$1 machine=$2 cases=$3 case status add=()
	shift 3
	# The command is built for this machine's architecture only.
	[ "${bin##*/}" != "$(dpkg --print-architecture)" ] || add=(--program "$top/build/kvmstat:bin/kvmstat")
	for case in $cases; do
		add+=(--add "$top/tests/cases/$case.sh:cases/$case.sh")
	done
	# The emulator's own hangs, see boot.sh, are shown and tried again.
	for _ in 1 2 3; do
		status=0
		tests/lab/boot.sh --machine "$machine" --kernel "$kernel" --out "$logs/$name" "${add[@]}" \
			--add "$top/tests/cases/run:cases/run" --add "$top/tests/cases/lib.sh:cases/lib.sh" \
			--add "$top/tests/cases/replay.awk:cases/replay.awk" \
			--add "${ko:-$top/kvmstat.ko}:kvmstat.ko" --add "$bin/vmm:bin/vmm" \
			--add "$bin/perfcount:bin/perfcount" "$@" || status=$?
		[ $status = 3 ] || break
	done
	[ $status = 0 ] || return $status
	cat "$logs/$name/results"
	grep -qx 'lab: result 0' "$logs/$name/results" || return
	tests/lab/klog-check.sh "$logs/$name/console.log" && echo "ok - $name: kernel log is clean"
}

reader() { make -s reader && echo "ok - the command builds"; }
unit() {
	local status=0
	tests/unit/run.sh || status=$?
	cat build/unit/tests/*.log
	return $status
}
cost() { tests/bench/bench.sh --check; }
demo() { tests/demo/demo.sh && echo "ok - demo"; }

# programs CC DIR: what the cases run, built by that compiler; boot takes it from there.
programs() {
	bin=$2
	mkdir -p "$bin"
	for program in vmm perfcount; do
		"$1" -O2 -Wall -Wextra -Werror -static -pthread -o "$bin/$program" tests/lab/$program.c
	done
}
# Those from 80 on need real guests, or what packages install.
all=$(cd tests/cases && echo [0-7]*.sh | sed 's/\.sh//g')

# Real guests: in a machine where PAUSE exits, with the disk that has them.
guests() {
	boot guests svm "80-verdicts 85-screens" --timeout 1800 --smp 2 --mem 2048 --pause --kmods "zram lzo-rle" --disk "$(tests/lab/root.sh "$kernel")"
}

quick() {
	local flavour=6.1-cloud vmx status=0
	begin check
	say "getting the kernel"
	# shellcheck disable=SC2154 # it sets kernel
	kernel_files $flavour
	step build tests/host/build.sh $flavour
	# Bochs keeps one CPU busy: beside the others.
	boot vmx vmx "$all" --timeout 1500 --stall 400 --append lab.exact=10 >"$logs/vmx.log" 2>&1 &
	vmx=$!
	step unit unit
	step prometheus tests/host/prometheus.sh build/kvmstat
	step packages tests/host/packages.sh
	step svm boot svm svm "$all" --timeout 900 --smp 1 --append "lab.churn=1000 lab.turns=1000"
	step smp boot smp svm "$all" --timeout 900 --smp 2 --append "preempt=full"
	# Where an instruction takes a nanosecond (ten in Bochs, above), and where the kernel does not trust the TSC.
	step times boot times svm 22-times --timeout 600 --icount --append "lab.exact=1"
	step clock boot clock svm "20-exact 22-times 26-timing" --timeout 600 --smp 2 --append "tsc=unstable"
	step cost cost
	step guests guests
	say "vmx"
	wait $vmx || status=$?
	report vmx "$logs/vmx.log" $status
	step demo demo
	[ $# = 0 ] || matrix "$1"
}

debug() {
	begin check
	kernel=$(tests/lab/debug-kernel.sh)
	make -s modules reader KVER="$(basename "$kernel")" KDIR="$(echo "$kernel"/usr/src/*)"
	# Its KVM is built in: there is no waiting for it.
	step debug boot debug svm "${all/10-waiting/}" --timeout 1200 --smp 2 --mem 2048 --stall 400 \
		--append "kmemleak=on loglevel=5 lab.churn=100 lab.turns=30"
}

# row FIELD...: of the matrix's table.
row() {
	printf '| %s ' "$@"
	echo '|'
} >>"$logs/table.md"

# no CELL REASON...: one that is not run.
no() {
	local cell=$1
	shift
	echo "skip - $cell: $*"
	row "$cell" - - - - - "not run: $*"
	skipped=$((skipped + 1))
}

# run_cell KERNEL RELEASE ARCH MACHINE FOLDER: the cases there. What they say is in
# KERNEL-MACHINE.log, how it ended in .status; there is none if no time is left.
run_cell() {
	local options=(--timeout 1200 --smp 2) status=0
	[ "$4" != vmx ] || options=(--timeout 2400 --stall 500 --append "lab.exact=10")
	[ $SECONDS -lt "$end" ] || return 0
	say "$1-$4"
	kernel=$5 ko=$logs/$1.module bin=$logs/$3
	boot "$1-$4" "$4" "$all" "${options[@]}" >"$logs/$1-$4.log" 2>&1 || status=$?
	echo $status >"$logs/$1-$4.status"
	say "$1-$4: ended"
}

# run_lane N: every cell whose number N is, of "lanes".
run_lane() {
	local cell
	# shellcheck disable=SC2086 # words
	while read -r cell <&3; do
		run_cell $cell
	done 3< <(awk -v lane="$1" -v lanes="$lanes" 'NR % lanes == lane' "$logs/cells")
}

# end_cell KERNEL RELEASE ARCH MACHINE FOLDER: count what run_cell left; a row of the table.
end_cell() {
	local cell="$1 in $4" log=$logs/$1-$4.log before=$failed exits
	[ -e "$logs/$1-$4.status" ] || { no "$cell" "there was no time left"; return; }
	# By vCPU and reason, in parentheses: "0x7b 50 0x72 70".
	exits=$(sed -n 's/^ok - .*exits by reason as ftrace (\(.*\))$/\1/p' "$log" | awk '{ for (i = 2; i <= NF; i += 2) n += $i } END { print n + 0 }')
	[ "$exits" != 0 ] || echo "not ok - $cell: no exit was compared" >>"$log"
	report "$1-$4" "$log" "$(cat "$logs/$1-$4.status")"
	row "$cell" "$2" "$exits" "$(grep -c '^not ok .*as ftrace' "$log")" "$(grep -c '^ok ' "$log")" \
		$((failed - before)) "$(sed -n 's/^skip - \([^:]*\):.*/\1/p' "$log" | uniq | xargs)"
}

# build_cells: the module for each kernel; what can be booted is a line of "cells".
build_cells() {
	local name machines machine said
	while read -r name _ _ _ _ _ _ machines <&3; do
		[[ " ${KERNELS:-$name} " = *" $name "* ]] || continue
		if ! said=$(kernel_files "$name" 2>&1); then
			no "$name" "its packages cannot be had: $(tail -n 1 <<<"$said")"
			continue
		fi
		kernel_files "$name" 2>/dev/null
		step "build-$name" tests/host/module.sh "$name"
		[ -e kvmstat.ko ] || continue
		# By a name that the next kernel's make clean leaves alone.
		mv kvmstat.ko "$logs/$name.module"
		# shellcheck disable=SC2154 # kernel_files sets them
		[ "$machines" != - ] || row "$name" "$release" - - - - "built only"
		# shellcheck disable=SC2154 # likewise
		[ -e "$logs/$arch/vmm" ] || case $arch in
		arm64)
			need_packages gcc-aarch64-linux-gnu libc6-dev-arm64-cross
			programs aarch64-linux-gnu-gcc "$logs/$arch"
			;;
		riscv64)
			need_packages gcc-riscv64-linux-gnu libc6-dev-riscv64-cross
			programs riscv64-linux-gnu-gcc "$logs/$arch"
			;;
		esac
		for machine in ${machines//[,-]/ }; do
			echo "$name $release $arch $machine $kernel" >>"$logs/cells"
		done
	done 3< <(kernels)
}

matrix() {
	local cell lane lanes running=() end=$((${1:-100000} * 60))
	lanes=$(nproc)
	begin matrix
	row cell kernel "exits compared" differences checks failed "left out"
	row --- --- --- --- --- --- ---
	step reader reader
	step probes tests/host/probes.sh
	: >"$logs/cells"
	build_cells
	# Each emulator keeps one CPU busy.
	for ((lane = 0; lane < lanes; lane++)); do
		run_lane $lane &
		running+=($!)
	done
	wait "${running[@]}"
	# shellcheck disable=SC2086 # words
	while read -r cell <&3; do
		end_cell $cell
	done 3<"$logs/cells"
	cat "$logs/table.md"
}

[ $# = 0 ] || shift
"$mode" "$@"
[ $skipped = 0 ] && left_out='' || left_out=", $skipped skipped"
echo "$passed passed, $failed failed$left_out"
[ $failed = 0 ]
