#!/bin/bash
# What `make check-matrix` runs, for each kernel of scripts/kernels (or of KERNELS, each a name
# there or NAME@RELEASE, see kernel.sh): the build, and the cases (or CASE) in each of its
# machines, in as many lanes as there are CPUs. With MINUTES as its argument, no cell begins later
# than that after the start. Then it runs the cases from 80 on, which have real guests, if time is
# left. Prints a table, and a last line that counts the tests.
set -eu
top=$(cd "$(dirname "$0")/.." && pwd)
# shellcheck source=scripts/lib.sh
. "$top/scripts/lib.sh"
cd "$top"
# shellcheck source=tests/steps.sh
. tests/steps.sh

# row FIELD...: add a row to the table.
row() {
	printf '| %s ' "$@"
	echo '|'
} >>"$logs/table.md"

# no CELL REASON...: report a cell that is not run.
no() {
	local cell=$1
	shift
	echo "skip - $cell: $*"
	row "$cell" - - - - - "not run: $*"
	skipped=$((skipped + 1))
}

# lost CELL WHY: the same, where that is a failure.
lost() {
	local cell=$1
	shift
	echo "not ok - $cell: $*"
	row "$cell" - - - - 1 "not run: $*"
	failed=$((failed + 1))
}

# run_cell KERNEL RELEASE ARCH MACHINE FOLDER: run the cases there, with two or four CPUs truly at
# once, or with one in Bochs. If no time is left, there is no .ended.
run_cell() {
	local options=(--timeout 7200 --stall 400 --smp 2) cases=$without_guests
	kernel=$5 ko=$logs/$1.module twin=$logs/$1.twin few=$logs/$1.few bin=$logs/$3
	case $1-$4 in
	# Longer than in make check.
	6.1-cloud-svm) options+=(--append "preempt=full lab.churn=1000 lab.turns=200 lab.storm=1000") ;;
	# A host with many possible CPUs, on a new kernel; make check has 6.1.
	sid-cloud-svm) options+=(--append "lab.storm=1000") ;;
	trixie-backports-cloud-svm) options+=(--smp "4,maxcpus=240" --append "lab.storm=1000") ;;
	# Its detectors need memory and time, it lets allocations fail, and kprobes stay breakpoints.
	6.1-debug-*)
		[ -n "${CASE:-}" ] || cases+=" 96-shortage"
		options+=(--timeout 14000 --mem 2048 --add "$bin/failnth:bin/failnth"
			--append "kmemleak=on loglevel=5 log_buf_len=16M lab.churn=100 lab.turns=30 lab.breakpoints=1 sysctl.debug.kprobes-optimization=0")
		;;
	# KCSAN delays accesses, and reports many races of the kernel itself, which no console needs to show at once.
	6.1-kcsan-*)
		[ -n "${CASE:-}" ] || cases+=" 97-races"
		options+=(--timeout 14000 --mem 2048
			--append "loglevel=3 log_buf_len=16M lab.churn=100 lab.turns=30")
		;;
	*-vmx) options=(--timeout 7200 --stall 500 --append "lab.exact=10") ;;
	esac
	[ $SECONDS -lt "$end" ] || return 0
	run_step "$1-$4" boot "$1-$4" "$4" "$cases" "${options[@]}"
}

# lane: run each cell that no other lane has begun.
lane() {
	local name release arch machine folder
	while read -r name release arch machine folder <&4; do
		take "$name-$machine" || continue
		run_cell "$name" "$release" "$arch" "$machine" "$folder"
	done 4<"$logs/cells"
}

# end_cell KERNEL RELEASE ARCH MACHINE FOLDER: count run_cell's results and add a row to the table.
end_cell() {
	local cell="$1 in $4" log=$logs/$1-$4.log before=$failed exits
	if [ ! -e "$logs/$1-$4.ended" ]; then
		if [ "$minutes" ]; then no "$cell" "there was no time left"; else lost "$cell" "its lane ended before it"; fi
		return
	fi
	# The exits are in parentheses, by vCPU and reason: "0x7b 50 0x72 70".
	exits=$(sed -n 's/^ok - .*exits by reason as ftrace (\(.*\))$/\1/p' "$log" | awk '{ for (i = 2; i <= NF; i += 2) n += $i } END { print n + 0 }')
	[ "$exits" != 0 ] || [ -n "${CASE:-}" ] || echo "not ok - $cell: no exit was compared" >>"$log"
	end_step "$1-$4"
	row "$cell" "$2" "$exits" "$(grep -c '^not ok .*as ftrace' "$log")" "$(grep -c '^ok ' "$log")" \
		$((failed - before)) "$(sed -n 's/^skip - \([^:]*\):.*/\1/p' "$log" | uniq | xargs)"
}

# cross_programs ARCH MACHINE: build the cases' programs, and the command, for another architecture.
cross_programs() {
	need_packages "gcc-$2-linux-gnu" "libc6-dev-$1-cross"
	programs "$2-linux-gnu-gcc" "$logs/$1"
	step "reader-$1" cross_reader "$1"
}
cross_reader() { scripts/cross-reader.sh "$1" "$logs/$1/reader" && echo "ok - the command builds for $1"; }

# build_cell KERNEL SUITES IMAGE "MACHINE...": build the module; add a line to "cells" for each machine.
build_cell() {
	local name=$1 suites=$2 image=$3 machines=$4 machine said
	if [ "$minutes" ] && [[ $image = linux-source-* ]] &&
		! compgen -G "$(cache_dir)/debug-kernel/${name#*-}-*/done" >/dev/null; then
		no "$name" "it must be built first, which takes ten minutes; make check-debug does that"
		return
	fi
	if ! said=$(kernel_files "$name" 2>&1); then
		said="its packages cannot be had: $(tail -n 1 <<<"$said")"
		# These two suites change daily and sometimes lack packages.
		case $suites in
		experimental | sid) no "$name" "$said" ;;
		*)
			lost "$name" "$said"
			;;
		esac
		return
	fi
	kernel_files "$name" 2>/dev/null
	step "build-$name" tests/host/module.sh "$name"
	[ -e kvmstat.ko ] || return 0
	# The next kernel's make clean leaves this name alone.
	mv kvmstat.ko "$logs/$name.module"
	[ ! -e build/twin/twin.ko ] || mv build/twin/twin.ko "$logs/$name.twin"
	[ ! -e build/few/kvmstat.ko ] || mv build/few/kvmstat.ko "$logs/$name.few"
	[ -n "$without_guests" ] || machines=-
	[ "$machines" != - ] || row "$name" "$release" - - - - "built only"
	[ -e "$logs/$arch/vmm" ] || case $arch in
	amd64) programs gcc "$logs/$arch" ;;
	arm64) cross_programs arm64 aarch64 ;;
	riscv64) cross_programs riscv64 riscv64 ;;
	esac
	for machine in ${machines//[,-]/ }; do
		echo "$name $release $arch $machine $kernel" >>"$logs/cells"
		plan+="$name-$machine "
	done
}

reader() { make -s reader && echo "ok - the command builds"; }

# Cases from 80 on need a disk, or a machine of their own, and run afterwards. 96-shortage and 97-races have only
# vmm's guests, and are the debug kernels'.
without_guests=$(tr ' ' '\n' <<<"${CASE:-$all}" | grep -vE '^8|^94-' | xargs)

minutes=${1:-}
end=$((${minutes:-100000} * 60))
begin matrix
row cell kernel "exits compared" differences checks failed "left out"
row --- --- --- --- --- --- ---
# shellcheck disable=SC2086 # words, from lib.sh
need_packages $reader_packages libelf1 trace-cmd
step reader reader
if [ -z "${KERNELS:-}${CASE:-}" ] && [ $SECONDS -lt "$end" ]; then
	step probes tests/host/probes.sh
	step cost-arm64 tests/bench/bench.sh --check vhe
	step cost-riscv64 tests/bench/bench.sh --check riscv
	[ "$minutes" ] || step experiments with_logs 'build/experiments/*.log' tests/experiments/experiments.sh --check
	# An hour, and more.
	[ "$minutes" ] || step fresh tests/fresh.sh
fi
: >"$logs/cells"
while read -r name _ suites image _ _ _ machines <&4; do
	for wanted in ${KERNELS:-$name}; do
		[ "${wanted%@*}" = "$name" ] || continue
		if [ $SECONDS -lt "$end" ]; then
			build_cell "$wanted" "$suites" "$image" "$machines"
		else
			no "$wanted" "there was no time left to build it"
		fi
	done
done 4< <(kernels)
for wanted in ${KERNELS:-}; do
	kernels | grep -q "^${wanted%@*} " || die "no kernel '$wanted'; there are: $(kernels | cut -d' ' -f1 | xargs)"
done

# with_guests NAME CASE KERNEL COMMAND...: a step in a machine with guests that are not vmm's, if the case is
# wanted and the kernel's module was built.
with_guests() {
	local name=$1 bin=$logs/amd64 ko=$logs/$3.module twin=$logs/$3.twin few=$logs/$3.few
	[ -e "$ko" ] && grep -qw -- "$2" <<<"${CASE:-$2}" || return 0
	[ $SECONDS -lt "$end" ] || { no "$name" "there was no time left"; return; }
	kernel_files "$3"
	step "$name" "${@:4}"
}

# The kernel's own tests of KVM.
selftests() {
	local suites source programs
	read -r suites source < <(kernels | awk '$1 == "6.1-debug" { print $3, $4 }')
	programs=$(tests/lab/selftests.sh "$suites" "$source")
	boot selftests svm 94-others --timeout 3600 --stall 400 --smp 2 --mem 3072 --add "$programs:others"
}

lanes=$(nproc) running=()
for ((i = 0; i < lanes; i++)); do
	lane &
	running+=($!)
done
wait "${running[@]}"
while read -r cell <&4; do
	# shellcheck disable=SC2086 # words
	end_cell $cell
done 4<"$logs/cells"
[ -n "${KERNELS:-}${CASE:-}" ] || with_guests verdicts 80-verdicts 6.1-cloud guests verdicts 80-verdicts lab.kinds=more
for module in "$logs"/{6.1-cloud,6.12-cloud,trixie-backports-cloud}{,@*}.module; do
	name=$(basename "$module" .module)
	with_guests "tune-$name" 88-tune "$name" guests "tune-$name" 88-tune
	with_guests "owners-$name" 89-owners "$name" owners "owners-$name"
done
if [ -z "${KERNELS:-}${CASE:-}" ]; then
	with_guests soak 64-soak 6.1-cloud soak 10
	with_guests loads 60-reload 6.1-cloud boot loads svm 60-reload --timeout 7200 --stall 400 --smp 2 --append lab.turns=2000
fi
with_guests day 87-day 6.1-cloud guests day 87-day "lab.day=100 lab.exits=3000"
with_guests selftests 94-others 6.1-cloud selftests
cat "$logs/table.md"
finish
