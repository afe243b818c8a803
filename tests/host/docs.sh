#!/bin/bash
# docs.sh: check that the pages are true. Compares each link, file, target, command, option,
# parameter, column and figure on them with the tree, and checks what a script can check of the
# English. Prints ok lines.
# shellcheck disable=SC2016 # backticks are Markdown's, the rest perl's and awk's own
set -eu
top=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=scripts/lib.sh
. "$top/scripts/lib.sh"
# shellcheck source=tests/lib.sh
. "$top/tests/lib.sh"
# shellcheck disable=SC2034 # lib.sh's
step=docs
need_packages git make perl
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$top"
export LC_ALL=C.UTF-8
mapfile -t pages < <(git ls-files -co --exclude-standard '*.md')
[ ${#pages[@]} -gt 5 ] || die "git knows no pages here"
module=kvmstat/module reader=kvmstat/reader tuner=kvmstat/tuner
# Where the options of the commands are; parser.c has those of both.
kvmstat_options=("$reader/commands/options.c" "$reader/text/parser.c")
kvmtune_options=("$tuner/tune/orders.c" "$reader/text/parser.c")

# none WHAT: standard input, which lists what is wrong, has no line.
none() {
	local wrong
	wrong=$(cat)
	if [ -z "$wrong" ]; then ok "$1"; else not_ok "$1: $(head -n 20 <<<"$wrong" | paste -sd'|')"; fi
}
# same WHAT LEFT RIGHT: the two lists, of a word or line each, are equal and not empty.
same() {
	if [ -n "$2" ] && [ "$2" = "$3" ]; then ok "$1"; else not_ok "$1: $(diff <(echo "$2") <(echo "$3") | grep '^[<>]' | paste -sd'|')"; fi
}
# cells PAGE HEAD [COLUMN]: print a column, without its head, of the table whose head begins with HEAD.
cells() {
	awk -v head="| $2 |" -v column="$((${3:-1} + 1))" 'index($0, head) == 1 { on = 1; getline; next } !/^\|/ { on = 0 }
		on { gsub(/\\\|/, "\001"); split($0, c, / *\| */); gsub(/\001/, "|", c[column]); print c[column] }' "$1"
}
names() { perl -ne 'print "$1\n" while /`([^`]+)`/g'; } # in backticks
defined() { grep -rhoP "^(#define|static unsigned int) $1 (= )?\K[0-9]+" $module $reader | head -n 1; }
# says PAGE TEXT: the page has the text, wherever its lines break.
says() { yes "$1 says: $2" grep -qF -- "$2" <(tr '\n' ' ' <"$1" | tr -s ' '); }
# code FILE...: print the text in backticks, indented or fenced, a line each.
code() {
	perl -ne 'if (/^```/) { $in = !$in; next } if ($in || /^ {4}/) { s/^\s+//; print } else { print "$1\n" while /`([^`]+)`/g }' "$@"
}

# Links, and the anchors that GitHub makes from headings.
anchors() { perl -CSD -ne 'next unless s/^#+ //; chomp; $_ = lc; s/[^\w\- ]//g; s/ /-/g; print "$_\n"' "$1"; }
for page in "${pages[@]}"; do
	perl -ne 'print "$1\n" while /\]\(([^)\s]+)\)/g' "$page" | while read -r link; do
		[[ $link != http* ]] || continue
		file=$(dirname "$page")/${link%%#*}
		[ "${link%%#*}" ] || file=$page
		[ -e "$file" ] || echo "$page: $link"
		[[ $link != *'#'* ]] || anchors "$file" | grep -qxF "${link#*#}" || echo "$page: $link: no such heading"
	done
done | none "every link has its file, and every anchor its heading"

# A name with a slash on a page is a file, relative to the top or to the folder in question.
for page in "${pages[@]}"; do
	grep -vE '^ {4}|^```' "$page" | names | sed 's/ .*//' | grep -P '^[A-Za-z_.][\w.-]*/' | grep -vP '[<>=:$]|^(host/(reasons|userspace|histograms)|kprobes/enabled|build/.*)$' |
		while read -r file; do
			compgen -G "$file" >/dev/null || compgen -G "tests/$file" >/dev/null || compgen -G "$module/$file" >/dev/null ||
				compgen -G "$reader/$file" >/dev/null || compgen -G "$tuner/$file" >/dev/null ||
				compgen -G "$tuner/$file.c" >/dev/null || echo "$page: $file"
		done
done | none "every file on the pages is in the tree"
grep -oHP '\b[a-z_]+(?=\(\))' "${pages[@]}" | sort -u | while IFS=: read -r page function; do
	grep -rqw -- "$function" kvmstat || echo "$page: $function()"
done | none "every function on the pages is in the code"
grep -oHP 'struct \Kkvmstat_[a-z_]+' "${pages[@]}" | sort -u | while IFS=: read -r page struct; do
	grep -rq "^struct $struct {" $module || echo "$page: struct $struct"
done | none "every struct on the pages is in the code"

# Targets, and the variables that make takes for them.
targets=$(make -s help | awk '{ print $1 }' | sort)
code "${pages[@]}" | sed 's/apt install.*//' | perl -ne 'while (/(?:^|[ ;&])make((?: -\S+| [A-Z_]+=(?:"[^"]*"|\S+))*)(?: ([a-z][a-z-]*))?((?: [A-Z_]+=(?:"[^"]*"|\S+)?)*)/g) {
	print "target $2\n" if $2; print "variable $_\n" for "$1$3" =~ /([A-Z_]+)=/g }
	print "variable $1\n" if /^([A-Z_]+)=/' | sort -u >"$work/make"
comm -23 <(sed -n 's/^target //p' "$work/make" | sort -u) <(echo "$targets") | none "every target on the pages is in make help"
comm -13 <(sed -n 's/^target //p' "$work/make" | sort -u) <(echo "$targets") | none "every target of make help is on a page"
sed -n 's/^variable //p' "$work/make" | while read -r name; do grep -qw "$name" Makefile || echo "$name"; done |
	none "the Makefile has every variable that the pages give it"

code "${pages[@]}" | grep -oP '(CASE|KERNELS)=("\K[^"]*|\K[^" ]*)' | tr ' ' '\n' | sed 's/@.*//; /</d' | sort -u | while read -r name; do
	option=${name%%=*}
	[ -e "tests/cases/$name.sh" ] || kernels | grep -q "^$name " || grep -rqw "lab_option ${option#lab.}" tests/cases || echo "$name"
done | none "every case, option and kernel that the pages give to make is there"

# The command: its name, its arguments, its options.
same "README has every command, with its arguments" "$(cells README.md command | names)" \
	"$(perl -0ne 'while (/\.name = "([a-z]*)",.*?\.usage = "([^"]*)"/gs) { print join(" ", "kvmstat", grep { $_ } $1, $2), "\n" }' $reader/commands/commands.c)"
same "tuning.md has every command of kvmtune, with its arguments" "$(cells docs/tuning.md "kvmtune's command" | names)" \
	"$(perl -0ne 'while (/\.name = "([a-z]+)",.*?\.usage = "([^"]*)"/gs) { print join(" ", "kvmtune", grep { $_ } $1, $2), "\n" }' $tuner/tune/tasks.c)"
code "${pages[@]}" | grep -oP '(?:^|^\$ |sudo )kvmtune \K[a-z]+\b' | sort -u | while read -r name; do
	grep -q "\.name = \"$name\"" $tuner/tune/tasks.c || echo "kvmtune $name"
done | none "every command of kvmtune on the pages is in its table"
code "${pages[@]}" | grep -P '(^|\$ |sudo )kvmtune ' | grep -oP ' --\K[a-z-]+' | sort -u | while read -r option; do
	grep -qE "\"$option\", (KEY_|')" "${kvmtune_options[@]}" || echo "--$option"
done | none "every option of kvmtune on the pages is in the code"
code "${pages[@]}" | grep -oP '(?:^|^\$ |sudo )kvmstat \K[a-z]+\b' | sort -u | while read -r name; do
	grep -q "\.name = \"$name\"" $reader/commands/commands.c || echo "kvmstat $name"
done | none "every command on the pages is in the table of commands"
perl -ne 'print "$1\n" while /\{ "([a-z-]+)", (?:KEY_|\x27)/g' "${kvmstat_options[@]}" | sort -u | while read -r name; do
	sed 's,\\-,-,g' docs/kvmstat.1 | grep -q -e "--$name\b" || echo "kvmstat.1: --$name"
	grep -q -e "--$name\b" completion/kvmstat.bash || echo "completion: --$name"
done | none "the man page and the completion have every option of the code"
{
	code "${pages[@]}" | grep -oP '^--[a-z-]+(?=$|[= ][A-Z]+$)|^-[a-z](?=$| [A-Z]+$)'
	code "${pages[@]}" | grep -P '(^|\$ |sudo )kvmstat ' | grep -oP ' \K--?[a-z-]+'
} | sort -u | while read -r option; do
	case $option in
	--*) grep -q "{ \"${option#--}\", " "${kvmstat_options[@]}" "${kvmtune_options[@]}" || grep -q "^#   $option " tests/lab/boot.sh ;;
	*) grep -q "'${option#-}', " "${kvmstat_options[@]}" ;;
	esac || echo "$option"
done | none "every option on the pages is in the code"

# The module's parameters and their defaults.
same "install.md has every parameter, and its default" "$(cells docs/install.md parameter | names | paste -d' ' - <(cells docs/install.md parameter 2) | sort)" \
	"$(find $module -name '*.c' -exec perl -0ne 'print "$1 $2\n" while /MODULE_PARM_DESC\((\w+),.*?\((\w+)\)"\);/gs' {} + | sort)"

# The files: columns in their order, debugfs, keys.
same "files.md has every column, in order" "$(cells docs/files.md column | names)" \
	"$(sed -n '/define KVMSTAT_COLUMNS/,/^$/s/.*X(\([a-z_]*\),.*/\1/p' include/kvmstat.h)"
same "files.md shows the columns that there are" "$(grep '^no pid io_num' docs/files.md)" "$(cells docs/files.md column | names | xargs)"
same "files.md has every file of debugfs" "$(cells docs/files.md file | names | sed 's,.*/,,' | sort -u)" \
	"$(grep -rhoP 'debugfs_create_file\("\K\w+' $module | sort -u)"
for file in reasons userspace hot vcpus cpus histograms; do
	same "files.md has the columns of $file" "$(cells docs/files.md file 2 | paste -d' ' <(cells docs/files.md file) - | sed -n "s,^\`<id>/$file\` \`\([^\`]*\)\`.*,\1,p")" \
		"$(tr -d '\\\n' <include/kvmstat.h | grep -oP "KVMSTAT_${file^^}_COLUMNS\s+\"\K[^\"]+")"
done
same "files.md has the columns of vcpu_reasons" "$(cells docs/files.md file 2 | paste -d' ' <(cells docs/files.md file) - | sed -n 's,^`<id>/vcpu_reasons` `\([^`]*\)`.*,\1,p')" \
	"$(tr -d '\\\n' <include/kvmstat.h | perl -ne '($reasons) = /define KVMSTAT_REASONS_COLUMNS "([^"]*)"/; print "$1$reasons\n" if /KVMSTAT_VCPU_REASONS_COLUMNS "([^"]*)" KVMSTAT_REASONS_COLUMNS/')"
{ cells docs/files.md key; cells docs/files.md file 3; } | names | grep -xP '[a-z_]+(\.\.\.)?' | sed 's/\.\.\.//' | sort -u >"$work/keys"
grep -rhoP '(seq_puts|seq_printf)\(m,\s*"\K[a-z_]+(?=: )|\\n\K[a-z_]+(?=: )|^\s*"\K[a-z_]+(?=: %|: [a-z ,A-Z]+\\n)|\{ "\K[a-z_]+(?=", )' $module/{debugfs,hooks}.c $module/arch/*/exit.c |
	sort -u | comm -23 - "$work/keys" | none "files.md has every key of info and of a VM"
cells docs/files.md key | names | sed 's/\.\.\.//' | while read -r key; do
	grep -rqP "(\"|\\\\n)$key(: |\"|%s)" $module || echo "$key"
done | none "every key of files.md is in the code"
metrics=$reader/text/prometheus.c
same "files.md has every metric, and its type" "$(cells docs/files.md metric | names | paste -d' ' - <(cells docs/files.md metric 2) | sort)" \
	"$(perl -0ne 'print "kvmstat_$1\n" while /(?:put_family\(\s*out,\s*"|\bONE\("|^\t\{ "|\] = \{ "|# HELP kvmstat_)(\w+)[" ]/gm' $metrics |
		awk '{ print $0, /_total$/ ? "counter" : /latency/ ? "histogram" : "gauge" }' | sort)"
cells docs/files.md metric 3 | names | sort -u | while read -r label; do
	grep -qE "\{ \"$label\", (\w|\")|^\s+\"$label\",$|\? \"$label\" : NULL|put_label\(.*\"$label\"|\{$label=" $metrics || echo "$label"
done | none "every label of a metric on files.md is in the code"
same "files.md has every family of metrics" "$(cells docs/files.md metric 4 | names | sort -u)" \
	"$(sed -n 's/^\tX([A-Z]*, \([a-z]*\), .*/\1/p' $reader/text/prometheus.h | sort)"

# Figures.
same "verdicts.md has every threshold, and its number" "$(cells docs/verdicts.md threshold | names | paste -d' ' - <(cells docs/verdicts.md threshold 2))" \
	"$(sed -n 's/^\tX(\([a-z_]*\), \([0-9.]*\),.*/\1 \2/p' $reader/verdict/thresholds.h)"
threshold() { sed -n "s/^\tX($1, \([0-9.]*\),.*/\1/p" $reader/verdict/thresholds.h; }
percent() { awk -v n="$(threshold "$1")" 'BEGIN { printf "%g %%", 100 * n }'; }
# words NAME: print the threshold in the words of the rules.
words() { case $(threshold "$1") in 0.50) echo half ;; 0.33) echo "a third" ;; *) percent "$1" ;; esac; }
# rules_in_code: print the name and the verdict of each row of the table.
rules_in_code() {
	perl -0ne 'while (/\{ "(\w+)",\s*STAGE_\w+,\s*BOUND_(\w+)/g) { print "$1 $2\n" }' $reader/verdict/rules.c |
		while read -r name bound; do
			echo "$name $(sed -n "s/^\t\t\[BOUND_$bound\] = \"\(.*\)\",$/\1/p" $reader/verdict/verdict.c)"
		done
}
same "verdicts.md has every rule, in order, with its verdict" "$(cells docs/verdicts.md rule | names | paste -d' ' - <(cells docs/verdicts.md rule 2))" \
	"$(rules_in_code)"
same "verdicts.md has every word" "$(cells docs/verdicts.md word | sort)" \
	"$(sed -n 's/^\t\t\[BOUND_[A-Z_]*\] = "\(.*\)",$/\1/p' $reader/verdict/verdict.c | sort)"
says docs/verdicts.md "the VMM holds it for $(percent held) of all time"
says docs/verdicts.md "busy less than $(percent idle_busy) of all time"
says docs/verdicts.md "devices take $(percent io_time) of the busy time"
says docs/verdicts.md "port I/O is over $(words io_exits) of the exits (the rule of the thesis that kvmstat began with), and devices take $(percent notable) of the busy time"
says docs/verdicts.md "devices are touched in $(words device_exits) of the exits, and take $(percent notable) of the busy time"
says docs/verdicts.md "halts $(percent halted) of all time for devices, which it touches for two of five halts, and $(threshold device_rate) times a second"
yes "two of five halts, every fifth halt" [ "$(threshold device_waits) $(threshold device_halts)" = "0.40 0.20" ]
says docs/verdicts.md "busy for $(percent idle_busy) of all time, halts $(percent halted) of all time for devices"
says docs/verdicts.md "faults of the guest's memory take $(percent memory_time) of the busy time"
says docs/verdicts.md "$(words memory_exits) of the exits are memory faults"
says docs/verdicts.md "$(words spin_exits) of the exits are PAUSE"
says docs/verdicts.md "$(threshold spin_rate) of them per busy second"
says docs/verdicts.md "take $(percent exit_time) of the busy time, and there are $(threshold exit_rate) of them per busy second"
says docs/verdicts.md "the kernel takes $(percent kernel_time) of the busy time"
says docs/verdicts.md "a quota throttles it for $(percent throttled) of all time"
says docs/verdicts.md "ready for $(percent starving) of the time in which it wants to run"
says docs/verdicts.md "$(percent cpu_time) of the busy time is in guest mode"
says docs/verdicts.md "its fullest vCPU halts $(percent room) of all time with nothing to do"
says docs/verdicts.md "fewer than $(threshold min_exits) exits, and less than $(threshold min_seconds) seconds of vCPU time"
says docs/files.md "until $(defined RETIRED_MAX) other VMs have ended"
says docs/files.md "the last $(defined RETIRED_MAX) VMs that ended, with the name of the VMM. These VMs have at most $(defined RETIRED_MAX_VCPUS) vCPUs"
spots=$(defined KVMSTAT_SPOTS)
says docs/files.md "$spots ports, $spots device addresses, $spots MSRs and $spots hypercalls"
says docs/files.md "more often than one time in $((spots + 1)) is"
says docs/limits.md "for $(($(defined KVMSTAT_CELLS) - 3 - $(defined KVMSTAT_CELLS_HELD))) different reasons, and for $(defined KVMSTAT_CELLS_HELD) more"
says docs/limits.md "More than $(defined SPARE_VMS) VMs, or $(defined SPARE_VCPUS) vCPUs"
says docs/limits.md "\`max_vms\` VMs ($(defined max_vms) unless changed)"
says docs/limits.md "as many as have $(defined RETIRED_MAX_VCPUS) vCPUs"
says docs/files.md "more than $(defined RETIRED_MAX_VCPUS) vCPUs"
says docs/architecture.md "beyond $(defined RETIRED_MAX) ended VMs (or $(defined RETIRED_MAX_VCPUS) vCPUs of them)"
says docs/architecture.md "its cell ($(defined KVMSTAT_CELLS) a vCPU)"
says docs/cost.md "Spares are kept for $(defined SPARE_VMS) VMs, $(defined SPARE_VCPUS) vCPUs and $(defined SPARE_ROWS) rows"
says docs/cost.md "up to $(sed -n 's/^#define SPARE_BYTES_MAX SZ_\([0-9]*\)M .*/\1/p' $module/pool.c) MiB of each kind; after $(sed -n 's/^#define QUIET (\([0-9]*\) \* HZ).*/\1/p' $module/pool.c) quiet seconds"
says docs/cost.md "The last $(defined RETIRED_MAX) VMs that ended are kept with their vCPUs, at most $(defined RETIRED_MAX_VCPUS) of these"
says docs/cost.md "by $(defined VCPUS_PER_VM) times as many, or $(defined VCPUS_AT_LEAST)"
says docs/install.md "every $(sed -n 's/^OnUnitActiveSec=\([0-9]*\)s/\1/p' systemd/kvmstat-export.timer) seconds"
says docs/install.md "$(sed -n 's/^ExecStart=.*--output //p' systemd/kvmstat-export.service)"
says CHANGELOG.md "## $(make -s version) ("
# README's figures of cost and exactness are on the pages that measure them.
sed -n '/^## Exact/,/^## Limits/p' README.md | sed 's/[`(].*`//; s/5\.10\|7\.3//g' | grep -oP '\b[0-9]+(\.[0-9]+)?\b' | sort -u | while read -r figure; do
	grep -qwF -- "$figure" docs/cost.md docs/kernels.md || [ "$figure" = "$(grep -c '^| [a-z0-9].* in [a-z]* |' docs/kernels.md)" ] || echo "$figure"
done | none "README's figures of cost and exactness are those of cost.md and kernels.md"
exits=$(awk -F'|' '/^\| [a-z0-9].* in [a-z]* \|/ { n += $4; bad += $5 } END { print n, bad + 0 }' docs/kernels.md)
says docs/kernels.md "${exits% *} exits were compared, and no reason differed"
yes "no cell of kernels.md has a difference" [ "${exits#* }" = 0 ]
same "kernels.md has every cell of scripts/kernels" "$(cells docs/kernels.md cell | grep . | sort)" \
	"$(kernels | awk '{ if ($NF == "-") print $1; n = split($NF, m, ","); for (i = 1; i <= n; i++) if (m[i] != "-") print $1 " in " m[i] }' | sort)"

# The output on the pages has the heads and verdicts that the command prints today.
fenced() { awk '/^```/ { on = !on; next } on' "$@"; }
fenced "${pages[@]}" | grep -E '^(NAME|REASON|KIND) ' | tr -s ' ' '\n' | sort -u | while read -r head; do
	grep -rqF "\"$head\"" $reader || echo "$head"
done | none "every head in the output that the pages show is the command's"
# plain: replace numbers and conversions by the same sign, so that a format equals its output.
plain() { sed -E 's/%[.0-9]*[a-zA-Z]+/#/g; s/%%/%/g; s/[0-9]+(\.[0-9]+)?/#/g'; }
find $reader -name '*.[ch]' -exec perl -0pe 's/" PRIu64 "/u/g; s/" PRIu64\b/u"/g; s/"\s*"//g' {} + | plain >"$work/words"
# spoken WHAT: each line of standard input is in the command's code.
spoken() {
	plain | sort -u | while read -r part; do
		grep -qF -- "$part" "$work/words" || echo "$part"
	done | none "$1"
}
{
	fenced README.md | sed -n 's,[0-9.]* s:$,0:,p' # a span
	fenced docs/verdicts.md | grep -oP '^ {2,4}\K[a-zA-Z][a-zA-Z ,()]+?(?=  +[0-9.]+[a-z]+ )'
	fenced docs/verdicts.md | grep -P '^[A-Z](?!.*  )' | grep -v '^Verdict: ' | sed 's/: /\n/'
} | spoken "every label and heading in the output that the pages show is the command's"
{
	fenced "${pages[@]}" | sed -nE 's/^.* \(pid [0-9]+\): [^:]*\): //p'
	fenced "${pages[@]}" | awk '/^$/ { on = 0 } on && !/^    / { print "" } on { printf "%s ", $0 } /^Verdict: / { on = 1 } END { print "" }' |
		sed -E 's/^ +(What would help: |Not seen from here: )?//'
} | tr -s ' ' | sed 's/ $//; s/; /\n/g' | sed "s/^[0-9]* % of its device accesses go to //
	s/ (halts left out)$/\n&/; s/^QEMU's options: /QEMU's options: %s\n/
	s/ is '\(kernel: \|VMM: \)\?\([^']*\)', [0-9.]* %$/ is '%s%s', %.1f %%\n\2/" | spoken "every verdict that the pages show is in the command's words"

# Architecture: the rooms and floors are those of the tree, and libraries are used where the page says.
mapfile -t floors < <(cells docs/architecture.md file | names)
same "architecture.md has every file of the module" "$(printf '%s\n' "${floors[@]%.h}" | sort -u)" \
	"$({ cd $module && git ls-files -co --exclude-standard -- '*.[ch]' | sed 's,^arch/.*,arch,'; } | sed 's/\.[ch]$//' | sort -u)"
# floor NAME: print the line of the file in the tower.
floor() { sed -n "/^tower='/,/^'/p" scripts/tower.sh | grep -nw -- "$1" | cut -d: -f1; }
for file in "${floors[@]}"; do
	case $file in
	log.h) echo 0 ;;
	arch) floor exit ;;
	*) floor "${file%.h}" | head -n 1 ;;
	esac
done >"$work/floors"
yes "architecture.md has the module's files in the order of the tower" sort -nc "$work/floors"
cells docs/architecture.md file 3 | paste -d'|' <(printf '%s\n' "${floors[@]}") - | while IFS='|' read -r floor only; do
	for word in $(names <<<"$only"); do
		grep -rlw --include='*.[chS]' -- "$word" $module | grep -vE "^$module/${floor%.h}(\.[ch]|/.*)$" | sed "s/^/$word is also in /"
		grep -rqw --include='*.[chS]' -- "$word" $module || echo "$word is nowhere"
	done
done | none "what architecture.md has in one file only is nowhere else"
rooms=$(cells docs/architecture.md room | names | grep -E '^(data|verdict|text|screen|commands)/$')
same "architecture.md has every room of the command" "$(sort <<<"$rooms")" "$(find $reader -mindepth 1 -type d -printf '%f/\n' | sort)"
cells docs/architecture.md room 2 | paste -d'|' <(cells docs/architecture.md room) - <(cells docs/architecture.md room 3) | grep -E '^`(data|verdict|text|screen|commands)/`' |
	while IFS='|' read -r room files uses; do
		room=$(names <<<"$room")
		diff <(names <<<"$files" | sed 's/\.h$//' | sort) <({ cd "$reader/$room" && ls -- *.[ch]; } | sed 's/\.[ch]$//' | sort -u) | grep '^[<>]' | sed "s,^,$room: ,"
		diff <(names <<<"$uses" | grep -vx /proc | sort) <(grep -rhoP '^#include <\K(jansson\.h|libproc2|ncurses\.h|term\.h|ini\.h|zlib\.h|gelf\.h|argp\.h|regex\.h)' "$reader/$room" | sort -u) | grep '^[<>]' | sed "s,^,$room: ,"
	done | none "each room of the command has the files and libraries of architecture.md"
cells docs/architecture.md 'room of kvmtune' 2 | paste -d'|' <(cells docs/architecture.md 'room of kvmtune' | names) - | while IFS='|' read -r room files; do
	diff <(names <<<"$files" | sort) <({ cd "$tuner/$room" && ls -- *.[ch]; } | sed 's/\.[ch]$//' | sort -u) | grep '^[<>]' | sed "s,^,$room: ,"
done | none "each room of kvmtune has the files of architecture.md"
same "architecture.md has every room of kvmtune" "$(cells docs/architecture.md 'room of kvmtune' | names | sort)" \
	"$(find $tuner -mindepth 1 -type d -printf '%f/\n' | sort)"

# Who gets the pages: both packages have each page.
for page in $(git ls-files -co --exclude-standard 'docs/*.md' 'docs/*.svg' '*.md' | grep -v ^tests/); do
	# shellcheck disable=SC2046 # patterns
	printf '%s\n' $(awk '{ print $1 }' debian/kvmstat.docs debian/kvmstat.install) CHANGELOG.md | grep -qxF "$page" || echo "Debian: $page"
	# shellcheck disable=SC2046 # patterns
	printf '%s\n' $(sed -n 's/^%doc //p' packaging/kvmstat.spec) | grep -qxE "$page|${page%/*}" || echo "RPM: $page"
done | none "the packages have every page"

# The English.
yes "README has at most 150 lines" [ "$(wc -l <README.md)" -le 150 ]
for page in "${pages[@]}"; do
	perl -CSD -0ne '
		s/^```.*?^```$//gms; s/^ {4,}.*$//gm; s/^\|[ -|]+\|$//gm; s/\]\([^)]*\)/]/g; s/`[^`]*`/code/g; s/\*\*//g;
		s/\s*\|\s*/\n\n/g; s/^(?:#+|\s*[-*]|\s*\d+\.) /\n\n/gm;
		for (split /\n\s*\n/) {
			s/\s+/ /g;
			for (split /(?<=[.!?])\)? /) {
				my $colons = () = /:(?= |$)/g;
				print "two colons: $_\n" if $colons > 1;
				print "whose?: $_\n" if /^\(?(?:It|Its|They|Them|Their|That|Those)\b/;
				print "phrase: $_\n" if /\b(?:(?:is|are|be) had|as there|likewise|but for|is what is left|are what is left|there is no going|so that the usual way)\b|^\(As /i;
			}
		}' "$page" | cut -c1-100 | sed "s,^,$page: ,"
done | none "the pages' English: a colon a sentence, no It, That or Those without its noun, none of the phrases"

# A screen as a picture.
printf 'a\033[1;31m<b>\342\226\210\033[0m  c\n\033[30;42mhead\033[7mback\033[m\n' | scripts/screen-svg.sh 'x & y' >"$work/svg"
for part in '<title>x &amp; y</title>' '>a</text>' 'font-weight="bold">&lt;b&gt;</text>' '<rect x="45.6" y="12.0" width="8.4" height="18.0" fill="#e5534b"/>' \
	'<text x="70.8" y="26" textLength="8.4"' '<rect x="12.0" y="30.0" width="33.6" height="18.0" fill="#57ab5a"/>' 'fill="#0d1117">head</text>' '<rect x="45.6" y="30.0" width="33.6" height="18.0" fill="#0d1117"/>' \
	'fill="#57ab5a">back</text>' 'viewBox="0 0 91 60"'; do
	grep -qF -- "$part" "$work/svg" || echo "$part"
done | none "screen-svg.sh draws text, colours and blocks in their places"
