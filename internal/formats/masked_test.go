package formats

import (
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// folder writes tables as a folder of CSV files, each its lines.
func folder(t testing.TB, tables map[string]string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "tables")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	for name, text := range tables {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// told are the problems of a scenario, without the folder.
func told(path string) []string {
	_, warnings, err := ReadScenario(path)
	if bad, ok := errors.AsType[*Invalid](err); ok {
		warnings = bad.Problems
	}
	var list []string
	for _, p := range warnings {
		list = append(list, strings.TrimPrefix(p.String(), path+string(filepath.Separator)))
	}
	return list
}

// Mistakes of every stage, from the names of files to what a plan would need, are all told
// in one run, each once, and nothing that follows from another.
func TestMistakesDoNotHideEachOther(t *testing.T) {
	dir := folder(t, map[string]string{
		"scenario.csv":     "key,value\nname,masked\ncalendar.start,2025-04-01\ncalendar.dais,60\npolicy,hold\n",
		"capability.csv":   "id,domain\npatrol,lnd\n",
		"areas.csv":        "id,parent\nnorth,norht\n",
		"places.csv":       "id,lat,lon,area\ntown,58,25,nroth\ncamp,north,25,north\n",
		"contributors.csv": "id,approval\nEST,6 months\n",
		"operations.csv":   "id,d_day,warning\nsurge,soon,-1\n",
		"posts.csv":        "id,place,operation,priority\ngate,towm,surge,9\nwall,town,surg,1\n",
		"posts.lines.csv":  "of,capability,floor,target,from\ngate,patrol,-1,,D+5\ngaet,partol,1,one,\nwall,patrol,2,1,\n",
		"units.csv": "id,contributor,provides,home,notiec,tour.max,self_deploys.mode,pledge,at.post,at.since\n" +
			"EST-1,ETS,patrol:1,kamp,five,0,raod,Confirmed,gaet,D+1\n",
		"pins.csv": "unit,post,from,until\nEST-2,wal,2025-05-02,2025-05-01\n",
	})
	want := []string{
		`areas.csv:2:7: area "north": unknown area "norht". Maybe: north`,
		`capability.csv: no table is called "capability.csv". Maybe: capabilities.csv`,
		`capability.csv:2:8: capability "patrol": domain "lnd" is none of land, air, sea, support. Maybe: land`,
		`contributors.csv:2:5: contributor "EST": approval "6 months" is not a duration; write whole days or weeks, such as 14, 14d or 2w`,
		`operations.csv:2:7: operation "surge": d_day "soon" is not a time; write a date such as 2025-04-30, D+30 or a day number`,
		`operations.csv:2:12: operation "surge": warning "-1" is below 0`,
		`pins.csv:2:1: pin 1 (unit "EST-2" at post "wal"): unknown unit "EST-2". Maybe: EST-1`,
		`pins.csv:2:7: pin 1 (unit "EST-2" at post "wal"): unknown post "wal". Maybe: wall`,
		`places.csv:2:12: place "town": unknown area "nroth". Maybe: north`,
		`places.csv:3:6: place "camp": lat "north" is not a number`,
		`posts.csv:2:6: post "gate": unknown place "towm". Maybe: town`,
		`posts.csv:2:17: post "gate": priority "9" is above 5`,
		`posts.csv:3:11: post "wall": unknown operation "surg". Maybe: surge`,
		`posts.lines.csv:2:13: post "gate": floor "-1" is below 0`,
		`posts.lines.csv:3:1: posts.csv has no "gaet". Maybe: gate`,
		`posts.lines.csv:3:6: post "gaet": line 1: unknown capability "partol". Maybe: patrol`,
		`posts.lines.csv:3:15: post "gaet": target "one" is not a number. Maybe: 1`,
		`posts.lines.csv:4:15: post "wall": line 1 (patrol): target 1 is below floor 2`,
		`scenario.csv:4:1: unknown key "calendar.dais". Maybe: calendar.days`,
		`scenario.csv:5:8: policy "hold" is none of hold-the-flanks, mission-first, balanced`,
		`units.csv:1:30: unknown column "notiec". Maybe: notice`,
		`units.csv:2:7: unit "EST-1": unknown contributor "ETS". Maybe: EST`,
		`units.csv:2:11: "patrol:1" is not of the form name=number; name=number. Maybe: patrol=1`,
		`units.csv:2:20: unit "EST-1": unknown place "kamp". Maybe: camp`,
		`units.csv:2:25: unit "EST-1": notice "five" is not a duration; write whole days or weeks, such as 14, 14d or 2w`,
		`units.csv:2:30: unit "EST-1": max "0" is below 1`,
		`units.csv:2:32: unit "EST-1": mode "raod" is none of air, sea, rail, road. Maybe: road`,
		`units.csv:2:37: unit "EST-1": pledge "Confirmed" is none of stated, offered, confirmed, assigned. Maybe: confirmed`,
		`units.csv:2:47: unit "EST-1": at: unknown post "gaet". Maybe: gate`,
		`units.csv:2:52: unit "EST-1": since D+1 counts from a D-day; write a date`,
	}
	if diff := cmp.Diff(want, told(dir)); diff != "" {
		t.Error(diff)
	}
}

// Whichever cells cannot be read, there is one problem for each of them and none beside:
// what is in the others is checked, and what hangs on an unread one is not doubted.
func TestEachUnreadableCellIsOneProblem(t *testing.T) {
	checks(t, 100)
	s, _, err := ReadScenario("../../examples/reassurance.yaml")
	if err != nil {
		t.Fatal(err)
	}
	good := filepath.Join(t.TempDir(), "good")
	if err := WriteScenario(good, s); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(good, "*.csv"))
	if err != nil || len(files) == 0 {
		t.Fatal(err, "no tables")
	}
	rows := map[string][][]string{}
	var names []string
	for _, path := range files {
		f, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		name := filepath.Base(path)
		names = append(names, name)
		if rows[name], err = csv.NewReader(f).ReadAll(); err != nil {
			t.Fatal(err)
		}
		f.Close()
	}
	dir := t.TempDir()
	rapid.Check(t, func(r *rapid.T) {
		broken := map[string]bool{}
		texts := map[string][][]string{}
		for name, table := range rows {
			for _, row := range table {
				texts[name] = append(texts[name], slices.Clone(row))
			}
		}
		for range rapid.IntRange(1, 12).Draw(r, "cells") {
			name := rapid.SampledFrom(names).Draw(r, "table")
			i := rapid.IntRange(1, len(rows[name])-1).Draw(r, "row")
			j := rapid.IntRange(0, len(rows[name][0])-1).Draw(r, "column")
			if name == "scenario.csv" {
				j = 1 // a key that cannot be read is one that is missing
			}
			if rows[name][i][j] == "" {
				continue
			}
			texts[name][i][j] = rapid.SampledFrom([]string{"{", "[1", "#REF!"}).Draw(r, "text")
			if rows[name][0][j] == "of" {
				texts[name][i][j] = "#REF!" // a reference is text in any form
			}
			broken[fmt.Sprintf("%s:%d", name, i+1)] = true
		}
		for name, table := range texts {
			var b strings.Builder
			if err := csv.NewWriter(&b).WriteAll(table); err != nil {
				r.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(dir, name), []byte(b.String()), 0o600); err != nil {
				r.Fatal(err)
			}
		}
		want := 0
		for name, table := range texts {
			for i, row := range table {
				for j := range row {
					if row[j] != rows[name][i][j] {
						want++
					}
				}
			}
		}
		got := told(dir)
		if len(got) != want {
			r.Fatalf("%d cells are unreadable, %d problems told:\n%s", want, len(got), strings.Join(got, "\n"))
		}
		for _, p := range got {
			place := strings.Join(strings.SplitN(p, ":", 3)[:2], ":")
			if !broken[place] {
				r.Fatalf("there is nothing wrong at %s", p)
			}
		}
	})
}
