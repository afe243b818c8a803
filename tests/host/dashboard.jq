# Makes a test for promtool of the dashboard, whose variables are filled in. The guest web, which has a
# UUID, moves from the host a to b; the guest plain, which has none, is on both all the time. Each
# panel by guest must have one line for web, the same before and after, and two for plain.

def of($host; $guest): "instance=\"\($host)\", guest=\"\($guest)\", id=\"1\"";

# The series of a guest that is there in minutes 0 to 10 ("first"), from 20 on ("later") or always.
def series($host; $guest; $uuid; $when): of($host; $guest) as $of | [
	["kvmstat_guest_info{\($of)\($uuid)}", "1+0x"],
	["kvmstat_vcpus{\($of)}", "2+0x"],
	["kvmstat_exits_total{\($of), reason=\"io\"}", "0+600x"],
	["kvmstat_exits_total{\($of), reason=\"msr\"}", "0+600x"],
	["kvmstat_userspace_exits_total{\($of), reason=\"io\"}", "0+300x"],
	["kvmstat_ready_seconds_total{\($of), vcpu=\"0\"}", "0+12x"],
	["kvmstat_ready_seconds_total{\($of), vcpu=\"1\"}", "0+12x"],
	["kvmstat_faults_total{\($of)}", "0+60x"],
	["kvmstat_injected_interrupts_total{\($of)}", "0+120x"]
] | map({ series: .[0],
	values: { first: "\(.[1])10 stale", later: "_x19 \(.[1])20", always: "\(.[1])40" }[$when] });

# What each panel must show of each of the three.
def wanted: {
	"Exits, by guest": 20,
	"Share handled by the VMM, by guest": 0.25,
	"Ready: waiting for a CPU of the host, by guest": 0.2,
	"Faults, by guest": 1,
	"Injected interrupts, by guest": 2
};

def samples($title):
	["guest=\"web\", uuid=\"u\"", (("a", "b") | of(.; "plain"))] |
	map({ labels: "{\(.)}", value: wanted[$title] });

{ evaluation_interval: "1m", tests: [{
	interval: "1m",
	input_series: (
		series("a"; "web"; ", uuid=\"u\""; "first") + series("b"; "web"; ", uuid=\"u\""; "later") +
		series("a"; "plain"; ""; "always") + series("b"; "plain"; ""; "always")),
	promql_expr_test: [.panels[] | select(.title | test("by guest")) | .title as $title |
		{ expr: .targets[0].expr, eval_time: ("9m", "35m"), exp_samples: samples($title) }]
}] }
