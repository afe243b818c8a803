# Functions that every script here uses, to be sourced: progress and error messages, the
# cache folder, and ways to install missing Debian packages or to fetch them.
# shellcheck shell=bash

# A user's PATH lacks root's folders. sudo runs some of these programs, and others need no root.
PATH=$PATH:/usr/sbin:/sbin

say() { printf '%s\n' "== $*" >&2; }

# die "what happened, why, what to do"
die() { printf '%s\n' "error: $*" >&2; exit 1; }

# quietly COMMAND...: run it, and show its output only if it fails.
quietly() {
	local log status=0
	log=$(mktemp)
	"$@" >"$log" 2>&1 || { status=$?; cat "$log" >&2; }
	rm -f "$log"
	return $status
}

cache_dir() {
	local dir=${KVMSTAT_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/kvmstat}
	mkdir -p "$dir" || die "cannot create the cache folder $dir; set KVMSTAT_CACHE to a folder that can be written"
	(cd "$dir" && pwd)
}

# as_root COMMAND...: run it as root, through sudo if necessary.
as_root() {
	if [ "$(id -u)" = 0 ]; then
		"$@"
	elif command -v sudo >/dev/null; then
		say "needs root: sudo $*"
		sudo "$@"
	else
		die "'$*' needs root, but this user is not root and has no sudo; run that command as root, then try again"
	fi
}

apt_update() {
	say "refreshing the package lists (apt-get update)"
	# One broken third-party source fails the whole command, even if Debian's own lists are
	# fine. A package that is still missing is reported where it is needed.
	quietly as_root apt-get -q update || say "apt-get update had errors; continuing with the existing package lists"
}

# apt_knows PKG...: apt knows all of them. The status of apt-cache is 0 if it knows one.
apt_knows() { [ "$(apt-cache show --no-all-versions "$@" 2>/dev/null | grep -c '^Package: ')" -ge $# ]; }

installed() { [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }

# need_packages PKG...: install only those that are missing.
need_packages() {
	local pkg missing=()
	command -v apt-get >/dev/null ||
		die "this needs the packages $*, but can install packages only on Debian; install their equivalents by hand"
	for pkg; do
		installed "$pkg" || missing+=("$pkg")
	done
	[ ${#missing[@]} -gt 0 ] || return 0
	# Only one script installs at a time, because apt does not wait for its own lock.
	exec 6>"$(cache_dir)/apt.lock"
	flock 6
	apt_knows "${missing[@]}" || apt_update
	say "installing packages: ${missing[*]}"
	apt_install "${missing[@]}" 2>/dev/null || { apt_update; apt_install "${missing[@]}"; } ||
		die "apt-get could not install ${missing[*]}; see its message above"
	exec 6>&-
}

apt_install() {
	quietly as_root env DEBIAN_FRONTEND=noninteractive apt-get -qy install --no-install-recommends "$@"
}

# debian_mirror SUITE: print where the machine's own apt gets that suite of Debian from.
debian_mirror() {
	local known
	# shellcheck disable=SC2016 # apt's own
	known=$(apt-get indextargets --format '$(ORIGIN) $(RELEASE) $(REPO_URI)' 'Created-By: Packages' |
		awk '$1 == "Debian" { print $2, $3 }')
	case $1 in
	*-security) awk '$1 ~ /-security$/ { print $2; found = 1; exit }
		!first { first = $2 } END { sub(/\/$/, "", first); if (!found && first) print first "-security/" }' <<<"$known" ;;
	*) awk '$1 !~ /-security$/ { print $2; exit }' <<<"$known" ;;
	esac
}

# archive SUITES ARCH COMMAND...: run an apt command that knows only those suites (joined by a
# comma) for that architecture. The command ignores what is installed; its state is in the cache.
# archive_update SUITES ARCH: refresh the lists of these suites.
archive() {
	local suites=$1 arch=$2 dir suite mirror keyring=/usr/share/keyrings/debian-archive-keyring.gpg
	shift 2
	dir=$(cache_dir)/apt/$suites-$arch
	if [ ! -e "$dir/apt.conf" ]; then
		need_packages debian-archive-keyring
		mkdir -p "$dir"/{lists,archives}/partial
		for suite in ${suites//,/ }; do
			mirror=$(debian_mirror "$suite")
			[ -n "$mirror" ] || { apt_update; mirror=$(debian_mirror "$suite"); }
			[ -n "$mirror" ] || die "this machine's apt has no Debian archive, so the address of $suite is unknown; add one to /etc/apt/sources.list"
			echo "deb [signed-by=$keyring] $mirror $suite main"
		done >"$dir/sources.list"
		cat >"$dir/apt.conf.tmp" <<-EOT
			Dir::State::Lists "$dir/lists";
			Dir::State::Status "/dev/null";
			Dir::Cache "$dir";
			Dir::Etc::SourceList "$dir/sources.list";
			Dir::Etc::SourceParts "/dev/null";
			APT::Architecture "$arch";
			#clear APT::Architectures;
			APT::Architectures { "$arch"; "$(dpkg --print-architecture)"; };
			APT::Sandbox::User "root";
			Acquire::Languages "none";
		EOT
		mv "$dir/apt.conf.tmp" "$dir/apt.conf"
	fi
	"$1" -c "$dir/apt.conf" "${@:2}"
}
archive_update() {
	say "refreshing the package lists of $1"
	quietly archive "$1" "$2" apt-get -q update || die "could not refresh the package lists of $1; see apt's message above"
}

# archive_try SUITES ARCH COMMAND...: run archive, and if it fails, run it once more with new
# lists, because lists older than the archive name files that are gone.
archive_try() {
	quietly archive "$@" 2>/dev/null || { archive_update "$1" "$2"; quietly archive "$@"; }
}

# download DIR SUITES ARCH PKG...: download their .deb files into DIR.
download() {
	local dir=$1 suites=$2 arch=$3
	shift 3
	say "downloading $* from $suites"
	(cd "$dir" && archive_try "$suites" "$arch" apt-get -q download "$@") ||
		die "could not download $*; see apt's message above"
}

# source_version SUITES PACKAGE: print the name and the version of a package of the kernel's sources.
source_version() {
	local found
	offered() {
		archive "$1" amd64 apt-cache show --no-all-versions "$2" 2>/dev/null |
			sed -n "s/^Filename: .*\/\($2_.*\)_all.deb/\1/p"
	}
	found=$(offered "$@")
	[ -n "$found" ] || { archive_update "$1" amd64; found=$(offered "$@"); }
	[ -n "$found" ] || die "$1 offers no $2; see scripts/kernels"
	echo "$found"
}

# unpack_source SUITES PACKAGE DIR: download it, and unpack the sources into DIR/PACKAGE.
unpack_source() {
	download "$3" "$1" amd64 "$2"
	dpkg-deb --fsys-tarfile "$3/$2"_*.deb | tar -xO "./usr/src/$2.tar.xz" | tar -xJ -C "$3"
	rm "$3/$2"_*.deb
}

# unpacked SUITES ARCH PKG...: print a folder of the cache in which these packages of the last
# of the suites are unpacked with all their dependencies. The folder stays unchanged until
# somebody removes it. Only one script fetches at a time.
unpacked() {
	local suites=$1 arch=$2 root work deb
	shift 2
	root=$(cache_dir)/unpacked/$1-$arch-$(sha256sum <<<"$suites $*" | cut -c1-8)
	exec 7>"$(cache_dir)/unpacked.lock"
	flock 7
	if [ ! -d "$root" ]; then
		work=$(mktemp -d "$(cache_dir)/unpacked-$1.XXXXXX")
		chmod 755 "$work"
		mkdir -p "$work/debs/partial"
		say "downloading $* of $suites, with what they need"
		archive "$suites" "$arch" true
		# The status file of this apt is empty, so it downloads all dependencies.
		archive_try "$suites" "$arch" apt-get -qy -t "${suites##*,}" -o Dir::Cache::archives="$work/debs" \
			-o Debug::NoLocking=1 install --download-only --no-install-recommends base-files "$@" >&2 ||
			{ rm -rf "$work"; die "could not download $* from $suites; see apt's message above"; }
		# Unpack the links that join / and /usr first. No package is configured.
		for deb in "$work"/debs/base-files_*.deb "$work"/debs/*.deb; do
			dpkg -x "$deb" "$work/root"
		done
		# Absolute links would lead out of the tree unless the tree is the root folder.
		find "$work/root" -type l -lname '/*' -printf '%p %l\n' | while read -r link target; do
			ln -sfnr "$work/root$target" "$link"
		done
		# The final name is given only to a complete tree.
		mkdir -p "${root%/*}"
		mv -T "$work/root" "$root"
		rm -rf "$work"
	fi
	exec 7>&-
	echo "$root"
}

# foreign ROOT PROGRAM: set foreign=(...), the command that runs a program of an unpacked folder
# with the loader and the libraries of that folder, without root, a namespace or an installation.
foreign() {
	local loader multiarch
	# Links to the loader may lead out of the folder.
	loader=$(find "$1/lib/" "$1/usr/lib/" -maxdepth 2 -type f -name 'ld-linux*.so.*' 2>/dev/null | head -n 1)
	multiarch=$(basename "${loader%/*}")
	# shellcheck disable=SC2034 # for the caller
	foreign=("$loader" --library-path "$1/lib/$multiarch:$1/usr/lib/$multiarch" "$1$2")
}

# compiler_package CC: print the package's name, which has the two parts of a cross compiler's name swapped.
compiler_package() { sed -E 's/^(.*-linux-gnu)-(gcc.*)$/\2-\1/' <<<"$1"; }

# The packages that the build of the command needs.
reader_libraries='libc6-dev libncurses-dev libproc2-dev libjansson-dev libinih-dev zlib1g-dev libelf-dev'
# shellcheck disable=SC2034 # for the caller
reader_packages="make gcc $reader_libraries"

# kernels: print the rows of scripts/kernels, with fields separated by blanks.
kernels() {
	sed -n '/^[^#]/s/[[:space:]]*|[[:space:]]*/ /gp' "$(dirname "${BASH_SOURCE[0]}")/kernels"
}

# kernel_files KERNEL|DIR: for a kernel of scripts/kernels, set the variables that kernel.sh prints.
# For a folder that it printed as kernel, set kernel, release, image, modules and headers.
# shellcheck disable=SC2034 # they are for the caller
kernel_files() {
	local vars
	if [ -d "$1" ]; then
		kernel=$1 release=${1##*/}
		image=$kernel/boot/vmlinuz-$release
		modules=$kernel/lib/modules/$release
		headers=$kernel/usr/src/linux-headers-$release
	else
		vars=$("$(dirname "${BASH_SOURCE[0]}")/kernel.sh" "$1") || exit
		eval "$vars"
	fi
}

# copy_program ROOT FILE DST: copy FILE to ROOT/DST, and the shared libraries that FILE
# needs to their own paths below ROOT.
copy_program() {
	local root=$1 file=$2 dst=$3 lib
	mkdir -p "$root/${dst%/*}"
	cp -L "$file" "$root/$dst"
	# ldd fails for a static program, which has no libraries.
	ldd "$file" 2>/dev/null | grep -o '/[^ ]*' | while read -r lib; do
		mkdir -p "$root${lib%/*}"
		cp -L "$lib" "$root$lib"
	done || :
}

# copy_libraries SYSROOT DIR FILE...: copy the shared libraries and the loader that the programs
# FILE need from SYSROOT, an unpacked folder of another system, into DIR, all side by side.
copy_libraries() {
	local sysroot=$1 dir=$2 found name queue
	shift 2
	mkdir -p "$dir"
	queue=("$@")
	while [ ${#queue[@]} -gt 0 ]; do
		for name in $(LC_ALL=C readelf -ld "${queue[0]}" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p; s/.*program interpreter: .*\/\(.*\)]/\1/p'); do
			[ ! -e "$dir/$name" ] || continue
			found=$(find "$sysroot/lib" "$sysroot/usr/lib" "$sysroot"/lib64 "$sysroot"/usr/lib64 -name "$name" 2>/dev/null | head -n 1)
			[ -n "$found" ] || die "$sysroot has no $name, which ${queue[0]} needs"
			cp -L "$found" "$dir/$name"
			queue+=("$found")
		done
		queue=("${queue[@]:1}")
	done
}

# disk_image NAME KEY: print the path of an ext4 image in the cache, named NAME and identified by
# KEY. If the image does not exist yet, "fill_image FOLDER" makes its contents.
disk_image() {
	local img work
	img=$(cache_dir)/$1-$(sha256sum <<<"$2" | cut -c1-16).img
	if [ ! -e "$img" ]; then
		say "making the disk image $img"
		work=$(mktemp -d "$img.XXXXXX")
		# shellcheck disable=SC2064 # this very folder
		trap "rm -rf '$work'" EXIT
		mkdir "$work/root"
		fill_image "$work/root"
		truncate -s "$(($(du -sm "$work/root" | cut -f1) * 5 / 4 + 8))M" "$work/img"
		mke2fs -q -t ext4 -O ^has_journal -m 0 -d "$work/root" "$work/img"
		mv "$work/img" "$img"
	fi
	echo "$img"
}

# foreign_busybox ARCH SUITE: print the path of that architecture's busybox in the cache.
foreign_busybox() {
	local dir
	dir=$(unpacked "$2" "$1" busybox-static) || exit
	find "$dir" -type f -path '*bin/busybox'
}
