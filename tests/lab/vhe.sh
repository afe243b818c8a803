# The arm64 machine of boot.sh whose kernel runs at EL2 (FEAT_VHE).
# shellcheck shell=bash disable=SC2154 # lab is boot.sh's
# shellcheck source=tests/lab/arm64.sh
. "$lab/arm64.sh"
prepare() { prepare_arm64 neoverse-n1; }
