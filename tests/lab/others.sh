#!/bin/bash
# others.sh DIR FOLDER...: build kvm-unit-tests and kvmtool from these folders, which have their sources, and fill DIR
# with programs for the case "others". A program is a script: it runs one test, and ends with 0 for right, and 4 for
# left out.
set -eu
lab=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=scripts/lib.sh
. "$lab/../../scripts/lib.sh"

need_packages make gcc g++ libc6-dev binutils
out=$1
shift
rm -rf "$out"
mkdir -p "$out/data"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Whoever ends the script ends its VMM.
# shellcheck disable=SC2016 # that script expands it
start='#!/bin/sh
. /lib/guestlib.sh
trap "kill -9 \$!; wait \$!; exit 143" TERM'

# unit_tests: a script for each test of x86/unittests.cfg that can run on KVM. The tests tell their end by QEMU's
# device isa-debug-exit (README.md there, lib/x86/io.c). One aborts the QEMU of the machine (cpu_interrupt: assertion
# failed: bql_locked()), with and without kvmstat.
unit_tests() {
	(cd "$work/source" && ./configure --arch=x86_64 && make -j"$(nproc)") >"$work/log" 2>&1 || { cat "$work/log" >&2; die "kvm-unit-tests do not build"; }
	cp "$work"/source/x86/*.flat "$out/data"
	# QEMU loads the tests by it.
	cp -L "$(unpacked trixie,trixie-backports amd64 qemu-system-x86)/usr/share/qemu/multiboot_dma.bin" "$out/data"
	awk -v out="$out" -v start="$start" '
		function end(   file, n, i, checks, pair) {
			if (name != "" && name != "emulator" && of["arch"] != "i386" && of["accel"] != "tcg" && of["groups"] !~ /nodefault/) {
				file = out "/" name
				print start >file
				n = split(of["check"], checks, " ")
				for (i = 1; i <= n; i++) {
					split(checks[i], pair, "=")
					printf "[ \"$(cat %s 2>/dev/null)\" = %s ] || exit 4\n", pair[1], pair[2] >file
				}
				printf "(root_program qemu-system-x86_64 -L /root/firmware -L /others/data --no-reboot -nodefaults -global kvm-pit.lost_tick_policy=discard -device pc-testdev -device isa-debug-exit,iobase=0xf4,iosize=0x4 -display none -serial stdio -device pci-testdev -machine accel=kvm -kernel /others/data/%s -smp %s %s -append \"%s\") &\n", of["file"], of["smp"] ? of["smp"] : 1, of["qemu_params"], of["test_args"] >file
				print "wait $!\nstatus=$?\n[ $status != 1 ] || exit 0\n[ $status != 77 ] || exit 4\nexit $status" >file
				close(file)
			}
			delete of
		}
		/^\[/ { end(); name = substr($0, 2, index($0, "]") - 2) }
		/^[a-z_]+ *=/ {
			key = $1
			sub(/^[a-z_]+ *= */, "")
			sub(/ *#.*/, "")
			gsub(/^["\047]|["\047]$/, "")
			of[key] = $0
		}
		END { end() }' "$work/source/x86/unittests.cfg"
}

# kvmtool: guests of root.sh in kvmtool, each of which is killed at its work.
kvmtool() {
	make -C "$work/source" lkvm-static >"$work/log" 2>&1 || { cat "$work/log" >&2; die "kvmtool does not build"; }
	install -s "$work/source/lkvm-static" "$out/data/lkvm"
	for kind in compute virtio spin cpuid console; do
		cat >"$out/kvmtool-$kind" <<-END
			$start
			trap 'tail -n 3 kvmtool.out; kill -9 \$!; wait \$!; exit 143' TERM
			truncate -s 64M disk
			/others/data/lkvm run --name $kind -c 2 -m 128 -k /root/guest/vmlinuz -i /root/guest/initrd -d disk \\
				--console serial -p "kind=$kind \$guest_cmdline" >kvmtool.out 2>&1 &
			until grep -q working kvmtool.out; do
				kill -0 \$! || { cat kvmtool.out; exit 1; }
				usleep 100000
			done
			sleep 5
			kill -9 \$!
			wait \$! 2>/dev/null
			exit 0
		END
	done
}

for source; do
	cp -r "$source" "$work/source"
	if [ -e "$source/x86/unittests.cfg" ]; then
		unit_tests
	elif [ -e "$source/builtin-run.c" ]; then
		kvmtool
	else
		die "$source has neither kvm-unit-tests' x86/unittests.cfg nor kvmtool's builtin-run.c"
	fi
	rm -rf "$work/source"
done
find "$out" -maxdepth 1 -type f -exec chmod 755 {} +
