#!/bin/bash
# style.sh [c|shell]: check the C files against .clang-format, and the scripts against shellcheck's
# rules. The two programs are bookworm's, whatever this machine's release is, because other versions
# have other rules.
set -eu -o pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/lib.sh
. scripts/lib.sh

root=$(unpacked bookworm "$(dpkg --print-architecture)" clang-format-14 shellcheck)
c() {
	foreign "$root" /usr/lib/llvm-14/bin/clang-format
	git ls-files -z -co --exclude-standard '*.c' '*.h' ':!scripts/probes/*' | xargs -0 "${foreign[@]}" --dry-run -Werror
}
shell() {
	foreign "$root" /usr/bin/shellcheck
	git ls-files -z -co --exclude-standard | xargs -0 grep -lZE '^#!/bin/(ba)?sh|shellcheck shell' |
		LC_ALL=C.UTF-8 xargs -0 "${foreign[@]}" -x -e SC1091,SC2317
}
for part in ${1:-c shell}; do
	$part
done
