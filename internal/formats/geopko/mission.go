package geopko

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/rearguard/rearguard/scenario"
)

// Mission is a new mission to plan on top; the zero value is none.
type Mission struct {
	Troops   int           // persons at full strength
	Lat, Lon float64       // degrees
	From     scenario.Date // D-day
}

func (m *Mission) check() error {
	var list []error
	if m.Troops < platoon || m.Troops > maxStrength {
		list = append(list, fmt.Errorf("troops=%d is not between %d and %d", m.Troops, platoon, maxStrength))
	}
	if !(m.Lat >= -90 && m.Lat <= 90) || !(m.Lon >= -180 && m.Lon <= 180) {
		list = append(list, fmt.Errorf("at=%g,%g is no point; latitude is -90 to 90, longitude -180 to 180", m.Lat, m.Lon))
	}
	return errors.Join(list...)
}

const missionForm = "troops=3000,at=4.36,18.56,from=2014-09-15"

// ParseMission reads troops=N,at=LAT,LON,from=DATE: persons, degrees (north and
// east positive) and an ISO date, in any order. The error names all that is
// wrong.
func ParseMission(text string) (Mission, error) {
	values := map[string]string{}
	var list []error
	last := ""
	for part := range strings.SplitSeq(text, ",") {
		key, value, pair := strings.Cut(part, "=")
		key = strings.TrimSpace(key)
		_, twice := values[key]
		switch {
		case !pair && last == "at" && !strings.Contains(values[last], ","):
			values[last] += "," + part
		case !pair:
			list = append(list, fmt.Errorf("%q is no key=value", part))
		case !slices.Contains([]string{"troops", "at", "from"}, key):
			list = append(list, fmt.Errorf("unknown key %q%s", key, ifAny("; maybe ", scenario.Nearest(key, []string{"troops", "at", "from"}))))
		case twice:
			list = append(list, fmt.Errorf("%s is given twice", key))
		default:
			values[key], last = strings.TrimSpace(value), key
		}
	}
	m, errs := missionOf(values)
	if list = append(list, errs...); len(list) > 0 {
		return Mission{}, fmt.Errorf("new mission %q: %w; write it as %s", text, oneLine(list), missionForm)
	}
	return m, nil
}

// missionOf reads the values of a mission.
func missionOf(values map[string]string) (m Mission, list []error) {
	for _, key := range []string{"troops", "at", "from"} {
		value, given := values[key]
		if !given {
			list = append(list, fmt.Errorf("%s is missing", key))
			continue
		}
		var err error
		switch key {
		case "troops":
			if m.Troops, err = strconv.Atoi(value); err != nil {
				err = fmt.Errorf("troops %q is not a whole number", value)
			}
		case "at":
			lat, lon, _ := strings.Cut(value, ",")
			var bad error
			m.Lat, err = strconv.ParseFloat(strings.TrimSpace(lat), 64)
			m.Lon, bad = strconv.ParseFloat(strings.TrimSpace(lon), 64)
			if err != nil || bad != nil {
				err = fmt.Errorf("at %q is not latitude,longitude in degrees", value)
			}
		case "from":
			m.From, err = scenario.ParseDate(value)
		}
		if err != nil {
			list = append(list, err)
		}
	}
	if len(list) == 0 {
		if err := m.check(); err != nil {
			list = append(list, err)
		}
	}
	return m, list
}

// oneLine joins errors with semicolons.
func oneLine(list []error) error {
	text := make([]string, len(list))
	for i, err := range list {
		text[i] = strings.ReplaceAll(err.Error(), "\n", "; ")
	}
	return errors.New(strings.Join(text, "; "))
}
