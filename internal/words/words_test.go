package words_test

import (
	"testing"

	"github.com/rearguard/rearguard/internal/words"
)

// A number keeps the precision that somebody can use, and is never 0 for what is not nothing.
func TestQuantity(t *testing.T) {
	for x, want := range map[float64]string{0: "0", 0.04: "<0.1", 0.05: "0.1", 9.94: "9.9", 9.95: "10", 10.4: "10", 1234567: "1,234,567", -1234: "-1,234", 3: "3"} {
		if got := words.Quantity(x); got != want {
			t.Errorf("%g is %q, want %q", x, got, want)
		}
	}
}

func TestOrdinal(t *testing.T) {
	for n, want := range map[int]string{1: "1st", 2: "2nd", 3: "3rd", 4: "4th", 11: "11th", 12: "12th", 13: "13th", 21: "21st", 111: "111th", 122: "122nd", 1003: "1,003rd"} {
		if got := words.Ordinal(n); got != want {
			t.Errorf("%d is %q, want %q", n, got, want)
		}
	}
}

func TestSignedPluralAndPercent(t *testing.T) {
	for got, want := range map[string]string{
		words.Signed(2): "+2", words.Signed(-2.5): "-2.5", words.Signed(0): "none",
		words.Plural(1, "day"): "1 day", words.Plural(0, "day"): "0 days", words.Plural(1.4, "day"): "1.4 days",
		words.Percent(0): "0 %", words.Percent(0.0004): "<0.1 %", words.Percent(0.004): "0.4 %", words.Percent(0.5): "50 %",
		words.Name("", "id"): "id", words.Name("Name", "id"): "Name", words.DaysAfter(nil): "not reached",
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	three, before := 3, -2
	if words.DaysAfter(&three) != "D+3" || words.DaysAfter(&before) != "D-2" {
		t.Errorf("%s and %s, want D+3 and D-2", words.DaysAfter(&three), words.DaysAfter(&before))
	}
}
