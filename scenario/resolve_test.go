package scenario

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// plainDay is the day number of a time as it is written: a second way to what
// [Time.Day] finds.
func plainDay(t *rapid.T, text string, start Date, dDay, otherwise int) int {
	if text == "" {
		return otherwise
	}
	if offset, relative := strings.CutPrefix(text, "D"); relative {
		n, err := strconv.Atoi(offset)
		if err != nil {
			t.Fatal(err)
		}
		return dDay + n
	}
	if n, err := strconv.Atoi(text); err == nil {
		return n
	}
	then, err := time.Parse(time.DateOnly, text)
	if err != nil {
		t.Fatal(err)
	}
	return int(then.Sub(start.Time()).Hours() / 24)
}

// drawAuthored draws a scenario with times and ranges of every form, counts, pins,
// orders in force and two operations.
func drawAuthored(t *rapid.T) *Scenario {
	n := func(name string, least, most int) int { return rapid.IntRange(least, most).Draw(t, name) }
	s := &Scenario{Name: "drawn", Calendar: Calendar{Start: Date(n("start", 15_000, 25_000)), Days: n("days", 20, 60)}}
	moment := func(name string, relative bool) Time {
		forms := []Time{{}, DayTime(n(name, -5, 70)), DateTime(s.Calendar.Start + Date(n(name, -5, 70)))}
		if relative {
			forms = append(forms, DDayTime(n(name, -9, 30)))
		}
		return rapid.SampledFrom(forms).Draw(t, name)
	}
	given := func(name string, relative bool) Time {
		if x := moment(name, relative); !x.IsZero() {
			return x
		}
		return DayTime(n(name, 0, 9))
	}
	amount := func(name string) Quantity {
		likely := float64(n(name, 1, 9))
		return rapid.SampledFrom([]Quantity{Exactly(likely), {Low: likely - 1, Likely: likely, High: likely + 2, Source: "a guess"}}).Draw(t, name)
	}
	s.Capabilities = []Capability{{ID: "bg", Domain: "land"}, {ID: "ship", Domain: "sea", OnStation: OnStation{OnTask: 4, Transit: 2}}}
	s.Areas, s.Places = []Area{{ID: "east"}}, []Place{{ID: "p", Area: "east"}}
	s.Contributors = []Contributor{{ID: "A"}, {ID: "B"}}
	s.Today = moment("today", false)
	for _, id := range []string{"first", "second"} {
		op := Operation{ID: id, DDay: DDay{Likely: given("likely", false)}, Phases: []Phase{{ID: id + "-build", From: given("phase", true), Until: moment("phase end", true)}}}
		if n("range", 0, 1) == 1 {
			op.DDay.Earliest, op.DDay.Latest = given("earliest", false), given("latest", false)
		}
		s.Operations = append(s.Operations, op)
	}
	for i, operation := range []string{"", "first", "second"} {
		p := Post{ID: fmt.Sprintf("post-%d", i), Place: "p", Operation: operation, Priority: n("priority", 0, 5)}
		for range n("lines", 1, 2) {
			l := Line{Capability: "bg", Floor: amount("floor"), From: moment("from", operation != ""), Until: moment("until", operation != "")}
			if n("target", 0, 1) == 1 {
				target := amount("target")
				l.Target = &target
			}
			p.Lines = append(p.Lines, l)
		}
		s.Posts = append(s.Posts, p)
	}
	for i := range n("units", 1, 4) {
		u := Unit{
			ID: fmt.Sprintf("u%d", i), Contributor: rapid.SampledFrom([]string{"A", "B"}).Draw(t, "owner"), Home: "p", Count: n("count", 0, 3),
			Provides: map[string]Quantity{"bg": amount("provides")}, Persons: amount("persons"), Ready: moment("ready", false),
			Available: []Window{{From: moment("window", false), Until: moment("window end", false)}},
		}
		if n("stationed", 0, 1) == 1 {
			u.At = &Station{Post: s.Posts[n("at", 0, 2)].ID, Since: moment("since", false)}
		}
		s.Units = append(s.Units, u)
		s.Pins = append(s.Pins, Pin{Unit: u.ID, Post: s.Posts[n("pinned", 0, 2)].ID, From: given("pin", false), Until: given("pin end", false)})
		s.InForce = append(s.InForce, Order{Unit: u.ID, Post: "post-0", Depart: given("depart", false), Until: given("leaves", false), Given: true})
	}
	return s
}

// TestResolveIsWhatIsWritten holds [Resolve] to a second, plain computation of the days,
// amounts and counts that the author wrote, for any variant.
func TestResolveIsWhatIsWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawAuthored(t)
		k, v := s.Calendar, Variant{}
		if rapid.Bool().Draw(t, "moved") {
			v.DDay = map[string]Date{"first": k.Start + Date(rapid.IntRange(0, 19).Draw(t, "day"))}
		}
		if rapid.Bool().Draw(t, "without") {
			v.Without = []string{"second"}
		}
		if rapid.Bool().Draw(t, "lost") {
			v.Lost = []string{"B"}
		}
		before, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		r, err := Resolve(s, v)
		if err != nil {
			t.Fatal(err)
		}
		if after, _ := json.Marshal(s); string(after) != string(before) {
			t.Fatal("what was resolved has changed")
		}
		same := func(what string, got Time, text string, dDay, otherwise int) {
			t.Helper()
			if want := DayTime(plainDay(t, text, k.Start, dDay, otherwise)); got != want {
				t.Fatalf("%s: %q is day %s, want %s", what, text, got, want)
			}
		}
		same("today", r.Today, s.Today.String(), 0, 0)
		dDay := map[string]int{}
		var happening []Operation
		for _, op := range s.Operations {
			if slices.Contains(v.Without, op.ID) {
				continue
			}
			dDay[op.ID] = plainDay(t, op.DDay.Likely.String(), k.Start, 0, 0)
			if d, ok := v.DDay[op.ID]; ok {
				dDay[op.ID] = int(d - k.Start)
			}
			happening = append(happening, op)
		}
		if len(r.Operations) != len(happening) {
			t.Fatalf("%d operations, want %d", len(r.Operations), len(happening))
		}
		for i, op := range happening {
			got := r.Operations[i]
			if got.DDay != (DDay{Likely: DayTime(dDay[op.ID])}) {
				t.Fatalf("%s: D-day %+v, want %d", op.ID, got.DDay, dDay[op.ID])
			}
			same("phase", got.Phases[0].From, op.Phases[0].From.String(), dDay[op.ID], 0)
			same("phase end", got.Phases[0].Until, op.Phases[0].Until.String(), dDay[op.ID], k.Days)
		}
		var posts []Post
		for _, p := range s.Posts {
			if _, there := dDay[p.Operation]; there || p.Operation == "" {
				posts = append(posts, p)
			}
		}
		if len(r.Posts) != len(posts) {
			t.Fatalf("%d posts, want %d", len(r.Posts), len(posts))
		}
		for i, p := range posts {
			zero := dDay[p.Operation] // of a standing post 0
			for j, l := range p.Lines {
				got, target := r.Posts[i].Lines[j], l.Floor.Likely
				if l.Target != nil {
					target = l.Target.Likely
				}
				same("line", got.From, l.From.String(), zero, zero)
				same("line end", got.Until, l.Until.String(), zero, k.Days)
				if got.Floor != Exactly(l.Floor.Likely) || *got.Target != Exactly(target) {
					t.Fatalf("%s: floor %v and target %v of %+v", p.ID, got.Floor, got.Target, l)
				}
			}
			if want := max(p.Priority, 0); r.Posts[i].Priority != want && (want != 0 || r.Posts[i].Priority != DefaultPriority) {
				t.Fatalf("%s: priority %d of %d", p.ID, r.Posts[i].Priority, p.Priority)
			}
		}
		here := func(post string) bool { return slices.ContainsFunc(posts, func(p Post) bool { return p.ID == post }) }
		i, pin := 0, 0
		for n, u := range s.Units {
			if slices.Contains(v.Lost, u.Contributor) {
				continue
			}
			for c := 1; c <= max(u.Count, 1); c++ {
				got, id := r.Units[i], u.ID
				if u.Count > 0 {
					id += "#" + strconv.Itoa(c)
				}
				i++
				if got.ID != id || got.Count != 0 || got.Provides["bg"] != Exactly(u.Provides["bg"].Likely) || got.Persons != Exactly(u.Persons.Likely) {
					t.Fatalf("%+v of %+v, want %s", got, u, id)
				}
				if u.Ready.IsZero() != got.Ready.IsZero() {
					t.Fatalf("%s: ready %q of %q", id, got.Ready, u.Ready)
				}
				if !u.Ready.IsZero() {
					same("ready", got.Ready, u.Ready.String(), 0, 0)
				}
				same("window", got.Available[0].From, u.Available[0].From.String(), 0, 0)
				same("window end", got.Available[0].Until, u.Available[0].Until.String(), 0, k.Days)
				if stays := u.At != nil && here(u.At.Post); stays != (got.At != nil) {
					t.Fatalf("%s: at %+v of %+v", id, got.At, u.At)
				} else if stays {
					same("since", got.At.Since, u.At.Since.String(), 0, 0)
				}
				if p := s.Pins[n]; here(p.Post) {
					if r.Pins[pin].Unit != id || r.Pins[pin].Post != p.Post {
						t.Fatalf("pin %+v of %+v, want of %s", r.Pins[pin], p, id)
					}
					same("pin", r.Pins[pin].From, p.From.String(), 0, 0)
					same("pin end", r.Pins[pin].Until, p.Until.String(), 0, 0)
					pin++
				}
			}
		}
		if len(r.Units) != i || len(r.Pins) != pin {
			t.Fatalf("%d units and %d pins, want %d and %d", len(r.Units), len(r.Pins), i, pin)
		}
		for n, x := range s.InForce {
			got := r.InForce[n]
			same("depart", got.Depart, x.Depart.String(), 0, 0)
			same("leaves", got.Until, x.Until.String(), 0, 0)
			a, b := got.Depart.Number(), got.Until.Number()
			there := s.Units[n].Count == 0 && !slices.Contains(v.Lost, s.Units[n].Contributor)
			if got.As != ServesAll || got.Given != (there && 0 <= a && a < b && b <= k.Days) {
				t.Fatalf("order %+v of %+v", got, x)
			}
		}
		again, err := Resolve(r, Variant{})
		if err != nil || !reflect.DeepEqual(unstated(r), unstated(again)) {
			t.Fatalf("resolving it again changes it (%v)\n%+v\n%+v", err, r, again)
		}
		for _, x := range []*Scenario{s, r} {
			data, err := json.Marshal(x)
			if err != nil {
				t.Fatal(err)
			}
			var back Scenario
			if err := json.Unmarshal(data, &back); err != nil || back.Hash() != x.Hash() {
				t.Fatalf("%s is not read back (%v)", data, err)
			}
		}
		if said := r.Variant(); said.DDay["first"] != k.Date(dDay["first"]) || !slices.Equal(said.Without, v.Without) && len(v.Without)+len(said.Without) > 0 || !slices.Equal(said.Lost, v.Lost) {
			t.Fatalf("variant %+v of %+v", said, v)
		}
		stated, err := Resolve(s, r.Variant())
		if err != nil || !reflect.DeepEqual(unstated(stated), unstated(r)) {
			t.Fatalf("its own variant gives another scenario (%v)", err)
		}
	})
}

// unstated is a resolved scenario without the variant that it states.
func unstated(s *Scenario) Scenario {
	out := *s
	out.variant = nil
	return out
}

// TestVariantOver holds that what a second variant leaves out is as the first says, and
// what it takes out is added.
func TestVariantOver(t *testing.T) {
	day, later := Date(20_000), Date(20_009)
	first := Variant{
		DDay: map[string]Date{"a": day, "b": day}, Without: []string{"c"}, Lost: []string{"X"}, Maturity: Offered, Policy: Balanced, Today: &day, Branch: "war",
		InForce: []Order{{Unit: "u"}}, Conditions: map[string]Outcome{"k": {State: Open}}, Raised: []Raise{{Post: "p"}},
	}
	if got := (Variant{}).over(&first); !reflect.DeepEqual(got, first) {
		t.Errorf("nothing over %+v is %+v", first, got)
	}
	second := Variant{
		DDay: map[string]Date{"b": later}, Without: []string{"c", "d"}, Lost: []string{"Y"}, Maturity: Assigned, Policy: MissionFirst, Today: &later, Branch: "peace",
		InForce: []Order{}, Conditions: map[string]Outcome{}, Raised: []Raise{},
	}
	want := second
	want.DDay, want.Without, want.Lost = map[string]Date{"a": day, "b": later}, []string{"c", "d"}, []string{"X", "Y"}
	if got := second.over(&first); !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, want %+v", got, want)
	}
	if first.DDay["b"] != day || len(first.Without) != 1 {
		t.Error("the first variant has changed")
	}
}

// TestResolveUnknown names what a variant asks for and the scenario does not have.
func TestResolveUnknown(t *testing.T) {
	s := &Scenario{Calendar: Calendar{Start: 20_000, Days: 9}, Operations: []Operation{{ID: "escort", DDay: DDay{Likely: DayTime(3)}}}, Contributors: []Contributor{{ID: "FRA"}}}
	for _, c := range []struct {
		v           Variant
		kind, maybe string
	}{
		{Variant{Without: []string{"escrot"}}, "operation", "escort"},
		{Variant{DDay: map[string]Date{"x": 20_001}}, "operation", ""},
		{Variant{Lost: []string{"FRB"}}, "contributor", "FRA"},
		{Variant{Policy: "balance"}, "policy", "balanced"},
		{Variant{Maturity: "firm"}, "maturity", ""},
	} {
		_, err := Resolve(s, c.v)
		unknown, ok := errors.AsType[*UnknownError](err)
		if !ok || unknown.Kind != c.kind || unknown.Maybe != c.maybe || !strings.Contains(err.Error(), unknown.ID) {
			t.Errorf("%+v: %v, want an unknown %s, maybe %q", c.v, err, c.kind, c.maybe)
		}
	}
	for _, v := range []Variant{{Raised: []Raise{{Post: "none"}}}} {
		if _, err := Resolve(s, v); err == nil {
			t.Errorf("%+v was taken", v)
		}
	}
}

// withConditions is a scenario whose operation, phase and caveats hang on conditions.
func withConditions() *Scenario {
	return &Scenario{
		Calendar:     Calendar{Start: 20_000, Days: 50},
		Capabilities: []Capability{{ID: "bg", Domain: "land"}},
		Conditions:   []Condition{{ID: "truce", Reported: "truce"}, {ID: "port", Reported: "port", Expected: DayTime(20)}},
		Contributors: []Contributor{{ID: "FRA", Caveats: []Caveat{{Post: []string{"hill", "lane"}, Until: "port"}, {Domain: []string{"sea"}}}}},
		Posts: []Post{
			{ID: "lane", Operation: "op", Lines: []Line{{Capability: "bg", Floor: Exactly(1), Scales: &Scale{With: "mine", Window: 9, Per: 1, Add: 1}}}},
			{ID: "hill", Lines: []Line{{Capability: "bg", Floor: Exactly(1)}}},
		},
		Operations: []Operation{{
			ID: "op", DDay: DDay{Likely: DayTime(10)}, StartsWhen: "truce", StartsAfter: 5,
			Phases: []Phase{{ID: "build", From: DDayTime(0), Until: DDayTime(9)}, {ID: "hold", From: DDayTime(9), StartsWhen: "port"}},
		}},
	}
}

func TestResolveConditions(t *testing.T) {
	on := func(day int) *Date { d := Date(20_000 + day); return &d }
	resolved := func(outcomes map[string]Outcome) *Scenario {
		t.Helper()
		r, err := Resolve(withConditions(), Variant{Conditions: outcomes})
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	phases := func(r *Scenario) (text []string) {
		for _, p := range r.Operations[0].Phases {
			text = append(text, fmt.Sprintf("%s %s..%s", p.ID, p.From, p.Until))
		}
		return text
	}

	open := resolved(nil) // D-day as likely; the caveat until the day expected, at the standing post for good
	if got := phases(open); !slices.Equal(got, []string{"build 10..19", "hold 19..50", "until port 0..20"}) {
		t.Errorf("phases %v while all is open", got)
	}
	if got, want := open.Contributors[0].Caveats, []Caveat{{Post: []string{"hill", "lane"}, Phase: []string{"until port"}}, {Post: []string{"hill"}}, {Domain: []string{"sea"}}}; !reflect.DeepEqual(got, want) {
		t.Errorf("caveats %+v while all is open", got)
	}

	met := resolved(map[string]Outcome{"truce": {Met, on(12)}, "port": {Met, on(30)}})
	if day := met.Operations[0].DDay.Likely; day != DayTime(17) {
		t.Errorf("D-day %s, want 5 days after day 12", day)
	}
	if got := phases(met); !slices.Equal(got, []string{"build 17..30", "hold 30..50", "until port 0..30"}) {
		t.Errorf("phases %v: the phase that waits starts on the day, and the one before it ends then", got)
	}

	failed := resolved(map[string]Outcome{"port": {Failed, on(3)}})
	if got := phases(failed); !slices.Equal(got, []string{"build 10..50"}) {
		t.Errorf("phases %v: what waits for what has failed never comes", got)
	}
	if got := failed.Contributors[0].Caveats[0]; len(got.Phase) != 0 || got.Until != "" {
		t.Errorf("caveat %+v: it lasts for good", got)
	}
	if early := resolved(map[string]Outcome{"port": {Met, on(0)}}); len(early.Contributors[0].Caveats) != 1 {
		t.Errorf("caveats %+v: what is met by day 0 bars nobody", early.Contributors[0].Caveats)
	}
	if gone := resolved(map[string]Outcome{"truce": {Failed, on(3)}}); len(gone.Operations) != 0 || len(gone.Posts) != 1 {
		t.Errorf("%+v: the operation does not happen", gone.Operations)
	}
	for _, bad := range []map[string]Outcome{{"peace": {State: Open}}, {"truce": {State: Met}}, {"truce": {State: "maybe"}}} {
		if _, err := Resolve(withConditions(), Variant{Conditions: bad}); err == nil {
			t.Errorf("%v was taken", bad)
		}
	}
}

// TestRaised holds that a line is in parts where incidents raise it, each by what was
// added last.
func TestRaised(t *testing.T) {
	lines := func(raised ...Raise) (text []string) {
		t.Helper()
		r, err := Resolve(withConditions(), Variant{Raised: raised})
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range r.Posts[0].Lines {
			text = append(text, fmt.Sprintf("%s..%s %g/%g", l.From, l.Until, l.Floor.Likely, l.Target.Likely))
		}
		return text
	}
	at := func(day int, add float64) Raise { return Raise{Post: "lane", From: Date(20_000 + day), Add: add} }
	for _, c := range []struct {
		raised []Raise
		want   []string
	}{
		{nil, []string{"10..50 1/1"}},
		{[]Raise{at(20, 2)}, []string{"10..20 1/1", "20..50 3/3"}},
		{[]Raise{at(10, 1)}, []string{"10..50 2/2"}},
		{[]Raise{at(5, 1), at(20, 2)}, []string{"10..20 2/2", "20..50 3/3"}},
		{[]Raise{at(20, 2), at(30, 0)}, []string{"10..20 1/1", "20..30 3/3", "30..50 1/1"}},
		{[]Raise{at(50, 2)}, []string{"10..50 1/1"}},
	} {
		if got := lines(c.raised...); !slices.Equal(got, c.want) {
			t.Errorf("%v: %v, want %v", c.raised, got, c.want)
		}
	}
	for _, bad := range []Raise{{Post: "lane", Line: 1}, {Post: "lane", Add: -1}} {
		if _, err := Resolve(withConditions(), Variant{Raised: []Raise{bad}}); err == nil {
			t.Errorf("%+v was taken", bad)
		}
	}
}
