#!/bin/bash
# page.sh NAME...: make docs/experiments.md from the rows of these experiments, docs/experiments-NAME.tsv,
# and from what NAME.page here says of them, and a picture of each. The first line of NAME.page is its row in the
# table on top. There, "{ROW>COLUMN}" is a figure; a ROW is a first cell, or two with "/" between.
set -eu
cd "$(dirname "$0")/../.."
here=tests/experiments page=docs/experiments.md

# filled NAME: print the text with its figures.
filled() {
	awk -F'\t' '
		/^#/ && NR == FNR { next }
		NR == FNR && !head { for (i = 1; i <= NF; i++) name[i] = $i; head = 1; next }
		NR == FNR { for (i = 1; i <= NF; i++) cell[$1 ">" name[i]] = cell[$1 "/" $2 ">" name[i]] = $i; next }
		{
			while (match($0, /\{[^}]*\}/)) {
				key = substr($0, RSTART + 1, RLENGTH - 2)
				if (!(key in cell)) { print FILENAME ": no figure " key >"/dev/stderr"; exit 1 }
				$0 = substr($0, 1, RSTART - 1) cell[key] substr($0, RSTART + RLENGTH)
			}
			print
		}' "docs/experiments-$1.tsv" "$here/$1.page"
}

table() {
	awk -F'\t' '/^#/ { next } { line = "|"; for (i = 1; i <= NF; i++) line = line " " $i " |"; gsub(/_/, " ", line); print line }
		!n++ { line = "|"; for (i = 1; i <= NF; i++) line = line " --- |"; print line }' "docs/experiments-$1.tsv"
}

# picture NAME: a panel for each column that the experiment draws, each with a scale of its own.
picture() {
	awk -F'\t' -v columns="$(sed -n 's/^# chart: //p' "$here/$1.sh")" -v two="$(grep -cE '^row (operation path|memory ahead)' "$here/$1.sh")" '
	function text(x, y, more, words) { gsub(/_/, " ", words); printf "<text x=\"%d\" y=\"%d\" font-size=\"13\" %s>%s</text>\n", x, y, more, words }
	/^#/ { next }
	!head { for (i = 1; i <= NF; i++) at[$i] = i; head = 1; next }
	NF < 3 { next }
	{
		label[++rows] = two ? $1 ", " $2 : $1
		n = split(columns, column, " ")
		for (c = 1; c <= n; c++) { v[rows, c] = $at[column[c]]; if (v[rows, c] + 0 > most[c]) most[c] = v[rows, c] + 0 }
	}
	END {
		left = 330; panel = 200; step = 24; high = 40 + rows * step + 10
		printf "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" fill=\"#222\">\n", left + n * panel + 20, high
		printf "<rect width=\"%d\" height=\"%d\" fill=\"#fff\"/>\n", left + n * panel + 20, high
		for (c = 1; c <= n; c++)
			text(left + (c - 1) * panel, 24, "font-weight=\"bold\"", column[c])
		for (r = 1; r <= rows; r++) {
			y = 40 + (r - 1) * step
			text(left - 10, y + 13, "text-anchor=\"end\"", label[r])
			for (c = 1; c <= n; c++) {
				wide = most[c] ? v[r, c] / most[c] * (panel - 70) : 0
				printf "<rect x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"16\" fill=\"%s\"/>\n", left + (c - 1) * panel, y, wide, c % 2 ? "#3b6ea5" : "#e39b3c"
				text(left + (c - 1) * panel + wide + 5, y + 13, "", v[r, c])
			}
		}
		print "</svg>"
	}' "docs/experiments-$1.tsv" >"docs/experiments-$1.svg"
}

{
	cat "$here/head.page"
	echo
	echo '| experiment | claim | measured | verdict |'
	echo '| --- | --- | --- | --- |'
	for name; do
		text=$(filled "$name")
		echo "| [$name](#$name) | $(head -n 1 <<<"$text") |"
	done
	for name; do
		echo
		echo "## $name"
		echo
		filled "$name" | tail -n +3
		echo
		table "$name"
		echo
		picture "$name"
		echo "![$name](experiments-$name.svg)"
		echo
		sed -n '1s/^# //p' "docs/experiments-$name.tsv"
	done
	echo
	cat "$here/tail.page"
} >"$page.new"
mv "$page.new" "$page"
