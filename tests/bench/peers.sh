# The second half of bench.sh measures kvmstat beside the tools that people use today, on the same
# exits in one run of one machine. Prints a table, and writes peers.tsv and a picture, peers.svg.
# shellcheck shell=bash disable=SC2154 # its variables are bench.sh's

tools=$("$top/tests/bench/tools.sh")
say "measuring the other tools; about two minutes"
[ "$name" = svm ] || prepare svm
machine svm observers "$out/peers" --disk "$tools" --program "$(command -v chrt):bin/chrt"
grep -E '^(peer|real-time) ' "$out/peers/results" >>"$out/results"

# The added instructions are those beyond the first line, "nothing".
awk -v OFS='\t' '
function label(from, i, s) {
	for (i = from; i <= NF; i++) s = s (i > from ? " " : "") $i
	return s
}
function lost(exits, recorded) { return recorded == "-" ? "-" : exits - recorded }
$1 == "peer" && !n++ { cpuid = $2; out = $3; next }
label($1 == "peer" ? 7 : 5) ~ /^nothing/ { next }
$1 == "peer" {
	name[++rows] = label(7)
	c[rows] = $2 - cpuid; o[rows] = $3 - out
	seen[rows] = $4 OFS lost($4, $5) OFS $6
	if (name[rows] == "kvmstat") us = rows
}
$1 == "real-time" { seen[rows] = seen[rows] OFS $2 OFS lost($2, $3) OFS $4 }
END {
	print "observer", "added_cpuid", "added_out", "times_kvmstat_cpuid", "times_kvmstat_out",
		"exits", "lost", "says_lost", "rt_exits", "rt_lost", "rt_says_lost"
	for (i = 1; i <= rows; i++)
		print name[i], c[i], o[i], sprintf("%.1f", c[i] / c[us]), sprintf("%.1f", o[i] / o[us]), seen[i]
}' "$out/peers/results" >"$out/peers.tsv"

echo
awk -F'\t' '
function share(lost, exits) { return lost == 0 || lost == "-" ? lost : sprintf("%.1f%%", 100 * lost / exits) }
BEGIN {
	line = "%-27s %7s %7s %8s %7s %10s %10s %10s\n"
	printf line, "", "added to", "exit", "times", "kvmstat", "exits lost", "real-time", "it says"
	printf line, "observer", "cpuid", "out", "cpuid", "out", "", "VM: lost", "(events)"
}
NR > 1 { printf line, $1, $2, $3, $4, $5, share($7, $6), share($10, $9), $11 }
END { print "All on one CPU. Real-time VM: its VMM has real-time priority, what reads buffers waits for it." }' "$out/peers.tsv"

awk -F'\t' -v release="$release" '
function text(x, y, size, more, words) {
	printf "<text x=\"%d\" y=\"%d\" font-size=\"%d\" %s>%s</text>\n", x, y, size, more, words
}
function bar(y, n, colour) {
	printf "<rect x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"14\" fill=\"%s\"/>\n", left, y, n * scale, colour
	text(left + n * scale + 5, y + 12, 12, "", n)
}
NR > 1 { label[++rows] = $1; c[rows] = $2; o[rows] = $3; if ($2 > max) max = $2; if ($3 > max) max = $3 }
END {
	left = 230; top = 100; step = 44; width = 900; height = top + rows * step + 50
	grid = 1000; scale = (width - left - 70) / max
	printf "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" fill=\"#222\">\n",
		width, height
	printf "<rect width=\"%d\" height=\"%d\" fill=\"#fff\"/>\n", width, height
	text(20, 32, 20, "font-weight=\"bold\"", "Instructions added to one VM exit")
	text(20, 54, 13, "", "Linux " release ", AMD-V as emulated by QEMU, whose clock counts instructions; less is better")
	printf "<rect x=\"20\" y=\"68\" width=\"14\" height=\"14\" fill=\"#3b6ea5\"/>\n"
	text(40, 80, 13, "", "an exit that the kernel handles (cpuid)")
	printf "<rect x=\"320\" y=\"68\" width=\"14\" height=\"14\" fill=\"#e39b3c\"/>\n"
	text(340, 80, 13, "", "an exit to userspace (out)")
	for (n = 0; n <= max; n += grid) {
		printf "<path d=\"M%.1f %dV%d\" stroke=\"#ddd\"/>\n", left + n * scale, top - 6, top + rows * step
		text(left + n * scale, top + rows * step + 18, 12, "text-anchor=\"middle\" fill=\"#666\"", n)
	}
	for (i = 1; i <= rows; i++) {
		y = top + (i - 1) * step
		text(left - 10, y + 21, 14, "text-anchor=\"end\"" (label[i] ~ /^kvmstat/ ? " font-weight=\"bold\"" : ""), label[i])
		bar(y + 2, c[i], "#3b6ea5")
		bar(y + 18, o[i], "#e39b3c")
	}
	print "</svg>"
}' "$out/peers.tsv" >"$out/peers.svg"
say "the same in $out/peers.tsv, as a picture in $out/peers.svg"
