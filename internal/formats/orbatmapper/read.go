// Package orbatmapper reads and writes the scenario files of ORBAT Mapper
// (version 3, JSON). docs/formats/orbat-mapper.md says what is carried and lost.
package orbatmapper

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/rearguard/rearguard/internal/formats"
	"github.com/rearguard/rearguard/internal/formats/orbat"
	"github.com/rearguard/rearguard/scenario"
)

// kind is what the type of every file says.
const kind = "ORBAT-mapper"

// carried is the key under which an export holds what the format has no place
// for: the whole scenario and the plan.
const carried = "rearguard"

// Read makes a scenario of a file in memory; name is for messages. A file that
// [Write] made gives back its scenario, with names and symbols as they are now.
// The problems are warnings: units that were left out. The error is a
// *[formats.Invalid] with every problem, each with line, column and JSON pointer.
func Read(name string, data []byte) (*scenario.Scenario, []formats.Problem, error) {
	places, err := formats.ParseOthersJSON(name, data)
	if err != nil {
		return nil, nil, err
	}
	var tree any
	if err := json.Unmarshal(data, &tree); err != nil {
		return nil, nil, &formats.Invalid{Problems: []formats.Problem{places.Problem("", "this is not JSON: "+err.Error())}}
	}
	r := reader{places: places, seen: map[string]string{}, owners: map[string]string{}}
	r.file(value{&r, tree, ""})
	if r.Failed() {
		return nil, nil, &formats.Invalid{Problems: r.List}
	}
	if places.Has(carried) {
		return r.carried()
	}
	s, left := r.forces.Scenario()
	for _, u := range left {
		r.warn(r.seen[u.ID], "left out: unit %q (%s) has no place, and neither has any unit above or below it or of its owner", u.Name, u.ID)
	}
	if len(s.Units) == 0 {
		r.fail("/sides", "no unit has a place, so that there is nothing to plan with")
		return nil, nil, &formats.Invalid{Problems: r.List}
	}
	return s, r.List, nil
}

// reader collects forces and problems.
type reader struct {
	formats.Problems
	places *formats.JSON
	forces orbat.Forces
	start  time.Time
	seen   map[string]string // unit ID to its pointer
	owners map[string]string // owner ID to its pointer
}

// warn notes what is left out, at a JSON pointer.
func (r *reader) warn(pointer, format string, args ...any) {
	p := r.places.Problem(pointer, fmt.Sprintf(format, args...))
	p.Warning = true
	r.Add(p)
}

func (r *reader) fail(pointer, format string, args ...any) {
	r.Add(r.places.Problem(pointer, fmt.Sprintf(format, args...)))
}

// carried is the scenario that an export holds, with what was changed since.
func (r *reader) carried() (*scenario.Scenario, []formats.Problem, error) {
	s, _, err := r.places.Scenario("/" + carried + "/scenario") // check lists its warnings
	if err != nil {
		return nil, nil, err
	}
	now := map[string]orbat.Unit{}
	for _, u := range r.forces.Units {
		now[u.ID] = u
	}
	for i := range s.Units {
		u := &s.Units[i]
		edited, there := now[u.ID]
		delete(now, u.ID)
		if !there {
			continue
		}
		if edited.Name != strings.TrimSpace(label(u)) {
			u.Name = edited.Name
		}
		if edited.Symbol != sidc(s, u) {
			u.Symbol = edited.Symbol
		}
	}
	for _, u := range r.forces.Units {
		if _, added := now[u.ID]; added {
			r.warn(r.seen[u.ID], "left out: unit %q (%s) was added after the export; add it to the scenario, with what it provides", u.Name, u.ID)
		}
	}
	return s, r.List, nil
}

// value is a value of the file with its JSON pointer.
type value struct {
	r       *reader
	v       any
	pointer string
}

// get returns the value of a key; its v is nil if there is none or null.
func (x value) get(key string) value {
	m, _ := x.v.(map[string]any)
	return value{x.r, m[key], x.pointer + "/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(key)}
}

// text is a string; none is empty.
func (x value) text() string {
	s, ok := x.v.(string)
	if !ok && x.v != nil {
		x.r.fail(x.pointer, "this is no text")
	}
	return strings.TrimSpace(s)
}

// list is the items of a list of objects; none is empty.
func (x value) list() []value {
	items, ok := x.v.([]any)
	if !ok && x.v != nil {
		x.r.fail(x.pointer, "this is no list")
	}
	list := make([]value, 0, len(items))
	for i, item := range items {
		at := value{x.r, item, x.pointer + "/" + strconv.Itoa(i)}
		if _, ok := item.(map[string]any); !ok {
			x.r.fail(at.pointer, "this is no group of keys")
			continue
		}
		list = append(list, at)
	}
	return list
}

// point is a position, longitude first; nil if there is none.
func (x value) point() *orbat.Point {
	if x.v == nil {
		return nil
	}
	numbers, _ := x.v.([]any)
	if len(numbers) >= 2 {
		lon, isLon := numbers[0].(float64)
		lat, isLat := numbers[1].(float64)
		if isLon && isLat && lat >= -90 && lat <= 90 && lon >= -180 && lon <= 180 {
			return &orbat.Point{Lat: lat, Lon: lon}
		}
	}
	x.r.fail(x.pointer, "this is no position; it is [longitude, latitude] in degrees")
	return nil
}

// time is a moment: ISO 8601 text, or milliseconds since 1970 as before version 3.
func (x value) time() time.Time {
	switch v := x.v.(type) {
	case string:
		if t, err := time.Parse(time.RFC3339, v); err == nil {
			return t
		}
	case float64:
		if v > -1e14 && v < 1e14 {
			return time.UnixMilli(int64(v)).UTC()
		}
	}
	x.r.fail(x.pointer, "this is no time; it is ISO 8601 text such as 1982-04-02T20:00:00-04:00")
	return time.Time{}
}

func (r *reader) file(top value) {
	if got := top.get("type").text(); got != kind {
		r.fail("/type", "%q is no scenario of ORBAT Mapper, whose type is %q", got, kind)
		return
	}
	version := top.get("version").text()
	major, _, _ := strings.Cut(version, ".")
	if n, err := strconv.Atoi(major); err != nil || n < 0 || n > 3 {
		r.fail("/version", "version %q is not known; this reads versions 0 to 3", version)
	}
	if r.forces.Name = top.get("name").text(); r.forces.Name == "" {
		r.forces.Name = "ORBAT Mapper scenario"
	}
	r.forces.Source = "ORBAT Mapper scenario " + top.get("id").text()
	if start := top.get("startTime"); start.v != nil {
		r.start = start.time()
	} else {
		r.fail("/startTime", "the start time is missing; day 0 is its date")
	}
	// Day 0 is the date that the file itself writes, in its own time zone.
	day, err := scenario.ParseDate(r.start.Format(time.DateOnly))
	if err == nil && day == 0 {
		r.fail("/startTime", "a scenario that starts on 1970-01-01 has no start set; set one in ORBAT Mapper")
	} else if err == nil {
		r.forces.Start = day
	}
	for _, side := range top.get("sides").list() {
		r.side(side)
	}
}

func (r *reader) side(side value) {
	id, name := side.get("id").text(), side.get("name").text()
	if units := side.get("subUnits").list(); len(units) > 0 {
		r.owner(side, id, name, "a side of the order of battle, for its units in no group")
		r.units(units, id, "")
	}
	for _, group := range side.get("groups").list() {
		owner := group.get("id").text()
		r.owner(group, owner, group.get("name").text(), fmt.Sprintf("a group of side %q", name))
		units := group.get("subUnits")
		if units.v == nil {
			units = group.get("units") // of version 1
		}
		r.units(units.list(), owner, "")
	}
}

func (r *reader) owner(at value, id, name, note string) {
	if !r.identified(at, r.owners, id) {
		return
	}
	r.forces.Owners = append(r.forces.Owners, orbat.Owner{ID: id, Name: name, Note: note})
}

// identified notes an ID, which must be there once.
func (r *reader) identified(at value, seen map[string]string, id string) bool {
	if id == "" {
		r.fail(at.pointer, "the id is missing")
		return false
	}
	if first, twice := seen[id]; twice {
		r.fail(at.get("id").pointer, "the id %q is there twice, first at %s", id, first)
		return false
	}
	seen[id] = at.pointer
	return true
}

func (r *reader) units(list []value, owner, superior string) {
	for _, x := range list {
		id := x.get("id").text()
		if !r.identified(x, r.seen, id) {
			continue
		}
		u := orbat.Unit{ID: id, Name: x.get("name").text(), Symbol: x.get("sidc").text(), Owner: owner, Superior: superior}
		if _, err := orbat.Read(u.Symbol); err != nil {
			r.fail(x.get("sidc").pointer, "unit %q: %s", u.Name, err)
		}
		u.At, u.Note = r.place(x)
		r.forces.Units = append(r.forces.Units, u)
		r.units(x.get("subUnits").list(), owner, id)
	}
}

// place is where a unit is at the start: what its last state by then says, or its
// own location, or else the first place that it has later.
func (r *reader) place(unit value) (at *orbat.Point, note string) {
	at = unit.get("location").point()
	var later *orbat.Point
	for _, state := range unit.get("state").list() {
		where := state.get("location").point()
		t := state.get("t").time()
		switch {
		case where == nil:
		case !t.After(r.start):
			at = where
		case later == nil:
			later, note = where, "home is its first place in the file, of "+t.Format(time.DateOnly)
		}
	}
	if at != nil || later == nil {
		return at, ""
	}
	return later, note
}
