#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The command as its user meets it: command.sh KVMSTAT. Prints a line
# "ok - ..." or "not ok - ..." per case.
set -u

kvmstat=$(realpath "$1")
corpus=$(cd "$(dirname "$0")" && pwd)/corpus
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
chmod 755 "$dir"
cp "$kvmstat" "$dir/kvmstat"
cd "$dir" || exit 1
export LC_ALL=C.UTF-8

result() { # NAME STATUS: a case and whether it passed (0)
	if [ "$2" -eq 0 ]; then
		echo "ok - $1"
	else
		echo "not ok - $1"
		sed 's/^/#   out: /' out
		sed 's/^/#   err: /' err
	fi
}

# NAME STATUS STDOUT STDERR COMMAND...: runs it; each output must hold its extended
# regular expression, or be empty where that is "".
check() {
	name=$1 want=$2 out=$3 err=$4
	shift 4
	timeout -k 1 20 "$@" >out 2>err
	got=$?
	judge
}

judge() {
	good=0
	[ "$got" -eq "$want" ] || { good=1; echo "#   status $got, not $want"; }
	matches out "$out" && matches err "$err" || good=1
	result "$name" $good
}

matches() { # FILE REGEX
	if [ -z "$2" ]; then
		[ ! -s "$1" ]
	else
		grep -Eq -- "$2" "$1"
	fi
}

# Makes root/proc/kvminfo of lines, at once.
serve() {
	head -n1 "$corpus/full.txt" >root/proc/new
	for line; do echo "$line" >>root/proc/new; done
	mv root/proc/new root/proc/kvminfo
}

usage='^Usage: kvmstat \[OPTION...\] \[INTERVAL \[COUNT\]\]$'
mkdir -p root/proc/2035 root/proc/2135 root/proc/2136 root/proc/2137 empty/proc
printf 'qemu\0-name\0guest=web1,debug-threads=on\0' >root/proc/2035/cmdline
printf 'qemu\0-name\0\033[31mevil\nname\0' >root/proc/2135/cmdline
cp root/proc/2135/cmdline root/proc/2136
echo crosvm >root/proc/2137/comm

# What cannot be had: 1.
check 'no module' 1 '' 'cannot read empty/proc/kvminfo: No such file or directory: the kvmstat module is not loaded: sudo modprobe kvmstat$' \
	./kvmstat -r empty
check 'no module, at intervals' 1 '' 'module is not loaded' ./kvmstat -r empty 1 1
check 'no such copy' 1 '' 'cannot read nowhere: No such file or directory$' ./kvmstat -f nowhere
check 'a directory' 1 '' 'cannot read \.: Is a directory$' ./kvmstat -f .
install -m 400 "$corpus/full.txt" empty/proc/kvminfo
nobody=
if [ "$(id -u)" -eq 0 ]; then
	nobody='setpriv --reuid=65534 --regid=65534 --clear-groups'
else
	chmod 0 empty/proc/kvminfo
fi
# shellcheck disable=SC2086 # words
check 'no permission' 1 '' 'Permission denied: run as root, or load the module with the parameters mode=0440 group=GID$' \
	$nobody ./kvmstat -r empty
check 'no such pid' 1 '' 'no such guest' ./kvmstat -f "$corpus/full.txt" -p 1
check 'no names in a copy' 1 '' 'a copy has no names' ./kvmstat -f "$corpus/full.txt" -g web1
name='output cannot be written' want=1 out='' err='cannot write the output: No space left on device$'
: >out
./kvmstat -f "$corpus/full.txt" >/dev/full 2>err
got=$?
judge
name='output cannot be written, at intervals' out=''
timeout 5 ./kvmstat -f "$corpus/full.txt" 0.1 >/dev/full 2>err
got=$?
judge
name='help cannot be written'
./kvmstat --help >/dev/full 2>err
got=$?
judge
# With SIGPIPE ignored the write itself fails; a quick reader would hide that.
name='a broken pipe is quiet' want=1 err=''
(trap '' PIPE; { sleep 0.3; ./kvmstat -f "$corpus/full.txt" 2>err; echo $? >got; } | true)
got=$(cat got)
judge

# Bad files: 2.
bad() { # NAME STDERR, the file on stdin
	cat >file
	check "$1" 2 '' "$2" ./kvmstat -f file
}
bad 'an empty file' '^kvmstat: file: line 1: the file is empty: not a copy of /proc/kvminfo' </dev/null
head -c 250 "$corpus/full.txt" | bad 'a file cut off' '^kvmstat: file: line 4: cut off before its end: the copy is damaged'
bad 'a binary file' 'line 1: ' <"$kvmstat"
bad 'a foreign text file' 'line 1: the column no is missing: not a copy' </etc/passwd
sed 's/ 5200 / 99999999999999999999999 /' "$corpus/full.txt" | bad 'a number too large' 'line 2: field 7 does not fit in 64 bits'
sed '1s/exits/leaves/' "$corpus/full.txt" >root/proc/kvminfo
check 'a header of another version' 2 '' 'line 1: the column exits is missing: the versions of the module and of this command \([0-9.]*\) differ' \
	./kvmstat -r root
check 'an endless file' 2 '' 'larger than 16 MiB' ./kvmstat -f /dev/zero

# Bad usage: 2, with the usage.
for arg in 0 -1 0.05 86401 1e3 0x10 nan inf 1.5.2 '' ' 1' abc; do
	check "interval '$arg'" 2 '' "$usage" ./kvmstat -f "$corpus/full.txt" -- "$arg"
	matches err "the interval must be seconds from 0.1 to 86400: '$arg'"
	result "interval '$arg': the message" $?
done
for arg in 0 -1 1.5 4294967296 99999999999999999999 '' abc; do
	check "count '$arg'" 2 '' "the count must be a whole number from 1 to 4294967295: '$arg'" \
		./kvmstat -f "$corpus/full.txt" -- 1 "$arg"
done
check 'too many arguments' 2 '' 'Too many arguments' ./kvmstat 1 2 3
check 'an unknown option' 2 '' "unrecognized option '--bogus'" ./kvmstat --bogus
check 'an unknown option: the usage' 2 '' "$usage" ./kvmstat --bogus
check 'an option without its argument' 2 '' "requires an argument -- 'p'" ./kvmstat -p
check 'pid 0' 2 '' 'the pid must be' ./kvmstat -p 0
check 'pid not a number' 2 '' 'the pid must be' ./kvmstat -p web1
check 'standard input at intervals' 2 '' 'standard input cannot be read at intervals' ./kvmstat -f - 1

# What is right: 0.
check 'help' 0 'Exit status: 0 fine; 1 ' '' ./kvmstat --help
[ "$(wc -l <out)" -le 24 ] && [ "$(wc -L <out)" -le 80 ]
result 'help fits a screen' $?
check 'usage' 0 '^Usage: kvmstat ' '' ./kvmstat --usage
version=$(sed -n 's/^#define KVMSTAT_VERSION[[:space:]]*"\(.*\)"$/\1/p' "$corpus/../../../include/kvmstat.h")
check 'version' 0 "^kvmstat $version\$" '' ./kvmstat -V
check 'no guests' 0 '^\(no guests\)$' '' ./kvmstat -f "$corpus/no_guests.txt"
check 'a copy' 0 '^-  *2035  *-  *8307162  *174197  *97\.90  *2\.0  *-$' '' ./kvmstat -f "$corpus/thesis.txt"
check 'a copy: the reading' 0 '^- \(pid 2767\): I/O-bound: 55\.79% of 24943158 exits' '' ./kvmstat -f "$corpus/thesis.txt"
check 'a copy: the blind spot' 0 '^Port I/O is not all I/O' '' ./kvmstat -f "$corpus/thesis.txt"
check 'no blind spot where all is I/O' 0 'I/O-bound' '' ./kvmstat -f "$corpus/thesis.txt" -p 2767
! grep -q 'Port I/O is not all' out
result 'no blind spot where all is I/O: not there' $?
[ "$(grep -c 'pid ' out)" -eq 1 ]
result 'one chosen guest, one reading' $?
check 'standard input' 0 'pid 2035\): not I/O-bound' '' sh -c "./kvmstat -f - <'$corpus/thesis.txt'"

# The living module, and names.
serve '1 2035 100 0 5000 200 5200 3 40 2 9 2 1' '2 2135 10 0 50 20 70 0 0 0 0 1 2' \
	'3 2136 10 0 50 20 70 0 0 0 0 1 3' '4 2137 10 0 50 20 70 0 0 0 0 1 4' '5 0 0 0 9 0 9 0 0 0 0 7 0'
check 'a name from -name' 0 '^web1  *2035  *2 ' '' ./kvmstat -r root
check 'a name from comm' 0 '^crosvm  *2137 ' '' ./kvmstat -r root
check 'the others' 0 '^\(others\)  *-  *7 ' '' ./kvmstat -r root
check 'a hostile name' 0 '^\\x1b\[31mevil\\x0a\+ +2135 ' '' ./kvmstat -r root
! grep -q "$(printf '\033')" out
result 'a hostile name: no escape comes through' $?
[ "$(sed '/^$/,$d' out | wc -L)" -lt 80 ]
result 'the table fits 80 columns' $?
check 'a guest by name' 0 '^web1  *2035 ' '' ./kvmstat -r root -g web1
[ "$(sed '/^$/,$d' out | wc -l)" -eq 2 ]
result 'a guest by name: no other' $?
check 'no such name' 1 '' 'no such guest' ./kvmstat -r root -g web
check 'an ambiguous name' 2 '' '^  2136' ./kvmstat -r root -g "$(printf '\033[31mevil\nname')"
check 'a name with the pid that makes it one' 0 ' 2136 ' '' ./kvmstat -r root -p 2136 -g "$(printf '\033[31mevil\nname')"

# At intervals: changes in mid-view.
(
	sleep 0.5
	serve '1 2035 100100 0 55000 150200 205200 3 40 2 9 2 1' '2 2136 10 0 50 20 70 0 0 0 0 1 3' \
		'3 2137 1 0 5 2 7 0 0 0 0 1 4' '4 2135 30 0 50 20 70 0 0 0 0 1 9'
) &
check 'intervals: the reading is of the window' 0 '^web1 \(pid 2035\): not I/O-bound: 50\.00% of 200000 exits' '' ./kvmstat -r root 0.2 5
wait
grep -Eq '^web1 +2035 +2 +([4-9][0-9]{5}|1[0-9]{6}) ' out
result 'intervals: the rate is of the time that passed' $?
grep -Eq '^\\x1b\[31mevil\\x0a\+ +2135 new$' out
result 'intervals: a new guest' $?
grep -Eq '^\\x1b\[31mevil\\x0a\+ +2135 ended$' out
result 'intervals: a guest ended' $?
grep -q '^crosvm  *2137 counters restarted: counted from zero$' out
result 'intervals: counters restarted' $?
[ "$(grep -c '^web1  *2035 ' out)" -eq 5 ]
result 'intervals: as many as asked for' $?
grep -Eq '^Reading of 1\.[0-4] s:$' out
result 'intervals: the real time' $?

(sleep 0.5; rm root/proc/kvminfo) &
check 'the module goes away' 1 '^Reading of ' 'module is not loaded' ./kvmstat -r root 0.2 50
wait
for signal in INT TERM; do
	serve '1 2035 100 0 5000 200 5200 3 40 2 9 2 1'
	check "SIG$signal: the reading" 0 '^web1 \(pid 2035\): few exits: 0 seen' '' \
		timeout -k 5 --preserve-status -s $signal 0.5 ./kvmstat -r root 0.2
	check "SIG$signal in a long interval" 0 '^Reading of 0\.[3-9] s:$' '' \
		timeout -k 5 --preserve-status -s $signal 0.4 ./kvmstat -r root 60
done
