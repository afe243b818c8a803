# Functions that check.sh and matrix.sh share: steps with their logs and counts, machines that run
# cases, and the progress of both.
# shellcheck shell=bash disable=SC2154,SC2034 # kernel is kernel_files'; the scripts use the rest

# Progress goes to the caller's output, also from a step whose output is a log.
exec 3>&2
passed=0 failed=0 skipped=0

# begin DIR: make build/DIR anew; the logs go there.
begin() {
	logs=$top/build/$1
	rm -rf "$logs"
	mkdir -p "$logs"
}

# programs CC DIR: build the cases' programs with that compiler into DIR, where boot finds them.
programs() {
	bin=$2
	mkdir -p "$bin"
	for program in vmm perfcount failnth; do
		"$1" -O2 -Wall -Wextra -Werror -static -pthread -o "$bin/$program" tests/lab/$program.c
	done
}

# Cases from 80 on need real guests, a debug kernel, a machine of their own, or what packages install.
all=$(cd tests/cases && echo [0-7]*.sh | sed 's/\.sh//g')

# The remaining time is computed from the seconds that each step took last time on this machine, the
# steps still to come ("plan") and the number of lanes.
times=$(cache_dir)/seconds
touch "$times"
plan=' ' lanes=1
# took NAME SECONDS: note the time for the next run.
took() {
	(
		flock 9
		{ grep -v "^$1 " "$times" 2>/dev/null || :; } >"$times.new"
		echo "$1 $2" >>"$times.new"
		mv "$times.new" "$times"
	) 9>"$times.lock"
}
# left: print "N to go, about M min" for the plan; a step not seen before counts as two minutes.
left() {
	awk -v plan="$plan" -v lanes="$lanes" -v ended="$(cd "$logs" && echo *.ended)" '
		{ s[$1] = $2 }
		END {
			n = split(plan, name)
			for (i = 1; i <= n; i++) {
				if (index(" " ended " ", " " name[i] ".ended ")) continue
				todo++
				sum += name[i] in s ? s[name[i]] : 120
			}
			printf "%d of %d to go, about %d min", todo, n, sum / lanes / 60 + 0.9
		}' "$times" 2>/dev/null || :
}
# progress WORDS
progress() { echo "== $*; $(left)" >&3; }

# report NAME LOG STATUS: count the log's lines. A step that ended with an error counts as failed,
# even if no line says so.
report() {
	local good bad left_out
	good=$(grep -c '^ok ' "$2") || :
	left_out=$(grep -c '^skip ' "$2") || :
	bad=$(grep -c '^not ok ' "$2") || :
	[ "$3" = 0 ] || { [ "$bad" != 0 ] || tail -n 20 "$2"; bad=$((bad + 1)); }
	[ $((good + bad + left_out)) != 0 ] || bad=1
	grep -E '^not ok |^skip ' "$2" || :
	say "$1: $good passed, $bad failed; $2"
	passed=$((passed + good)) failed=$((failed + bad)) skipped=$((skipped + left_out))
}

# run_step NAME COMMAND...: write the command's lines to NAME.log and its status to NAME.ended.
# end_step NAME counts these lines. step runs both.
run_step() {
	local name=$1 status=0 start=$SECONDS
	shift
	progress "$name"
	"$@" >"$logs/$name.log" 2>&1 || status=$?
	echo $status >"$logs/$name.ended"
	took "$name" $((SECONDS - start))
}
end_step() { report "$1" "$logs/$1.log" "$(cat "$logs/$1.ended")"; }
step() {
	run_step "$@"
	end_step "$1"
}

# take NAME: succeed if no other lane has taken this step.
take() { mkdir "$logs/$1.begun" 2>/dev/null; }

# with_logs FILES COMMAND...: run a command that counts by itself, and print the lines of its logs, so that
# each counts once.
with_logs() {
	local files=$1 status
	shift
	"$@" 2>&1 | sed 's/^/# /'
	status=${PIPESTATUS[0]}
	# shellcheck disable=SC2086 # a pattern
	cat $files
	return "$status"
}

# watch_cases NAME TOTAL: report the case that the machine is running, until this process is killed.
watch_cases() {
	local seen='' now
	while sleep 1; do
		now=$(grep '^# case [a-z-]*$' "$logs/$1/results" 2>/dev/null | tail -n 1) || :
		[ "$now" != "$seen" ] || continue
		seen=$now
		progress "$1: ${now#\# } ($(grep -c '^# case [a-z-]*$' "$logs/$1/results") of $2)"
	done
}

# boot NAME MACHINE "CASE..." OPTION...: run the cases in an emulated machine of their own.
boot() {
	local name=$1 machine=$2 cases=$3 case status=0 watch add=()
	shift 3
	if [ "${bin##*/}" = "$(dpkg --print-architecture)" ]; then
		add=(--program "$top/build/kvmstat:bin/kvmstat" --program "$top/build/kvmtune:bin/kvmtune" --program "$(command -v chrt):bin/chrt" --program "$(command -v trace-cmd):bin/trace-cmd")
	else
		add=(--add "$bin/reader:.")
	fi
	for case in $cases; do
		add+=(--add "$top/tests/cases/$case.sh:cases/$case.sh")
	done
	[ ! -e "${twin:=$top/build/twin/twin.ko}" ] || add+=(--add "$twin:twin.ko")
	[ ! -e "${few:=$top/build/few/kvmstat.ko}" ] || add+=(--add "$few:few.ko")
	watch_cases "$name" "$(wc -w <<<"$cases")" &
	watch=$!
	tests/lab/boot.sh --machine "$machine" --kernel "$kernel" --out "$logs/$name" "${add[@]}" \
		--add "$top/tests/cases/run:cases/run" --add "$top/tests/cases/lib.sh:cases/lib.sh" \
		--add "$top/tests/cases/replay.awk:cases/replay.awk" \
		--add "${ko:-$top/kvmstat.ko}:kvmstat.ko" --add "$bin/vmm:bin/vmm" \
		--add "$bin/perfcount:bin/perfcount" "$@" || status=$?
	kill $watch
	cat "$logs/$name/results"
	[ $status = 0 ] || return $status
	grep -qx 'lab: result 0' "$logs/$name/results" || return
	tests/lab/klog-check.sh "$logs/$name/console.log" && echo "ok - $name: kernel log is clean"
}

# guests NAME "CASE..." [OPTIONS]: run them with real guests, in a machine where PAUSE exits, with the disk
# that contains the guests. The options of the cases, lab.NAME=VALUE, can make them run for hours.
guests() {
	boot "$1" svm "$2" --timeout "$([ -n "${3:-}" ] && echo 20000 || echo 2400)" --stall 400 --smp 2 --mem 2048 --pause \
		--kmods "zram lzo-rle bridge vhost_net tun" --disk "$(tests/lab/root.sh "$kernel")" --append "${3:-}"
}
# soak MINUTES: everything at once for so long.
soak() {
	boot soak svm 64-soak --timeout $(($1 * 120 + 600)) --stall 400 --smp 4 --mem 2048 --append "preempt=full lab.soak=60 lab.rounds=$1"
}
# owners NAME: run that case with real guests where systemd is process 1, beside libvirtd.
owners() {
	boot "$1" svm 89-owners --timeout 1200 --stall 400 --smp 2 --mem 2048 --kmods "vhost_net tun" \
		--add systemd/kvmstat-record.service:cases/kvmstat-record.service \
		--disk "$(tests/lab/root.sh "$kernel")" --disk "$(tests/lab/debian.sh)" --append "lab.systemd systemd.unit=lab.service"
}

# finish: count all tests in the last line; fail if a test failed.
finish() {
	local left_out=''
	[ $skipped = 0 ] || left_out=", $skipped skipped"
	echo "$passed passed, $failed failed$left_out"
	[ $failed = 0 ]
}
