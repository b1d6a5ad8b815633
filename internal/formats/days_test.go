package formats

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const withOperation = small + `operations:
  - {id: relief, d_day: 2025-02-01, warning: 14d}
`

// TestMistypedYears: a day far from the calendar is one problem at its place.
func TestMistypedYears(t *testing.T) {
	for _, c := range []struct{ name, old, new, want string }{
		{
			"D-day", "2025-02-01", "2052-02-01",
			`25:25: operation "relief": its D-day 2052-02-01 is 27 years after the calendar, 2025-01-01 to 2025-03-31; check its year. Maybe: 2025-02-01`,
		},
		{
			"D-day's range", "2025-02-01", "{earliest: 2025-01-20, likely: 2025-02-01, latest: 2205-03-01}",
			`25:76: operation "relief": its D-day, latest, 2205-03-01 is 180 years after the calendar, 2025-01-01 to 2025-03-31; check its year. Maybe: 2025-03-01`,
		},
		{
			"line", "floor: 1", "floor: 1, from: 2035-01-10",
			`23:48: post "shield": line 1 (infantry): from 2035-01-10 is 10 years after the calendar, 2025-01-01 to 2025-03-31; check its year. Maybe: 2025-01-10`,
		},
		{
			"day number of a spreadsheet", "2025-02-01", "45689",
			`25:25: operation "relief": its D-day 45689 is 125 years after the calendar, 2025-01-01 to 2025-03-31; a spreadsheet's day number is written as a date. Maybe: 2025-02-01`,
		},
		{
			"no year fits", "2025-02-01", "1969-07-20",
			`25:25: operation "relief": its D-day 1969-07-20 is 55 years before the calendar, 2025-01-01 to 2025-03-31; write a day in it or near it`,
		},
		{"start as a day number", "start: 2025-01-01", "start: 45658", `2:19: start "45658" is not a date; write it as 2025-04-30. Maybe: 2025-01-01`},
		{"day number with its time", "2025-02-01", "45689.75", `25:25: operation "relief": d_day "45689.75" is not a time; write a date such as 2025-04-30, D+30 or a day number. Maybe: 2025-02-01`},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, _, err := read(t, "a.yaml", strings.Replace(withOperation, c.old, c.new, 1))
			if err == nil || !strings.HasSuffix(err.Error(), "a.yaml:"+c.want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("got %v, want only %s", err, c.want)
			}
		})
	}
}

// TestSpreadsheetDayInATable: a column of dates that was saved as numbers.
func TestSpreadsheetDayInATable(t *testing.T) {
	s, _, err := read(t, "a.yaml", withOperation)
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "tables")
	if err := WriteScenario(dir, s); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "operations.csv")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(strings.Replace(string(text), "2025-02-01", "45689", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	_, _, err = ReadScenario(dir)
	if err == nil || !strings.Contains(err.Error(), "operations.csv:2:") || !strings.HasSuffix(err.Error(), "Maybe: 2025-02-01") || strings.Contains(err.Error(), "\n") {
		t.Errorf("got %v, want one problem in operations.csv with the date", err)
	}
}
