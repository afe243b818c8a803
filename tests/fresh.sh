#!/bin/bash
# fresh.sh [--install] [SUITE...]: what `make check-fresh` runs, that is, `make demo` and `make check`
# in bare roots of these Debian suites (bookworm trixie). debootstrap makes each root; only git, make
# and a clone of this tree are added. The roots are entered in the ways that people use: as root in a
# chroot, as root of a container, as a user with sudo. With --install, only those commands run which
# show that each step installs what it needs. Prints ok lines. A root has /proc and /dev/pts, and its
# own cache, which is empty at first. Logs are in build/fresh.
set -eu -o pipefail
top=$(cd "$(dirname "$0")/.." && pwd)
# shellcheck source=scripts/lib.sh
. "$top/scripts/lib.sh"
# shellcheck source=tests/lib.sh
. "$top/tests/lib.sh"
work=$top/build/fresh

# bare SUITE: print a folder of the cache that contains such a root.
bare() {
	local root tmp=$work/$1
	root=$(cache_dir)/fresh/$1-$(declare -f bare | sha256sum | cut -c1-12)
	if [ ! -d "$root" ]; then
		say "making a bare root of Debian $1, $root"
		quietly debootstrap --variant=minbase "$1" "$tmp" "$(debian_mirror "$1")"
		# The root reaches the archive in the same way as this machine.
		apt-config dump | grep '^Acquire::[^I]' >"$tmp/etc/apt/apt.conf.d/90outside"
		quietly chroot "$tmp" sh -ec '
			export DEBIAN_FRONTEND=noninteractive
			apt-get -q update
			apt-get -qy install --no-install-recommends git make
			apt-get clean
			rm -rf /var/lib/apt/lists/*'
		# The final name is given only to a complete tree.
		mkdir -p "${root%/*}"
		mv -T "$tmp" "$root"
	fi
	echo "$root"
}

# inside COMMAND...: run it in the tree in $root, entered by $way; nothing stays running afterwards.
inside() {
	local status=0 own=: turn=: user=root home=/root path=/usr/sbin:/usr/bin:/sbin:/bin as=()
	# shellcheck disable=SC2016 # a shell's own, below
	case $way in
	container)
		# The capabilities that Docker leaves to root.
		as=(setpriv --inh-caps -all --bounding-set "-all$(printf ',+%s' chown dac_override fowner fsetid kill setgid \
			setuid setpcap net_bind_service net_raw sys_chroot mknod audit_write setfcap)")
		own='mount --bind . .; cd "$0"'
		;;
	user)
		as=(setpriv --reuid newcomer --regid newcomer --init-groups)
		user=newcomer home=/home/newcomer path=/usr/local/bin:/usr/bin:/bin
		# In a chroot a user has no namespaces.
		own='mount --bind . .; cd "$0"' turn='pivot_root . mnt && umount -l mnt'
		;;
	esac
	# shellcheck disable=SC2016 # likewise
	unshare --mount --propagation unchanged --pid --fork --kill-child sh -ec 'cd "$0"; eval "$1"
		mount -t proc proc proc
		mount -t devpts -o newinstance,ptmxmode=0666,mode=620,gid=5 devpts dev/pts
		eval "$2"
		shift 2
		exec chroot . "$@"' "$root" "$own" "$turn" "${as[@]}" \
		env -i --default-signal -C "$home/kvmstat" HOME=$home USER=$user PATH=$path TERM=dumb "$@" &
	entered=$!
	wait "$entered" || status=$?
	entered=''
	return $status
}
# If this process is ended, end all processes in the root.
entered=''
leave() {
	[ -z "$entered" ] || { kill -9 "$entered"; wait; } 2>/dev/null || :
	rm -rf "$work"/*-*/
}

# tried WHAT COMMAND...: run it inside; the command must succeed. Show its time and the last line
# of its output.
tried() {
	local what=$1 log start=$SECONDS status=0
	log=$logs/$((n += 1))-${what//[^a-zA-Z0-9]/-}.log
	shift
	say "$step: $what"
	inside "$@" >"$log" 2>&1 || status=$?
	if [ $status = 0 ]; then
		ok "$what: $((SECONDS - start)) s; $(tail -n 1 "$log")"
	else
		tail -n 40 "$log" | sed 's/^/# /'
		not_ok "$what: status $status after $((SECONDS - start)) s; $log"
	fi
	grep -hE '^(not ok|skip) ' "$log" | sed 's/^/# /' || :
	yes "$what: nothing of apt's own is shown" [ "$(grep -cE '^(Get|Hit):|^(Unpacking|Setting up|Selecting) ' "$log")" = 0 ]
}

# room SUITE WAY check|install: make a root, enter it in this way and try the commands.
room() {
	local home=root n=0
	suite=$1 way=$2 root=$work/$1-$2 logs=$work/logs/$1-$2 step="fresh $1, $2"
	mkdir -p "$logs"
	cp -a "$(bare "$suite")" "$root"
	cp -L /etc/resolv.conf "$root/etc/"
	echo "127.0.0.1 localhost $(hostname)" >"$root/etc/hosts"
	if [ "$way" = user ]; then
		home=home/newcomer
		cp -a "$work/source" "$root/root/kvmstat"
		way=chroot inside sh -ec 'apt-get -q update; apt-get -qy install --no-install-recommends sudo
			useradd --create-home newcomer
			echo "newcomer ALL=(ALL) NOPASSWD: ALL" >/etc/sudoers.d/newcomer
			mv /root/kvmstat /home/newcomer
			chown -R newcomer: /home/newcomer' >"$logs/user.log" 2>&1
	else
		cp -a "$work/source" "$root/root/kvmstat"
		chown -R 0:0 "$root/root/kvmstat"
	fi
	tried "make demo, from nothing" make demo
	if [ "$3" = check ]; then
		tried "make demo, again" make demo
		tried "make check" make check
	else
		tried "make check of one case" make check CASE=20-exact
		tried "the build" tests/host/build.sh 6.1-cloud
		tried "the unit tests" env FUZZ_RUNS=1000 tests/unit/run.sh
		tried "Prometheus" tests/host/prometheus.sh build/kvmstat
		tried "the packages" tests/host/packages.sh build
	fi
	rm -rf "$root"
}

rooms() {
	local mode=$1 suite
	shift
	trap leave EXIT
	trap 'exit 130' INT TERM
	for suite; do
		case $suite in
		bookworm) room bookworm chroot "$mode" ;;
		trixie)
			room trixie container "$mode"
			room trixie user install
			;;
		*) die "fresh.sh: no suite '$suite'; there are: bookworm trixie" ;;
		esac
	done
}

if [ "${1:-}" = rooms ]; then
	shift
	rooms "$@"
	exit
fi
mode=check
[ "${1:-}" != --install ] || { mode=install; shift; }
[ $# != 0 ] || set -- bookworm trixie
need_packages git debootstrap
as_root rm -rf "$work"
mkdir -p "$work/source"
# Clone the tree as it is, with its history.
git clone -q --no-checkout "$top" "$work/source"
git -C "$work/source" reset -q
git -C "$top" ls-files -co --exclude-standard -z | tar -c -C "$top" --null -T - | tar -x -C "$work/source"
status=0 step=fresh
why=$(as_root "$top/scripts/mounts.sh" "$work" true 2>&1) || status=$?
if [ $status = 125 ]; then
	skip "the bare roots: $(tail -n 1 <<<"$why")"
	exit
fi
as_root "$top/scripts/mounts.sh" "$work" env KVMSTAT_CACHE="$(cache_dir)" "$top/tests/fresh.sh" rooms "$mode" "$@" |
	tee "$work/results" || status=$?
[ $status = 0 ] && ! grep -q '^not ok ' "$work/results"
