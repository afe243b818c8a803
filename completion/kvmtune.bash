# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# Completes kvmtune's command line in bash. Names of guests are left to the user.
_kvmtune() {
	local cur=${COMP_WORDS[COMP_CWORD]} command='' words='' i
	for ((i = 1; i < COMP_CWORD; i++)); do
		[[ ${COMP_WORDS[i]} == -* ]] || { command=${COMP_WORDS[i]}; break; }
	done
	COMPREPLY=()
	case $cur,$command in
	-*,plan | -*,) words='--window --config --json --root --help' ;;
	-*,apply) words='--for --realtime --shell --config --root --help' ;;
	-*,try) words='--rounds --period --realtime --json --config --root --help' ;;
	-*,bind) words='--each --emulator --vhost --io --for --realtime --shell --json --config --root --help' ;;
	-*,set | -*,ksm | -*,haltpoll) words='--for --realtime --shell --json --config --root --help' ;;
	-*,undo) words='--all --root --help' ;;
	-*,log) words='--json --root --help' ;;
	-*,pages) words='--root --help' ;;
	-*,reconcile) words='--config --root --help' ;;
	*,) words='plan apply try set bind pages ksm haltpoll undo log reconcile' ;;
	*,set | *,try) words='nice= policy= priority= slice= cpus= weight=' ;;
	*,ksm) words='on off' ;;
	esac
	mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
	[[ ${COMPREPLY[0]-} != *= ]] || compopt -o nospace
}
complete -F _kvmtune kvmtune
