#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Tests kvmstat top in a real terminal (tmux), with invented figures: top.sh KVMSTAT. Prints a
# line "ok - top: ..." or "not ok - top: ..." for each case, and the screens of failed cases.
set -u

kvmstat=$(realpath "$1")
unit=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
dir=$(mktemp -d)
declare -A guest=() # pids by name
writer=''
tmux() { command tmux -L "kvmstat-top-$$" -f /dev/null -u "$@"; }
finish() {
	tmux kill-server 2>/dev/null
	# shellcheck disable=SC2086 # words
	kill $writer "${guest[@]}" 2>/dev/null
	wait 2>/dev/null
	rm -rf "$dir"
}
trap finish EXIT
cp "$kvmstat" "$dir/kvmstat"
cd "$dir" || exit 1
mkdir root ctl
mkfifo never
export LC_ALL=C.UTF-8
unset NO_COLOR TMUX COLUMNS LINES

# The report of a sanitizer would be lost on the screen.
export ASAN_OPTIONS=log_path=$dir/asan UBSAN_OPTIONS=log_path=$dir/asan

# The tmux server stays when a session ends.
if ! tmux new-session -d -s server 'exec sleep 1000' 2>err; then
	echo "skip top: tmux gets no terminal here (is /dev/pts mounted?): $(tail -n 1 err)"
	exit
fi

result() { # NAME STATUS
	if [ "$2" -eq 0 ]; then
		echo "ok - top: $1"
	else
		echo "not ok - top: $1"
		screen | sed 's/^/#   |/'
	fi
}

# The process of a guest has its name on the command line.
begin() { # NAME VALUE
	sh -c 'read -r _ <"$0"' never -name "$2" &
	guest[$1]=$!
}
begin web1 web1,debug-threads=on
begin evil $'\033]0;owned\007\033[31mevil\n'
begin plain plain-ü

# Writes the files of the guests, each file atomically. A guest has ended if ctl/ID exists. With
# ctl/gone, no module is loaded; with ctl/crowd, there are many more guests.
columns=$(sed -n '/define KVMSTAT_COLUMNS/,/^$/s/.*X(\([a-z_]*\),.*/\1/p' "$unit/../../include/kvmstat.h" | xargs)
perl -e '
	use Time::HiRes qw(time sleep);
	my ($columns, @pids) = @ARGV;
	my $K = "root/sys/kernel/debug/kvmstat";
	sub put {
		my ($path, @lines) = @_;
		my $parent = $path =~ s{/[^/]*$}{}r;
		system("mkdir", "-p", $parent) unless -d $parent;
		open(my $f, ">", "$path.new") or die;
		print $f "$_\n" for @lines;
		close($f);
		rename("$path.new", $path);
	}
	my $start = time;
	while (-d "ctl") {
		if (-e "ctl/gone") {
			system("rm", "-rf", "root/proc", "root/sys");
			$start = time;
			sleep 0.05;
			next;
		}
		my $t = time - $start + 100;
		my @rows;
		my @guests = ([11, $pids[0], 50000, 2], [12, $pids[1], 900, 1], [13, $pids[2], 0, 1]);
		push @guests, map { [100 + $_, $pids[2], $_ / 20, 1] } 1 .. 60 if -e "ctl/crowd";
		for (@guests) {
			my ($id, $pid, $rate, $vcpus) = @$_;
			next if -e "ctl/$id";
			my $n = int($rate * $t);
			my $ns = int($t * 1e9 * $vcpus);
			my %v = (no => @rows + 1, pid => $pid, id => $id, vcpus => $vcpus, exits => $n,
				io_num => int($n * 0.8), kvm_qemu_switch_num => int($n * 0.8),
				kvm_vm_switch_num => $n - int($n * 0.8), interrupt_num => int($n * 0.1),
				halt_num => int($n * 0.01), guest_ns => int($ns * 0.4),
				kernel_ns => int($ns * 0.2), user_ns => int($ns * 0.3),
				halted_ns => int($ns * 0.1));
			push @rows, join(" ", map { $v{$_} // 0 } split / /, $columns);
			next if $id > 100;
			my $io = int($n * 0.8);
			put("$K/$id/reasons", "code exits to_user kernel_ns user_ns longest_ns reason",
				"0x7b $io $io " . $io * 1000 . " " . $io * 9000 . " 69026590 io",
				"0x7c " . ($n - $io) . " 0 " . ($n - $io) * 2000 . " 0 4910263 msr");
			put("$K/$id/userspace", "kind returns name", "exit $io KVM_EXIT_IO", "errno 3 EINTR");
			put("$K/$id/histograms", "class through " . join(" ", map { 1 << $_ } 9 .. 23) . " inf",
				"io userspace 0 0 0 0 " . int($io / 2) . " " . ($io - int($io / 2)) . " 9" x 10);
			put("$K/$id/hot", "kind direction address count at_most",
				"port read 0x1f7 $io " . ($io + 784), "msr write 0x6e0 " . ($n - $io) . " $n");
			put("$K/$id/vcpus",
				"vcpu exits to_user guest_ns kernel_ns user_ns polled_ns blocked_ns mode",
				map { join(" ", $_, int($n / $vcpus), int($io / $vcpus), map({ int($_ * $ns / $vcpus) }
					0.4, 0.2, 0.3, 0, 0.1), "userspace") } 0 .. $vcpus - 1);
			put("$K/$id/cpus", "cpu exits to_user io_num mmio_num halt_num guest_ns",
				"0 " . int($n / 2) . " $io $io 0 7 $ns", "5 " . int($n / 2) . " 0 0 0 0 " . int($ns / 2));
		}
		put("root/proc/stat", "cpu " . int(50 * $t) . " 0 0 " . int(150 * $t) . " 0 0 0 0 0 0",
			"ctxt 7", "procs_running 2", "procs_blocked 1");
		put("root/proc/meminfo", "MemTotal: 4028832 kB", "MemAvailable: 3000000 kB");
		put("root/proc/kvminfo", $columns, @rows);
		sleep 0.1;
	}
' "$columns" "${guest[web1]}" "${guest[evil]}" "${guest[plain]}" &
writer=$!

screen() { tmux capture-pane -p -t top; }

# Runs a command until it succeeds, for at most ten seconds, because the machine can be busy.
until_() {
	local i
	for ((i = 0; i < 200; i++)); do
		"$@" && return
		command sleep 0.05
	done
	return 1
}
has() { screen 2>/dev/null | grep -Eq -e "$1"; }
has_not() { ! has "$1"; }
# shellcheck disable=SC2317 # called by until_
gone() { ! kill -0 "$1" 2>/dev/null; }

see() { # NAME REGEX: the screen comes to have a line that matches
	until_ has "$2"
	result "$1" $?
}
# shellcheck disable=SC2317 # called by until_
first_is() { screen | sed -n 6p | grep -Eq -e "$1"; }
on_top() { # NAME REGEX: the first row comes to match
	until_ first_is "$2"
	result "$1" $?
}
miss() { # NAME REGEX: it comes to have none
	until_ has_not "$2"
	result "$1" $?
}
press() { tmux send-keys -t top "$@"; }
# Sends raw bytes, as a terminal does for a mouse.
mouse() { # BUTTON X Y, from 1
	tmux send-keys -t top -l $'\033'"[<$1;$2;${3}M"$'\033'"[<$1;$2;${3}m"
}

# Starts top in a terminal of 80x24 with a line on it. The shell notes how top ended.
start() { # [NAME=VALUE...] [OPTION...]
	local set=()
	while [[ ${1-} =~ ^[A-Z_]+= ]]; do
		set+=("$1")
		shift
	done
	tmux kill-session -t top 2>/dev/null
	rm -f status before after pid ctl/*
	until_ served "${guest[web1]}" && until_ served "${guest[evil]}"
	cat >shell <<-EOF
		trap : INT HUP QUIT
		ulimit -c 0
		echo the line before
		stty -a >before
		echo \$\$ >pid
		env ${set[*]} ./kvmstat top -r root ${*:-0.2}
		echo "left: \$?" >status
		stty -a >after
		exec sleep 1000
	EOF
	tmux new-session -d -s top -x 80 -y 24 'exec sh shell'
}
child() { pgrep -P "$(cat pid)" kvmstat; }
# shellcheck disable=SC2317 # called by until_
runs() { [ -s pid ] && [ -n "$(child)" ]; }

# left NAME STATUS: top has ended with this status, and left the terminal as it was.
left() { # NAME STATUS
	until_ test -s after && [ "$(cat status)" = "left: $2" ]
	result "$1: it ends with $2" $?
	cmp -s before after && until_ has '^the line before$' && has_not 'EXITS/s|^kvmstat' &&
		[ "$(tmux display -p -t top '#{cursor_flag} #{mouse_any_flag} #{alternate_on} #{keypad_cursor_flag}')" = '1 0 0 0' ]
	result "$1: the terminal is as it was" $?
}

# refuses NAME STATUS REGEX [NAME=VALUE...] [OPTION...]: top does not start, and says why.
refuses() {
	local name=$1 status=$2 words=$3
	shift 3
	start "$@"
	until_ test -s after && [ "$(cat status)" = "left: $status" ]
	result "$name: it ends with $status" $?
	see "$name: it says why" "$words"
}
colours() { tmux capture-pane -e -p -t top | grep -q $'\033\[[0-9;]*[34][0-7]m'; }
ascii() { ! screen | LC_ALL=C grep -q '[^ -~]'; }
served() { grep -q "^[0-9]* $1 " root/proc/kvminfo; }
unserved() { ! served "$1"; }

evil='\\x1b\]0;owned\\x07'

# The list.
start 0.2
see 'the verdict on the first, and what would help' '^I/O-bound: 100 % of its device accesses'
see 'the guests, the busiest first' '^web1 +[0-9]+ +[0-9]{5,6} +I/O-bound '
on_top 'the busiest is on top' '^web1 '
see 'a sparkline, and a bar of time' '^web1 .* [▁▂▃▄▅▆▇█]+ ████+▓▓+▒▒+··?$'
see 'the sums' '^3 guests, 4 vCPUs: [0-9]{5,6} exits/s, [78][0-9]\.[0-9]% to the VMM +every 200ms, totals of '
see 'where and when' '^kvmstat [0-9.]+ .* Linux .* [0-9]+ CPUs? +20[0-9-]+ [0-9:]{8}$'
see 'what the parts of the bar are' '█ guest 40% ▓ kernel [12][0-9]% ▒ VMM [23][0-9]% ╳ ready .* · halted '
see 'a hostile name is harmless' "^$evil\+ +${guest[evil]} "
[ "$(tmux display -p -t top '#{pane_title}')" != owned ]
result 'no escape of it comes through' $?
see 'a name in UTF-8' '^plain-ü '
see 'the column that rows are sorted by' '▼EXITS/s'
colours
result 'colours' $?

# Sorting.
press I
see 'I: the other way round' '▲EXITS/s'
on_top 'I: the idle one is on top' '^plain'
press I '>'
see '>: the next column' 'BOUND▲'
press '<' '<'
see '<: the one before' '▼PID'
press '<'
see '<: a text, upwards' 'NAME▲'
on_top '<: names in their order' '^.x1b'
press o
see 'o: totals' '▼EXITS '
press o
see 'o: what is now' '▼EXITS/s'

# The filter.
press f
see 'f asks' '^Only what matches \(a regular expression\):'
press '^W.B' BSpace BSpace 'EB1$' Enter
miss 'f: others are gone' '^plain'
see 'f: what matches stays' '^web1 '
see 'f: it says so' "^only what matches '\^WEB1\\$'"
press c
see 'c: all are back' '^plain'
press / '(' Enter
see '/: a bad expression is explained' 'Unmatched|[Pp]arenthes'
press f web Escape
see 'Escape leaves the filter as it was' '^plain'
press f 'no such' Enter
see 'a filter that none passes' "^  No guest matches the filter: 'c' clears it"
press c g owned Enter
miss 'g: a part of a name' '^web1'
see 'g: is there' "^$evil"
press p "${guest[web1]}" Enter
see 'p: a pid' '^web1'
miss 'p: no other' "^$evil"
press g id:13 Enter
see 'g: an id' '^plain'
press g C-u Enter
see 'an empty one: all' '^web1'
press f $'\303\274' Enter
miss 'UTF-8 is typed' '^web1'
see 'UTF-8 is found' '^plain-ü'
press c
see 'c again' '^web1'

# Interval, reset, help.
press s 0.3 Enter
see 's: the interval' 'every 300ms'
press s 1e9 Enter
see 's: a bad one' '^ the interval must be seconds from 0\.1 to 86400'
see 's: stays what it was' 'every 300ms'
until_ has 'totals of ([2-9]|[1-9][0-9])\.'
press r
see 'r: totals begin anew' 'totals of ([0-9]+ms|0|1\.[0-9]s)$'
see 'r: it says so' "^ totals begin anew here; the kernel's counters go on"
for key in h '?' F1; do
	press "$key"
	see "$key: help" '^kvmstat top: keys'
	see "$key: all of it" "^ s +the interval"
	press Space
	miss "$key: any key leaves it" '^kvmstat top: keys'
done

# Pause.
press Space
see 'Space: paused' ' paused '
touch ctl/12
until_ unserved "${guest[evil]}"
press '>'
see 'paused: keys work' 'BOUND▲'
has_not 'ended'
result 'paused: figures stay' $?
press Z
see 'Z: it goes on, and a guest ended meanwhile' "^$evil.* ended"
press F10
left F10 0

# Looking into a guest.
start 0.2
see 'the list again' '^web1 .*█'
press Down Down Up Enter
see 'Enter: the selected guest' "^$evil"
see 'Enter: not the list' '^ 1 overview  2 reasons  3 VMM  4 hot spots  5 vCPUs  6 CPUs  7 histograms'
press Escape
see 'Escape: the list' '^NAME'
press Home
until_ has '^web1'
press Enter
see 'overview: who' '^web1  pid [0-9]+  id 11  2 vCPUs '
see 'overview: the verdict' '^ I/O-bound: '
see 'overview: its reason, of the busiest' '^ +[78][0-9]\.[0-9]% of exits: io, 10\.0us each, handled by the VMM'
see 'overview: the device' '^ +port read 0x1f7, [0-9]+ times: IDE'
see 'overview: rates' '^ EXITS/s .*[▁▂▃▄▅▆▇█]'
press Tab
see 'Tab: reasons' '^io +[0-9]+ +[0-9]{5,6} +[78][0-9]\.[0-9] +100\.0 10\.0us ▓+▒+$'
press BTab
see 'Shift-Tab: overview' '^ I/O-bound: '
press Right
see 'Right: reasons' '^msr +[0-9]+ +[0-9]+ '
press o
see 'o: reasons by totals' '▼EXITS '
press f 'ms' Enter
miss 'f: rows of a pane' '^io '
see 'f: its own' '^msr '
press c
see 'c: all rows' '^io '
press 3
see '3: returns to the VMM' '^KVM_EXIT_IO +exit +[0-9]+ +[0-9]{5,6} +100\.0 ▒+$'
press 4
see '4: hot spots with their devices' '^port +read +0x1f7 IDE.* [0-9]+ +[0-9]{5,6} ▓+$'
press 5
see '5: vCPUs' '^ +1 userspace +[0-9]+ +[0-9]{5,6} +[0-9]{5,6} █+▓+▒+·+$'
press 6
see '6: CPUs' '^ +5 +[0-9]+ +[0-9]{5,6} +0\.0 .* █+$'
press 7
see '7: histograms' '^io +userspace +[0-9]+ +[0-9.]+us +[0-9.]+us .*█'
press 8
see '8: threads' '^ROLE +THREAD POLICY .*RUN%'
see '8: what is not available' '^ Not available: threads: '
press 9
see '9: memory' '^ Not available: threads: '
press 0
see '0: I/O without exits' '^KIND.* NAME +IN/s +IN-B/s'
press 2 x
see 'x: back to the list' '^NAME'
press x
see 'x: the reasons' '^msr '
touch ctl/11
see 'a guest that ends is marked' '^ ended '
see 'its totals stay, and it has no rates' '^io +[0-9]{4,} +- '
has_not 'exits/s'
result 'nor has its page' $?
press 1
see 'nor has its overview' '^ I/O-bound'
has_not 'Now:'
result 'nothing is now' $?
press Escape
see 'in the list too' '^web1 +[0-9]+ +- .* ended'
press C-l
see '^L: the same' '^web1 '
press q
left q 0

# The host.
start 0.2
until_ has '^web1'
press H
see 'H: the CPUs' '^CPU %: now 2[0-9]\.[0-9], average 2[0-9]\.[0-9], peak [2-9][0-9]\.[0-9], idle 7[0-9]\.[0-9] '
see 'H: figures in columns' '  memory +3\.8G$'
see 'H: processes' '^ +PID USER +POLICY +NICE RT CPU ▼CPU% MEMORY'
see 'H: what is not available' '^ Not available: '
has_not '^web1'
result 'H: no guests' $?
press m
see 'H, m: by memory' '▼MEMORY'
press f '^kvmstat$' Enter
see 'H, f: a process' '^ *[0-9]+ .* kvmstat$'
miss 'H, f: no other' ' perl'
press c
see 'H, c: all' ' perl'
press Enter
has '^ +PID'
result 'H, Enter: nothing' $?
press H
see 'H: back' '^web1'
press Enter H
see 'H: from a guest' '^CPU %: now '
press Escape
see 'Escape: the list' '^web1'
press q
left 'after the host' 0

# Many guests, and an immediate first reading.
start 1000
# How many depends on how far the writer gets in a quarter of a second.
see 'figures come at once' '^web1 +[0-9]+ +[0-9]'
touch ctl/crowd
until_ grep -q '^63 ' root/proc/kvminfo
read_all() { press u; has '^63 guests'; }
until_ read_all
result 'any other key reads' $?
press End
miss 'End: the last one' '^web1'
screen | sed -n 22p | grep -Eq "^plain-ü +${guest[plain]} +0 " || see 'End: at the bottom' "^plain-ü +${guest[plain]} +0 "
# The chosen guest keeps its row, whatever place a reading gives that row: press it again.
page_up() { press PPage && has '^web1'; }
until_ page_up
result 'PgUp' $?
press NPage NPage
miss 'PgDn' '^web1'
press Home
see 'Home' '^web1'
tmux resize-window -t top -x 140 -y 40
see 'wider: more columns' 'VCPUS TO-VMM/s IN-KERNEL%'
[ "$(screen | grep -c '^plain')" -gt 30 ]
result 'higher: more rows' $?
tmux resize-window -t top -x 60 -y 20
see 'smaller: the list' "^web1 +${guest[web1]} +[0-9]{5,6} "
see 'smaller: the keys' '^\? help Enter look in .* r reset *$'
# Each size shows a guest, and all panes, the host and the help can be drawn. A number is whole.
for size in 40x9 30x6 24x4 12x2 3x1; do
	tmux resize-window -t top -x ${size%x*} -y ${size#*x}
	case $size in
	12x2) words='^web1' ;;
	3x1) words="^w" ;;
	*) words="^web1 +${guest[web1]}( +[0-9]{5,6})?( |$)" ;;
	esac
	see "$size: a guest" "$words"
	press Enter
	until_ has_not "$words"
	press 2 3 4 5 6 7 8 9 0 H Down h Down Escape H f x Escape
	see "$size: back in the list" "$words"
done
tmux resize-window -t top -x 80 -y 24
see 'as large as it was' '^web1'
miss 'as wide as it was' 'HALTS/s'
press f
see 'f asks' '^Only'
press C-c
left '^C in a question' 0

# A mouse.
start TERM=xterm-256color 0.2
see 'a terminal with a mouse' '^web1'
mouse 0 40 7
press Enter
see 'a click selects' "^$evil"
press Escape
see 'back' '^NAME'
mouse 0 3 5
see 'a click on a head sorts' 'NAME▲'
mouse 0 3 5
see 'another one turns it round' 'NAME▼'
mouse 0 25 5
see 'a click on another head' '▼PID'
press o o
# On a busy machine the second click can be too late.
# shellcheck disable=SC2317 # called by until_
double_click() { mouse 0 10 6 && mouse 0 10 6 && command sleep 0.3 && has '^ 1 overview'; }
until_ double_click
result 'a double click looks in' $?
mouse 0 18 5
see 'a click on the name of a pane' '^REASON'
press Escape
see 'back again' '^NAME'
touch ctl/crowd
see 'a crowd' '^63 guests'
wheel() { mouse "$1" 10 10 && "$2" '^web1'; }
until_ wheel 65 has_not
result 'the wheel scrolls' $?
until_ wheel 64 has
result 'the wheel scrolls back' $?
press q
left 'with a mouse' 0

# The process behind a guest.
proc=behind/proc/${guest[web1]}
mkdir -p "$proc/task/${guest[web1]}"
for file in stat status task/"${guest[web1]}"/{stat,status}; do cat "/proc/${guest[web1]}/$file" >"$proc/$file"; done
printf '%s: 0\n' rchar wchar syscr syscw read_bytes write_bytes >"$proc/io"
cp root/proc/kvminfo behind/proc
start -r behind 0.2
until_ has '^web1'
press Enter 0
see 'I/O without exits: block I/O' '^storage +process +0 +0 +0 +0 +- +-'
press q
left 'after the process' 0

# The module goes away and comes back, once in the list and once inside a guest.
start 0.2
see 'there' '^web1 .*█'
touch ctl/gone
see 'the module goes away: in words' 'is not loaded, so try .sudo modprobe kvmstat'
see 'the module goes away: the state' ' no data '
see 'the module goes away: the last figures' '^web1 +[0-9]+ +[0-9]'
press r '>' Enter
see 'the module goes away: keys work' '^ 1 overview'
rm ctl/gone
see 'the module is back' '^ the numbers are back: counting anew'
miss 'the module is back: the state' ' no data '
press Escape
see 'the module is back: figures' '^web1 +[0-9]+ +[0-9]{5,6} '
press x
see 'inside' '^io '
touch ctl/gone
see 'inside: in words' 'is not loaded, so try .sudo modprobe kvmstat'
see 'inside: the last figures' '^io +[0-9]+ '
rm ctl/gone
see 'inside: back' '^io +[0-9]+ +[0-9]{5,6} '
press q
left 'after that' 0

# Without debugfs.
mkdir -p bare/proc
cp root/proc/kvminfo bare/proc
start -r bare 0.2
see 'no debugfs: the list' '^web1'
press Enter
see 'no debugfs: a guest' 'Ready is not known'
press 2
see 'no debugfs: it says so' "^  Not known: debugfs' reasons of this guest cannot be read"
press q
left 'without debugfs' 0

# Chosen guests.
start -g web1 0.2
see '-g: the guest' '^1 guest, 2 vCPUs'
has_not '^plain'
result '-g: no other' $?
press q
left '-g' 0
refuses '-g without such a guest' 1 '^kvmstat: no such guest' -g nobody
refuses 'no module' 1 '^kvmstat: cannot read nowhere/proc/kvminfo' -r nowhere

# A recording of 300 snapshots, 10 s apart: before snapshot N, web has 100 N exits a second. The guest
# early ends with snapshot 100.
perl -e '
	my $sum = 0;
	for my $n (1 .. 300) {
		$sum += 1000 * $n;
		my $guest = sub {
			my ($name, $id, $exits) = @_;
			sprintf(q({"name":"%s","vmm":"qemu","cgroup":"/","no":1,"pid":%d,"id":%d,"vcpus":1,"exits":%d,"io_num":%d,) .
				q("exception_num":0,"kvm_qemu_switch_num":%d,"kvm_vm_switch_num":0,"guest_ns":%d,"user_ns":%d,) .
				q("detail":{"reasons":[{"code":123,"exits":%d,"to_user":%d,"kernel_ns":0,"user_ns":%d,"longest_ns":9,"reason":"io"}]}}),
				$name, 1000 + $id, $id, $exits, $exits, $exits, $n * 6e9, $n * 4e9, $exits, $exits, $n * 4e9);
		};
		printf(q({"kvmstat":"0.1.0","format":1,"time_ns":%d,"uptime_ns":%d,"boot_id":"b","host":"node7","kernel":"6.1.0",) .
			q("isa":"VT-x","cpus":2,"guests":[%s]}%s), (1795257000 + 10 * $n) * 1e9, $n * 10e9,
			join(",", $guest->("web", 1, $sum), $n <= 100 ? $guest->("early", 2, 70 * $n) : ()), "\n");
	}
' >recording
start TZ=UTC -f recording 0.1
see 'a recording: where and when' '^kvmstat .* node7  Linux 6\.1\.0  2 CPUs +2026-11-21 10:30:20$'
see 'a recording: it begins with the first interval' '^web +1001 +200 I/O-bound '
see 'a recording: the time line' '^2026-11-21 10:30:10 ·+ 2026-11-21 11:20:00  2 of 300$'
see 'a recording: the keys' 'Space play  *\[ \] go'
see 'a recording: what the figures cover' 'over 10\.0s, totals of 10\.0s$'
press '['
press ']'
see ']: a snapshot on' ' 3 of 300$'
see ']: its rate' '^web +1001 +300 '
see ']: the totals go on' 'totals of 20\.0s$'
press u
press ')'
see '): the end' '^2026-11-21 10:30:10 █+ 2026-11-21 11:20:00  300 of 300$'
see '): its rate' '^web +1001 +30000 '
press ']'
press '{'
see '{: a tenth back' ' 270 of 300$'
press '}' '['
see '}, [: a tenth on, a snapshot back' ' 299 of 300$'
see '[: its rate' '^web +1001 +29900 '
press t +980s Enter
see 't: a time' ' 99 of 300$'
press ']' ']'
see 'a guest that ended is marked' '^early .* ended'
screen >there
press ']' ']' ']'
see 'later it is gone' ' 104 of 300$'
has_not '^early'
result 'it has left the list' $?
press t 10:46:50 Enter
see 't: the same time again' ' 101 of 300$'
see 'it is there again' '^early .* ended'
grep -v totals there >was
screen | grep -v totals | cmp -s was -
result 'the same figures, from both sides' $?
press t noon Enter
see 't: a bad one' "^ the time must be '2026-11-21 14:00', 14:00, "
press '['
see 'it runs' ' 100 of 300$'
has_not ended
result 'it is not marked' $?
press Down
press t 10:31 Enter
see 'another time' ' 6 of 300$'
press Enter
see 'the chosen guest stays chosen' '^early  pid 1002 '
press 2
see 'inside: its rates' '^io +350 +7\.0 '
press ')'
see 'the list where the guest is not' '^NAME'
press '[' '['
see 'two snapshots back' ' 298 of 300$'
press Space
until_ has ' 300 of 300$'
result 'it plays to the end' $?
miss 'it stops there' ' playing '
press Space
see 'Space: again from the beginning' ' playing .*over 10\.0s, totals of [1-9]0\.0s$'
press Space
miss 'Space: it stops' ' playing '
press r
see 'r: totals begin anew' 'totals of 0$'
press '?'
see 'help on recordings' '^ \[ \]  a snapshot back, on'
press q q
left 'a recording' 0
start TERM=xterm-256color TZ=UTC -f recording 0.1
see 'a mouse' ' 2 of 300$'
mouse 0 35 23
see 'a click on the line' ' 1[45][0-9] of 300$'
press q
left 'a recording, with a mouse' 0
perl -pe '
	s/("reason":"io"\})/$1 . join("", map qq(,{"code":9,"exits":1000,"to_user":0,"kernel_ns":9,"user_ns":0,"longest_ns":9,"reason":"$_"}), qw(zz aa mm))/e;
	exit if $. > 1' recording >ties
start -f ties
until_ has '^web '
press Enter
see 'three of four equal reasons' '^ +25\.0% of exits: zz, '
screen | grep -o 'of exits: [a-z]*' | xargs | grep -qx 'of exits: io of exits: zz of exits: aa'
result 'in the order of the table' $?
press q
left 'equal reasons' 0
head -n 1 recording >single
start -f single
see 'one snapshot: a verdict' '^web .* I/O-bound'
see 'one snapshot: what the figures cover' 'totals since the guests began$'
press '[' ']' '(' ')' Space
see 'one snapshot: nowhere to go' ' 1 of 1$'
press q
left 'one snapshot' 0

start TZ=UTC -f recording --from 10:40 --to 10:50
see '--from, --to: the time line' '^2026-11-21 10:40:00 █?·+ 2026-11-21 10:50:00  2 of 61$'
press ')'
see '--from, --to: the end' ' 61 of 61$'
see '--from, --to: its rate' '^web +1001 +12000 '
press q
left 'a part of a recording' 0
sed 's/"node7"/"node8"/' recording | cat recording - >hosts
refuses 'two hosts' 2 'choose one with --host' -f hosts
start -f hosts --host node8
see '--host' '^kvmstat .* node8 '
press q
left 'one of two hosts' 0
refuses '--from without a recording' 2 '^kvmstat: --host, --from or --to would do nothing without a recording' -r root --from 10:40
refuses '--to: a bad time' 2 "^kvmstat: --to must be '2026" -f recording --to noon

# Terminals.
for term in vt100 xterm-mono linux tmux-256color; do
	leaks=1
	# For this terminal ncurses loads libgpm, which leaks a name.
	[ $term != linux ] || leaks=0
	start TERM=$term ASAN_OPTIONS="$ASAN_OPTIONS:detect_leaks=$leaks" 0.2
	see "TERM=$term" '^web1 .*█'
	[ $term = linux ] || [ $term = tmux-256color ] || ! colours
	result "TERM=$term: colours as it has them" $?
	press Enter
	see "TERM=$term: inside" '^ 1 overview'
	press q
	until_ test -s after && cmp -s before after
	result "TERM=$term: left as it was" $?
done
start NO_COLOR=1 0.2
see 'NO_COLOR' '^web1'
! colours
result 'NO_COLOR: no colours' $?
press q
left NO_COLOR 0
start LC_ALL=C 0.2
see 'ASCII: bars' '^web1 .* [_.:=+*%#-]+ ####+kk+vv+\.\.?$'
see 'ASCII: names' '^plain-\\xc3\\xbc'
ascii
result 'ASCII: the list' $?
press 2 Enter Tab
see 'ASCII: reasons' '^io .* k+v+$'
for key in 1 2 3 4 5 6 7 8 9 h; do
	press $key
	until_ ascii
	result "ASCII: $key" $?
done
press q q
left ASCII 0
refuses 'TERM=dumb' 1 "^kvmstat: top cannot draw on the terminal TERM='dumb'" TERM=dumb
refuses 'TERM=bogus' 1 "^kvmstat: the terminal TERM='bogus' is not known" TERM=bogus
refuses 'TERM is empty' 1 '^kvmstat: the terminal' TERM=
./kvmstat top -r root </dev/null >out 2>err
[ $? -eq 1 ] && [ ! -s out ] && grep -q '^kvmstat: top needs a terminal' err
result 'no terminal' $?

# Signals.
for signal in INT:0 TERM:0 HUP:129 QUIT:131; do
	start 1000
	see "SIG${signal%:*}: runs" '^web1'
	kill -"${signal%:*}" "$(child)"
	left "SIG${signal%:*}" "${signal#*:}"
done
start 0.2
see '^C: runs' '^web1'
press C-c
left '^C' 0

# A shell with job control stops and continues top.
cat >job <<-'EOF'
	set -m
	stty -a >before
	echo $$ >pid
	./kvmstat top -r root 0.2
	stty -a >stopped
	echo the shell
	read -r _ <go
	fg
	stty -a >after
	exec sleep 1000
EOF
mkfifo go
rm -f before after stopped pid
tmux kill-session -t top
tmux new-session -d -s top -x 80 -y 24 'exec bash job'
see '^Z: runs' '^web1'
press C-z
until_ test -s stopped && cmp -s before stopped
result '^Z: the terminal is as it was' $?
see '^Z: the shell is there' '^the shell'
echo >go
see 'fg: the screen is back' '^web1'
tmux resize-window -t top -x 100 -y 24
see 'fg: it goes on' ' VCPUS '
tmux resize-window -t top -x 80 -y 24
miss 'fg: as wide as it was' ' VCPUS '
press q
until_ test -s after && cmp -s before after
result 'fg: it ends, the terminal is as it was' $?

# The terminal goes away.
start 0.2
see 'a terminal that goes away' '^web1'
pid=$(child)
tmux kill-session -t top
until_ gone "$pid"
result 'a terminal that goes away: it ends' $?

cat asan.* 2>/dev/null && echo 'not ok - top: the sanitizers' || echo 'ok - top: the sanitizers'
