package scenario

import "testing"

func TestParseTime(t *testing.T) {
	calendar := Calendar{Start: mustDate(t, "2025-04-01"), Days: 30}
	for _, c := range []struct {
		text string
		day  int
	}{{"2025-04-11", 10}, {"D+30", 35}, {"D-5", 0}, {"D", 5}, {"12", 12}, {"-3", -3}} {
		got, err := ParseTime(c.text)
		if err != nil {
			t.Fatalf("%s: %v", c.text, err)
		}
		if day := got.Day(calendar, 5); day != c.day {
			t.Errorf("%s is day %d, want %d", c.text, day, c.day)
		}
	}
	for _, bad := range []string{"", "D30", "D+", "2025-02-30", "soon", "14h", "999999999"} {
		if _, err := ParseTime(bad); err == nil {
			t.Errorf("%q was taken for a time", bad)
		}
	}
}

func TestParseDays(t *testing.T) {
	for text, want := range map[string]Days{"14": 14, "14d": 14, "2w": 14, "0": 0} {
		if got, err := ParseDays(text); err != nil || got != want {
			t.Errorf("%s is %d (%v), want %d", text, got, err, want)
		}
	}
	for _, bad := range []string{"", "14h", "1.5d", "two", "d", "2 w"} {
		if _, err := ParseDays(bad); err == nil {
			t.Errorf("%q was taken for a duration", bad)
		}
	}
}

func TestOnStationFactor(t *testing.T) {
	o := OnStation{OnTask: 4, Transit: 2, TurnRound: 6, Serviceability: 0.75}
	if got := o.Factor(); got != 4 {
		t.Errorf("factor is %v, want (4+2+6)/(4x0.75) = 4", got)
	}
}

func mustDate(t *testing.T, s string) Date {
	t.Helper()
	d, err := ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}
