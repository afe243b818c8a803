#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# screen-svg.sh TITLE: turn the screen of a terminal into a picture. The input is the output of
# "tmux capture-pane -e -p" or plain text; the output is SVG. Blocks and bars are drawn as
# shapes, because fonts leave gaps between them.
set -eu

# Every awk counts bytes then. Each byte that does not continue a character begins one.
LC_ALL=C exec awk -v title="${1:-A screen of kvmstat}" '
BEGIN {
	WIDE = 8.4; HIGH = 18; PAD = 12; FONT = 14
	ESC = sprintf("%c", 27)
	BACK = "#1b1f24"; FORE = "#d0d7de"
	split("#0d1117 #e5534b #57ab5a #c69026 #539bf5 #b083f0 #39c5cf #d0d7de", colour)
	split("#768390 #ff938a #8ddb8c #eac55f #96d0ff #dcbdfb #56d4dd #ffffff", bright)
	for (i = 1; i <= 8; i++)
		eighth[sprintf("%c%c%c", 226, 150, 128 + i)] = i
	shade[sprintf("%c%c%c", 226, 150, 145)] = 0.25
	shade[sprintf("%c%c%c", 226, 150, 146)] = 0.5
	shade[sprintf("%c%c%c", 226, 150, 147)] = 0.75
	reset()
}
function reset() { fore = back = ""; bold = dim = turned = 0 }
function escape(s) {
	gsub(/&/, "\\&amp;", s); gsub(/</, "\\&lt;", s); gsub(/>/, "\\&gt;", s); gsub(/"/, "\\&quot;", s)
	return s
}
function cells(s) { gsub(/[\200-\277]/, "", s); return length(s) }
function x(column) { return sprintf("%.1f", PAD + column * WIDE) }
function palette(n) { return n < 8 ? colour[n + 1] : n < 16 ? bright[n - 7] : FORE }
function rect(column, n, top, high, fill, more) {
	body = body sprintf("<rect x=\"%s\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"%s\"%s/>\n", \
		x(column), top, n * WIDE, high, fill, more)
}
# The parameters of a sequence that ends in m (ECMA-48, 8.3.117).
function select_graphic(list,    n, p, i) {
	n = split(list, p, /[;:]/)
	if (!n)
		reset()
	for (i = 1; i <= n; i++) {
		if (p[i] + 0 == 0) reset()
		else if (p[i] == 1) bold = 1
		else if (p[i] == 2) dim = 1
		else if (p[i] == 7) turned = 1
		else if (p[i] == 22) bold = dim = 0
		else if (p[i] == 27) turned = 0
		else if (p[i] >= 30 && p[i] <= 37) fore = palette(p[i] - 30)
		else if (p[i] >= 90 && p[i] <= 97) fore = palette(p[i] - 82)
		else if (p[i] >= 40 && p[i] <= 47) back = palette(p[i] - 40)
		else if (p[i] >= 100 && p[i] <= 107) back = palette(p[i] - 92)
		else if (p[i] == 39) fore = ""
		else if (p[i] == 49) back = ""
		else if ((p[i] == 38 || p[i] == 48) && p[i + 1] == 5) {
			if (p[i] == 38) fore = palette(p[i + 2]); else back = palette(p[i + 2])
			i += 2
		}
	}
}
# Draw text without blocks at the column. Each part between two blanks has its own place.
function words(column, s, ink,    part) {
	while (s != "") {
		match(s, /^ */)
		column += RLENGTH
		s = substr(s, RLENGTH + 1)
		part = match(s, /  /) ? substr(s, 1, RSTART - 1) : s
		s = substr(s, length(part) + 1)
		sub(/ *$/, "", part)
		if (part != "")
			body = body sprintf("<text x=\"%s\" y=\"%d\" textLength=\"%.1f\" lengthAdjust=\"spacingAndGlyphs\" fill=\"%s\"%s%s>%s</text>\n", \
				x(column), top + 14, cells(part) * WIDE, ink, bold ? " font-weight=\"bold\"" : "", \
				dim ? " opacity=\"0.6\"" : "", escape(part))
		column += cells(part)
	}
}
# Draw a run of characters that look alike at "column", and move "column" on.
function run(s,    ink, paper, rest, block, n, high) {
	ink = fore == "" ? FORE : fore
	paper = back
	if (turned) {
		paper = ink
		ink = back == "" ? BACK : back
	}
	if (paper != "")
		rect(column, cells(s), top, HIGH, paper, "")
	rest = ""
	while (s != "") {
		block = substr(s, 1, 3)
		if (!(block in eighth) && !(block in shade)) {
			rest = rest substr(s, 1, 1)
			s = substr(s, 2)
			continue
		}
		words(column, rest, ink)
		column += cells(rest)
		rest = ""
		for (n = 0; substr(s, 1 + 3 * n, 3) == block; n++)
			;
		high = block in eighth ? HIGH * eighth[block] / 8 : HIGH
		rect(column, n, top + HIGH - high, high, ink, block in shade ? " opacity=\"" shade[block] "\"" : "")
		column += n
		s = substr(s, 1 + 3 * n)
	}
	words(column, rest, ink)
	column += cells(rest)
}
{
	top = PAD + (NR - 1) * HIGH
	column = 0
	gsub(/[\016\017]/, "")
	while ((at = index($0, ESC "[")) > 0) {
		run(substr($0, 1, at - 1))
		$0 = substr($0, at + 2)
		match($0, /[@-~]/)
		if (substr($0, RSTART, 1) == "m")
			select_graphic(substr($0, 1, RSTART - 1))
		$0 = substr($0, RSTART + 1)
	}
	run($0)
	if (column > widest)
		widest = column
}
END {
	wide = 2 * PAD + widest * WIDE
	high = 2 * PAD + NR * HIGH
	printf "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %.0f %.0f\" font-family=\"ui-monospace, Menlo, Consolas, DejaVu Sans Mono, monospace\" font-size=\"%d\">\n", wide, high, FONT
	printf "<title>%s</title>\n", escape(title)
	printf "<rect width=\"%.0f\" height=\"%.0f\" rx=\"8\" fill=\"%s\"/>\n", wide, high, BACK
	printf "%s</svg>\n", body
}'
