#!/bin/bash
# build.sh KERNEL: test everything that needs no running kernel, which is the module for a kernel
# (module.sh), the refusals of builds that cannot work, the command, the files that make install
# puts in place, and style. Prints ok lines.
set -eu
top=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=scripts/lib.sh
. "$top/scripts/lib.sh"
# shellcheck source=tests/lib.sh
. "$top/tests/lib.sh"
# shellcheck disable=SC2034 # lib.sh's
step=build
# shellcheck disable=SC2086,SC2154 # words, from lib.sh
need_packages $reader_packages git systemd groff-base
# shellcheck disable=SC2154 # kernel_files sets release and headers
kernel_files "$1"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$top"

kmake() { make KVER="$release" KDIR="$headers" "$@"; }

tests/host/module.sh "$1"

rm -f build/kvmstat build/kvmtune
make reader CFLAGS='-O2 -Werror' >"$work/log" 2>&1 || cat "$work/log"
yes "the command builds with -Wall -Wextra -Werror" [ -x build/kvmstat ]
yes "kvmtune builds with -Wall -Wextra -Werror" [ -x build/kvmtune ]
yes "one version: command" [ "$(build/kvmstat --version | grep -o '[0-9.]*$')" = "$(make -s version)" ]
yes "one version: kvmtune" [ "$(build/kvmtune --version | grep -o '[0-9.]*$')" = "$(make -s version)" ]

# refused WHAT WORDS MAKE-ARGUMENT...: make fails with one sentence that has the words.
refused() {
	local what=$1 words=$2 said
	shift 2
	if said=$(make -s modules "$@" 2>&1); then
		not_ok "$what: was built"
	elif [ "$(grep -c '^kvmstat: ' <<<"$said")" = 1 ] && grep -q "$words" <<<"$said"; then
		ok "$what is refused: $(grep '^kvmstat: ' <<<"$said" | head -c 60)..."
	else
		not_ok "$what: said: $said"
	fi
}
# like SED-EXPRESSION: make headers whose configuration differs by this change.
like() {
	rm -rf "$work/headers"
	mkdir -p "$work/headers/include/config"
	sed "$1" "$headers/include/config/auto.conf" >"$work/headers/include/config/auto.conf"
	mkdir "$work/headers/include/generated"
	cp "$headers/include/generated/utsrelease.h" "$work/headers/include/generated/"
}
refused "KDIR without headers" "holds no kernel headers" KDIR="$work"
refused "an unknown kernel" "apt install linux-headers-1.2.3" KVER=1.2.3
for config in KVM TRACEPOINTS KPROBES; do
	like "/^CONFIG_$config=/d"
	refused "a kernel without CONFIG_$config" "without CONFIG_$config" KDIR="$work/headers"
done
like '/^CONFIG_64BIT=/d'
refused "a 32-bit kernel" 32-bit KDIR="$work/headers"
like 's/^CONFIG_X86=y/CONFIG_S390=y/'
refused "an unsupported architecture" "s390, which kvmstat cannot count on; it can on: arm64 riscv x86" KDIR="$work/headers"
refused "a compiler that is not there" "nocc, given as CC, is not installed" KDIR="$headers" CC=nocc
refused "a compiler that is none" "false cannot compile for this kernel" KDIR="$headers" CC=false

kmake install DESTDIR="$work/root" PREFIX=/usr >"$work/log" 2>&1 || cat "$work/log"
yes "make install: what it puts where" [ "$(cd "$work/root" && find . -type f | sort | xargs)" = \
	"./lib/modules/$release/updates/kvmstat.ko $(
		echo ./usr/bin/kvm{stat,tune} \
			./usr/lib/systemd/system/kvm{stat-export.service,stat-export.timer,stat-record.service,tune.service,tune.timer} \
			./usr/share/bash-completion/completions/kvm{stat,tune} ./usr/share/man/man1/kvm{stat,tune}.1
	)" ]
# The root needs the targets that the units name; they are this machine's.
cp -r "$work/root" "$work/system"
cp /usr/lib/systemd/system/*.target "$work/system/usr/lib/systemd/system"
said=$(systemd-analyze verify --man=no --root="$work/system" kvmstat-{export.service,export.timer,record.service} kvmtune.{service,timer} 2>&1) ||
	said="failed: $said"
yes "systemd has nothing to say about the units${said:+: $said}" [ -z "$said" ]
kmake uninstall DESTDIR="$work/root" PREFIX=/usr >"$work/log" 2>&1 || cat "$work/log"
yes "make uninstall leaves nothing" [ -z "$(find "$work/root" -type f)" ]

said=$(groff -man -Tutf8 -ww -z docs/kvmstat.1 docs/kvmtune.1 2>&1) || said="failed: $said"
yes "groff has nothing to say about the man pages${said:+: $said}" [ -z "$said" ]
# The man page of kvmtune has each command and each option.
mapfile -t words < <(
	sed -n 's/.*\.name = "\([a-z]\{1,\}\)".*/\1/p' kvmstat/tuner/tune/tasks.c
	perl -0ne 'print "--$1\n" while /"([a-z]+)",\s*(?:KEY_|\x27.\x27)/g' kvmstat/tuner/tune/orders.c kvmstat/reader/text/parser.c
)
for word in "${words[@]}"; do
	yes "the man page of kvmtune has $word" grep -qE "(^|[^a-z])${word//-/\\\\-}([^a-z-]|$)" docs/kvmtune.1
done
# The man page has the name and the default of each threshold.
mapfile -t thresholds < <(sed -n 's/^\tX(\([a-z_]*\), \([0-9.]*\),.*/\1 \2/p' kvmstat/reader/verdict/thresholds.h)
for threshold in "${thresholds[@]}"; do
	yes "the man page has the threshold $threshold" grep -qx ".BR ${threshold% *} \" (${threshold#* })\"" docs/kvmstat.1
done
yes "the code has ${#words[@]} words and ${#thresholds[@]} thresholds for them" [ $((${#words[@]} > 20 && ${#thresholds[@]} > 20)) = 1 ]

yes "style: includes" scripts/tower.sh
yes "style: C" scripts/style.sh c
yes "style: shell" scripts/style.sh shell
yes "git ignores what is built" [ -z "$(git status --porcelain --untracked-files=normal | grep -E '\.(o|ko|mod|cmd)$|build/' || true)" ]
