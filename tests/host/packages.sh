#!/bin/bash
# packages.sh [build]: test the packages that people install. Builds the Debian packages and the RPMs
# and looks at them. Unless "build" is given, installs the Debian packages in Debian roots, where
# DKMS builds for the installed kernels and for a new one, loads the module in an emulated machine,
# upgrades, removes and purges. Prints ok lines. The roots are in the cache and in build/packages.
set -eu
top=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=scripts/lib.sh
. "$top/scripts/lib.sh"
# shellcheck source=tests/lib.sh
. "$top/tests/lib.sh"
# shellcheck disable=SC2034 # lib.sh's
step=packages
work=$top/build/packages
version=$(make -s -C "$top" version)
next=$version.1

# quiet NAME COMMAND...: write its output to NAME.log, and show the log if the command fails.
quiet() {
	local log=$work/$1.log
	shift
	"$@" >"$log" 2>&1 || { tail -n 40 "$log"; return 1; }
}

set_version() { # DIR VERSION
	sed -i "s/\(KVMSTAT_VERSION\s*\"\).*\"/\1$2\"/" "$1/include/kvmstat.h"
	sed -i "s/^PACKAGE_VERSION=.*/PACKAGE_VERSION=\"$2\"/" "$1/dkms.conf"
}

build_debs() {
	local tree=$work/next said before
	before=$(git -C "$top" status --porcelain)
	yes "make deb" quiet deb make -C "$top" deb
	is "make deb leaves the sources as they are" "$(git -C "$top" status --porcelain)" "$before"
	is "make deb: three packages" "$(cd "$top/build/deb" && echo *.deb)" \
		"kvmstat-dkms_${version}_all.deb kvmstat_${version}_$(dpkg --print-architecture).deb kvmtune_${version}_$(dpkg --print-architecture).deb"
	said=$(lintian --allow-root --fail-on warning "$top"/build/deb/*.changes 2>&1) || said="failed: $said"
	is "lintian has nothing to say" "$said" ""

	# The release after this one, for the upgrade.
	cp -a "$work/source" "$tree"
	set_version "$tree" "$next"
	if said=$(make -C "$tree" deb 2>&1); then
		not_ok "make deb takes a changelog of another version"
	else
		yes "make deb refuses a changelog of another version" \
			grep -qx "debian/changelog has $version, include/kvmstat.h $next" <<<"$said"
	fi
	sed -i "1s/(.*)/($next)/" "$tree/debian/changelog"
	yes "make deb: the next version" quiet deb-next make -C "$tree" deb
}

build_rpms() {
	local spec=$top/packaging/kvmstat.spec said
	said=$(rpmlint --strict -r "${spec%.spec}.rpmlintrc" "$spec" 2>&1) || said="failed: $said"
	yes "rpmlint: no error, no warning in the spec" grep -q ' 0 errors, 0 warnings' <<<"$said"
	mkdir -p "$work/rpm/SOURCES"
	tar -cz -C "$work" --transform "s/^source/kvmstat-$version/" -f "$work/rpm/SOURCES/kvmstat-$version.tar.gz" source
	# Debian's rpm has no macros for systemd, and knows none of Debian's packages. A package of
	# debugging symbols, which trixie's rpm would make, would also match RPMS/*/*.rpm.
	yes "rpmbuild" quiet rpm rpmbuild -bb --nodeps --define "_topdir $work/rpm" --define 'debug_package %{nil}' \
		--define '_unitdir /usr/lib/systemd/system' --define '_modulesloaddir /usr/lib/modules-load.d' \
		--define 'systemd_post() :' --define 'systemd_preun() :' --define 'systemd_postun_with_restart() :' "$spec"
	is "the RPMs have the files that the Debian packages have" \
		"$(rpm -qp --qf '[%{FILEMODES:perms} %{FILENAMES}\n]' "$work"/rpm/RPMS/*/*.rpm | awk '/^-/ { print $2 }' | files)" \
		"$(for deb in "$top"/build/deb/*.deb; do dpkg-deb -c "$deb"; done | awk '/^-/ { print substr($6, 2) }' | files)"
}
# files: filter a list of files, without those that each distribution treats in its own way.
files() { grep -v -e /doc/ -e /licenses/ -e build-id | sed 's,^/lib/,/usr/lib/,; s/\.gz$//' | sort; }

# in_root ROOT [-n] COMMAND...: run it there; nothing stays running or mounted afterwards. Without
# -n, the command has no network.
in_root() {
	local root=$1 net=--net
	shift
	[ "$1" != -n ] || { net=''; shift; }
	# shellcheck disable=SC2016,SC2086 # its own; none or one word
	unshare --mount --pid $net --fork --kill-child --propagation unchanged sh -c '
		mount -t proc proc "$0/proc"
		exec chroot "$0" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 \
			DEBIAN_FRONTEND=noninteractive INITRD=No "$@"' "$root" "$@"
}

# debian SUITE "KERNEL..." LATE: print a root in the cache with that suite, with DKMS and with these
# kernels (names without linux-image- and linux-headers-). LATE and the command's libraries are
# downloaded there, to be installed later.
debian() {
	local suite=$1 kernels=$2 late=$3 root tmp mirror kernel pkg packages=''
	root=$(cache_dir)/debian/$suite-$({ declare -f debian; echo "$kernels $late"; } | sha256sum | cut -c1-12)
	if [ ! -d "$root" ]; then
		say "making a root of Debian $suite, $root"
		mirror=$(debian_mirror "$suite")
		mkdir -p "${root%/*}"
		tmp=$(mktemp -d "$root.XXXXXX")
		# shellcheck disable=SC2064 # this very folder
		trap "rm -rf '$tmp'" EXIT
		chmod 755 "$tmp"
		debootstrap --variant=minbase "$suite" "$tmp" "${mirror:?this machine has no Debian archive among its apt sources}" >&2
		printf 'deb %s %s main\n' "$mirror" "$suite" "$mirror" "$suite-backports" >"$tmp/etc/apt/sources.list"
		cp -L /etc/resolv.conf "$tmp/etc/"
		printf '#!/bin/sh\nexit 101\n' >"$tmp/usr/sbin/policy-rc.d"
		chmod +x "$tmp/usr/sbin/policy-rc.d"
		echo 'APT::Install-Recommends "no";' >"$tmp/etc/apt/apt.conf.d/90tests"
		in_root "$tmp" -n apt-get -q update >&2
		for kernel in $kernels; do
			for pkg in image headers; do
				packages+=" $(in_root "$tmp" -n apt-cache depends "linux-$pkg-$kernel" | sed -n 's/.*Depends: //p')"
			done
		done
		# shellcheck disable=SC2086 # words
		in_root "$tmp" -n apt-get -qy install systemd adduser dkms openssl make $packages >&2
		# shellcheck disable=SC2086 # words
		in_root "$tmp" -n apt-get -qy install --download-only $late libjansson4 libinih1 libproc2-0 libncursesw6 zlib1g libelf1 >&2
		# The final name is given only to a complete tree.
		mv -T "$tmp" "$root"
		trap - EXIT
	fi
	echo "$root"
}

# kvmstat does not support this kernel, so DKMS must skip it.
other_kernel() {
	local headers=$root/lib/modules/0-without-kvm/build
	mkdir -p "$headers/include"
	grep -hv '^CONFIG_KVM=' "$root"/usr/src/linux-headers-*-amd64/.config | sort -u >"$headers/.config"
}

here() { in_root "$root" "$@"; }
apt() { local name=$1; shift; quiet "$suite-$name" in_root "$root" apt-get -qy "$@"; }
built() { here dkms status 2>/dev/null | sed -n 's/^kvmstat.//p' | sort | xargs; }
# built_for VERSION KERNEL...: print the lines that built would print.
built_for() {
	local built=$1
	shift
	for kernel; do echo "$built, $kernel, x86_64: installed"; done | sort | xargs
}
signers() { find "$root"/lib/modules/*/updates -name 'kvmstat.ko*' -exec modinfo -F signer {} + | sort | uniq -c | xargs; }
# all_files: list everything except apt's, dpkg's and dkms's own data.
all_files() {
	(cd "$root" && find . \( -path ./tmp -o -path ./proc -o -path ./run -o -path ./var/cache -o -path ./var/log -o -path ./var/lib/apt \
		-o -path ./var/lib/dpkg -o -path ./var/lib/dkms \) -prune -o ! -name '*-' ! -path '*/__pycache__*' -print | sort
	sort etc/passwd etc/group)
}
ours() {
	(cd "$root" && find . \( -path ./tmp -o -path ./proc -o -path ./var/lib/dpkg -o -path ./var/log \) -prune -o -iname '*kvmstat*' -print | sort)
}
# timer [NAME]: whether the timer is enabled.
timer() { here systemctl is-enabled "${1:-kvmstat-export}.timer" 2>/dev/null || :; }

# enter SUITE ROOT: work in a copy of that root.
enter() {
	suite=$1 root=$work/$1
	say "$suite"
	mkdir "$root" "$work/$suite.changes" "$work/$suite.overlay"
	mount -t overlay -o "lowerdir=$2,upperdir=$work/$suite.changes,workdir=$work/$suite.overlay" kvmstat "$root" ||
		cp -a "$2/." "$root"
	mapfile -t kernels < <(cd "$root/lib/modules" && printf '%s\n' * | sort -V)
	mkdir "$root/tmp/debs"
	cp "$top"/build/deb/*.deb "$work"/next/build/deb/*.deb "$root/tmp/debs"
	other_kernel
	all_files >"$work/$suite.before"
}
install() {
	local dkms
	yes "$suite: apt install ./kvm*.deb" apt install install "./tmp/debs/kvmstat-dkms_${version}_all.deb" \
		"./tmp/debs/kvmstat_${version}_amd64.deb" "./tmp/debs/kvmtune_${version}_amd64.deb"
	dkms=$(here dkms --version | tr -cd '0-9.')
	is "$suite: DKMS $dkms built it for ${kernels[*]}, and only for these" "$(built)" "$(built_for "$version" "${kernels[@]}")"
	is "$suite: and signed it" "$(signers)" "${#kernels[@]} DKMS module signing key"
	yes "$suite: the command runs" here kvmstat --version
	yes "$suite: kvmtune runs" here kvmtune log
	is "$suite: the timer is the admin's to enable" "$(timer)" disabled
	is "$suite: kvmtune's timer is the admin's to enable" "$(timer kvmtune)" disabled
	yes "$suite: the group" here getent group kvmstat
}
purge() {
	yes "$suite: apt remove" apt remove remove kvmstat kvmtune kvmstat-dkms
	is "$suite: only what is the admin's stays" "$(ours | grep -v systemd/)" ./etc/modprobe.d/kvmstat.conf
	is "$suite: DKMS has forgotten it" "$(built)" ""
	yes "$suite: apt purge" apt purge purge kvmstat kvmtune kvmstat-dkms
	yes "$suite: what came with it goes" apt autoremove autoremove --purge
	# depmod made this folder for the kernel that came as headers only.
	[ -z "${new:-}" ] || rm -r "$root/lib/modules/$new"
	all_files >"$work/$suite.after"
	yes "$suite: nothing is left, no file, no group" diff "$work/$suite.before" "$work/$suite.after"
}

# boot KERNEL VERSION: boot the kernel in the lab with the module that DKMS built for it.
boot() {
	local kernel=$1 dir=$work/kernel/$1 gid
	mkdir -p "$dir"
	ln -sfn "$root/boot" "$dir/boot"
	ln -sfn "$root/lib" "$dir/lib"
	gid=$(here getent group kvmstat | cut -d: -f3)
	"$top/tests/lab/boot.sh" --machine svm --kernel "$dir" --smp 2 --timeout 300 --out "$work/boot-$kernel" \
		--kmods kvmstat --append "lab.version=$2 lab.group=$gid" \
		--add "$root/etc/modprobe.d/kvmstat.conf:etc/modprobe.d/kvmstat.conf" \
		--add "$root/usr/lib/modules-load.d/kvmstat.conf:usr/lib/modules-load.d/kvmstat.conf" \
		--program /lib/systemd/systemd-modules-load:sbin/systemd-modules-load \
		--program "$(command -v kmod):sbin/depmod" --program "$(command -v kmod):sbin/modprobe" \
		--program "$root/usr/bin/kvmstat:bin/kvmstat" --add "$work/vmm:bin/vmm" \
		--add "$top/tests/cases/run:cases/run" --add "$top/tests/cases/lib.sh:cases/lib.sh" \
		--add "$top/tests/cases/90-installed.sh:cases/90-installed.sh" || :
	sed "s/^\(ok\|not ok\|skip\) - /&$kernel: /" "$work/boot-$kernel/results"
	yes "$kernel: ran to its end" grep -qx 'lab: result 0' "$work/boot-$kernel/results"
	yes "$kernel: its log is clean" "$top/tests/lab/klog-check.sh" "$work/boot-$kernel/console.log"
}

bookworm() {
	local new headers
	enter bookworm "$1"
	cp -a "$work/source" "$root/tmp/source"
	install
	# Set the group as docs/install.md says.
	here sed -i "s/^#\(options kvmstat mode=0440 group=\).*/\1$(here getent group kvmstat | cut -d: -f3)/" /etc/modprobe.d/kvmstat.conf
	here systemctl -q enable kvmstat-export.timer
	boot "${kernels[0]}" "$version"

	headers=$(here apt-cache depends linux-headers-amd64 | sed -n 's/.*Depends: //p')
	new=${headers#linux-headers-}
	yes "a kernel comes: $new" apt kernel install "$headers"
	is "DKMS built for it, too" "$(built)" "$(built_for "$version" "${kernels[@]}" "$new")"

	is "make dkms-install beside the package is refused" \
		"$(here make -s -C /tmp/source dkms-install 2>&1 | grep -c 'apt remove kvmstat-dkms')" 1
	yes "apt install: the next version" apt upgrade install "./tmp/debs/kvmstat-dkms_${next}_all.deb" \
		"./tmp/debs/kvmstat_${next}_amd64.deb"
	yes "its options are still the admin's" grep -q ^options "$root/etc/modprobe.d/kvmstat.conf"
	is "its timer is still enabled" "$(timer)" enabled
	# A kernel that is not the newest gets the module when it boots.
	for kernel in "${kernels[0]}" "$new"; do
		quiet "autoinstall-$kernel" here dkms autoinstall -k "$kernel"
	done
	is "DKMS has the next version only" "$(built)" "$(built_for "$next" "${kernels[@]}" "$new")"
	boot "${kernels[1]}" "$next"

	apt kernel-gone purge "$headers"
	purge

	# The install by hand.
	yes "make dkms-install" quiet dkms-install here make -s -C /tmp/source dkms-install KVER="${kernels[0]}"
	yes "make dkms-install, again, for another kernel" quiet dkms-again here make -s -C /tmp/source dkms-install KVER="${kernels[1]}"
	is "it is there" "$(built)" "$(built_for "$version" "${kernels[1]}")"
	yes "make dkms-remove" quiet dkms-remove here make -s -C /tmp/source dkms-remove
	is "and it is gone" "$(built)$(ours)" ""
}
trixie() {
	enter trixie "$1"
	install
	purge
}

roots() {
	local first second
	first=$(debian bookworm "cloud-amd64 cloud-amd64/bookworm-backports" linux-headers-amd64)
	second=$(debian trixie cloud-amd64 "")
	bookworm "$first"
	trixie "$second"
}

case ${1:-} in
'' | build)
	# shellcheck disable=SC2086,SC2154 # words, from lib.sh
	need_packages $reader_packages git build-essential debhelper dh-dkms lintian rpm rpmlint debootstrap kmod systemd
	as_root rm -rf "$work"
	mkdir -p "$work/source"
	# Copy the sources as they are.
	git -C "$top" ls-files -co --exclude-standard -z | tar -c -C "$top" --null -T - | tar -x -C "$work/source"
	gcc -O2 -Wall -Wextra -Werror -static -pthread -o "$work/vmm" "$top/tests/lab/vmm.c"
	is "one version: dkms.conf" "$(sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' "$top/dkms.conf")" "$version"
	is "one version: debian/changelog" "$(dpkg-parsechangelog -l "$top/debian/changelog" -S Version)" "$version"
	is "one version: the spec" "$(sed -n 's/^Version: *//p' "$top/packaging/kvmstat.spec")" "$version"
	build_debs
	build_rpms
	[ "${1:-}" != build ] || exit 0
	# All mounts are in one of these two folders.
	own_mounts() { as_root "$top/scripts/mounts.sh" "$(cache_dir)" "$top/scripts/mounts.sh" "$work" "$@"; }
	if why=$(own_mounts unshare --pid --net --fork true 2>&1); then
		own_mounts env KVMSTAT_CACHE="$(cache_dir)" "$top/tests/host/packages.sh" roots
		as_root rm -rf "$work"/{bookworm,trixie,kernel}*/
	else
		skip "the packages installed: $(tail -n 1 <<<"$why")"
	fi
	;;
roots)
	roots
	;;
esac
