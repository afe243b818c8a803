# The kernel's own tests of KVM run without and with kvmstat (lab/selftests.sh has built them). Whatever
# a test does, it ends as without kvmstat, and the sums are those of ftrace.
# shellcheck shell=sh disable=SC2154,SC2086 # from lib.sh

# run_all DIR: run every test, and write its status to DIR/NAME.
run_all() {
	mkdir $1
	for file in /selftests/*; do
		test=$(basename $file)
		case $test in
		# These stress for minutes, or take gigabytes.
		*_perf_test | *_stress_test | max_guest_memory_test | hardware_disable_test | kvm_page_table_test | dirty_log_test | rseq_test) continue ;;
		esac
		timeout 300 $file </dev/null >$1/$test.out 2>&1
		echo $? >$1/$test
		echo "# $test: $(cat $1/$test)"
		[ $1 = without ] || check
	done
}
check() {
	is "$test: its end, 0 for right and 4 for left out" "$(cat with/$test)" "$(cat without/$test)"
	is "$test: exits and returns" "$(info exits) $(info returns)" "$(hits kvm_exit) $(hits kvm_userspace_exit)"
	is "$test: not attributed" "$(info exits_unattributed) $(info returns_unattributed)" "0 0"
}

kvm_present
run_all without
load
ftrace_on
run_all with
yes "many of them ran" [ "$(grep -lx 0 with/* | grep -vc '\.out$')" -ge 20 ]
ftrace_off
unload
