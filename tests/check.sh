#!/bin/bash
# What `make check` runs: every test, on one kernel. With "CASE..." (names of tests/cases, without
# .sh), it runs only these cases, in AMD-V machines; a word like lab.kinds=vhost is an option of
# theirs. With MINUTES in the environment, it runs every test, then what must install its packages in a bare
# root, and then as much of the matrix as can begin within so many minutes. With "soak" or "others FOLDER...", it runs what
# `make soak` or `make check-others` runs. The last line counts the tests.
set -eu
top=$(cd "$(dirname "$0")/.." && pwd)
# shellcheck source=scripts/lib.sh
. "$top/scripts/lib.sh"
cd "$top"
git ls-files --error-unmatch Makefile >/dev/null ||
	die "the checks of style and docs ask git what is in the tree, and git does not know it; clone the tree as the user who runs them"
# shellcheck source=tests/steps.sh
. tests/steps.sh

demo() { tests/demo/demo.sh && echo "ok - demo"; }

# prepare KERNEL: get what the machines need, for this architecture.
prepare() {
	# shellcheck disable=SC2086 # words, from lib.sh
	need_packages $reader_packages libelf1 trace-cmd
	say "getting the kernel"
	kernel_files "$1"
	programs gcc "$logs/$(dpkg --print-architecture)"
}

# The longest first; these may run side by side. In a machine whose clock counts instructions, an
# instruction takes a nanosecond (ten in Bochs).
many="guests smp vmx unit cost packages wide cost-vmx clock lockdown no-debugfs times prometheus docs"
do_step() {
	case $1 in
	guests) guests guests "80-verdicts 85-screens 88-tune" ;;
	smp) boot smp svm "$(but "$wide")" --timeout 1800 --stall 400 --smp 2 --append preempt=full ;;
	# What differs on VT-x; the matrix runs the other cases there, too.
	vmx) boot vmx vmx "10-waiting 20-exact 21-memory-io 22-times 26-timing 34-rare 36-few" --timeout 1800 --stall 400 --append lab.exact=10 ;;
	unit) with_logs 'build/unit/tests/*.log' tests/unit/run.sh ;;
	cost) tests/bench/bench.sh --check svm ;;
	packages) tests/host/packages.sh ;;
	# A host with many possible CPUs: memory must grow with the vCPUs, not with the CPUs.
	wide) boot wide svm "$wide" --timeout 1200 --stall 400 --smp 2,maxcpus=240 --append lab.storm=1000 ;;
	cost-vmx) tests/bench/bench.sh --check vmx ;;
	# A machine whose kernel does not trust the TSC.
	clock) boot clock svm "20-exact 22-times 26-timing" --timeout 600 --smp 2 --append "tsc=unstable" ;;
	lockdown)
		tests/lab/apparmor.sh "$logs/profiles" &&
			boot lockdown svm "91-apparmor 92-lockdown" --timeout 300 --smp 2 --add "$logs/profiles:apparmor.profiles"
		;;
	no-debugfs) boot no-debugfs svm 93-no-debugfs --timeout 300 --smp 2 --append debugfs=off ;;
	times) boot times svm 22-times --timeout 600 --icount 0 --append "lab.exact=1" ;;
	prometheus) tests/host/prometheus.sh build/kvmstat ;;
	docs) tests/host/docs.sh ;;
	esac
}

wide="31-storm 55-memory"
# but "CASE...": print all cases but these.
but() { tr ' ' '\n' <<<"$all" | grep -vxF "$(tr ' ' '\n' <<<"$1")" | xargs; }

# lane: run each of these steps that no other lane has begun.
lane() {
	local name
	for name in $many; do
		take "$name" || continue
		run_step "$name" do_step "$name"
	done
}

quick() {
	local name
	begin check
	plan="build $many demo" lanes=2
	prepare 6.1-cloud
	step build tests/host/build.sh 6.1-cloud
	lane &
	lane
	wait
	for name in $many; do
		end_step "$name"
	done
	step demo demo
}

# some "CASE..."
some() {
	local case rest='' real='' owners='' own='' options=''
	for case in $1; do
		[[ $case != lab.* ]] || { options+=" $case"; continue; }
		[ -e "tests/cases/$case.sh" ] || die "there is no case $case; there are: $(cd tests/cases && echo [0-9]*.sh | sed 's/\.sh//g')"
		case $case in
		89-owners) owners=owners ;;
		8*) real+=" $case" ;;
		91-apparmor | 92-lockdown) [[ $own = *lockdown* ]] || own+=" lockdown" ;;
		93-no-debugfs) own+=" no-debugfs" ;;
		9*) die "$case needs more than this: tests/host/packages.sh or make check-matrix runs it" ;;
		*) rest+=" $case" ;;
		esac
	done
	begin check
	plan="${rest:+cases} ${real:+guests} $owners $own"
	prepare 6.1-cloud
	make -s modules reader KVER="$release" KDIR="$headers"
	[ -z "$rest" ] || step cases boot cases svm "$rest" --timeout "$([ -n "$options" ] && echo 20000 || echo 1800)" --stall 400 --smp 2 --append "$options"
	[ -z "$real" ] || step guests guests guests "$real" "$options"
	[ -z "$owners" ] || step owners owners owners
	for case in $own; do
		step "$case" do_step "$case"
	done
}

# alone STEP COMMAND...: only this step.
alone() {
	begin "$1"
	plan=$1
	prepare 6.1-cloud
	make -s modules reader KVER="$release" KDIR="$headers"
	step "$@"
}

# others FOLDER...: what others have written, from its sources.
others() {
	tests/lab/others.sh "$logs/programs" "$@"
	boot others svm 94-others --timeout 20000 --stall 1000 --smp 2 --mem 6144 --disk "$(tests/lab/root.sh "$kernel")" \
		--add "$logs/programs:others" --append "lab.least=3 lab.limit=100"
}

# more: try what installs packages in a bare root, run the matrix, and add its counts.
more() {
	local counts
	step fresh tests/fresh.sh --install bookworm
	tests/matrix.sh $((MINUTES - SECONDS / 60)) | tee "$logs/matrix.log" || :
	counts=$(tail -n 1 "$logs/matrix.log" | sed -n 's/^\([0-9]*\) passed, \([0-9]*\) failed\(, \([0-9]*\) skipped\)*$/\1 \2 \4/p')
	[ -n "$counts" ] || { echo "not ok - the matrix did not end"; counts="0 1"; }
	read -r matrix_passed matrix_failed matrix_skipped <<<"$counts"
	passed=$((passed + matrix_passed)) failed=$((failed + matrix_failed)) skipped=$((skipped + ${matrix_skipped:-0}))
}

case ${1:-} in
'')
	quick
	[ -z "${MINUTES:-}" ] || more
	;;
soak) alone soak soak "$MINUTES" ;;
others)
	[ $# -gt 1 ] || die 'name the folders with the sources: make check-others SOURCES="FOLDER..."'
	alone others others "${@:2}"
	;;
*) some "$*" ;;
esac
finish
