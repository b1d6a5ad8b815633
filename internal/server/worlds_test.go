package server_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/rearguard/rearguard/internal/jobs"
	"github.com/rearguard/rearguard/internal/store"
	"github.com/rearguard/rearguard/scenario"
)

// world is a site with a random scenario of four contributors, A that releases everything, B
// what its units can do, C nothing and D any of these, and what is done to it. Whatever belongs to
// a contributor has words, numbers and dates that nothing else has, so that they are found wherever
// they are told.
type world struct {
	*site
	r      *rand.Rand
	salt   string // of the words and numbers of C
	secret int    // counts them
	marks  int    // counts the others
	steady bool   // C releases nothing all the time, and hands nothing on
	edits  int
	notes  []note
	heard  map[string]int64 // role to the version of the edit that it heard of last
}

var worldRoles = []string{"coordinator", "planner", "viewer", "liaison of A", "liaison of B", "liaison of C", "liaison of D"}

// word is one that nothing else has.
func (w *world) word(of string) string {
	if of == "C" {
		w.secret++
		return fmt.Sprintf("zq%s%dzq", w.salt, w.secret)
	}
	w.marks++
	return fmt.Sprintf("zqm%dzq", w.marks)
}

// wrote is a word that somebody writes of something of a contributor. In a steady world others
// may come to read it, so that it is the same whatever is secret.
func (w *world) wrote(of string) string {
	if w.steady {
		of = "A"
	}
	return w.word(of)
}

// digits are twelve that nothing else has.
func (w *world) digits(of string) int64 {
	if of == "C" {
		w.secret++
		n, _ := strconv.ParseInt(w.salt, 36, 64)
		return 701_000_000_000 + n*1_000_003 + int64(w.secret)*7_919
	}
	w.marks++
	return 702_000_000_000 + int64(w.marks)*7_919
}

// figure is a number with such digits, below 1.
func (w *world) figure(of string) float64 { return w.decimal(0, of) }

// decimal is a number with such a whole part that nothing else has.
func (w *world) decimal(whole int, of string) float64 {
	f, _ := strconv.ParseFloat(fmt.Sprintf("%d.%d", whole, w.digits(of)), 64)
	return f
}

// before is a day before the calendar that nothing else is on.
func (w *world) before(of string) scenario.Time {
	day := -20 - w.marks
	if of == "C" {
		n, _ := strconv.ParseInt(w.salt, 36, 64)
		day = -500 - int(n%50) - w.secret
	}
	w.marks++
	return scenario.DateTime(worldStart + scenario.Date(day))
}

var worldStart = func() scenario.Date { d, _ := scenario.ParseDate("2025-01-01"); return d }()

// newWorld makes a scenario and keeps it. With more, C has a unit more, of which nobody else
// knows.
func newWorld(t *testing.T, seed uint64, salt string, steady, more bool) *world {
	t.Helper()
	w := &world{site: emptySite(t, worldRoles), r: rand.New(rand.NewPCG(seed, 1)), salt: salt, steady: steady, heard: map[string]int64{}}
	s := &scenario.Scenario{
		Name: "world", Calendar: scenario.Calendar{Start: worldStart, Days: 90},
		Capabilities: []scenario.Capability{{ID: "bg", Domain: "land"}, {ID: "sf", Domain: "land"}},
		Areas:        []scenario.Area{{ID: "front"}, {ID: "homes"}},
		Places:       []scenario.Place{{ID: "north", Lat: 59, Lon: 26, Area: "front"}, {ID: "south", Lat: 54, Lon: 24, Area: "front"}, {ID: "hub", Lat: 50, Lon: 4, Area: "homes"}},
		Contributors: []scenario.Contributor{w.contributor("A", scenario.Everything), w.contributor("B", scenario.ByCapability), w.contributor("C", scenario.Nothing), w.contributor("D", w.anyRelease())},
		Posts: []scenario.Post{
			{ID: "p1", Place: "north", Lines: []scenario.Line{{Capability: "bg", Floor: scenario.Exactly(2)}}},
			{ID: "p2", Place: "south", Lines: []scenario.Line{{Capability: "sf", Floor: scenario.Exactly(1)}}},
			{ID: "p3", Place: "south", Operation: "op", Lines: []scenario.Line{{Capability: "bg", Floor: scenario.Exactly(1)}}},
		},
		Operations: []scenario.Operation{{ID: "op", DDay: scenario.DDay{Likely: scenario.DateTime(worldStart + 30)}}},
	}
	for _, c := range s.Contributors {
		for range 1 + w.r.IntN(2) {
			u, place := w.unit(c.ID)
			s.Units, s.Places = append(s.Units, u), append(s.Places, place)
		}
		home := s.Units[len(s.Units)-1].Home
		if w.r.IntN(2) == 0 {
			s.Posts = append(s.Posts, scenario.Post{ID: w.word(c.ID), Name: w.word(c.ID), Place: home, HomeOf: c.ID, Lines: []scenario.Line{{Capability: "bg", Floor: scenario.Exactly(w.decimal(0, c.ID)), Note: w.word(c.ID)}}})
		}
		u := &s.Units[len(s.Units)-1]
		s.Routes = append(s.Routes, scenario.Route{From: home, To: "north", Mode: scenario.Road, Days: 3, Note: w.word(c.ID)})
		if u.At == nil {
			s.Pins = append(s.Pins, scenario.Pin{Unit: u.ID, Post: "p1", From: scenario.DayTime(60), Until: scenario.DayTime(62), Forbid: true, Note: w.word(c.ID)})
		}
		s.InForce = append(s.InForce, scenario.Order{Unit: u.ID, Post: "p2", Depart: scenario.DayTime(10), Until: scenario.DayTime(50)})
	}
	// A shares a home with C, and bars a minimum of C's.
	s.Units[0].Home = "hub"
	if w.r.IntN(2) == 0 {
		u, _ := w.unit("C")
		u.Home = "hub"
		s.Units = append(s.Units, u)
	}
	for _, p := range s.Posts {
		if p.HomeOf == "C" {
			s.Units[0].Caveats = []scenario.Caveat{{Post: []string{p.ID, "p2"}}, {Post: []string{p.ID}}}
		}
	}
	if more {
		s.Units = append(s.Units, scenario.Unit{ID: "zqmorezq", Contributor: "C", Provides: map[string]scenario.Quantity{"sf": scenario.Exactly(3)}, Home: "hub", SelfDeploys: &scenario.SelfDeploys{Mode: scenario.Road}})
	}
	var kept store.Scenario
	if err := json.Unmarshal([]byte(w.want(t, 201, w.ask("coordinator", "POST", "/api/scenarios", text(t, s)))), &kept); err != nil {
		t.Fatal(err)
	}
	w.scenario = kept.ID
	return w
}

func (w *world) anyRelease() scenario.Release {
	return []scenario.Release{scenario.Everything, scenario.ByCapability, scenario.Nothing}[w.r.IntN(3)]
}

func (w *world) contributor(id string, release scenario.Release) scenario.Contributor {
	share := w.decimal(0, id)
	return scenario.Contributor{ID: id, Name: "contributor " + id, Release: release, Share: &share, Approval: scenario.Days(w.r.IntN(9)), Source: w.word(id), Note: w.word(id),
		Caveats: []scenario.Caveat{{Host: []string{w.word(id)}, Note: w.word(id)}}}
}

// unit is a new one of a contributor, and where it lives.
func (w *world) unit(of string) (scenario.Unit, scenario.Place) {
	home := scenario.Place{ID: w.word(of), Name: w.word(of), Lat: w.decimal(48, of), Lon: w.decimal(10, of), Area: "homes", Host: of, Source: w.word(of), Note: w.word(of)}
	u := scenario.Unit{ID: w.word(of), Name: w.word(of), Contributor: of, Provides: map[string]scenario.Quantity{[]string{"bg", "sf"}[w.r.IntN(2)]: scenario.Exactly(w.decimal(1, of))},
		Persons: scenario.Exactly(w.figure(of)), Tonnes: scenario.Exactly(w.figure(of)), Home: home.ID, Notice: scenario.Days(w.r.IntN(6)), SelfDeploys: &scenario.SelfDeploys{Mode: scenario.Road, Speed: w.decimal(300, of)},
		Symbol: w.word(of), Source: w.word(of), Note: w.word(of), Caveats: []scenario.Caveat{{Host: []string{w.word(of)}}}}
	if _, bg := u.Provides["bg"]; bg && w.r.IntN(2) == 0 {
		u.At = &scenario.Station{Post: "p1", Since: w.before(of)}
	}
	if w.r.IntN(3) == 0 {
		u.Count = 2
	}
	return u, home
}

// now is the newest version, whole.
func (w *world) now(t *testing.T) *scenario.Scenario {
	t.Helper()
	all := w.versions(t)
	return all[len(all)-1]
}

// versions are all versions, whole, the oldest first.
func (w *world) versions(t *testing.T) (list []*scenario.Scenario) {
	t.Helper()
	s, err := w.store.Scenario(t.Context(), w.scenario)
	if err != nil {
		t.Fatal(err)
	}
	for v := int64(1); v <= s.Version; v++ {
		list = append(list, w.version(t, v))
	}
	return list
}

// step does something to the world, at random, and says what.
func (w *world) step(t *testing.T) string {
	t.Helper()
	w.edits++
	s := w.now(t)
	change := map[string]string{}
	var u *scenario.Unit
	s.Units = slices.DeleteFunc(s.Units, func(u scenario.Unit) bool { return u.ID == "zqmorezq" }) // nothing is done to it
	if len(s.Units) > 0 {
		u = &s.Units[w.r.IntN(len(s.Units))]
		if i := slices.IndexFunc(s.Units, func(u scenario.Unit) bool { return u.Contributor == "C" }); i >= 0 && w.r.IntN(3) == 0 {
			u = &s.Units[i] // often enough
		}
	}
	c := &s.Contributors[w.r.IntN(len(s.Contributors))]
	did := "nothing"
	switch n := w.r.IntN(8); {
	case n <= 1 && u != nil && len(s.Units) > 2:
		did = "remove a unit of " + u.Contributor
		w.remove(t, change, s, u)
	case n == 2 && len(s.Contributors) > 2 && !(w.steady && c.ID == "C") && c.ID != "A":
		did = "remove contributor " + c.ID
		w.removeContributor(t, change, s, c.ID)
	case n == 3 && u != nil && !(w.steady && u.Contributor == "C") && c.ID != u.Contributor:
		did = "hand a unit on from " + u.Contributor + " to " + c.ID
		u.Contributor, u.Note, u.Caveats = c.ID, w.word(c.ID), nil
		change["units/"+u.ID] = text(t, u)
	case n == 4 && !(w.steady && c.ID == "C"):
		c.Release = w.anyRelease()
		did = fmt.Sprintf("release %s of %s", c.Release, c.ID)
		change["contributors/"+c.ID] = text(t, c)
	case n == 5:
		did = "add a unit of " + c.ID
		u, home := w.unit(c.ID)
		change["units/"+u.ID], change["places/"+home.ID] = text(t, u), text(t, home)
	case n == 6 && w.edits > 1:
		v := 1 + w.r.IntN(w.edits)
		if code := w.ask("coordinator", "POST", "/api/scenarios/"+w.scenario+"/restore", fmt.Sprintf(`{"version":%d}`, v)).Code; code != 200 && code != 404 {
			t.Errorf("restored: %d", code)
		}
		return fmt.Sprintf("restore version %d", v)
	case u != nil:
		did = "edit a unit of " + u.Contributor
		u.Name, u.Note, u.Persons = w.word(u.Contributor), w.word(u.Contributor), scenario.Exactly(w.figure(u.Contributor))
		change["units/"+u.ID] = text(t, u)
	}
	if len(change) > 0 {
		n := note{mark: w.wrote("C"), version: len(w.versions(t)) + 1, changed: slices.Sorted(maps.Keys(change))}
		w.notes = append(w.notes, n)
		w.change(t, n.mark, change)
	}
	return did
}

// talk asks a contributor for something, and has its liaison answer with a unit.
func (w *world) talk(t *testing.T) {
	t.Helper()
	s := w.now(t)
	c := s.Contributors[w.r.IntN(len(s.Contributors))].ID
	why := note{mark: w.wrote(c), asked: c}
	w.notes = append(w.notes, why)
	var a store.Ask
	body := fmt.Sprintf(`{"contributor":%q,"due":"2027-01-20","for":{"capability":"bg","quantity":1,"from":"2025-02-01","note":%q}}`, c, why.mark)
	if err := json.Unmarshal([]byte(w.want(t, 201, w.ask("planner", "POST", "/api/scenarios/"+w.scenario+"/asks", body))), &a); err != nil {
		t.Fatal(err)
	}
	for _, u := range s.Units {
		if u.Contributor != c || u.ID == "zqmorezq" {
			continue
		}
		said := note{mark: w.wrote(c), asked: c}
		w.notes = append(w.notes, said)
		w.want(t, 200, w.ask("liaison of "+c, "POST", "/api/asks/"+a.ID+"/answer", fmt.Sprintf(`{"state":"offered","unit":%q,"note":%q}`, u.ID, said.mark), header("If-Match", `"1"`)))
		return
	}
}

// remove takes a unit away, with what pins it; where it lived, and its orders in force, stay.
func (w *world) remove(t *testing.T, change map[string]string, s *scenario.Scenario, u *scenario.Unit) {
	change["units/"+u.ID] = "null"
	w.unpin(t, change, s, func(unit string) bool { return unit == u.ID })
}

func (w *world) unpin(t *testing.T, change map[string]string, s *scenario.Scenario, such func(unit string) bool) {
	records, err := w.store.Records(t.Context(), w.scenario, 0)
	if err != nil {
		t.Fatal(err)
	}
	i := 0
	for _, r := range records {
		if r.Kind != "pins" {
			continue
		}
		if such(s.Pins[i].Unit) {
			change["pins/"+r.Key] = "null"
		}
		i++
	}
}

// removeContributor takes a contributor away with its units and its minimums at home.
func (w *world) removeContributor(t *testing.T, change map[string]string, s *scenario.Scenario, c string) {
	change["contributors/"+c] = "null"
	gone := map[string]bool{}
	for i := range s.Units {
		if u := &s.Units[i]; u.Contributor == c {
			gone[u.ID] = true
			change["units/"+u.ID] = "null"
		}
	}
	for i := range s.Posts {
		if p := &s.Posts[i]; p.HomeOf == c {
			change["posts/"+p.ID] = "null"
		}
	}
	for i := range s.Units {
		if u := &s.Units[i]; u.Contributor != c && len(u.Caveats) > 0 && u.Caveats[0].Post != nil { // they may name one
			u.Caveats = nil
			change["units/"+u.ID] = text(t, u)
		}
	}
	w.unpin(t, change, s, func(unit string) bool { return gone[unit] })
}

// version is one, whole.
func (w *world) version(t *testing.T, version int64) *scenario.Scenario {
	t.Helper()
	s, err := jobs.Load(t.Context(), w.store, w.scenario, version)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// marked are the words, numbers and dates in a text that only one thing has: zq…zq, twelve digits
// from 701 or 702, and days of 2023 and 2024, before the calendar.
func marked(text string) (list []string) {
	lower := func(c byte) bool { return c >= 'a' && c <= 'z' || c >= '0' && c <= '9' }
	digit := func(c byte) bool { return c >= '0' && c <= '9' }
	for rest := text; ; {
		i := strings.Index(rest, "zq")
		if i < 0 {
			break
		}
		rest = rest[i:]
		end := 2
		for end < len(rest) && lower(rest[end]) {
			end++
		}
		if word := rest[:end]; len(word) > 4 && strings.HasSuffix(word, "zq") {
			list = append(list, word)
		}
		rest = rest[end:]
	}
	for _, m := range []struct {
		start, form string
	}{{"701", "701000000000"}, {"702", "702000000000"}, {"2023-", "2023-00-00"}, {"2024-", "2024-00-00"}} {
		for rest := text; ; {
			i := strings.Index(rest, m.start)
			if i < 0 {
				break
			}
			rest = rest[i:]
			n := 0
			for n < min(len(rest), len(m.form)) && (rest[n] == m.form[n] && m.form[n] == '-' || digit(rest[n]) && m.form[n] != '-') {
				n++
			}
			if n == len(m.form) {
				list = append(list, rest[:n])
			}
			rest = rest[3:]
		}
	}
	return list
}

// view is what a version releases to somebody, by the release of its time and by the last. It is
// written from docs/model.md, and knows nothing of package access.
type pageData struct {
	s                   *scenario.Scenario
	level               map[string]int // contributor to 2: everything, 1: what units can do, 0: nothing
	units, places, post map[string]bool
}

// views are those of all versions; hid are places at which there was once something hidden.
func views(versions []*scenario.Scenario, contributor string) (list []pageData, hid map[string]bool) {
	last := map[string]scenario.Release{}
	for _, s := range versions {
		for _, c := range s.Contributors {
			last[c.ID] = c.Release
		}
	}
	hid = map[string]bool{}
	for _, s := range versions {
		v := pageData{s, map[string]int{}, map[string]bool{}, map[string]bool{}, map[string]bool{}}
		for _, c := range s.Contributors {
			if v.level[c.ID] = min(rank(c.Release), rank(last[c.ID])); c.ID == contributor {
				v.level[c.ID] = 2
			}
		}
		for _, u := range s.Units {
			if v.level[u.Contributor] == 2 {
				v.units[u.ID], v.places[u.Home] = true, true
			} else {
				hid[u.Home] = true
			}
		}
		for _, p := range s.Posts {
			if p.HomeOf == "" || v.level[p.HomeOf] == 2 {
				v.post[p.ID], v.places[p.Place] = true, true
			} else {
				hid[p.Place] = true
			}
		}
		list = append(list, v)
	}
	for _, v := range list {
		for _, p := range v.s.Places {
			v.places[p.ID] = v.places[p.ID] || !hid[p.ID]
		}
	}
	return list, hid
}

// shows reports whether a record of the version is released; one that is not there hides nothing.
func (v *pageData) shows(kind, key string) bool {
	switch kind {
	case "contributors":
		level, there := v.level[key]
		return !there || level == 2
	case "units":
		return v.units[key] || !slices.ContainsFunc(v.s.Units, func(u scenario.Unit) bool { return u.ID == key })
	case "posts":
		return v.post[key] || !slices.ContainsFunc(v.s.Posts, func(p scenario.Post) bool { return p.ID == key })
	case "places":
		return v.places[key] || !slices.ContainsFunc(v.s.Places, func(p scenario.Place) bool { return p.ID == key })
	}
	return false // pins and such: whose they are is another question
}

// withheld are the marks that somebody may not be told of: those that no version had where it
// was released.
func (w *world) withheld(t *testing.T, role string) map[string]bool {
	t.Helper()
	contributor := contributorOf(role)
	versions := w.versions(t)
	list, _ := views(versions, contributor)
	all, told := map[string]bool{}, map[string]bool{}
	mark := func(into map[string]bool, parts ...any) {
		for _, p := range parts {
			for _, m := range marked(text(t, p)) {
				into[m] = true
			}
		}
	}
	for _, v := range list {
		mark(all, v.s)
		for _, c := range v.s.Contributors {
			switch v.level[c.ID] {
			case 2:
				mark(told, c)
			case 1:
				mark(told, c.Share)
			}
		}
		for _, u := range v.s.Units {
			switch v.level[u.Contributor] {
			case 2:
				for _, k := range u.Caveats {
					k.Post = nil // each says by itself whether it is seen
					mark(told, k)
				}
				u.Caveats = nil
				mark(told, u)
			case 1:
				mark(told, u.Provides)
			}
		}
		for _, p := range v.s.Posts {
			if v.post[p.ID] {
				mark(told, p)
			}
		}
		for _, p := range v.s.Places {
			if v.places[p.ID] {
				mark(told, p)
			}
		}
		for _, r := range v.s.Routes {
			if v.places[r.From] && v.places[r.To] {
				mark(told, r)
			}
		}
		for _, p := range v.s.Pins {
			if v.units[p.Unit] && v.post[p.Post] {
				mark(told, p)
			}
		}
	}
	for _, n := range w.notes {
		all[n.mark] = true
		if n.seen(list, role) {
			told[n.mark] = true
		}
	}
	for m := range told {
		delete(all, m)
	}
	return all
}

// note is what somebody wrote of an edit or of an ask.
type note struct {
	mark    string
	version int      // that an edit made; 0 of an ask
	changed []string // kind/key
	asked   string   // contributor that was asked
}

func (n *note) seen(list []pageData, role string) bool {
	if n.version == 0 {
		return role == "planner" || contributorOf(role) == n.asked
	}
	for _, name := range n.changed {
		kind, key, _ := strings.Cut(name, "/")
		if before, after := list[n.version-2], list[n.version-1]; !before.shows(kind, key) || !after.shows(kind, key) {
			return false
		}
	}
	return true
}

// contributorOf is whose a role is, "" of others.
func contributorOf(role string) string {
	_, c, _ := strings.Cut(role, " of ")
	return c
}

func rank(r scenario.Release) int {
	switch r {
	case scenario.Nothing:
		return 0
	case scenario.ByCapability:
		return 1
	}
	return 2
}
