#!/bin/bash
# prometheus.sh KVMSTAT: send the command's export through Debian's node_exporter and Prometheus,
# query it, and compare number by number. Each query of the dashboard must have an answer.
# Neither program is installed, because installed services would start. Prints ok lines.
set -eu
top=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=scripts/lib.sh
. "$top/scripts/lib.sh"
# shellcheck source=tests/lib.sh
. "$top/tests/lib.sh"
# shellcheck disable=SC2034 # lib.sh's
step=prometheus
[ $# = 1 ] || die "usage: prometheus.sh KVMSTAT"
kvmstat=$(realpath "$1")
snapshot=$top/tests/unit/corpus/snapshot.jsonl
dashboard=$top/docs/grafana.json
pids=()
work=$(mktemp -d)
finish() {
	[ ${#pids[@]} = 0 ] || { kill "${pids[@]}" && wait "${pids[@]}"; } 2>/dev/null || :
	rm -rf "$work"
}
trap finish EXIT

# until_true WHAT COMMAND...: wait for at most 30 seconds until the command succeeds.
until_true() {
	local what=$1 tries=150
	shift
	until "$@"; do
		if [ $((tries -= 1)) = 0 ]; then
			tail -n 20 "$work"/*.log >&2
			die "$what: not within 30 seconds; the logs are above"
		fi
		sleep 0.2
	done
}

# fetch: get Debian's programs into the cache.
fetch() {
	local deb dir
	bin=$(cache_dir)/prometheus/usr/bin
	[ ! -d "$bin" ] || return 0
	dir=$(mktemp -d "$(cache_dir)/prometheus.XXXXXX")
	mkdir "$dir/debs" "$dir/root"
	download "$dir/debs" bookworm "$(dpkg --print-architecture)" prometheus prometheus-node-exporter
	for deb in "$dir"/debs/*.deb; do
		dpkg -x "$deb" "$dir/root"
	done
	# The final name is given only to a complete tree.
	mv -T "$dir/root" "${bin%/usr/bin}"
	rm -r "$dir"
}

# start NAME COMMAND...: run it in the background, with its output in NAME.log.
start() {
	local name=$1
	shift
	"$@" >"$work/$name.log" 2>&1 &
	pids+=($!)
}
# address NAME: print the address where the program listens; it chose a free port by itself.
address() { sed -n 's/.*msg="Listening on" address=\([0-9.:]*\).*/\1/p' "$work/$1.log" | grep .; }

# query EXPRESSION: print Prometheus's answer as JSON.
query() { "$bin/promtool" query instant -o json "http://$prometheus" "$1" 2>&1; }
# The verdicts are compared below, as a snapshot has none. The sums of histograms are not numbers.
all='{__name__=~"kvmstat_.+", __name__!~"kvmstat_guest_verdict|.*_sum"}'
# told: Prometheus knows exactly the metrics in "wanted", and no others of kvmstat.
told() {
	query "$all" | jq -S -L "$top/tests/host" 'include "prometheus"; known' >"$work/known" 2>&1
	diff "$work/wanted" "$work/known" >"$work/difference.log"
}

prom=$work/text/kvmstat.prom
export_prom() { "$kvmstat" export --format prometheus --families all --output "$prom" "$@"; }
# comes_back WHAT SNAPSHOT OPTION...: what the command exports with the options arrives in Prometheus
# with the snapshot's values.
comes_back() {
	local what=$1
	jq -S -L "$top/tests/host" 'include "prometheus"; wanted' "$2" >"$work/wanted"
	shift 2
	yes "$what: export" export_prom "$@"
	until_true "$what" told
	ok "$what: $(jq length "$work/wanted") series come back, each as in the snapshot"
}

need_packages jq
fetch
mkdir "$work/text"
umask 022
yes "export" export_prom -f "$snapshot"
yes "the file is for all to read" [ "$(stat -c %a "$prom")" = 644 ]
yes "no other file is left beside it" [ "$(ls -A "$work/text")" = kvmstat.prom ]
lint=$("$bin/promtool" check metrics <"$prom" 2>&1) || :
yes "promtool check metrics has nothing to say${lint:+: $lint}" [ -z "$lint" ]

start node_exporter "$bin/prometheus-node-exporter" --collector.disable-defaults --collector.textfile \
	--collector.textfile.directory="$work/text" --web.listen-address=127.0.0.1:0
until_true "node_exporter listens" address node_exporter >/dev/null
cat >"$work/prometheus.yml" <<-EOF
	global: { scrape_interval: 1s }
	scrape_configs:
	- job_name: node
	  static_configs: [{ targets: ["$(address node_exporter)"] }]
EOF
start prometheus "$bin/prometheus" --config.file="$work/prometheus.yml" --storage.tsdb.path="$work/data" \
	--web.listen-address=127.0.0.1:0
until_true "Prometheus listens" address prometheus >/dev/null
prometheus=$(address prometheus)

# The tree is like a running module's, but with only one of the debugfs files. No process has such pids.
root=$work/root
mkdir -p "$root/proc" "$root/sys/kernel/debug/kvmstat"
echo "exits_unattributed: 7" | sed '1i version: 0' >"$root/sys/kernel/debug/kvmstat/info"
jq -c '.unattributed = 7 | .guests[] |= (del(.ready_ns, .detail) |
	.pid += 2000000000 | .name = "?" | .vmm = "" | .cgroup = "")' "$snapshot" >"$work/bare.jsonl"
columns=$(sed -n 's/^\tX(\([a-z_]*\),.*/\1/p' "$top/include/kvmstat.h" | xargs)
jq -r --arg columns "$columns" '($columns | split(" ")) as $columns | $columns, (.guests[] | [.[$columns[]]]) |
	join(" ")' "$work/bare.jsonl" >"$root/proc/kvminfo"
comes_back "without debugfs" "$work/bare.jsonl" -r "$root"
scraped() { [ "$(query 'count_over_time(kvmstat_unattributed_exits_total[1m]) > 1' | jq length)" = 1 ]; }
until_true "two scrapes" scraped

comes_back "all there is" "$snapshot" -f "$snapshot"
is "each guest has its verdict" "$(query 'count by (guest, id) (kvmstat_guest_verdict == 1)' | jq -c 'map(.metric.guest) | sort')" \
	"$(jq -c '[.guests[] | select(.pid != 0 or .id != 0) | .name] | sort' "$snapshot")"
yes "node_exporter has no complaint" sh -c "! grep -E 'level=(warn|error)' '$work/node_exporter.log' | grep -v 'running as root'"

cp "$top/docs/rules.yml" "$top/tests/host/rules.test.yml" "$work"
said=$(cd "$work" && "$bin/promtool" check rules --lint-fatal rules.yml 2>&1) || said="failed: $said"
yes "promtool check rules: ${said//$'\n'/ }" [ "${said#failed}" = "$said" ]
said=$(cd "$work" && "$bin/promtool" test rules rules.test.yml 2>&1) || said="failed: $said"
yes "promtool test rules: ${said//$'\n'/ }" [ "${said#failed}" = "$said" ]

# Run the dashboard's queries with the variables that Grafana would fill in.
# shellcheck disable=SC2016 # sed's
fill() { sed 's/\$__rate_interval/1m/g; s/\$\(host\|guest\)\b/.*/g'; }
# holds FILTER: the filter holds for the dashboard.
holds() { jq -e "$1" "$dashboard" >/dev/null; }
yes "dashboard: panels of different ids" holds '.panels | (map(.id) | unique | length) == length'
# shellcheck disable=SC2016 # jq's
yes "dashboard: no panel is over another" holds '[.panels[].gridPos |
	range(.x; .x + .w) as $x | range(.y; .y + .h) as $y | [$x, $y]] |
	length == (unique | length) and all(.[]; .[0] < 24)'
# shellcheck disable=SC2016 # jq's
yes "dashboard: all from the data source that is chosen" holds '
	[.. | objects | select(.type == "prometheus") | .uid] | length > 0 and all(. == "${datasource}")'
jq -f "$top/tests/host/dashboard.jq" "$dashboard" | fill | sed 's/\[1m\]/[5m]/g' >"$work/dashboard.test.yml"
said=$(cd "$work" && "$bin/promtool" test rules dashboard.test.yml 2>&1) || said="failed: $said"
yes "dashboard: a guest that moved is one line: ${said//$'\n'/ }" [ "${said#failed}" = "$said" ]
# shellcheck disable=SC2016 # jq's
jq -r '(.panels[] | .title as $t | .targets[] | "\($t)\t\(.expr)"),
	(.templating.list[] | select(.type == "query") |
		"variable \(.name)\t\(.query.query | capture("^label_values\\((?<q>.*), *\\w+\\)$").q)")' \
	"$dashboard" | fill >"$work/queries"
enough() { [ "$(query 'count_over_time(kvmstat_ready_seconds_total{id="1"}[1m]) > 1' | jq length)" = 1 ]; }
until_true "two scrapes" enough
while IFS=$'\t' read -r title expression; do
	if ! answer=$(query "$expression") || [ "$(jq length <<<"$answer")" = 0 ]; then
		not_ok "dashboard: $title: $expression: $answer"
	else
		ok "dashboard: $title: has data"
	fi
done <"$work/queries"
yes "dashboard: each panel asks for something" [ "$(wc -l <"$work/queries")" -ge "$(jq '.panels | length' "$dashboard")" ]

# Metrics that are no longer in the file are gone from Prometheus, too.
jq -c '.guests |= .[:1] | .guests[0].detail.reasons[0].exits += 10' "$snapshot" >"$work/later.jsonl"
comes_back "later, with fewer guests" "$work/later.jsonl" -f "$work/later.jsonl"
rm "$root/proc/kvminfo"
if export_prom -r "$root" 2>/dev/null; then
	not_ok "without the module: status 0"
fi
gone() { [ "$(query 'kvmstat_up == 0' | jq length)" = 1 ] && [ "$(query "$all" | jq length)" = 2 ]; }
until_true "without the module" gone
ok "without the module: kvmstat_up is 0, and there is no guest"
