package scenario

import (
	"reflect"
	"testing"
)

// TestKnownDay tells operations whose D-day is known from the beginning, of which no
// order waits for a warning, from others; and that resolving again keeps what was decided.
func TestKnownDay(t *testing.T) {
	day, later := DayTime(9), DayTime(19)
	for _, x := range []struct {
		name string
		op   Operation
		want *Days
	}{
		{"one date", Operation{DDay: DDay{Likely: day}}, nil},
		{"one date with a warning", Operation{DDay: DDay{Likely: day}, Warning: new(Days(9))}, new(Days(9))},
		{"one date with a warning of none", Operation{DDay: DDay{Likely: day}, Warning: new(Days)}, new(Days)},
		{"a range", Operation{DDay: DDay{Likely: day, Latest: later}}, new(Days)},
		{"a range of one day", Operation{DDay: DDay{Earliest: day, Likely: day, Latest: day}}, nil},
		{"on a condition", Operation{DDay: DDay{Likely: day}, StartsWhen: "deal"}, new(Days)},
	} {
		x.op.ID = "op"
		s := &Scenario{
			Calendar: Calendar{Days: 40}, Operations: []Operation{x.op},
			Conditions: []Condition{{ID: "deal", Reported: "signed"}},
		}
		r, err := Resolve(s, Variant{})
		if err != nil {
			t.Fatal(err)
		}
		again, err := Resolve(r, Variant{})
		if err != nil {
			t.Fatal(err)
		}
		for _, got := range []*Scenario{r, again} {
			if !reflect.DeepEqual(got.Operations[0].Warning, x.want) {
				t.Errorf("%s: warning %v, want %v", x.name, got.Operations[0].Warning, x.want)
			}
		}
	}
}
