# Functions that the tests on this machine share, and that print lines for check.sh; "step" names the test.
# shellcheck shell=bash disable=SC2154

ok() { echo "ok - $step: $1"; }
not_ok() { echo "not ok - $step: $1"; }
skip() { echo "skip - $step: $1"; }

# yes WHAT COMMAND...: the command succeeds.
yes() {
	local what=$1
	shift
	if "$@"; then ok "$what"; else not_ok "$what: failed: $*"; fi
}
# is WHAT SEEN WANTED
is() { if [ "$2" = "$3" ]; then ok "$1"; else not_ok "$1: '$2', wanted '$3'"; fi; }
