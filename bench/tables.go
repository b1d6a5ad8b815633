package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/rearguard/rearguard/internal/formats"
)

// table is one part of the document, between <!-- bench:ID --> and
// <!-- bench:end -->.
type table struct{ id, title, markdown string }

func tables(all []result) []table {
	return []table{
		{"machine", "Machine", machineLine(all)},
		{"sweep", "Size", sweepTable(all)},
		{"replan", "Re-planning after one change", replanTable(all)},
		{"peers", "Other solvers", peerTable(all)},
		{"smptsp", "Shift minimisation (SMPTSP)", shiftTable(all)},
		{"marathon", "MARATHON", fillTable(all)},
	}
}

func machineLine(all []result) string {
	for _, r := range all {
		if m := r.Machine; m != nil {
			return fmt.Sprintf("Read on %s: %s, %d cores, %d GB, %s, %s, Rearguard %s.\n", m.Date, m.CPU, m.Cores, m.MemoryGB, m.System, m.Go, m.Version)
		}
	}
	return ""
}

func sweepTable(all []result) string {
	b := newRows("units", "posts", "first plan, s", "search, s", "objective", "bound", "gap", "gap of cover", "after 1 s", "after 10 s", "tries", "peak MB", "end")
	for _, r := range all {
		if r.Kind != "sweep" {
			continue
		}
		if r.Failed != "" {
			b.add(thousands(float64(r.Units)), thousands(float64(r.Posts)), r.Failed)
			continue
		}
		b.add(thousands(float64(r.Units)), thousands(float64(r.Posts)), fmt.Sprintf("%.2f", r.First), fmt.Sprintf("%g", r.Seconds),
			thousands(r.Objective), thousands(r.Bound), percent(r.Gap), percent(r.GapOfCover), r.gapAt(1), r.gapAt(10),
			thousands(float64(r.Iterations)), thousands(r.PeakMB), r.Stop)
	}
	return b.String()
}

// gapAt is the gap of cover that the search had after so many seconds, against
// the best bound of the whole run.
func (r result) gapAt(seconds float64) string {
	at := -1
	for i, p := range r.Points {
		if p.Seconds <= seconds {
			at = i
		}
	}
	if at < 0 || r.Empty == 0 {
		return "no plan"
	}
	return percent((r.Points[at].Objective - r.Bound) / r.Empty)
}

func replanTable(all []result) string {
	b := newRows("units", "posts", "changes", "median, ms", "95 %, ms", "cost over a fresh second: median", "worst")
	for _, r := range all {
		switch {
		case r.Kind != "replan":
		case r.Replan == nil:
			b.add(thousands(float64(r.Units)), thousands(float64(r.Posts)), r.Failed)
		default:
			b.add(thousands(float64(r.Units)), thousands(float64(r.Posts)), strconv.Itoa(r.Changes), fmt.Sprintf("%.0f", 1000*r.Replan.Median),
				fmt.Sprintf("%.0f", 1000*r.Replan.P95), percent(r.Replan.ExcessP50), percent(r.Replan.ExcessWorst))
		}
	}
	return b.String()
}

// peerTable sets our plan after one second beside each peer's after its whole
// time; gaps are against our bound, which holds for every plan.
func peerTable(all []result) string {
	b := newRows("units", "solver", "s", "objective", "gap of cover", "its own bound", "end")
	for _, ours := range all {
		if ours.Kind != "sweep" || ours.Failed != "" || !hasPeer(all, ours.Units) {
			continue
		}
		b.add(thousands(float64(ours.Units)), "Rearguard", "1", objectiveAt(ours, 1), ours.gapAt(1), "", "")
		b.add(thousands(float64(ours.Units)), "Rearguard", fmt.Sprintf("%g", ours.Seconds), thousands(ours.Objective), percent(ours.GapOfCover), thousands(ours.Bound), ours.Stop)
		for _, r := range all {
			if r.Kind != "peer" || r.Units != ours.Units {
				continue
			}
			if r.Failed != "" {
				b.add(thousands(float64(r.Units)), r.title(), fmt.Sprintf("%g", r.Seconds), r.Failed)
				continue
			}
			bound := "none"
			if r.Bound != 0 {
				bound = thousands(r.Bound)
			}
			b.add(thousands(float64(r.Units)), r.title(), fmt.Sprintf("%g", r.Seconds), thousands(r.Objective),
				percent((r.Objective-ours.Bound)/ours.Empty), bound, r.Stop)
		}
	}
	return b.String()
}

// shiftTable sets workers used against the most tasks at one time, which no plan
// can undercut.
func shiftTable(all []result) string {
	b := newRows("instance", "workers", "tasks", "workers used", "tasks at one time", "bound", "task-days undone", "proven", "s")
	proven, n := 0, 0
	for _, r := range all {
		if r.Kind != "smptsp" {
			continue
		}
		n++
		name := strings.TrimPrefix(r.Name, "smptsp/")
		if r.Shifts == nil {
			b.add(name, r.Failed)
			continue
		}
		v, says := r.Shifts, "no"
		if v.Proven {
			says = "yes"
			proven++
		}
		b.add(name, thousands(float64(v.Workers)), thousands(float64(v.Tasks)), thousands(float64(v.Used)), thousands(float64(v.Most)),
			fmt.Sprintf("%.2f", v.Bound), fmt.Sprintf("%g", v.Undone), says, fmt.Sprintf("%.1f", v.Seconds))
	}
	fmt.Fprintf(b, "\n%d of %d proven optimal.\n", proven, n)
	return b.String()
}

func fillTable(all []result) string {
	b := newRows("type", "inventories", "MARATHON", "ours", "least lead, points", "below")
	for _, r := range all {
		if r.Kind != "marathon" {
			continue
		}
		if r.Fill == nil {
			b.add("all", r.Failed)
			continue
		}
		below, n := 0, 0
		for _, t := range r.Fill.Types {
			b.add(t.Type, strconv.Itoa(t.Inventories), percent(t.Theirs), percent(t.Ours), fmt.Sprintf("%+.1f", 100*t.LeastLead), strconv.Itoa(t.Below))
			below, n = below+t.Below, n+t.Inventories
		}
		fmt.Fprintf(b, "\n%d of %d inventories below MARATHON's mean; %d draws for each; %s plans of two periods in %.0f s.\n",
			below, n, r.Draws, thousands(float64(r.Fill.Plans)), r.Fill.Seconds)
	}
	return b.String()
}

func (r result) title() string { return strings.TrimSpace(r.Solver + " " + r.Version) }

func hasPeer(all []result, units int) bool {
	for _, r := range all {
		if r.Kind == "peer" && r.Units == units {
			return true
		}
	}
	return false
}

func objectiveAt(r result, seconds float64) string {
	text := "no plan"
	for _, p := range r.Points {
		if p.Seconds <= seconds {
			text = thousands(p.Objective)
		}
	}
	return text
}

func percent(share float64) string { return fmt.Sprintf("%.2f %%", 100*share) }

// thousands is a number rounded to a whole one, with commas.
func thousands(v float64) string {
	digits := strconv.FormatFloat(v, 'f', 0, 64)
	sign := ""
	if strings.HasPrefix(digits, "-") {
		sign, digits = "-", digits[1:]
	}
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return sign + digits
}

// rows is a table in Markdown.
type rows struct {
	strings.Builder
	columns int
}

func newRows(head ...string) *rows {
	b := &rows{columns: len(head)}
	b.add(head...)
	b.WriteString(strings.Repeat("|---", len(head)) + "|\n")
	return b
}

func (b *rows) add(cells ...string) {
	for len(cells) < b.columns {
		cells = append(cells, "")
	}
	for i := range cells {
		cells[i] = strings.Join(strings.Fields(strings.ReplaceAll(cells[i], "|", "/")), " ")
	}
	b.WriteString("| " + strings.Join(cells, " | ") + " |\n")
}

// document fills benchmarks.md of a folder and draws the plot.
func document(docs string, all []result) error {
	path := filepath.Join(docs, "benchmarks.md")
	b, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("read the document to fill: %w", err)
	}
	text, err := fill(string(b), tables(all))
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	svg, err := drawPlot(all)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Join(docs, "images"), 0o755); err != nil {
		return fmt.Errorf("make the images' folder: %w", err)
	}
	return errors.Join(formats.WriteFile(path, []byte(text)), formats.WriteFile(filepath.Join(docs, "images", "gap.svg"), svg))
}

const endMark = "<!-- bench:end -->"

// fill replaces what is between each table's marks. A mark that is missing is an
// error.
func fill(text string, parts []table) (string, error) {
	for _, t := range parts {
		mark := "<!-- bench:" + t.id + " -->\n"
		before, after, found := strings.Cut(text, mark)
		if !found {
			return "", fmt.Errorf("no line %q; put it and %q where the table is to go", strings.TrimSpace(mark), endMark)
		}
		_, after, found = strings.Cut(after, endMark)
		if !found {
			return "", fmt.Errorf("no line %q after %q", endMark, strings.TrimSpace(mark))
		}
		text = before + mark + "\n" + t.markdown + "\n" + endMark + after
	}
	return text, nil
}
