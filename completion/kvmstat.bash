# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# Completes kvmstat's command line in bash. The owners of guests choose their names, so names are
# only compared and quoted here, and never expanded.

# Splits the line up to the cursor into $words, without quotes. The last word is being written.
# $quote is the quote that is open in it, or empty. Readline's word begins anew behind some
# characters, for instance a colon; $head is the beginning of the last word before that.
_kvmstat_split() {
	local line=${COMP_LINE:0:COMP_POINT} c i word='' in=''
	words=() quote='' head=''
	for ((i = 0; i < ${#line}; i++)); do
		c=${line:i:1}
		if [[ $quote ]]; then
			if [[ $c == "$quote" ]]; then
				quote='' head=$word
			elif [[ $c == \\ && $quote == \" && ${line:i+1:1} == [\\\$\`\"] ]]; then
				i=$((i + 1))
				word+=${line:i:1}
			else
				word+=$c
			fi
		elif [[ $c == [\'\"] ]]; then
			quote=$c in=1 head=$word
		elif [[ $c == [[:blank:]] ]]; then
			[[ ! $in ]] || words+=("$word")
			word='' in='' head=''
		elif [[ $c == \\ ]]; then
			i=$((i + 1)) in=1
			word+=${line:i:1}
		else
			word+=$c in=1
			[[ $COMP_WORDBREAKS != *"$c"* ]] || head=$word
		fi
	done
	words+=("$word")
}

# Replies with the lines of standard input that start with $cur, quoted as the last word is.
_kvmstat_reply() {
	local line
	while IFS= read -r line; do
		[[ $line == "$cur"* && $before$line == "$head"* ]] || continue
		line=$before$line
		line=${line#"$head"}
		[[ $line ]] || continue
		case $quote in
		\') line=${line//\'/"'\\''"} ;;
		\")
			# The shell takes an exclamation mark in double quotes for its history.
			[[ $line != *!* ]] || continue
			line=${line//\\/\\\\} line=${line//\$/\\\$}
			line=${line//\`/\\\`} line=${line//\"/\\\"}
			;;
		*) printf -v line %q "$line" ;;
		esac
		COMPREPLY+=("$line")
	done
}

_kvmstat_words() {
	_kvmstat_reply < <(printf '%s\n' "$@")
}

# Prints the list of the guests in the file or the tree that the line names.
_kvmstat_csv() {
	kvmstat list "${source[@]}" --csv "$@" 2>/dev/null </dev/null
}

# Prints a column of the list without its name, one field on each line.
_kvmstat_column() {
	local field
	_kvmstat_csv --columns "$1" | {
		IFS= read -r field
		while IFS= read -r field; do
			if [[ $field == \"*\" ]]; then
				field=${field:1:${#field}-2}
				field=${field//\"\"/\"}
			fi
			# kvmstat hides these from spreadsheets, which would see a formula.
			case $field in
			'\x2b'*) field=+${field:4} ;;
			'\x2d'*) field=-${field:4} ;;
			'\x3d'*) field="=${field:4}" ;;
			'\x40'*) field=@${field:4} ;;
			esac
			printf '%s\n' "$2$field"
		done
	}
}

_kvmstat_guests() {
	case $cur in
	name:* | pid:* | id:*) _kvmstat_reply < <(_kvmstat_column "${cur%%:*}" "${cur%%:*}:") ;;
	# A name that looks like an option, or that has a prefix itself, needs the prefix.
	*) _kvmstat_reply < <(_kvmstat_column name '' | sed -E 's/^(-|name:|pid:|id:)/name:\1/') ;;
	esac
}

# Replies with the names of the columns, behind $1, which is written already.
_kvmstat_columns() {
	_kvmstat_reply < <(
		_kvmstat_csv | head -n 1 | tr , '\n' | while IFS= read -r column; do
			printf '%s\n' "$1$column"
		done
	)
}

# Completes the value of option $1. Fails if the option has no value.
_kvmstat_value() {
	local done=''
	case $1 in
	-f | --file | --config | --kallsyms | -o | --output) compopt -o default ;;
	-r | --root) [[ $1$command == -rtrace ]] || compopt -o dirnames ;;
	-g | --guest) _kvmstat_guests ;;
	-p | --pid) _kvmstat_reply < <(_kvmstat_column pid '') ;;
	-c | --columns)
		[[ $cur != +* ]] || done=+
		[[ $cur != *,* ]] || done=${cur%,*},
		_kvmstat_columns "$done"
		compopt -o nospace
		;;
	-s | --sort)
		[[ $cur != -* ]] || done=-
		_kvmstat_columns "$done"
		;;
	-w | --window) _kvmstat_words 0 1 5 10 60 ;;
	--format) _kvmstat_words prometheus json csv ;;
	--table) _kvmstat_words guests reasons userspace histograms hot vcpus cpus threads cgroups memory nodes traffic missing ;;
	--families) _kvmstat_words all guest reasons userspace times latency ;;
	--top) _kvmstat_words 10 50 100 ;;
	--size) _kvmstat_words 0 16 64 256 1024 ;;
	--keep) _kvmstat_words 0 1 4 16 ;;
	--host | --from | --to | --reason | --vcpu) ;;
	*) return 1 ;;
	esac
}

# Sets $source to the file or tree that the line names, if it exists.
_kvmstat_source() {
	local path=${2/#\~\//$HOME/}
	case $1 in
	-f | --file) [[ ! -f $path ]] || source=(-f "$path") ;;
	-r | --root) [[ $1$command == -rtrace || ! -d $path ]] || source=(-r "$path") ;;
	esac
}

_kvmstat() {
	local IFS=$' \t\n' words quote head before='' cur word option='' no_more='' i
	local command='' source=() arguments=() options=()
	local commands=(list show threads memory host top classify trace record report export doctor) intervals=(1 2 5 10 60)
	local from=(-f --file -r --root) choice=(-g --guest -p --pid)
	local rows=(-c --columns -s --sort -z --skip-zeros --raw --csv)
	COMPREPLY=()
	_kvmstat_split
	cur=${words[-1]}
	i=1
	if [[ ${#words[@]} -gt 2 && " ${commands[*]} " == *" ${words[1]} "* ]]; then
		command=${words[1]}
		i=2
	fi

	# Look at what is written already, and keep the values of options apart from arguments.
	for (( ; i < ${#words[@]} - 1; i++)); do
		word=${words[i]}
		if [[ $option ]]; then
			_kvmstat_source "$option" "$word"
			option=''
		elif [[ $no_more || $word != -?* ]]; then
			arguments+=("$word")
		elif [[ $word == -- ]]; then
			no_more=1
		elif [[ $word == --*=* ]]; then
			_kvmstat_source "${word%%=*}" "${word#*=}"
		else
			case $word in
			-[fgprwcso] | --file | --guest | --pid | --root | --window | --columns | --sort | \
				--config | --reason | --kallsyms | --vcpu | --size | --keep | --host | --from | --to | --families | --top | --format | --output | --table)
				option=$word
				;;
			esac
		fi
	done
	[[ $command != report ]] || _kvmstat_source -f "${arguments[0]-}"
	if [[ ! $option && ! $no_more && $cur == --*=* ]]; then
		option=${cur%%=*} before=${cur%%=*}= cur=${cur#*=}
	fi
	if [[ $option ]]; then
		_kvmstat_value "$option"
		return
	fi

	if [[ ! $no_more && $cur == -* ]]; then
		case $command in
		'') options=("${from[@]}" "${choice[@]}" --config "${rows[@]}") ;;
		list) options=("${from[@]}" "${choice[@]}" -w --window --config "${rows[@]}" --json) ;;
		show) options=("${from[@]}" "${choice[@]}" -w --window --vcpu --config --json) ;;
		threads | memory) options=("${from[@]}" "${choice[@]}" -w --window "${rows[@]}" --json) ;;
		host) options=("${from[@]}" -w --window "${rows[@]}" --json) ;;
		top) options=("${from[@]}" "${choice[@]}" --host --from --to --config) ;;
		classify) options=("${from[@]}" "${choice[@]}" -w --window --config --thesis "${rows[@]}" --json) ;;
		trace) options=(-r --reason --kallsyms -o --output --size --root "${rows[@]}" --json) ;;
		record) options=(-r --root --size --keep) ;;
		report) options=("${choice[@]}" --host --from --to --rates --all --compare --config "${rows[@]}" --json) ;;
		export) options=("${from[@]}" "${choice[@]}" --config --format --families --top -o --output --table) ;;
		doctor) options=(-r --root --json) ;;
		esac
		_kvmstat_words "${options[@]}" -h --help --usage -V --version
		return
	fi
	case $command/${#arguments[@]} in
	/0)
		[[ ${#words[@]} -gt 2 ]] || intervals+=("${commands[@]}" help)
		_kvmstat_words "${intervals[@]}"
		;;
	/1) [[ ${words[1]} != help ]] || _kvmstat_words "${commands[@]}" ;;
	show/0 | threads/0 | memory/0 | trace/0) _kvmstat_guests ;;
	record/0 | report/*) compopt -o default ;;
	top/0 | host/0 | record/1 | threads/1 | memory/1 | trace/1) _kvmstat_words "${intervals[@]}" ;;
	esac
}

complete -F _kvmstat kvmstat
