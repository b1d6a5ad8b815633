package report

import (
	"testing"

	"github.com/rearguard/rearguard/internal/words"
)

func TestNumbersForPeople(t *testing.T) {
	for _, c := range []struct{ name, got, want string }{
		{"thousands", words.Thousands(""), ""},
		{"thousands", words.Thousands("7"), "7"},
		{"thousands", words.Thousands("999"), "999"},
		{"thousands", words.Thousands("1000"), "1,000"},
		{"thousands", words.Thousands("-999"), "-999"},
		{"thousands", words.Thousands("-1000"), "-1,000"},
		{"thousands", words.Thousands("123456"), "123,456"},
		{"thousands", words.Thousands("-123456"), "-123,456"},
		{"thousands", words.Thousands("12345678"), "12,345,678"},

		{"quantity", words.Quantity(0), "0"},
		{"quantity", words.Quantity(3), "3"},
		{"quantity", words.Quantity(2.55), "2.5"}, // 2.55 is a little less in binary
		{"quantity", words.Quantity(9.94), "9.9"},
		{"quantity", words.Quantity(9.97), "10"},
		{"quantity", words.Quantity(0.04), "<0.1"},
		{"quantity", words.Quantity(-12.3), "-12"},
		{"quantity", words.Quantity(10.4), "10"},
		{"quantity", words.Quantity(10.5), "10"}, // halves to even
		{"quantity", words.Quantity(1234.6), "1,235"},
		{"quantity", words.Quantity(1e6), "1,000,000"},
		{"quantity", words.Quantity(-2), "-2"},
		{"quantity", words.Quantity(-2.5), "-2.5"},

		{"plural", words.Plural(0, "day"), "0 days"},
		{"plural", words.Plural(1, "day"), "1 day"},
		{"plural", words.Plural(1.5, "day"), "1.5 days"},
		{"plural", words.Plural(1000, "day"), "1,000 days"},

		{"percent", words.Percent(0), "0 %"},
		{"percent", words.Percent(0.0009), "<0.1 %"},
		{"percent", words.Percent(0.001), "0.1 %"},
		{"percent", words.Percent(0.0555), "5.5 %"},
		{"percent", words.Percent(0.0999), "10 %"},
		{"percent", words.Percent(0.1), "10 %"},
		{"percent", words.Percent(0.375), "38 %"},
		{"percent", words.Percent(1), "100 %"},
		{"percent", words.Percent(2.5), "250 %"},

		{"lateness", lateness(-1), "1 day before"},
		{"lateness", lateness(-5), "5 days before"},
		{"lateness", lateness(0), "the same day"},
		{"lateness", lateness(1), "1 day without"},
		{"lateness", lateness(12), "12 days without"},
	} {
		if c.got != c.want {
			t.Errorf("%s: %q, want %q", c.name, c.got, c.want)
		}
	}
}

func TestSparkline(t *testing.T) {
	daily := make([]float64, 80)
	daily[0], daily[41], daily[79] = 0.1, 1, 2
	// Four days a bar: the worst of each, a bar in eight of the peak.
	if got, want := sparkline(daily, 2, 20), "▁·········▅········█"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if got, want := sparkline(daily[:3], 2, 60), "▁··"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestMainChain(t *testing.T) {
	relief := func(unit string, depth int) Relief { return Relief{Unit: unit, Depth: depth} }
	c := Cascade{Reliefs: []Relief{relief("a", 0), relief("b", 1), relief("c", 0), relief("d", 1), relief("e", 2), relief("f", 2), relief("g", 1)}}
	got := ""
	for _, r := range mainChain(c) {
		got += r.Unit
	}
	if got != "cde" {
		t.Errorf("chain %s, want cde", got)
	}
}
