package report

import (
	"cmp"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"

	"github.com/rearguard/rearguard/internal/words"
	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/scenario"
)

// Page says how the page for the terminal is set.
type Page struct {
	Width  int // columns, 80 at least
	Colour bool
	Clip   bool // cut names so that no row of a table is wider than the page
	All    bool // every move, cascade and gap, however many
	Shape  bool // how the plan reads: moves, stays, swaps
}

// limits of the page's lists unless all is asked for.
const (
	mostMoves    = 20
	mostCascades = 6
	mostDepth    = 4
	mostGaps     = 8
	mostBurdens  = 12
)

// Write writes the brief as a page of text: the headline first, then exposure
// by area, backfills, moves, burden and gaps.
func (b *Brief) Write(w io.Writer, p Page) error {
	p.Width = max(80, p.Width)
	page := &page{Page: p, Brief: b}
	page.headline()
	page.areas()
	page.cascades()
	page.moves()
	page.burden()
	page.gaps()
	if p.Shape {
		page.shape()
	}
	_, err := io.WriteString(w, page.text.String())
	return err
}

// page is a page being written.
type page struct {
	Page
	*Brief
	text strings.Builder
}

func (p *page) line(format string, args ...any) {
	fmt.Fprintf(&p.text, format, args...)
	p.text.WriteByte('\n')
}

// paint colours text on a terminal.
func (p *page) paint(s string, colours ...text.Color) string {
	if !p.Colour || s == "" {
		return s
	}
	codes := make([]string, len(colours))
	for i, c := range colours {
		codes[i] = fmt.Sprint(int(c))
	}
	return "\x1b[" + strings.Join(codes, ";") + "m" + s + "\x1b[0m"
}

func (p *page) heading(title, note string) {
	p.line("")
	p.line("%s%s", p.paint(title, text.Bold), note)
}

// paragraph wraps text to the page; lines after the first are set in as far as
// the lead is wide.
func (p *page) paragraph(s, lead string) {
	wide := text.StringWidth(lead)
	for l := range strings.SplitSeq(text.WrapSoft(s, p.Width-wide), "\n") {
		p.line("%s", strings.TrimRight(lead+l, " "))
		lead = strings.Repeat(" ", wide)
	}
}

func (p *page) headline() {
	m := p.Metrics
	p.line("%s", p.paint(p.Scenario, text.Bold))
	p.paragraph(fmt.Sprintf("%s to %s, policy %s", words.Day(p.Start), words.Day(p.End), p.Policy), "")
	for _, s := range p.World {
		p.paragraph(s, "")
	}
	p.line("")
	for _, op := range p.Operations {
		p.line("%s  %s", p.paint("IOC "+p.readiness(op.IOC, op.DDay)+"   FOC "+p.readiness(op.FOC, op.DDay), text.Bold),
			fmt.Sprintf("%s, D-day %s", op.Name, words.Day(op.DDay)))
	}
	standing := words.Plural(m.ExposureDays.Standing, "exposure-day") + " at standing posts"
	if m.NewExposure != nil && len(p.Operations) > 0 {
		standing += fmt.Sprintf(", %s because of %s", words.Quantity(*m.NewExposure), p.operationNames())
	}
	p.paragraph(standing+"; "+words.Plural(m.ExposureDays.Operations, "exposure-day")+" at posts of operations.", "")
	if m.ExposureDays.Total > 0 {
		p.paragraph(fmt.Sprintf("Worst day: %s, when what is missing adds up to %s.", words.Day(m.WorstDay.Date), words.Plural(m.WorstDay.Exposure, "whole line")), "")
	}
	for _, s := range p.Sentences {
		p.line("")
		p.paragraph(s, "  ")
	}
	p.line("")
	p.paragraph(p.proof(), "")
}

// readiness is a date with its distance from D-day, or none.
func (p *page) readiness(d *scenario.Date, dDay scenario.Date) string {
	if d == nil {
		return "not reached"
	}
	return fmt.Sprintf("%s (D%+d)", words.Day(*d), *d-dDay)
}

func (p *page) operationNames() string {
	names := make([]string, len(p.Operations))
	for i, op := range p.Operations {
		names[i] = op.Name
	}
	return strings.Join(names, " and ")
}

// proof says how good the plan is, and whether it was verified.
func (p *page) proof() string {
	if !p.Required {
		return p.Cost()
	}
	if p.Verified {
		return p.Cost() + " Verified: no rule broken."
	}
	return p.Cost() + " Not verified."
}

// optimal reports whether the bound meets the objective.
func optimal(m *plan.Metrics) bool { return m.Objective-m.Bound <= 1e-6*math.Max(1, m.Objective) }

// Cost says what the plan costs, how far from the best plan that can be, and where the
// search was cut short.
func (b *Brief) Cost() string { return b.proven() + b.unavoidable() + b.cutShort() }

// unavoidable says what of the exposure no plan avoids, and what of it is not known.
func (b *Brief) unavoidable() string {
	m := b.Metrics
	if m.Unavoidable == nil || optimal(m) || m.ExposureDays.Total < 0.05 {
		return ""
	}
	least := m.Unavoidable.Standing + m.Unavoidable.Operations
	rest := m.ExposureDays.Total - least
	switch {
	case rest < 0.05:
		return fmt.Sprintf(" None of its %s can be avoided: nobody can be there in time.", words.Plural(m.ExposureDays.Total, "exposure-day"))
	case least < 0.05:
		return fmt.Sprintf(" Of its %s all may be avoidable, for all that is proven.", words.Plural(m.ExposureDays.Total, "exposure-day"))
	}
	return fmt.Sprintf(" Of its %s at least %s cannot be avoided, since nobody can be there in time; %s may be.",
		words.Plural(m.ExposureDays.Total, "exposure-day"), words.Quantity(least), words.Quantity(rest))
}

func (b *Brief) proven() string {
	m := b.Metrics
	switch {
	case !b.Required:
		return "Nothing is required at any post, so that there is nothing to plan."
	case optimal(m):
		return fmt.Sprintf("Proven optimal: cost %s, and no plan can cost less.", words.Quantity(m.Objective))
	case m.Bound <= 0:
		return fmt.Sprintf("Cost %s; nothing is proven yet of how little a plan could cost. More time proves more.", words.Quantity(m.Objective))
	}
	return fmt.Sprintf("Cost %s; proven that no plan can cost less than %s: a better plan could save %s of the cost at most.",
		words.Quantity(m.Objective), words.Quantity(m.Bound), words.Percent(m.Gap))
}

// cutShort says that the search ended before it was over.
func (b *Brief) cutShort() string {
	m := b.Metrics
	why := map[plan.Stop]string{plan.StopTime: "Time ran out", plan.StopInterrupted: "The search was interrupted"}[m.Stop]
	switch {
	case why == "" || optimal(m):
		return ""
	case m.Iterations == 0:
		return " " + why + " before the first plan could be improved."
	}
	return fmt.Sprintf(" %s after %s tries.", why, words.Quantity(float64(m.Iterations)))
}

// newTable is a table without frames.
func (p *page) newTable(header ...any) table.Writer {
	t := table.NewWriter()
	style := table.StyleDefault
	style.Options = table.OptionsNoBordersAndSeparators
	style.Box.PaddingLeft, style.Box.PaddingRight = "", "  "
	style.Format.Header = text.FormatDefault
	t.SetStyle(style)
	t.AppendHeader(header)
	return t
}

// clip cuts one of the four names of a move so that the row fits the page.
func (p *page) clip(name string) string {
	const dates, gaps, margin = 4 * len("30 Sep 2025"), 7 * 2, 2
	if !p.Clip {
		return name
	}
	return text.Snip(name, max(8, (p.Width-dates-gaps-margin)/4), "…")
}

// right aligns columns, counted from 1, to the right.
func right(t table.Writer, columns ...int) {
	var configs []table.ColumnConfig
	for _, n := range columns {
		configs = append(configs, table.ColumnConfig{Number: n, Align: text.AlignRight, AlignHeader: text.AlignRight})
	}
	t.SetColumnConfigs(configs)
}

func (p *page) table(t table.Writer) {
	for l := range strings.SplitSeq(t.Render(), "\n") {
		p.line("  %s", strings.TrimRight(l, " "))
	}
}

func (p *page) areas() {
	p.heading("Exposure by area", "")
	t := p.newTable("Area", "Exposure-days", "of floor", "Worst day", words.ShortDay(p.Start)+" to "+words.ShortDay(p.End))
	right(t, 2, 3)
	peak := 0.0
	for _, a := range p.Areas {
		peak = max(peak, slices.Max(a.Daily))
	}
	for _, a := range p.Areas {
		worst := "none"
		if a.Exposure > 0 {
			worst = words.ShortDay(a.Worst)
		}
		t.AppendRow(table.Row{
			strings.Repeat("  ", a.Depth) + a.Name, words.Quantity(a.Exposure), words.Percent(a.Exposure / a.Demand), worst, sparkline(a.Daily, peak, p.Width-70),
		})
	}
	p.table(t)
}

// sparkline draws the worst of each stretch of days; a day without exposure is a
// dot.
func sparkline(daily []float64, peak float64, width int) string {
	const bars = "▁▂▃▄▅▆▇█"
	width = min(max(width, 20), 60, len(daily))
	var b strings.Builder
	for i := range width {
		worst := slices.Max(daily[i*len(daily)/width : (i+1)*len(daily)/width])
		if worst == 0 {
			b.WriteRune('·')
			continue
		}
		b.WriteRune([]rune(bars)[min(7, int(8*worst/peak))])
	}
	return b.String()
}

func (p *page) cascades() {
	reliefs := 0
	for _, c := range p.Cascades {
		reliefs += len(c.Reliefs)
	}
	if reliefs == 0 {
		return
	}
	p.heading("Who backfills whom", fmt.Sprintf(": %s", words.Plural(float64(reliefs), "backfill")))
	shown := p.Cascades
	if !p.All {
		shown = slices.Clone(shown)
		// Those that say most: for an operation, then with a chain, then the earliest.
		slices.SortStableFunc(shown, func(a, b Cascade) int {
			return cmp.Or(compareBool(b.Operation, a.Operation), cmp.Compare(min(len(mainChain(b)), 2), min(len(mainChain(a)), 2)))
		})
		shown = shown[:min(len(shown), mostCascades)]
		slices.SortStableFunc(shown, func(a, b Cascade) int { return cmp.Compare(a.On, b.On) })
	}
	for _, c := range shown {
		p.paragraph(fmt.Sprintf("%s leaves %s for %s on %s", c.Unit, c.Post, c.To, words.Day(c.On)), "  ")
		reliefs := c.Reliefs
		if !p.All {
			reliefs = mainChain(c)
			reliefs = reliefs[:min(len(reliefs), mostDepth)]
		}
		for _, r := range reliefs {
			p.paragraph(r.sentence(), strings.Repeat("   ", r.Depth)+"    └ ")
		}
		p.more(len(c.Reliefs)-len(reliefs), "backfill", "that it set in motion")
	}
	p.more(len(p.Cascades)-len(shown), "departure", "with backfills")
}

func (r Relief) sentence() string {
	from := "from home"
	if r.From != "" {
		from = "from " + r.From
	}
	return fmt.Sprintf("%s takes %s %s: order by %s, effective %s (%s)", r.Unit, r.Post, from, words.Day(r.OrderBy), words.Day(r.Effective), lateness(r.Late))
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

// mainChain is the longest chain of a cascade, each relief with the one that
// takes its place.
func mainChain(c Cascade) []Relief {
	var chain, longest []Relief
	for _, r := range c.Reliefs {
		chain = append(chain[:r.Depth:r.Depth], r)
		if len(chain) > len(longest) {
			longest = chain
		}
	}
	return longest
}

func lateness(days int) string {
	switch {
	case days < 0:
		return words.Plural(float64(-days), "day") + " before"
	case days > 0:
		return words.Plural(float64(days), "day") + " without"
	}
	return "the same day"
}

// more says how many entries a list left out.
func (p *page) more(n int, noun, what string) {
	if n > 0 {
		p.line("  … and %s %s; --all shows all", words.Plural(float64(n), noun), what)
	}
}

func (p *page) moves() {
	if len(p.Moves) == 0 {
		return
	}
	m := p.Metrics
	p.heading("Moves", fmt.Sprintf(", by the date of the order: %s, %s from home",
		words.Plural(float64(m.Moves), "move"), words.Plural(float64(m.UnitsUsed), "unit")))
	t := p.newTable("Decide by", "Order by", "Unit", "From", "To", "Lift", "Effective", "Until")
	shown := p.Moves
	if !p.All {
		shown = shown[:min(len(shown), mostMoves)]
	}
	for _, v := range shown {
		from := v.From
		if from == "" {
			from = "home"
		}
		t.AppendRow(table.Row{
			words.ShortDay(v.DecideBy), words.ShortDay(v.OrderBy), p.clip(v.Unit), p.clip(from), p.clip(v.To), p.clip(v.Lift), words.ShortDay(v.Effective), words.ShortDay(v.Until),
		})
	}
	p.table(t)
	p.more(len(p.Moves)-len(shown), "move", "later")
}

func (p *page) burden() {
	if len(p.Burden) == 0 {
		return
	}
	p.heading("Who carries what", "")
	t := p.newTable("Contributor", "Units", "Persons at peak", "Part of operations", "Agreed share")
	right(t, 2, 3, 4, 5)
	shown := p.Burden
	if !p.All {
		shown = shown[:min(len(shown), mostBurdens)]
	}
	for _, v := range shown {
		agreed := ""
		if v.Share != nil {
			agreed = words.Percent(*v.Share)
		}
		t.AppendRow(table.Row{v.Contributor, v.Units, words.Quantity(float64(v.Peak)), words.Percent(v.Operation), agreed})
	}
	p.table(t)
	p.more(len(p.Burden)-len(shown), "contributor", "with fewer persons")
}

func (p *page) gaps() {
	if len(p.Gaps) == 0 {
		p.heading("What stays uncovered", ": nothing; every floor holds on every day")
		return
	}
	p.heading("What stays uncovered", fmt.Sprintf(": %s below a floor", words.Plural(float64(len(p.Gaps)), "time")))
	t := p.newTable("Post", "Capability", "From", "Until", "Missing", "Exposure-days")
	right(t, 5, 6)
	shown := p.Gaps
	if !p.All {
		shown = shown[:min(len(shown), mostGaps)]
	}
	for _, g := range shown {
		t.AppendRow(table.Row{g.Post, g.Capability, words.ShortDay(g.From), words.ShortDay(g.Until), "up to " + words.Percent(g.Worst), words.Quantity(g.Exposure)})
	}
	p.table(t)
	p.more(len(p.Gaps)-len(shown), "time", "with less exposure")
}

// shape is what a staff would ask about before it reads a single move.
func (p *page) shape() {
	p.heading("Shape of the plan", "")
	t := p.newTable("What", "How much")
	right(t, 2)
	for _, r := range ShapeOf(p.Brief.evaluation) {
		what := r.What
		if r.Part {
			what = "  " + what
		}
		t.AppendRow(table.Row{what, r.HowMuch})
	}
	p.table(t)
}
