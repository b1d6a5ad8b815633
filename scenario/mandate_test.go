package scenario

import "testing"

// TestMandateOfConditions: a condition gives a mandate or ends it, and one that is never
// given holds on no day.
func TestMandateOfConditions(t *testing.T) {
	day := func(n int) *Date { d := Date(20_000 + n); return &d }
	for name, c := range map[string]struct {
		mandate              Mandate
		outcome              Outcome
		from, until, decided int
	}{
		"given":             {Mandate{GivenWhen: "truce"}, Outcome{Met, day(12)}, 20, 60, 12},
		"expected":          {Mandate{GivenWhen: "truce"}, Outcome{Open, day(15)}, 20, 60, 15},
		"not expected":      {Mandate{GivenWhen: "truce"}, Outcome{Open, nil}, 0, 0, 0},
		"failed":            {Mandate{GivenWhen: "truce"}, Outcome{Failed, day(3)}, 0, 0, 0},
		"withdrawn":         {Mandate{WithdrawnWhen: "truce"}, Outcome{Met, day(30)}, 20, 30, 0},
		"not withdrawn":     {Mandate{WithdrawnWhen: "truce"}, Outcome{Open, day(30)}, 20, 60, 0},
		"ends before":       {Mandate{WithdrawnWhen: "truce", Until: DDayTime(5)}, Outcome{Met, day(30)}, 20, 25, 0},
		"before it begins":  {Mandate{WithdrawnWhen: "truce"}, Outcome{Met, day(5)}, 20, 20, 0},
		"of an open D-day":  {Mandate{WithdrawnWhen: "truce", Until: DDayTime(20)}, Outcome{Met, day(30)}, 20, 30, 0},
		"nothing hangs off": {Mandate{From: DayTime(3), Until: DayTime(9), Decided: DayTime(1)}, Outcome{Met, day(1)}, 3, 9, 1},
	} {
		s := sound()
		c.mandate.Operation, c.mandate.Persons = "op", 100
		s.Contributors[0].Mandates = []Mandate{c.mandate}
		r, err := Resolve(s, Variant{Conditions: map[string]Outcome{"truce": c.outcome}})
		if err != nil {
			t.Fatal(err)
		}
		m := r.Contributors[0].Mandates[0]
		if m.From.Number() != c.from || m.Until.Number() != c.until || !m.Decided.IsZero() && m.Decided.Number() != c.decided || m.Decided.IsZero() != (c.decided == 0) {
			t.Errorf("%s: [%s, %s) decided %s; want [%d, %d) decided %d", name, m.From, m.Until, m.Decided, c.from, c.until, c.decided)
		}
		if again, err := Resolve(r, Variant{}); err != nil || again.Contributors[0].Mandates[0] != m {
			t.Errorf("%s: resolved again it is %+v, %v; want %+v", name, again.Contributors[0].Mandates, err, m)
		}
		if len(s.Contributors[0].Mandates) != 1 || s.Contributors[0].Mandates[0] != c.mandate {
			t.Errorf("%s: the scenario was changed", name)
		}
	}
	s := sound()
	s.Contributors[0].Mandates = []Mandate{{Operation: "op", Persons: 100}}
	if r, err := Resolve(s, Variant{Without: []string{"op"}}); err != nil || len(r.Contributors[0].Mandates) > 0 {
		t.Errorf("without the operation: %v, %v; want no mandate", r.Contributors[0].Mandates, err)
	}
}
