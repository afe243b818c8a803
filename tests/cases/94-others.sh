# What others have written runs without and with kvmstat: the kernel's own tests of KVM (lab/selftests.sh has built
# them), or kvm-unit-tests and kvmtool (lab/others.sh). Whatever a program does, it ends as without kvmstat, and the
# sums are those of ftrace. lab.least=N of them must be right (20);
# each has lab.limit=SECONDS (300).
# shellcheck shell=sh disable=SC2154,SC2086 # from lib.sh

# run_all DIR: run every program, and write its status to DIR/NAME. 143 is that of one that was stopped.
run_all() {
	mkdir $1
	for file in /others/*; do
		[ -f $file ] || continue
		test=$(basename $file)
		case $test in
		# These stress for minutes, or take gigabytes.
		*_perf_test | *_stress_test | max_guest_memory_test | hardware_disable_test | kvm_page_table_test | dirty_log_test | rseq_test) continue ;;
		esac
		limit=$(lab_option limit 300)
		# One that has ended must end with kvmstat, too, and has time enough for it.
		[ $1 = without ] || [ "$(cat without/$test)" = 143 ] || limit=$((3 * limit))
		timeout $limit $file </dev/null >$1/$test.out 2>&1
		echo $? >$1/$test
		echo "# $test: $(cat $1/$test)"
		[ $1 = without ] || check
	done
}
check() {
	if [ "$(cat without/$test)" = 143 ]; then
		echo "# $test: was stopped after $limit s"
	else
		is "$test: its end, 0 for right and 4 for left out" "$(cat with/$test)" "$(cat without/$test)" || tail -n 5 with/$test.out
	fi
	is "$test: exits and returns" "$(info exits) $(info returns)" "$(hits kvm_exit) $(hits kvm_userspace_exit)"
	is "$test: not attributed" "$(info exits_unattributed) $(info returns_unattributed)" "0 0"
}

[ ! -d /others/data ] || mount_root || { not_ok "no root disk"; exit; }
kvm_present
run_all without
load
ftrace_on
run_all with
right=$(grep -lx 0 with/* | grep -vc '\.out$')
yes "$right of them are right" [ $right -ge "$(lab_option least 20)" ]
echo "# $(info exits) exits, $(info returns) returns"
ftrace_off
unload
