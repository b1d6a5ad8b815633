package planner

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/rearguard/rearguard/internal/words"
	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/scenario"
)

// Uncertainty is what samples are drawn from, beside the ranges of the
// scenario: quantities, and D-days with an earliest and a latest day. All
// ranges are triangular, with the likely value on top.
type Uncertainty struct {
	// Drops is the probability that a unit is not there after all, by the
	// maturity of its pledge.
	Drops map[scenario.Pledge]float64 `json:"drops"`
	// Slip is the most by which notice and approval last longer, as a part of
	// them; no slip is likeliest.
	Slip float64 `json:"slip"`
}

// Doubts are the default: judgements, to be replaced by a staff's own.
func Doubts() Uncertainty {
	return Uncertainty{Drops: map[scenario.Pledge]float64{
		scenario.Stated: 0.4, scenario.Offered: 0.2, scenario.Confirmed: 0.05, scenario.Assigned: 0.01,
	}, Slip: 0.5}
}

// Samples is what plans achieve over many draws of what is uncertain.
type Samples struct {
	Base       Outcome         `json:"base"` // as likely
	N          int             `json:"n"`
	Assumed    Uncertainty     `json:"assumed"`
	Standing   Band            `json:"standing"`   // exposure-days
	Operations Band            `json:"operations"` // exposure-days
	Cost       Band            `json:"cost"`
	IOC        map[string]Days `json:"ioc"` // days from D-day to the soonest
	FOC        map[string]Days `json:"foc"`
	Drivers    []Driver        `json:"drivers"` // of the exposure, the strongest first
	Gap        Band            `json:"gap"`     // of the cost
	start      scenario.Date
}

// Band is a distribution in three figures and its mean.
type Band struct {
	Low    float64 `json:"p5"`
	Median float64 `json:"p50"`
	High   float64 `json:"p95"`
	Mean   float64 `json:"mean"`
}

// Days is a distribution of days that may not come; a percentile that is not
// reached in the calendar is nil.
type Days struct {
	Low     *int    `json:"p5"`
	Median  *int    `json:"p50"`
	High    *int    `json:"p95"`
	Reached float64 `json:"reached"` // part of the samples, 0 to 1
}

// Driver is an uncertain input with how far its rank explains that of the
// exposure, all posts together (Spearman's correlation, squared).
type Driver struct {
	Input     string  `json:"input"`
	Explains  float64 `json:"explains"`  // 0 to 1
	Direction int     `json:"direction"` // +1: more of it, more exposure
}

// draw is one state of the world.
type draw struct {
	scenario *scenario.Scenario // resolved
	dDay     map[string]int
	inputs   map[string]float64
}

// Drawn is a draw with what the best plan found for it achieves.
type Drawn struct {
	Outcome Outcome            `json:"outcome"`
	Soonest Soonest            `json:"soonest"`
	DDay    map[string]int     `json:"d_day"`
	Inputs  map[string]float64 `json:"inputs"`
}

// SamplesOptions are the options of [Case.Samples].
type SamplesOptions struct {
	N     int                         `json:"samples,omitempty" default:"200" minimum:"1" maximum:"100000" doc:"Draws of what is uncertain."`
	Drops map[scenario.Pledge]float64 `json:"drops,omitempty" doc:"Probability that a unit is not there after all, by the maturity of its pledge, 0 to 1."`
	Slip  *float64                    `json:"slip,omitempty" minimum:"0" maximum:"10" doc:"Most by which notice and approval last longer, as a part of them; 0.5 by default."`
}

// uncertainty is what is assumed: the defaults with what the options say.
func (o *SamplesOptions) uncertainty() (Uncertainty, error) {
	u := Doubts()
	for _, pledge := range sortedKeys(o.Drops) {
		p := o.Drops[pledge]
		if pledge.Rank() < 0 || !(p >= 0 && p <= 1) {
			return u, &OptionError{
				Question: "samples", Option: "drops", Value: fmt.Sprintf("%s=%g", pledge, p), Limit: "a maturity (stated, offered, confirmed or assigned) and a probability, 0 to 1",
			}
		}
		u.Drops[pledge] = p
	}
	if o.Slip != nil {
		u.Slip = *o.Slip
	}
	return u, nil
}

// samplesQuestion is answered in parts: the plan for the likely facts first, then draws,
// some at a time.
var samplesQuestion = inParts(define(Question{
	Name: "samples", Title: "What if some of it is not true?",
	Doc: "Plans for draws of what is uncertain: ranges, soft pledges, slipping notice and approval.",
}, (*Case).Samples, tellSamples), samplesParts)

// partOfSamples is how many draws are a part: few, so that workers end at about one time.
const partOfSamples = 25

var samplesParts = parts[SamplesOptions, Samples, []Drawn]{
	base: func(ctx context.Context, c *Case, in Input, _ SamplesOptions) (*plan.Plan, error) {
		in.Search.Time = time.Duration(basePart * float64(in.Search.Time))
		s, err := c.Resolve(in.Variant)
		if err != nil {
			return nil, err
		}
		r := newRunner(ctx, in.Search, 1)
		base, err := r.solve(s, r.o.From, r.o.Time)
		if err != nil {
			return nil, err
		}
		return base.plan, nil
	},
	split: func(o SamplesOptions) (all []Part) {
		for from := 0; from < o.N; from += partOfSamples {
			until := min(o.N, from+partOfSamples)
			all = append(all, Part{From: from, Until: until, Share: (1 - basePart) * float64(until-from) / float64(o.N)})
		}
		return all
	},
	part: func(ctx context.Context, c *Case, in Input, o SamplesOptions, base *plan.Plan, part Part) ([]Drawn, error) {
		s, variant, u, err := c.uncertain(in.Variant, o)
		if err != nil {
			return nil, err
		}
		r := newRunner(ctx, in.Search, 2*(part.Until-part.From))
		return r.draws(s, variant, u, base, part.From, part.Until, r.o.Time)
	},
	join: func(c *Case, in Input, o SamplesOptions, base *plan.Plan, all [][]Drawn) (*Samples, error) {
		s, variant, u, err := c.uncertain(in.Variant, o)
		if err != nil {
			return nil, err
		}
		likely, err := scenario.Resolve(s, variant)
		if err != nil {
			return nil, err
		}
		x, err := outcome(likely, base)
		if err != nil {
			return nil, err
		}
		return summary(s, u, x, slices.Concat(all...)), nil
	},
}

// uncertain is what draws are made of.
func (c *Case) uncertain(v Variant, o SamplesOptions) (*scenario.Scenario, scenario.Variant, Uncertainty, error) {
	u, err := o.uncertainty()
	if err != nil {
		return nil, scenario.Variant{}, u, err
	}
	s, variant, err := c.choose(v)
	return s, variant, u, err
}

// Samples plans draws of the scenario, each with its facts known, from the plan for the
// likely ones. A D-day that the variant names is not drawn.
func (c *Case) Samples(ctx context.Context, v Variant, o Search, what SamplesOptions) (*Samples, error) {
	likely, err := c.begin("samples", v, &o, &what)
	if err != nil {
		return nil, err
	}
	s, variant, u, err := c.uncertain(v, what)
	if err != nil {
		return nil, err
	}
	r := newRunner(ctx, o, 2*what.N+1)
	base, err := r.solve(likely, r.o.From, time.Duration(basePart*float64(r.o.Time)))
	if err != nil {
		return nil, err
	}
	all, err := r.draws(s, variant, u, base.plan, 0, what.N, time.Duration((1-basePart)*float64(r.o.Time)))
	if err != nil {
		return nil, err
	}
	return summary(s, u, base, all), nil
}

// draws plans some draws, in a time for all of them.
func (r *runner) draws(s *scenario.Scenario, variant scenario.Variant, u Uncertainty, base *plan.Plan, from, until int, allowance time.Duration) ([]Drawn, error) {
	n := until - from
	each := time.Duration(float64(allowance) * float64(min(r.workers, n)) / float64(2*n))
	all := make([]Drawn, n)
	err := r.each(n, func(i int) error {
		rng := rand.New(rand.NewPCG(r.o.Seed, uint64(from+i)))
		d, err := drawn(s, variant, u, rng)
		if err != nil {
			return err
		}
		x, err := r.solve(d.scenario, base, each)
		if err != nil {
			return fmt.Errorf("sample %d: %w", from+i+1, err)
		}
		soonest, err := r.soonest(d.scenario, x, Soonest{}, each)
		if err != nil {
			return fmt.Errorf("sample %d: %w", from+i+1, err)
		}
		x.plan = nil // a thousand of them are large
		all[i] = Drawn{*x, soonest, d.dDay, d.inputs}
		return nil
	})
	return all, err
}

func summary(s *scenario.Scenario, u Uncertainty, base *Outcome, all []Drawn) *Samples {
	out := &Samples{Base: *base, N: len(all), Assumed: u, IOC: map[string]Days{}, FOC: map[string]Days{}, start: s.Calendar.Start}
	out.summarise(all)
	return out
}

// triangular draws from low to high with the mode in between.
func triangular(rng *rand.Rand, low, mode, high float64) float64 {
	x := rng.Float64()
	if high <= low {
		return mode
	}
	if cut := (mode - low) / (high - low); x < cut {
		return low + math.Sqrt(x*(high-low)*(mode-low))
	}
	return high - math.Sqrt((1-x)*(high-low)*(high-mode))
}

// drawn draws one state of the world and resolves it.
func drawn(s *scenario.Scenario, variant scenario.Variant, u Uncertainty, rng *rand.Rand) (*draw, error) {
	d := &draw{dDay: map[string]int{}, inputs: map[string]float64{}}
	x := *s
	d.slips(&x, u.Slip, rng)
	d.strengths(&x, rng)
	d.needs(&x, rng)
	v := variant
	v.DDay = maps.Clone(variant.DDay)
	if v.DDay == nil {
		v.DDay = map[string]scenario.Date{}
	}
	for _, op := range s.Operations {
		early, late := op.DDay.Likely, op.DDay.Likely
		if !op.DDay.Earliest.IsZero() {
			early = op.DDay.Earliest
		}
		if !op.DDay.Latest.IsZero() {
			late = op.DDay.Latest
		}
		day := func(t scenario.Time) float64 { return float64(t.Day(s.Calendar, 0)) }
		n := triangular(rng, day(early), day(op.DDay.Likely), day(late))
		if _, set := v.DDay[op.ID]; !set && !op.DDay.Exact() {
			v.DDay[op.ID] = s.Calendar.Date(int(math.Round(n)))
			d.inputs["D-day of "+op.ID] = math.Round(n)
		}
	}
	resolved, err := scenario.Resolve(&x, v)
	if err != nil {
		return nil, err
	}
	for _, op := range resolved.Operations {
		d.dDay[op.ID] = op.DDay.Likely.Number()
	}
	d.scenario = withoutUnits(resolved, func(unit *scenario.Unit) bool {
		gone := rng.Float64() < u.Drops[unit.Pledge]
		input := "units of " + unit.Contributor
		if d.inputs[input] += 0; !gone {
			d.inputs[input]++
		}
		return gone
	})
	return d, nil
}

// slips draws how much longer approvals and notices last.
func (d *draw) slips(s *scenario.Scenario, most float64, rng *rand.Rand) {
	slip := func(days scenario.Days) (scenario.Days, float64) {
		part := triangular(rng, 0, 0, most)
		return scenario.Days(math.Ceil(float64(days) * (1 + part))), part
	}
	s.Contributors, s.Units = slices.Clone(s.Contributors), slices.Clone(s.Units)
	for i := range s.Contributors {
		if c := &s.Contributors[i]; c.Approval > 0 {
			c.Approval, d.inputs["approval by "+c.ID] = slip(c.Approval)
		}
	}
	notice := map[string]float64{} // a contributor's units slip together
	for i := range s.Units {
		u := &s.Units[i]
		part, known := notice[u.Contributor]
		if !known {
			_, part = slip(0)
			notice[u.Contributor] = part
			d.inputs["notice of "+u.Contributor] = part
		}
		u.Notice = scenario.Days(math.Ceil(float64(u.Notice) * (1 + part)))
	}
}

// quantity draws a quantity, and returns it as a part of the likely one.
func quantity(q scenario.Quantity, rng *rand.Rand) (scenario.Quantity, float64) {
	x := triangular(rng, q.Low, q.Likely, q.High)
	if q.Likely == 0 {
		return scenario.Exactly(x), 1
	}
	return scenario.Exactly(x), x / q.Likely
}

// strengths draws what units are and give.
func (d *draw) strengths(s *scenario.Scenario, rng *rand.Rand) {
	for i := range s.Units {
		u := &s.Units[i]
		if u.Tonnes.Low < u.Tonnes.High {
			u.Tonnes, d.inputs["tonnes of "+u.ID] = quantity(u.Tonnes, rng)
		}
		if u.Persons.Low < u.Persons.High {
			u.Persons, d.inputs["persons of "+u.ID] = quantity(u.Persons, rng)
		}
		gives := map[string]scenario.Quantity{}
		for _, capability := range slices.Sorted(maps.Keys(u.Provides)) {
			q := u.Provides[capability]
			if q.Low < q.High {
				q, d.inputs["strength of "+u.ID] = quantity(q, rng)
			}
			gives[capability] = q
		}
		u.Provides = gives
	}
}

// needs draws what posts require; a floor is never above its target.
func (d *draw) needs(s *scenario.Scenario, rng *rand.Rand) {
	s.Posts = slices.Clone(s.Posts)
	for i := range s.Posts {
		p := &s.Posts[i]
		p.Lines = slices.Clone(p.Lines)
		for j := range p.Lines {
			l := &p.Lines[j]
			ranged := func(q *scenario.Quantity) bool { return q != nil && q.Low < q.High }
			if !ranged(&l.Floor) && !ranged(l.Target) {
				continue
			}
			part := 0.0
			if ranged(l.Target) {
				var target scenario.Quantity
				target, part = quantity(*l.Target, rng)
				l.Target = &target
			}
			if ranged(&l.Floor) {
				l.Floor, part = quantity(l.Floor, rng)
			}
			if l.Target != nil && l.Floor.Likely > l.Target.Likely {
				target := l.Floor
				l.Target = &target
			}
			d.inputs["need at "+p.ID] += part
		}
	}
}

func (out *Samples) summarise(draws []Drawn) {
	of := func(figure func(*Outcome) float64) []float64 {
		all := make([]float64, len(draws))
		for i := range draws {
			all[i] = figure(&draws[i].Outcome)
		}
		return all
	}
	exposure := of(func(x *Outcome) float64 { return x.ExposureStanding + x.ExposureOperations })
	out.Standing = band(of(func(x *Outcome) float64 { return x.ExposureStanding }))
	out.Operations = band(of(func(x *Outcome) float64 { return x.ExposureOperations }))
	out.Cost = band(of(func(x *Outcome) float64 { return x.Objective }))
	out.Gap = band(of(func(x *Outcome) float64 { return x.Gap }))
	for op := range draws[0].DDay {
		wait := func(ready func(*Soonest) map[string]*scenario.Date) (all []int) {
			for i := range draws {
				if d := ready(&draws[i].Soonest)[op]; d != nil {
					all = append(all, out.day(*d)-draws[i].DDay[op])
				}
			}
			return all
		}
		out.IOC[op] = days(wait(func(x *Soonest) map[string]*scenario.Date { return x.IOC }), len(draws))
		out.FOC[op] = days(wait(func(x *Soonest) map[string]*scenario.Date { return x.FOC }), len(draws))
	}
	out.Drivers = drivers(draws, exposure)
}

// day is the number of a date, by the calendar of the plan for the likely facts.
func (out *Samples) day(d scenario.Date) int { return int(d - out.start) }

func band(values []float64) Band {
	sorted, sum := slices.Sorted(slices.Values(values)), 0.0
	for _, x := range sorted {
		sum += x
	}
	return Band{sorted[at(5, len(sorted))], sorted[at(50, len(sorted))], sorted[at(95, len(sorted))], sum / float64(len(sorted))}
}

// at is the index of a percentile among n sorted values, by nearest rank.
func at(percent, n int) int { return max(0, (percent*n+99)/100-1) }

// days are the percentiles of days, those that never come the last.
func days(reached []int, n int) Days {
	slices.Sort(reached)
	day := func(percent int) *int {
		if i := at(percent, n); i < len(reached) {
			return &reached[i]
		}
		return nil
	}
	return Days{day(5), day(50), day(95), float64(len(reached)) / float64(n)}
}

// weakest is the least that a driver explains to be listed; what chance explains
// in n samples comes on top.
const weakest = 0.01

// drivers ranks the inputs by what they explain.
func drivers(draws []Drawn, exposure []float64) []Driver {
	names := map[string]bool{}
	for _, d := range draws {
		for name := range d.Inputs {
			names[name] = true
		}
	}
	all, y := []Driver{}, ranks(exposure)
	for _, name := range slices.Sorted(maps.Keys(names)) {
		values := make([]float64, len(draws))
		for i, d := range draws {
			values[i] = d.Inputs[name]
		}
		r := correlation(ranks(values), y)
		if by := r * r; by > weakest+4/float64(len(draws)) {
			direction := 1
			if r < 0 {
				direction = -1
			}
			all = append(all, Driver{name, by, direction})
		}
	}
	slices.SortStableFunc(all, func(a, b Driver) int { return cmp.Compare(b.Explains, a.Explains) })
	return all
}

// ranks are the ranks of values, equal ones at their mean.
func ranks(values []float64) []float64 {
	order := make([]int, len(values))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(values[a], values[b]) })
	out := make([]float64, len(values))
	for i := 0; i < len(order); {
		j := i
		for j < len(order) && values[order[j]] == values[order[i]] {
			j++
		}
		for _, k := range order[i:j] {
			out[k] = float64(i+j-1) / 2
		}
		i = j
	}
	return out
}

// correlation is Pearson's; 0 where one of the two does not vary.
func correlation(x, y []float64) float64 {
	mean := func(v []float64) (m float64) {
		for _, a := range v {
			m += a / float64(len(v))
		}
		return m
	}
	mx, my := mean(x), mean(y)
	xy, xx, yy := 0.0, 0.0, 0.0
	for i := range x {
		xy += (x[i] - mx) * (y[i] - my)
		xx += (x[i] - mx) * (x[i] - mx)
		yy += (y[i] - my) * (y[i] - my)
	}
	if xx*yy < same*same {
		return 0
	}
	return xy / math.Sqrt(xx*yy)
}

// tellSamples is what plans achieve over what is uncertain.
func tellSamples(s *scenario.Scenario, x *Samples) Answer {
	a := Answer{
		Title:   "What if some of it is not true?",
		Head:    []string{words.Plural(float64(x.N), "sample"), "5 %", "50 %", "95 %"},
		Numbers: []int{1, 2, 3},
		Text: []string{"Ranges, soft pledges and slipping notice and approval are drawn, and each draw is planned with its facts known.",
			fmt.Sprintf("Exposure at standing posts: %s in the median, %s in one of twenty cases.", words.Plural(x.Standing.Median, "exposure-day"), words.Quantity(x.Standing.High))},
		Chart: &Chart{Kind: "bars", X: "part of the spread of the exposure that each input explains, %", Series: []Series{{Name: "explains", Mark: -1}}},
	}
	for _, row := range []struct {
		name string
		Band
	}{{"Exposure-days, standing posts", x.Standing}, {"Exposure-days, operations", x.Operations}} {
		a.Rows = append(a.Rows, []string{row.name, words.Quantity(row.Low), words.Quantity(row.Median), words.Quantity(row.High)})
	}
	for _, op := range s.Operations {
		for _, row := range []struct {
			name string
			Days
		}{{"IOC", x.IOC[op.ID]}, {"FOC", x.FOC[op.ID]}} {
			name := words.Name(op.Name, op.ID)
			a.Rows = append(a.Rows, []string{row.name + " of " + name, words.DaysAfter(row.Low), words.DaysAfter(row.Median), words.DaysAfter(row.High)})
			if row.name == "IOC" {
				a.Text = append(a.Text, fmt.Sprintf("%s is ready in the calendar in %s of the samples.", name, words.Percent(row.Reached)))
			}
		}
	}
	for i, d := range x.Drivers {
		if i < mostBars {
			a.Chart.Labels = append(a.Chart.Labels, d.Input)
			a.Chart.Series[0].Y = append(a.Chart.Series[0].Y, bar(100*d.Explains))
		}
	}
	if len(x.Drivers) == 0 {
		a.Chart = nil
		a.Text = append(a.Text, "No single input explains the spread beyond chance.")
	}
	return a
}
