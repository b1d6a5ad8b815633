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
	"github.com/rearguard/rearguard/internal/formats/table"
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
	notes     []formats.Problem // warnings: what of the tables is left out
}

// Period is a time [From, Until) with policies of its own.
type Period struct {
	Name        string
	From, Until int
}

type demand struct {
	at                    formats.Place
	kind                  string // type of unit, MARATHON's SRC
	name                  string
	priority, quantity    int
	start, until, overlap int
}

type supply struct {
	at                        formats.Place
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
	at               formats.Place
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
	for _, t := range sheets {
		files[t.file] = r.load(folder, t.file)
	}
	return r.project(folder, files)
}

// recipientColumn is spelt as MARATHON does.
const recipientColumn = "Recep" + "ient"

// sheet is a table of a project.
type sheet struct {
	file     string
	optional bool
	columns  []string // that must be there
	known    []string // that are read if they are
	ignored  []string // that say nothing of who goes where and when
	row      func(*Project, *table.Row)
}

var sheets = []sheet{
	{"PeriodRecords.csv", false, []string{"Name", "FromDay", "ToDay"}, nil, []string{"Type", "PeriodCategory", "Notes", "Base"}, (*Project).period},
	{"Parameters.csv", true, []string{"ParameterName", "Value"}, nil, []string{"Type", "Notes"}, (*Project).parameter},
	{
		"PolicyRecords.csv", false, []string{"PolicyName", "MaxDwell", "MinDwell", "MaxBOG", "StartDeployable", "StopDeployable", "Deltas"}, nil,
		[]string{"TimeStamp", "Type", "Time Interval", "Template", "Overlap", "Recovery", "BOGBudget", "Remarks"}, (*Project).policy,
	},
	{"CompositePolicyRecords.csv", true, []string{"CompositeName", "Period", "Policy"}, nil, []string{"Type", "CompositionType"}, (*Project).schedule},
	{"RelationRecords.csv", true, []string{"Relation", "Donor", recipientColumn}, nil, []string{"Type", "Cost", "Notes"}, (*Project).relation},
	{
		"SupplyRecords.csv", false, []string{"SRC", "Component", "Quantity", "CycleTime", "Policy"}, []string{"Str"},
		[]string{"Type", "OITitle", "Name", "Behavior", "Tags", "SpawnTime", "Location", "Position", "Original", "Cleared", "Branch"}, (*Project).supplyRow,
	},
	{
		"DemandRecords.csv", false, []string{"SRC", "Priority", "Quantity", "StartDay", "Duration", "Overlap"}, []string{"Vignette", "Operation", "DemandGroup"},
		[]string{"Type", "DemandIndex", "SourceFirst", "Category", "Title 10_32", "OITitle", "OriginalPriority", "Tags"}, (*Project).demand,
	},
}

// project makes a project of files in memory.
func (r *reader) project(folder string, files map[string][]byte) (*Project, error) {
	p := &Project{policies: map[string]policy{}, schedules: map[string]map[string]string{}, defaults: map[string]string{}}
	for _, t := range sheets {
		path := filepath.Join(folder, t.file)
		switch data := files[t.file]; {
		case data != nil:
			r.rows(path, data, t, func(w *table.Row) { t.row(p, w) })
		case !t.optional && !r.Failed():
			r.Fail(formats.Place{File: path}, "", "the table is missing; a folder holds the sheets of a MARATHON workbook, each as a CSV file of its name")
		}
	}
	if !r.Failed() && len(p.Periods) == 0 {
		r.Fail(formats.Place{File: filepath.Join(folder, "PeriodRecords.csv")}, "", "there is no period of a day or more after day 0")
	}
	if r.Failed() {
		return nil, &formats.Invalid{Problems: r.List}
	}
	p.notes = r.List
	slices.SortStableFunc(p.Periods, func(a, b Period) int { return cmp.Compare(a.From, b.From) })
	return p, nil
}

func (p *Project) period(w *table.Row) {
	from, to := w.Whole("FromDay", 0, maxDay), w.Whole("ToDay", 0, above)
	name := w.Name("Name")
	if to < from {
		w.Fail(w.At("ToDay"), "", "ToDay %d is before FromDay %d", to, from)
	}
	if to == 0 {
		return // MARATHON's initialisation, before the first day
	}
	p.Periods = append(p.Periods, Period{name, max(1, from), min(to, maxDay) + 1})
}

func (p *Project) parameter(w *table.Row) {
	p.defaults[w.Text("ParameterName")] = w.Text("Value")
}

var expectedDwell = regexp.MustCompile(`:expected-dwell\s+(\d{1,6})\b`)

func (p *Project) policy(w *table.Row) {
	k := policy{
		minDwell: w.Whole("MinDwell", 0, above), maxDwell: w.Whole("MaxDwell", 1, above), maxBOG: w.Whole("MaxBOG", 1, above),
		start: w.Whole("StartDeployable", 0, above), stop: w.Whole("StopDeployable", 1, above),
	}
	if m := expectedDwell.FindStringSubmatch(w.Text("Deltas")); m != nil {
		k.expected, _ = strconv.Atoi(m[1]) // six digits at most
	}
	p.policies[w.Name("PolicyName")] = k
}

func (p *Project) schedule(w *table.Row) {
	name := w.Name("CompositeName")
	if p.schedules[name] == nil {
		p.schedules[name] = map[string]string{}
	}
	p.schedules[name][w.Name("Period")] = w.Name("Policy")
}

func (p *Project) relation(w *table.Row) {
	if k := w.Text("Relation"); k != "substitution" && k != "SUB" {
		w.Warn(w.At("Relation"), "", "relation %q is left out; only substitution is known", k)
		return
	}
	p.relations = append(p.relations, relation{w.At("Donor"), w.Name("Donor"), w.Name(recipientColumn)})
}

func (p *Project) supplyRow(w *table.Row) {
	s := supply{
		at: w.At("SRC"), kind: w.Name("SRC"), component: w.Name("Component"), policy: cmp.Or(w.Text("Policy"), auto),
		quantity: w.Whole("Quantity", 0, maxQuantity), cycle: w.Whole("CycleTime", 0, maxDay),
	}
	if w.Text("Str") != "" {
		s.strength = w.Whole("Str", 0, 1_000_000)
	}
	p.supply = append(p.supply, s)
}

func (p *Project) demand(w *table.Row) {
	d := demand{
		at: w.At("SRC"), kind: w.Name("SRC"), priority: w.Whole("Priority", 0, above), quantity: w.Whole("Quantity", 0, maxQuantity),
		start: w.Whole("StartDay", 0, maxDay), overlap: w.Whole("Overlap", 0, 365),
		name: cmp.Or(w.Text("Vignette"), w.Text("Operation"), w.Text("DemandGroup"), "demand"),
	}
	d.until = d.start + w.Whole("Duration", 1, maxDay)
	p.demands = append(p.demands, d)
}
