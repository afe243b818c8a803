#!/bin/bash
# apparmor.sh OUT: compile the AppArmor profiles of tests/cases/91-apparmor.sh into that file. The VMM's allows what
# libvirt's of a guest does, as far as vmm needs it, and names no reader of its /proc.
set -eu -o pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/../../scripts/lib.sh"

root=$(unpacked trixie "$(dpkg --print-architecture)" apparmor)
features=$root/etc/apparmor.d/abi/3.0
foreign "$root" /usr/sbin/apparmor_parser
"${foreign[@]}" --config-file /dev/null --quiet --skip-kernel-load --skip-cache --base "$root/etc/apparmor.d" \
	--policy-features "$features" --kernel-features "$features" --ofile "$1" <<-EOT
	abi <abi/3.0>,
	profile lab-vmm /bin/vmm {
		file,
		signal,
	}
	profile lab-reader {
		file,
		capability,
	}
EOT
