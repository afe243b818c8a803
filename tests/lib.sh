# What the tests on this machine share: lines that check.sh counts. "step" is whose they are.
# shellcheck shell=bash disable=SC2154

ok() { echo "ok - $step: $1"; }
not_ok() { echo "not ok - $step: $1"; }

# yes WHAT COMMAND...: it succeeds.
yes() {
	local what=$1
	shift
	if "$@"; then ok "$what"; else not_ok "$what: failed: $*"; fi
}
