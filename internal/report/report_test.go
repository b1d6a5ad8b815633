package report_test

import (
	"bytes"
	"flag"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	ics "github.com/arran4/golang-ical"
	"github.com/google/go-cmp/cmp"

	"github.com/rearguard/rearguard/internal/formats"
	"github.com/rearguard/rearguard/internal/report"
	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/scenario"
)

var update = flag.Bool("update", false, "rewrite expected output in testdata")

// tiny is the tiny example, resolved, with the checker's plan of it: gbr-1 leaves
// tapa for lviv on day 25, pol-1 takes its place from day 20 on; fra-1 and
// nor-med join at lviv by rail on days 40 and 48.
func tiny(t testing.TB) (*scenario.Scenario, *plan.Plan) {
	t.Helper()
	s, _, err := formats.ReadScenario("../../examples/tiny.yaml")
	if err != nil {
		t.Fatal(err)
	}
	r, err := scenario.Resolve(s, scenario.Variant{})
	if err != nil {
		t.Fatal(err)
	}
	p, err := formats.ReadPlan("../verify/testdata/tiny.plan.json")
	if err != nil {
		t.Fatal(err)
	}
	return r, p
}

func brief(t testing.TB) *report.Brief {
	t.Helper()
	s, p := tiny(t)
	b, err := report.New(s, p)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func date(t testing.TB, s string) scenario.Date {
	t.Helper()
	d, err := scenario.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func same(t *testing.T, want, got any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("want -, got +:\n%s", diff)
	}
}

func TestHead(t *testing.T) {
	b := brief(t)
	day := func(s string) *scenario.Date { d := date(t, s); return &d }
	same(t, "tiny", b.Scenario)
	same(t, []scenario.Date{*day("2025-05-01"), *day("2025-06-29")}, []scenario.Date{b.Start, b.End})
	same(t, []report.Operation{{
		Name: "Reassurance force", DDay: *day("2025-06-01"), IOC: day("2025-06-18"), FOC: day("2025-06-18"), Exposure: 7,
	}}, b.Operations)
	if b.Verified {
		t.Error("says that it was verified; that is for the caller")
	}
}

// Without pol-1 nobody holds tapa from day 25 to day 59, 35 days; on days 20 to
// 24 gbr-1 is still there.
func TestSentences(t *testing.T) {
	same(t, []string{
		"Sending GBR battlegroup 1 to Reassurance force, Lviv costs Baltic 35 exposure-days unless POL battlegroup 1 arrives by 21 May 2025; Poland must decide by 1 May 2025.",
	}, brief(t).Sentences)
}

// A sentence is about a departure for an operation that costs something.
func TestNoSentence(t *testing.T) {
	s, p := tiny(t)
	for i := range s.Posts {
		if s.Posts[i].ID == "tapa" {
			s.Posts[i].Lines[0].Until = scenario.DayTime(25) // nothing is asked once gbr-1 is gone
		}
	}
	b, err := report.New(s, p)
	if err != nil {
		t.Fatal(err)
	}
	same(t, 0, len(b.Sentences))
}

// Lviv is without its hospital on days 41 to 47, of 29 days of battlegroup and
// 19 of hospital. Homes, where nothing is to be held, are left out.
func TestAreas(t *testing.T) {
	b := brief(t)
	missing := make([]float64, 60)
	for d := 41; d < 48; d++ {
		missing[d] = 1
	}
	same(t, []report.Area{
		{ID: "baltic", Name: "Baltic", Demand: 60, Worst: date(t, "2025-05-01"), Daily: make([]float64, 60)},
		{ID: "ukraine", Name: "Ukraine", Exposure: 7, Demand: 48, Worst: date(t, "2025-06-11"), Daily: missing},
	}, b.Areas)
}

// A parent comes before its children, with what they miss.
func TestAreasInside(t *testing.T) {
	s, p := tiny(t)
	s.Areas = append(s.Areas, scenario.Area{ID: "europe", Name: "Europe"})
	for i := range s.Areas {
		if id := s.Areas[i].ID; id == "baltic" || id == "ukraine" {
			s.Areas[i].Parent = "europe"
		}
	}
	s, err := scenario.Resolve(s, scenario.Variant{})
	if err != nil {
		t.Fatal(err)
	}
	b, err := report.New(s, p)
	if err != nil {
		t.Fatal(err)
	}
	type row struct {
		Name             string
		Depth            int
		Exposure, Demand float64
	}
	var got []row
	for _, a := range b.Areas {
		got = append(got, row{a.Name, a.Depth, a.Exposure, a.Demand})
	}
	same(t, []row{{"Europe", 0, 7, 108}, {"Baltic", 1, 0, 60}, {"Ukraine", 1, 7, 48}}, got)
}

func TestMoves(t *testing.T) {
	moves := brief(t).Moves
	var got []string
	for _, m := range moves {
		got = append(got, strings.Join([]string{
			m.DecideBy.String(), m.OrderBy.String(), m.Unit, m.From, m.To, m.Lift, m.Contributor, m.Depart.String(), m.Effective.String(), m.Until.String(),
		}, "|"))
	}
	same(t, []string{
		"2025-05-01|2025-05-01|POL battlegroup 1||Forward battlegroup, Tapa|by itself|Poland|2025-05-11|2025-05-21|2025-06-30",
		"2025-05-18|2025-05-18|FRA battlegroup 1||Reassurance force, Lviv|Military trains|France|2025-06-02|2025-06-10|2025-06-30",
		"2025-05-14|2025-05-21|GBR battlegroup 1|Forward battlegroup, Tapa|Reassurance force, Lviv|by itself|United Kingdom|2025-05-26|2025-06-01|2025-06-30",
		"2025-05-18|2025-06-01|NOR field hospital||Reassurance force, Lviv|Military trains|Norway|2025-06-11|2025-06-18|2025-06-30",
	}, got)
}

func TestCascades(t *testing.T) {
	same(t, []report.Cascade{{
		Unit: "GBR battlegroup 1", Post: "Forward battlegroup, Tapa", To: "Reassurance force, Lviv", On: date(t, "2025-05-26"), Operation: true,
		Reliefs: []report.Relief{{
			Unit: "POL battlegroup 1", Post: "Forward battlegroup, Tapa", Left: "GBR battlegroup 1",
			OrderBy: date(t, "2025-05-01"), Effective: date(t, "2025-05-21"), Late: -5,
		}},
	}}, brief(t).Cascades)
}

// At lviv or on the way to it are gbr-1 for 35 days, fra-1 for 28 and nor-med for
// 19: 31,500, 22,400 and 2,280 person-days of 56,180.
func TestBurden(t *testing.T) {
	share := func(x float64) *float64 { return &x }
	const total = 900*35 + 800*28 + 120*19
	same(t, []report.Burden{
		{ID: "GBR", Contributor: "United Kingdom", Units: 1, Peak: 900, Operation: 900.0 * 35 / total, Share: share(0.5)},
		{ID: "FRA", Contributor: "France", Units: 1, Peak: 800, Operation: 800.0 * 28 / total, Share: share(0.4)},
		{ID: "POL", Contributor: "Poland", Units: 1, Peak: 800, Share: share(0)},
		{ID: "NOR", Contributor: "Norway", Units: 1, Peak: 120, Operation: 120.0 * 19 / total, Share: share(0.1)},
	}, brief(t).Burden)
}

func TestGaps(t *testing.T) {
	same(t, []report.Gap{{
		Post: "Reassurance force, Lviv", Capability: "Field hospital", From: date(t, "2025-06-11"), Until: date(t, "2025-06-18"), Exposure: 7, Worst: 1,
	}}, brief(t).Gaps)
}

// With nobody sent tapa is held by nobody, and lviv lacks everything.
func TestEmptyPlan(t *testing.T) {
	s, p := tiny(t)
	p.Tours = nil
	if err := plan.Measure(s, p, 0); err != nil {
		t.Fatal(err)
	}
	b, err := report.New(s, p)
	if err != nil {
		t.Fatal(err)
	}
	same(t, []report.Gap{
		{Post: "Forward battlegroup, Tapa", Capability: "Battlegroup", From: date(t, "2025-05-01"), Until: date(t, "2025-06-30"), Exposure: 60, Worst: 1},
		{Post: "Reassurance force, Lviv", Capability: "Battlegroup", From: date(t, "2025-06-01"), Until: date(t, "2025-06-30"), Exposure: 29, Worst: 1},
		{Post: "Reassurance force, Lviv", Capability: "Field hospital", From: date(t, "2025-06-11"), Until: date(t, "2025-06-30"), Exposure: 19, Worst: 1},
	}, b.Gaps)
	var page bytes.Buffer
	if err := b.Write(&page, report.Page{Width: 100}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"IOC not reached   FOC not reached", "60 exposure-days at standing posts", "100 %"} {
		if !strings.Contains(page.String(), want) {
			t.Errorf("the page lacks %q:\n%s", want, &page)
		}
	}
}

func TestRefusesAnotherScenario(t *testing.T) {
	s, p := tiny(t)
	p.Tours[0].Unit = "nobody"
	if _, err := report.New(s, p); err == nil {
		t.Error("no error for a plan with a unit that the scenario lacks")
	}
}

// TestPage holds the page of text; -update writes it anew.
func TestPage(t *testing.T) {
	const golden = "testdata/tiny.txt"
	b := brief(t)
	b.Verified = true
	var page bytes.Buffer
	if err := b.Write(&page, report.Page{Width: 100}); err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := formats.WriteFile(golden, page.Bytes()); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), page.String()); diff != "" {
		t.Errorf("want -, got +; if the page was changed on purpose: go test ./internal/report -update\n%s", diff)
	}
}

// Colours only add codes, and a page is never narrower than 80.
func TestPageVariants(t *testing.T) {
	b := brief(t)
	text := func(p report.Page) string {
		var w bytes.Buffer
		if err := b.Write(&w, p); err != nil {
			t.Fatal(err)
		}
		return w.String()
	}
	if coloured := text(report.Page{Width: 100, Colour: true}); !strings.Contains(coloured, "\x1b[") || strings.Contains(text(report.Page{Width: 100}), "\x1b[") {
		t.Error("colour codes are missing, or there without being asked for")
	}
	same(t, text(report.Page{Width: 80}), text(report.Page{Width: 3}))
	for line := range strings.Lines(text(report.Page{Width: 100, Clip: true})) {
		if n := utf8.RuneCountInString(line) - 1; n > 100 {
			t.Errorf("clipped to %d columns, not 100: %s", n, line)
		}
	}
	same(t, text(report.Page{Width: 100}), text(report.Page{Width: 100, All: true})) // the lists are short
}

func TestCalendar(t *testing.T) {
	b := brief(t)
	data := b.Calendar()
	if !bytes.Equal(data, brief(t).Calendar()) {
		t.Error("two calendars of one brief differ")
	}
	if bytes.Count(data, []byte("\n")) != bytes.Count(data, []byte("\r\n")) {
		t.Error("a line does not end as RFC 5545 wants it")
	}
	for line := range bytes.SplitSeq(data, []byte("\r\n")) {
		if len(line) > 75 {
			t.Errorf("a line of %d bytes: %s", len(line), line)
		}
	}
	cal, err := ics.ParseCalendar(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	if n := len(cal.Events()); n != 2*len(b.Moves) {
		t.Errorf("%d events for %d moves", n, len(b.Moves))
	}
	ids := map[string]bool{}
	var got []string
	for _, e := range cal.Events() {
		ids[e.Id()] = true
		from, err := e.GetAllDayStartAt()
		if err != nil {
			t.Fatal(err)
		}
		until, err := e.GetAllDayEndAt()
		if err != nil || until.Sub(from) != 24*time.Hour {
			t.Errorf("%s lasts from %v until %v, %v; want a day", e.Id(), from, until, err)
		}
		got = append(got, from.Format(time.DateOnly)+" "+strings.ReplaceAll(e.GetProperty(ics.ComponentPropertySummary).Value, `\,`, ","))
	}
	if len(ids) != len(got) {
		t.Errorf("%d names for %d events", len(ids), len(got))
	}
	slices.Sort(got)
	same(t, []string{
		"2025-05-01 Decide by today: Poland sends POL battlegroup 1 to Forward battlegroup, Tapa",
		"2025-05-01 Order by today: POL battlegroup 1 to Forward battlegroup, Tapa",
		"2025-05-14 Decide by today: United Kingdom sends GBR battlegroup 1 to Reassurance force, Lviv",
		"2025-05-18 Decide by today: France sends FRA battlegroup 1 to Reassurance force, Lviv",
		"2025-05-18 Decide by today: Norway sends NOR field hospital to Reassurance force, Lviv",
		"2025-05-18 Order by today: FRA battlegroup 1 to Reassurance force, Lviv",
		"2025-05-21 Order by today: GBR battlegroup 1 to Reassurance force, Lviv",
		"2025-06-01 Order by today: NOR field hospital to Reassurance force, Lviv",
	}, got)
}
