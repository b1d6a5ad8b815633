// Package generate makes scenarios that are hard in the way real ones are: more
// asked than can be given, units that already hold posts, owners that bar a
// third of what would be possible, rest that costs more than the tour, and lift
// that is short when all want to move.
package generate

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/rearguard/rearguard/scenario"
)

// Options size a scenario. The same options give the same scenario everywhere.
type Options struct {
	Units, Posts, Days int
	Seed               uint64
}

// Limits of the options.
const (
	maxUnits, maxPosts, maxDays = 1_000_000, 100_000, 3_650
	minDays                     = 90 // the operation's second step is after D+30
)

const (
	contributors     = 30
	capabilities     = 12 // at up to postsPerTwelve posts, and in proportion above
	postsPerTwelve   = 60
	standingShare    = 0.6
	barredShare      = 1.0 / 3
	twoCapabilities  = 1.0 / 3
	linesPerPost     = 2
	heldOnDayZero    = 0.85
	floorOfTarget    = 0.65
	personsADay      = 20 // of lift for a unit in the scenario: binds while the operation builds up
	operationPersons = 0.25
)

// tightness is the demand as a multiple of what the units could give if none
// lost a day to anything but travel and rest.
const tightness = 1.06

var domains = []string{"land", "air", "sea", "support"}

// maker holds a scenario in the making.
type maker struct {
	rng    *rand.Rand
	s      *scenario.Scenario
	lines  map[string][]lineAt // capability to the lines that require it
	supply map[string]float64  // capability to units on station that it can sustain
	barred map[[2]int]bool     // contributor, post
}

type lineAt struct {
	post, line int
	weight     float64
}

// Scenario makes a scenario without problems, with the policy balanced.
func Scenario(o Options) (*scenario.Scenario, error) {
	for _, x := range []struct {
		name               string
		value, least, most int
	}{{"units", o.Units, 1, maxUnits}, {"posts", o.Posts, 2, maxPosts}, {"days", o.Days, minDays, maxDays}} {
		if x.value < x.least || x.value > x.most {
			return nil, fmt.Errorf("%s: %d is not between %d and %d", x.name, x.value, x.least, x.most)
		}
	}
	start, err := scenario.ParseDate("2025-01-01")
	if err != nil {
		return nil, err
	}
	m := &maker{
		rng: rand.New(rand.NewPCG(o.Seed, uint64(o.Units)<<20^uint64(o.Posts))),
		s: &scenario.Scenario{
			Name:     fmt.Sprintf("generated, %d units, %d posts, %d days, seed %d", o.Units, o.Posts, o.Days, o.Seed),
			Note:     "generated",
			Calendar: scenario.Calendar{Start: start, Days: o.Days},
			Policy:   scenario.Balanced,
		},
		lines: map[string][]lineAt{}, supply: map[string]float64{}, barred: map[[2]int]bool{},
	}
	m.capabilities(o.Posts)
	m.places(o.Posts)
	m.contributors(o)
	m.posts(o.Posts)
	m.units(o.Units)
	m.caveats()
	m.demand()
	m.stations()
	m.lift(o.Units)
	return m.s, nil
}

func (m *maker) capabilities(posts int) {
	n := max(capabilities, capabilities*posts/postsPerTwelve)
	for i := range n {
		m.s.Capabilities = append(m.s.Capabilities, scenario.Capability{
			ID: fmt.Sprintf("cap-%02d", i+1), Domain: domains[i%len(domains)],
		})
	}
	for i := range m.s.Capabilities {
		c := &m.s.Capabilities[i]
		if i%4 == 1 {
			c.OnStation = scenario.OnStation{OnTask: 6, Transit: 2, TurnRound: 1, Serviceability: 0.75}
		}
		if i%3 == 0 {
			other := m.s.Capabilities[(i+4)%n].ID
			c.Substitutes = map[string]float64{other: 0.5}
		}
	}
}

// places spreads homes and posts over Europe in four areas.
func (m *maker) places(posts int) {
	for _, name := range []string{"north", "east", "south", "west"} {
		m.s.Areas = append(m.s.Areas, scenario.Area{ID: name, Parent: "theatre"})
	}
	m.s.Areas = append(m.s.Areas, scenario.Area{ID: "theatre"}, scenario.Area{ID: "homes"})
	for i := range posts {
		area := i % 4
		m.s.Places = append(m.s.Places, scenario.Place{
			ID: fmt.Sprintf("place-%03d", i+1), Area: m.s.Areas[area].ID,
			Lat: round(42+float64(area%2)*8+m.rng.Float64()*10, 2), Lon: round(16+float64(area/2)*6+m.rng.Float64()*14, 2),
		})
	}
	for i := range contributors {
		m.s.Places = append(m.s.Places, scenario.Place{
			ID: fmt.Sprintf("home-%02d", i+1), Area: "homes",
			Lat: round(38+m.rng.Float64()*24, 2), Lon: round(-8+m.rng.Float64()*30, 2),
		})
	}
}

func (m *maker) contributors(o Options) {
	for i := range contributors {
		c := scenario.Contributor{ID: contributorID(i)}
		if i%3 == 0 {
			c.Approval = scenario.Days(7 * (1 + m.rng.IntN(4)))
			c.ApprovesAhead = i%2 == 0
		}
		if i%5 == 1 {
			most := max(700, 700*o.Units/contributors*55/100)
			c.MaxDeployed = &most
		}
		share := 0.03
		c.Share = &share
		m.s.Contributors = append(m.s.Contributors, c)
	}
}

func contributorID(i int) string { return fmt.Sprintf("C%02d", i+1) }

// posts makes standing posts and those of an operation in two steps. Demands
// come later, when supply is known.
func (m *maker) posts(n int) {
	dDay := scenario.DayTime(45)
	m.s.Operations = []scenario.Operation{{
		ID: "operation", DDay: scenario.DDay{Likely: dDay}, Warning: new(scenario.Days(60)),
		Phases: []scenario.Phase{
			{ID: "first", From: scenario.DDayTime(30), Until: scenario.DDayTime(60)},
			{ID: "second", From: scenario.DDayTime(60)},
		},
	}}
	standing := int(math.Round(standingShare * float64(n)))
	for i := range n {
		p := scenario.Post{
			ID: fmt.Sprintf("post-%03d", i+1), Place: m.s.Places[i].ID, Priority: 1 + m.rng.IntN(5),
			Handover: scenario.Days(m.rng.IntN(6)), RSOM: scenario.Days(m.rng.IntN(4)),
		}
		from := scenario.Time{}
		if i >= standing {
			p.Operation = "operation"
			from = scenario.DDayTime(30 + 30*(i%2))
		}
		order := m.rng.Perm(len(m.s.Capabilities))
		for j := range linesPerPost {
			k := m.s.Capabilities[order[j]].ID
			p.Lines = append(p.Lines, scenario.Line{Capability: k, From: from})
			m.lines[k] = append(m.lines[k], lineAt{i, j, 0.5 + m.rng.Float64()})
		}
		m.s.Posts = append(m.s.Posts, p)
	}
}

func (m *maker) units(n int) {
	for i := range n {
		owner := i % contributors
		provides := map[string]scenario.Quantity{}
		quantity := float64(1 + m.rng.IntN(3))
		first := m.rng.IntN(len(m.s.Capabilities))
		provides[m.s.Capabilities[first].ID] = scenario.Exactly(quantity)
		if m.rng.Float64() < twoCapabilities {
			second := (first + 1 + m.rng.IntN(len(m.s.Capabilities)-1)) % len(m.s.Capabilities)
			provides[m.s.Capabilities[second].ID] = scenario.Exactly(quantity)
		}
		most := scenario.Days(60 + m.rng.IntN(121))
		least := most / 3
		dwell := float64(1 + m.rng.IntN(2))
		u := scenario.Unit{
			ID: fmt.Sprintf("%s-%04d", contributorID(owner), i/contributors+1), Contributor: contributorID(owner),
			Provides: provides, Home: fmt.Sprintf("home-%02d", owner+1),
			Persons: scenario.Exactly(float64(100 + 50*m.rng.IntN(13))), Tonnes: scenario.Exactly(float64(200 + 100*m.rng.IntN(19))),
			Notice: scenario.Days(2 + m.rng.IntN(59)), Redeploy: scenario.Days(2 + m.rng.IntN(9)),
			Tour: scenario.Span{Min: &least, Max: &most}, Dwell: dwell,
			Pledge: scenario.Pledges[m.rng.IntN(len(scenario.Pledges))],
		}
		for _, c := range m.s.Capabilities {
			q := provides[c.ID]
			// Travel and handover take about 15 days of a tour, the way home 5.
			m.supply[c.ID] += q.Likely * math.Max(0, float64(most)-15) / (float64(most)*(1+dwell) + 5)
		}
		m.s.Units = append(m.s.Units, u)
	}
}

// caveats bar a third of all pairs of contributor and post.
func (m *maker) caveats() {
	for c := range m.s.Contributors {
		var posts []string
		for p := range m.s.Posts {
			if m.rng.Float64() < barredShare {
				posts = append(posts, m.s.Posts[p].ID)
				m.barred[[2]int{c, p}] = true
			}
		}
		if posts != nil {
			m.s.Contributors[c].Caveats = []scenario.Caveat{{Post: posts, Note: "generated"}}
		}
	}
}

// demand shares out what the units can sustain over the lines that ask for it.
func (m *maker) demand() {
	persons := 0.0
	for _, u := range m.s.Units {
		persons += u.Persons.Likely
	}
	m.s.Operations[0].Size = int(persons * operationPersons)
	for i := range m.s.Capabilities {
		c := &m.s.Capabilities[i]
		total := 0.0
		for _, l := range m.lines[c.ID] {
			total += l.weight
		}
		for _, l := range m.lines[c.ID] {
			onStation := tightness * m.supply[c.ID] / c.OnStation.Factor() * l.weight / total
			target := math.Max(1, math.Round(onStation*2)/2)
			line := &m.s.Posts[l.post].Lines[l.line]
			floor := math.Max(0.5, math.Round(target*floorOfTarget*2)/2)
			wanted := scenario.Exactly(target)
			line.Floor, line.Target = scenario.Exactly(math.Min(floor, target)), &wanted
		}
	}
}

// stations puts units at most standing posts on day 0, each somewhere in its
// tour; the others rest from an earlier one, or are free.
func (m *maker) stations() {
	order := m.rng.Perm(len(m.s.Units))
	contributor := func(u *scenario.Unit) int {
		return slices.IndexFunc(m.s.Contributors, func(c scenario.Contributor) bool { return c.ID == u.Contributor })
	}
	for i := range m.s.Posts {
		p := &m.s.Posts[i]
		if p.Operation != "" || m.rng.Float64() > heldOnDayZero {
			continue
		}
		for j := range p.Lines {
			l := &p.Lines[j]
			factor := m.onStation(l.Capability)
			for held, n := 0.0, 0; n < len(order) && held < l.Target.Likely; n++ {
				u := &m.s.Units[order[n]]
				q := u.Provides[l.Capability].Likely
				if q == 0 || u.At != nil || m.barred[[2]int{contributor(u), i}] {
					continue
				}
				held += q / factor
				u.At = &scenario.Station{Post: p.ID, Since: scenario.DayTime(-m.rng.IntN(int(*u.Tour.Max) - 20))}
			}
		}
	}
	for i := range m.s.Units {
		if u := &m.s.Units[i]; u.At == nil && m.rng.IntN(2) == 0 {
			u.Ready = scenario.DayTime(1 + m.rng.IntN(90))
		}
	}
}

func (m *maker) onStation(capability string) float64 {
	i := slices.IndexFunc(m.s.Capabilities, func(c scenario.Capability) bool { return c.ID == capability })
	return m.s.Capabilities[i].OnStation.Factor()
}

// lift makes three pools that together move the force in about a month.
func (m *maker) lift(units int) {
	everywhere := []string{"theatre", "homes"}
	pool := func(id string, mode scenario.Mode, share float64, load scenario.Days) {
		persons := math.Max(150, math.Round(personsADay*float64(units)*share))
		tonnes := math.Max(450, math.Round(3*personsADay*float64(units)*share))
		m.s.Lift = append(m.s.Lift, scenario.Pool{
			ID: id, Mode: mode, Persons: &persons, Tonnes: &tonnes, From: everywhere, To: everywhere, Load: load,
		})
	}
	pool("airlift", scenario.Air, 0.1, 1)
	pool("rail", scenario.Rail, 0.55, 2)
	pool("sealift", scenario.Sea, 0.35, 3)
}

// round keeps some decimals, so that files are short.
func round(x float64, decimals int) float64 {
	p := math.Pow10(decimals)
	return math.Round(x*p) / p
}
