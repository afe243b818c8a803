#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Tests what the completion of the command line offers, and that it treats a guest's name as text
# only. Prints a line "ok - ..." or "not ok - ..." for each case.
# shellcheck disable=SC2016 # what is not expanded is the point
set -u

top=$(cd "$(dirname "$0")/../.." && pwd)
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit 1
export LC_ALL=C.UTF-8 PATH="$dir/bin:$PATH"

# Notes its arguments, and lists guests like the command, with RFC 4180 for names.
mkdir bin tree
touch copy
cat >bin/kvmstat <<'STUB'
#!/bin/bash
printf '<%s>' "$@" >>"$STUB_CALLS"
echo >>"$STUB_CALLS"
case "$*" in
*--columns\ name*) cat "$STUB_NAMES" ;;
*--columns\ pid*) printf '%s\n' pid 101 115 2035 ;;
*--columns\ id*) printf '%s\n' id 1 2 13 ;;
*list*--csv) printf '%s\n' name,pid,exits_s,exits 'x,1,2,3' ;;
esac
STUB
chmod +x bin/kvmstat
export STUB_CALLS=$dir/calls STUB_NAMES=$dir/names
cat >names <<'NAMES'
name
web1
web2
two words
"comma, ""quoted"""
it's
$(touch pwned)
`touch pwned`
$HOME
;touch pwned
>pwned
*
~root
back\x5cslash
new\x0aline
colon:one
colon:two
\x2d-output=pwned
\x3dsum()
gr\xff
bang!bang
grün
NAMES

compopt() { left+=" $*"; }
# shellcheck source=completion/kvmstat.bash
. "$top/completion/kvmstat.bash"

result() { # NAME STATUS
	[ "$2" -eq 0 ] && echo "ok - $1" || echo "not ok - $1"
}

# LINE WANT...: these are the replies, in any order, to a line with the cursor at its end.
offers() {
	local line=$1 IFS=$'\n' got want
	shift
	# The completion does not look at the other variables that bash sets.
	COMP_LINE=$line COMP_POINT=${#line}
	_kvmstat kvmstat
	got=$(printf '%s\n' "${COMPREPLY[@]}" | sort)
	want=$(printf '%s\n' "$@" | sort)
	[ "$got" = "$want" ]
	result "\"$line\"" $?
	[ "$got" = "$want" ] || diff <(echo "$want") <(echo "$got") | sed 's/^/#   /'
	[ ! -e pwned ] || result "\"$line\" runs nothing" 1
}

# LINE OPTION: the completion leaves this to readline.
leaves() {
	local left=''
	COMP_LINE=$1 COMP_POINT=${#1}
	_kvmstat kvmstat
	[ "$left" = " -o $2" ] && [ ${#COMPREPLY[@]} -eq 0 ]
	result "\"$1\": $2" $?
}

# Commands, and the places of an interval.
offers 'kvmstat ' list show threads memory host top classify trace record report export doctor 1 2 5 10 60 help
offers 'kvmstat re' record report
offers 'kvmstat   re' record report
offers 'kvmstat -z ' 1 2 5 10 60
offers 'kvmstat -z re'
offers 'kvmstat top 1' 1 10
offers 'kvmstat top 1 '
offers 'kvmstat record file 6' 60
offers 'kvmstat list x'
offers 'kvmstat 5 l'
offers 'kvmstat doctor '
offers 'kvmstat help re' record report
# Only the text before the cursor counts.
COMP_LINE='kvmstat sh web1' COMP_POINT=10
_kvmstat kvmstat
[ "${COMPREPLY[*]}" = show ]
result "before the cursor" $?

# Options.
offers 'kvmstat --ver' --version
offers 'kvmstat --t'
offers 'kvmstat top --f' --file --from
offers 'kvmstat doctor -' -r --root --json -h --help --usage -V --version
offers 'kvmstat record file --k' --keep
offers 'kvmstat classify --t' --thesis
offers 'kvmstat report --f' --from
offers 'kvmstat export --format ' prometheus json csv
offers 'kvmstat export --format=j' json
offers 'kvmstat export --table h' histograms hot
offers 'kvmstat -- --ver'
offers 'kvmstat -p ' 101 115 2035
offers 'kvmstat --pid=2' 2035
offers 'kvmstat list --columns ' name pid exits_s exits
offers 'kvmstat list --columns +ex' +exits_s +exits
offers 'kvmstat list --columns name,ex' name\\,exits_s name\\,exits
offers 'kvmstat list --sort=ex' exits_s exits
offers 'kvmstat list --sort=-ex' -exits_s -exits
leaves 'kvmstat -f /et' default
leaves 'kvmstat --file=/et' default
leaves 'kvmstat -r ' dirnames
leaves 'kvmstat classify --config ' default
leaves 'kvmstat export -o ' default
leaves 'kvmstat trace web1 --kallsyms ' default
offers 'kvmstat trace web1 -r '
leaves 'kvmstat record ' default
leaves 'kvmstat report -g web1 one two' default

# Guests.
offers 'kvmstat show we' web1 web2
offers 'kvmstat -g we' web1 web2
offers 'kvmstat --guest=web' web1 web2
offers 'kvmstat show -w 5 web1' web1
offers 'kvmstat show web1 '
offers 'kvmstat threads we' web1 web2
offers 'kvmstat trace -r io we' web1 web2
offers 'kvmstat trace web1 -r io ' 1 2 5 10 60
offers 'kvmstat threads web1 ' 1 2 5 10 60
offers 'kvmstat threads web1 --j' --json
offers 'kvmstat memory we' web1 web2
offers 'kvmstat host ' 1 2 5 10 60
offers 'kvmstat host --j' --json
offers 'kvmstat show name:we' web1 web2
offers 'kvmstat -g name:' web1 web2 'two\ words' 'comma\,\ \"quoted\"' "it\\'s" \
	'\$\(touch\ pwned\)' '\`touch\ pwned\`' '\$HOME' '\;touch\ pwned' '\>pwned' '\*' '\~root' \
	'back\\x5cslash' 'new\\x0aline' colon:one colon:two --output=pwned '=sum\(\)' 'gr\\xff' 'bang\!bang' \
	grün
offers 'kvmstat show id:1' 1 13
offers 'kvmstat show pid:2' 2035

# Names that try to be more than text.
offers 'kvmstat show ' web1 web2 'two\ words' 'comma\,\ \"quoted\"' "it\\'s" \
	'\$\(touch\ pwned\)' '\`touch\ pwned\`' '\$HOME' '\;touch\ pwned' '\>pwned' '\*' '\~root' \
	'back\\x5cslash' 'new\\x0aline' colon:one colon:two name:--output=pwned '=sum\(\)' 'gr\\xff' \
	'bang\!bang' grün
offers 'kvmstat show two' 'two\ words'
offers 'kvmstat show two\ w' 'two\ words'
offers "kvmstat show 'two w" 'two words'
offers 'kvmstat show "two w' 'two words'
offers 'kvmstat show comma\,\ \"q' 'comma\,\ \"quoted\"'
offers "kvmstat show 'com" 'comma, "quoted"'
offers 'kvmstat show "com' 'comma, \"quoted\"'
offers "kvmstat show \"it" "it's"
offers "kvmstat show 'it" "it'\\''s"
offers 'kvmstat show \$' '\$\(touch\ pwned\)' '\$HOME'
offers "kvmstat show '\$" '$(touch pwned)' "\$HOME"
offers 'kvmstat show "\$' '\$(touch pwned)' '\$HOME'
offers 'kvmstat show "\`' '\`touch pwned\`'
offers "kvmstat show 'new" 'new\x0aline'
offers 'kvmstat show "new' 'new\\x0aline'
offers 'kvmstat show new\\x' 'new\\x0aline'
offers 'kvmstat show col' colon:one colon:two
offers 'kvmstat show colon:t' two
offers 'kvmstat show "colon:t' colon:two
offers 'kvmstat show colon\:t' colon:two
offers 'kvmstat show name:--o' --output=pwned
offers 'kvmstat show "bang'
offers 'kvmstat -g $(touch pwned)'
offers "kvmstat -f \$(touch\ pwned) -g we" web1 web2

# The guests come from the file or the tree on the line.
calls() { # NAME LINE WANT: the call that the completion makes
	: >calls
	COMP_LINE=$2 COMP_POINT=${#2}
	_kvmstat kvmstat
	[ "$(cat calls)" = "$3" ]
	result "$1" $?
}
list='<--csv><--columns><name>'
calls "guests of the machine" 'kvmstat show w' "<list>$list"
calls "guests of a file" 'kvmstat show -f copy w' "<list><-f><copy>$list"
calls "guests of a recording" 'kvmstat report copy -g w' "<list><-f><copy>$list"
calls "guests of a tree" 'kvmstat list --root=tree -g w' "<list><-r><tree>$list"
calls "guests of no file" 'kvmstat show -f none w' "<list>$list"
calls "standard input is left alone" 'kvmstat -f - -g w' "<list>$list"

mv bin/kvmstat bin/kvmstat.away
offers 'kvmstat show w'
mv bin/kvmstat.away bin/kvmstat

# A shell completes the typed text and runs the result.
typed() { # NAME KEYS WANT: the arguments that the command gets
	: >calls
	printf '%s\n' "PS1=; . '$top/completion/kvmstat.bash'" "$2" exit |
		HOME=$dir INPUTRC=/dev/null HISTFILE=/dev/null timeout 20 script -qec "bash --noprofile --norc -i" /dev/null >screen 2>&1
	[ "$(tail -n 1 calls)" = "$3" ] && [ ! -e pwned ]
	result "typed: $1" $?
}
typed command $'kvmstat sh\tweb1' '<show><web1>'
typed guest $'kvmstat show two\t' '<show><two words>'
typed "in quotes" $'kvmstat show "two\t' '<show><two words>'
typed "a command substitution" $'kvmstat show \\$\\(\t' '<show><$(touch pwned)>'
typed "a command substitution in quotes" $'kvmstat show "\\$(\t' '<show><$(touch pwned)>'
typed "a command substitution in apostrophes" $'kvmstat show \'$(\t' '<show><$(touch pwned)>'
typed "backquotes" $'kvmstat show \\`\t' '<show><`touch pwned`>'
typed "an apostrophe" $'kvmstat show \'it\t' "<show><it's>"
typed "a quote" $'kvmstat show comma\t' '<show><comma, "quoted">'
typed "a redirection" $'kvmstat show \\>\t' '<show><>pwned>'
typed "a newline" $'kvmstat show new\t' '<show><new\x0aline>'
typed "a colon" $'kvmstat show colon:t\t' '<show><colon:two>'
typed "after an equals sign" $'kvmstat --guest=two\t' '<--guest=two words>'
typed "a name said to be one" $'kvmstat show name:--o\t' '<show><name:--output=pwned>'
typed "a sum" $'kvmstat show =\t' '<show><=sum()>'
typed "history" $'kvmstat show bang\t' '<show><bang!bang>'
typed "a file" $'kvmstat --file=cop\tlist' '<--file=copy><list>'
typed "a pid" $'kvmstat show pid:20\t' '<show><pid:2035>'
