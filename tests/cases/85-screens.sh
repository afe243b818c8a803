# The screens in a real terminal (tmux) with real guests show the true figures, and the terminal
# is left as it was. This case needs the root disk. Screens are kept as files.
# shellcheck shell=sh disable=SC2154,SC2086,SC2094 # from lib.sh; a function's file

[ -d /root/bin ] || mount_root || { not_ok "no root disk"; exit; }
kvm_present
load
export LC_ALL=C.UTF-8

screen() { tm capture-pane -p -t lab; }
shows() { screen >screen && grep -q -- "$1" screen; }
# seen WHAT WORDS: the words appear within two minutes; otherwise show the screen.
seen() { yes "$1" within 120 shows "$2" || sed 's/^/# |/' screen; }
key() { tm send-keys -t lab "$@"; }
# keep NAME: save the screen as NAME.txt, and with colours as NAME.ansi for scripts/screen-svg.sh.
keep() {
	screen >"$1.txt"
	sed 's/^/# |/' "$1.txt"
	save "$1.txt" "$1.txt"
	tm capture-pane -e -p -t lab >"$1.ansi"
	save "$1.ansi" "$1.ansi"
}

truncate -s 64M ide.img
for kind in ide compute; do
	set --
	[ $kind = compute ] || set -- -drive file=ide.img,format=raw,if=ide
	real_guest $kind "$@"
	echo $pid >$kind.pid
done
ide=$(cat ide.pid)

yes "a terminal" tm new-session -d -s lab -x 80 -y 24 "sh -c 'stty -a >before; kvmstat top 1; echo \"left: \$?\"; stty -a >after; exec sleep 1000'"
seen "top has the guests" "ide .*$ide "
seen "and the other" "compute .*$(cat compute.pid) "
# Collect some history for the sparklines.
sleep 8
keep top
key Space
seen "it says that it is paused" paused
key Space
key Enter
seen "Enter opens the first guest, the one that exits most" "1 overview"
keep top-guest
key 2
seen "its reasons" "io "
keep top-reasons
key 4
seen "its devices, by name" "0x1f[0-7].*IDE"
keep top-hot
tm resize-window -t lab -x 120 -y 40
seen "wider after a resize" "0x1f[0-7].*IDE"
key Escape
seen "Escape goes back" "compute"
key '?'
seen "help" "regular expression"
key Escape
key q
seen "q leaves" "left: 0"
within 60 [ -s after ]
is "the terminal is as it was" "$(cat after)" "$(sed 's/rows 24/rows 40/; s/columns 80/columns 120/' before)"
tm kill-server

# The page is the same in a terminal and in a file.
yes "a recording of both" kvmstat record /tmp/screens/one.jsonl 1 1
kvmstat show -f one.jsonl ide | sed 's/ *$//' >page
tm new-session -d -s lab -x 160 -y 200 "sh -c 'kvmstat show -f /tmp/screens/one.jsonl ide; exec sleep 1000'"
whole() { [ "$(screen | sed 's/ *$//' | sed -e :a -e '/^\n*$/{$d;N;ba' -e '}')" = "$(cat page)" ]; }
yes "show is the same in a terminal and in a file" within 120 whole || { screen | diff - page | sed "s,^,# ,"; }
tm kill-server

for kind in ide compute; do
	kill "$(cat $kind.pid)"
	within 20 gone "$(cat $kind.pid)"
done
unload
