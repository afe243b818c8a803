# Functions of the tests of the commands, to be sourced. A case is a line, "ok - ..." or
# "not ok - ...", with $area before its name, and if it failed, with the files out and err.
# shellcheck shell=bash disable=SC2154

result() { # NAME STATUS: a case and whether it passed (0)
	if [ "$2" -eq 0 ]; then
		echo "ok - $area$1"
	else
		echo "not ok - $area$1"
		head -n 40 out | sed 's/^/#   out: /'
		head -n 40 err | sed 's/^/#   err: /'
	fi
}

# check NAME STATUS STDOUT STDERR COMMAND...: runs the command. Each output must match its
# extended regular expression, or be empty if the expression is.
check() {
	name=$1 want=$2 out=$3 err=$4
	shift 4
	# A function needs no timeout.
	if [ "$(type -t "$1")" = function ]; then "$@"; else timeout -k 1 60 "$@"; fi >out 2>err
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

# holds NAME COMMAND...: the case passes if the command succeeds.
holds() {
	local name=$1
	shift
	"$@"
	result "$name" $?
}
fits() { [ "$(wc -l <out)" -le 24 ] && [ "$(wc -L <out)" -le 80 ]; }
# json FILTER: the filter holds for the output.
json() { jq -e "$1" out >/dev/null 2>&1; }

# await COMMAND...: waits for at most ten seconds until the command succeeds.
await() {
	local i
	for ((i = 0; i < 200; i++)); do
		"$@" && return
		sleep 0.05
	done
	return 1
}
