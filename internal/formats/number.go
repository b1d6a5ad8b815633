package formats

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/rearguard/rearguard/scenario"
)

var (
	plainNumber = regexp.MustCompile(`^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$`)
	withUnit    = regexp.MustCompile(`^([-+]?\d[\d.]*)\s*([a-zA-Z%/][a-zA-Z%/ ]*)$`)
	grouped     = regexp.MustCompile(`^[-+]?\d{1,3}([, '_ ]\d{3})+(\.\d+)?$`)
)

// number reads a number as a file writes it. A unit, a thousands separator or a
// number word is a problem with a correction where one is safe: nothing is
// guessed.
func (d *decoder) number(n *node, r rules) (float64, bool) {
	if n.kind != scalar {
		d.problem(n.at, "", "%s must be a number, not %s", r.name, n.describe())
		return 0, false
	}
	text := strings.TrimSpace(n.text)
	if !plainNumber.MatchString(text) {
		maybe, why := correction(text)
		d.problem(n.at, maybe, "%s %s is not a number%s", r.name, quote(n.text), why)
		return 0, false
	}
	x, err := strconv.ParseFloat(text, 64)
	if err != nil || !scenario.Finite(x) || x > largest || x < -largest {
		d.problem(n.at, "", "%s %s is out of range", r.name, quote(n.text))
		return 0, false
	}
	return x, d.limits(n, r, x)
}

// largest bounds every number, so that sums keep their precision.
const largest = 1e12

func (d *decoder) limits(n *node, r rules, x float64) bool {
	switch {
	case r.min != nil && x < *r.min:
		d.problem(n.at, "", "%s %s is below %g", r.name, n.describe(), *r.min)
	case r.max != nil && x > *r.max:
		d.problem(n.at, "", "%s %s is above %g", r.name, n.describe(), *r.max)
	default:
		return true
	}
	return false
}

// correction says what is wrong with a number and how it might be meant.
func correction(text string) (maybe, why string) {
	if grouped.MatchString(text) {
		return strings.NewReplacer(",", "", " ", "", "'", "", "_", "", " ", "").Replace(text), "; write it without separators"
	}
	if m := withUnit.FindStringSubmatch(text); m != nil {
		if x, err := strconv.ParseFloat(m[1], 64); err == nil && m[2] == "%" {
			return strconv.FormatFloat(x/100, 'g', -1, 64), "; write a part of 1"
		}
		return "", "; write it in the unit of docs/formats/scenario.md, without naming the unit"
	}
	words := []string{"zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"}
	for i, w := range words {
		if strings.EqualFold(text, w) {
			return strconv.Itoa(i), ""
		}
	}
	return "", ""
}
