// Package exchange lists the forms in which scenarios and plans come in and go out: what
// each is called, what its file is, and what reads or writes it. Command line, API and
// page offer what the list holds.
package exchange

import (
	"io"
	"slices"
	"strings"

	"github.com/rearguard/rearguard/internal/formats"
	"github.com/rearguard/rearguard/internal/report"
	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/scenario"
)

// Format is a form of scenarios, of plans or of both. What it cannot do is nil.
type Format struct {
	Name        string   // in addresses and on the command line
	Title       string   // for people, such as Excel workbook
	Reads       string   // one sentence on what comes in
	Writes      string   // one sentence on what goes out
	Extensions  []string // of its file, with the point: that which is written, then others that are read
	ContentType string
	Former      []string // names that addresses of plans had for it before, and may have still
	PlanFile    string   // its name in a folder with everything about a plan; "" if it is not there

	Read     Reader         // a file to a scenario
	Scenario ScenarioWriter // a scenario as its author wrote it
	Resolved ScenarioWriter // a variant of a scenario, resolved
	Plan     PlanWriter

	// Terminal says why only the command line has the format; "" for one that comes and
	// goes as one file, with nothing to choose.
	Terminal string
}

// Reader makes a scenario of a file in memory; the name is for messages. The problems are
// warnings, the error is an *[formats.Invalid] if the file is at fault.
type Reader func(name string, data []byte) (*scenario.Scenario, []formats.Problem, error)

// ScenarioWriter writes a scenario.
type ScenarioWriter func(io.Writer, *scenario.Scenario) error

// PlanWriter writes a plan.
type PlanWriter func(io.Writer, *Shown) error

// Shown is a plan as somebody sees it.
type Shown struct {
	Scenario *scenario.Scenario // resolved
	Plan     *plan.Plan
	Document func() (*report.Document, error) // what its page shows, with the verdict
}

// Formats lists every format.
func Formats() []*Format { return all }

// Named is the format of a name; nil if there is none.
func Named(name string) *Format {
	return find(func(f *Format) bool { return f.Name == name })
}

// OfPlan is the format in which a plan can be asked for under a name, that of today or one
// from before; nil if there is none.
func OfPlan(name string) *Format {
	return find(func(f *Format) bool {
		return f.OutOfPlan() && (f.Name == name || slices.Contains(f.Former, name))
	})
}

func find(is func(*Format) bool) *Format {
	i := slices.IndexFunc(all, is)
	if i < 0 {
		return nil
	}
	return all[i]
}

// In reports whether a file of the format can be sent to be read.
func (f *Format) In() bool { return f.Read != nil && f.Terminal == "" }

// OutOfScenario reports whether a scenario can be asked for in the format.
func (f *Format) OutOfScenario() bool {
	return f.Terminal == "" && (f.Scenario != nil || f.Resolved != nil)
}

// OutOfPlan reports whether a plan, or the scenario as it was resolved for it, can be asked
// for in the format.
func (f *Format) OutOfPlan() bool { return f.Terminal == "" && (f.Plan != nil || f.Resolved != nil) }

// Extension is that of a file that is written; "" if none is.
func (f *Format) Extension() string {
	if len(f.Extensions) == 0 {
		return ""
	}
	return f.Extensions[0]
}

// WritePlan writes a plan, or the scenario as it was resolved for it where the format is
// one of scenarios only.
func (f *Format) WritePlan(w io.Writer, s *Shown) error {
	if f.Plan == nil {
		return f.Resolved(w, s.Scenario)
	}
	return f.Plan(w, s)
}

// FileName is what a file of the format is called that holds something of a name: the
// name with - for what not every system takes, and the extension.
func (f *Format) FileName(name string) string {
	return strings.Map(func(r rune) rune {
		if r > ' ' && r < 127 && !strings.ContainsRune(`"\/;`, r) {
			return r
		}
		return '-'
	}, name) + f.Extension()
}
