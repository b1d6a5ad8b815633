// Package marathon turns a project of MARATHON, the force generation simulation
// of the US Army's Center for Army Analysis, into scenarios: demands for units
// of types over time, and units that go through a cycle of dwell and deployment.
//
// It reads the tables that a MARATHON workbook holds, each as a CSV file of a
// folder. A scenario covers one period, since policies change with the period;
// a plan of one period is carried over to the next. What maps to what is in
// docs/formats/marathon.md.
package marathon

import (
	"cmp"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"

	"github.com/rearguard/rearguard/internal/formats"
)

// Project is what the tables hold. Days are MARATHON's, which count from 1.
type Project struct {
	Periods   []Period
	demands   []demand
	supply    []supply
	policies  map[string]policy
	schedules map[string]map[string]string // composite policy to period to policy
	defaults  map[string]string            // parameters
	relations []relation
}

// Period is a time [From, Until) with policies of its own.
type Period struct {
	Name        string
	From, Until int
}

type demand struct {
	at                    position
	kind                  string // type of unit, MARATHON's SRC
	name                  string
	priority, quantity    int
	start, until, overlap int
}

type supply struct {
	at                        position
	kind, component, policy   string
	quantity, cycle, strength int
}

// policy is a unit's cycle: after so many days of dwell it can deploy, for so
// many days; from stop on it cannot until the cycle begins anew.
type policy struct {
	minDwell, maxDwell, maxBOG, start, stop int
	expected                                int // length of the cycle if it has no end; 0 if not given
}

type relation struct {
	at               position
	donor, recipient string
}

const (
	maxDay      = 10_000
	maxUnits    = 50_000
	maxQuantity = 10_000
	forever     = 9_999_999   // MARATHON's infinity
	above       = 999_999_999 // some tables have longer ones
	// A cycle above maxCycle has no end; it counts as long as it is expected
	// to be, or usualCycle (MARATHON's own rule and figures).
	maxCycle, usualCycle = 10_000, 1095
	auto                 = "Auto"
)

// Open reads the tables of a folder. The error is a *[formats.Invalid] with
// every problem of the tables.
func Open(folder string) (*Project, error) {
	var r reader
	files := map[string][]byte{}
	for _, t := range tables {
		files[t.file] = r.load(folder, t.file)
	}
	return r.project(folder, files)
}

// recipientColumn is spelt as MARATHON does.
const recipientColumn = "Recep" + "ient"

// table is a table of a project.
type table struct {
	file     string
	optional bool
	columns  []string
	row      func(*Project, *row)
}

var tables = []table{
	{"PeriodRecords.csv", false, []string{"Name", "FromDay", "ToDay"}, (*Project).period},
	{"Parameters.csv", true, []string{"ParameterName", "Value"}, (*Project).parameter},
	{"PolicyRecords.csv", false, []string{"PolicyName", "MaxDwell", "MinDwell", "MaxBOG", "StartDeployable", "StopDeployable", "Deltas"}, (*Project).policy},
	{"CompositePolicyRecords.csv", true, []string{"CompositeName", "Period", "Policy"}, (*Project).schedule},
	{"RelationRecords.csv", true, []string{"Relation", "Donor", recipientColumn}, (*Project).relation},
	{"SupplyRecords.csv", false, []string{"SRC", "Component", "Quantity", "CycleTime", "Policy"}, (*Project).supplyRow},
	{"DemandRecords.csv", false, []string{"SRC", "Priority", "Quantity", "StartDay", "Duration", "Overlap"}, (*Project).demand},
}

// project makes a project of files in memory.
func (r *reader) project(folder string, files map[string][]byte) (*Project, error) {
	p := &Project{policies: map[string]policy{}, schedules: map[string]map[string]string{}, defaults: map[string]string{}}
	for _, t := range tables {
		path := filepath.Join(folder, t.file)
		switch data := files[t.file]; {
		case data != nil:
			r.rows(path, data, t.columns, func(w *row) { t.row(p, w) })
		case !t.optional && !r.failed():
			r.problem(position{file: path}, "", "the table is missing; a folder holds the sheets of a MARATHON workbook, each as a CSV file of its name")
		}
	}
	if !r.failed() && len(p.Periods) == 0 {
		r.problem(position{file: filepath.Join(folder, "PeriodRecords.csv")}, "", "there is no period of a day or more after day 0")
	}
	if r.failed() {
		return nil, &formats.Invalid{Problems: r.problems}
	}
	slices.SortStableFunc(p.Periods, func(a, b Period) int { return cmp.Compare(a.From, b.From) })
	return p, nil
}

func (p *Project) period(w *row) {
	from, to := w.whole("FromDay", 0, maxDay), w.whole("ToDay", 0, above)
	name := w.name("Name")
	if to < from {
		w.problem(w.at("ToDay"), "", "ToDay %d is before FromDay %d", to, from)
	}
	if to == 0 {
		return // MARATHON's initialisation, before the first day
	}
	p.Periods = append(p.Periods, Period{name, max(1, from), min(to, maxDay) + 1})
}

func (p *Project) parameter(w *row) {
	p.defaults[w.text("ParameterName")] = w.text("Value")
}

var expectedDwell = regexp.MustCompile(`:expected-dwell\s+(\d{1,6})\b`)

func (p *Project) policy(w *row) {
	k := policy{
		minDwell: w.whole("MinDwell", 0, above), maxDwell: w.whole("MaxDwell", 1, above), maxBOG: w.whole("MaxBOG", 1, above),
		start: w.whole("StartDeployable", 0, above), stop: w.whole("StopDeployable", 1, above),
	}
	if m := expectedDwell.FindStringSubmatch(w.text("Deltas")); m != nil {
		k.expected, _ = strconv.Atoi(m[1]) // six digits at most
	}
	p.policies[w.name("PolicyName")] = k
}

func (p *Project) schedule(w *row) {
	name := w.name("CompositeName")
	if p.schedules[name] == nil {
		p.schedules[name] = map[string]string{}
	}
	p.schedules[name][w.name("Period")] = w.name("Policy")
}

func (p *Project) relation(w *row) {
	if k := w.text("Relation"); k != "substitution" && k != "SUB" {
		w.warning(w.at("Relation"), "relation %q is left out; only substitution is known", k)
		return
	}
	p.relations = append(p.relations, relation{w.at("Donor"), w.name("Donor"), w.name(recipientColumn)})
}

func (p *Project) supplyRow(w *row) {
	s := supply{
		at: w.at("SRC"), kind: w.name("SRC"), component: w.name("Component"), policy: cmp.Or(w.text("Policy"), auto),
		quantity: w.whole("Quantity", 0, maxQuantity), cycle: w.whole("CycleTime", 0, maxDay),
	}
	if w.text("Str") != "" {
		s.strength = w.whole("Str", 0, 1_000_000)
	}
	p.supply = append(p.supply, s)
}

func (p *Project) demand(w *row) {
	d := demand{
		at: w.at("SRC"), kind: w.name("SRC"), priority: w.whole("Priority", 0, above), quantity: w.whole("Quantity", 0, maxQuantity),
		start: w.whole("StartDay", 0, maxDay), overlap: w.whole("Overlap", 0, 365),
		name: cmp.Or(w.text("Vignette"), w.text("Operation"), w.text("DemandGroup"), "demand"),
	}
	d.until = d.start + w.whole("Duration", 1, maxDay)
	p.demands = append(p.demands, d)
}
