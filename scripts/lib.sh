# What every script here needs, to be sourced: progress and error messages, the
# cache folder, and ways to install the Debian packages that are missing or to fetch them.
# shellcheck shell=bash

say() { printf '%s\n' "== $*" >&2; }

# die "what happened, why, what to do"
die() { printf '%s\n' "error: $*" >&2; exit 1; }

cache_dir() {
	local dir=${KVMSTAT_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/kvmstat}
	mkdir -p "$dir" || die "cannot create the cache folder $dir; set KVMSTAT_CACHE to a folder that can be written"
	(cd "$dir" && pwd)
}

# as_root COMMAND...: run it as root, through sudo where we are not.
as_root() {
	if [ "$(id -u)" = 0 ]; then
		"$@"
	elif command -v sudo >/dev/null; then
		say "needs root: sudo $*"
		sudo "$@"
	else
		die "'$*' needs root, and this is neither root nor a user with sudo; run it as root, then try again"
	fi
}

apt_update() {
	say "refreshing the package lists (apt-get update)"
	# One broken third-party source fails the whole command, though Debian's own
	# lists may be fine: what is missing afterwards is reported where it is needed.
	as_root apt-get -q update >&2 || say "apt-get update had errors; going on with the lists there are"
}

apt_knows() { apt-cache show --no-all-versions "$@" >/dev/null 2>&1; }

installed() { [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }

# need_packages PKG...: install those that are missing, only those.
need_packages() {
	local pkg missing=()
	command -v apt-get >/dev/null ||
		die "this needs the packages $*, and knows only how to install them on Debian; install their equivalents by hand"
	for pkg; do
		installed "$pkg" || missing+=("$pkg")
	done
	[ ${#missing[@]} -gt 0 ] || return 0
	apt_knows "${missing[@]}" || apt_update
	say "installing packages: ${missing[*]}"
	apt_install "${missing[@]}" || { apt_update; apt_install "${missing[@]}"; } ||
		die "apt-get could not install ${missing[*]}; see its message above"
}

apt_install() {
	as_root env DEBIAN_FRONTEND=noninteractive apt-get -qy install --no-install-recommends "$@" >&2
}

# download DIR PKG...: their .deb files into DIR; lists older than the archive name files
# that are gone.
download() {
	local dir=$1
	shift
	say "downloading $*"
	(cd "$dir" && apt-get -q -o APT::Sandbox::User=root download "$@" >&2) ||
		{ apt_update; (cd "$dir" && apt-get -q -o APT::Sandbox::User=root download "$@" >&2); } ||
		die "could not download $*; see apt's message above"
}

# What the command is built with.
# shellcheck disable=SC2034 # for the caller
reader_packages='make gcc libc6-dev libncurses-dev libproc2-dev libjansson-dev libinih-dev'

# kernel_files FLAVOUR|DIR: set kernel (its folder), release, image, modules and headers
# of a kernel that kernel.sh knows, or of the folder that it printed as kernel.
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

# copy_program ROOT FILE DST: copy FILE to ROOT/DST, and the shared libraries that it
# needs to the same places below ROOT.
copy_program() {
	local root=$1 file=$2 dst=$3 lib
	mkdir -p "$root/${dst%/*}"
	cp -L "$file" "$root/$dst"
	# A static program has none: ldd fails then.
	ldd "$file" 2>/dev/null | grep -o '/[^ ]*' | while read -r lib; do
		mkdir -p "$root${lib%/*}"
		cp -L "$lib" "$root$lib"
	done || :
}

# disk_image NAME KEY: print the path of an ext4 image in the cache, called NAME and made
# from what KEY tells; where there is none yet, "fill_image FOLDER" makes its contents.
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
