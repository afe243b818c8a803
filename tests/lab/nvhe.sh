# The arm64 machine of boot.sh whose kernel runs at EL1, with only KVM's switch code at EL2.
# shellcheck shell=bash disable=SC2154 # lab is boot.sh's
# shellcheck source=tests/lab/arm64.sh
. "$lab/arm64.sh"
prepare() { prepare_arm64 cortex-a57; }
