package formats

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/rearguard/rearguard/scenario"
)

var (
	plainNumber = regexp.MustCompile(`^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$`)
	decimals    = regexp.MustCompile(`^[-+]?\d+,\d+$`)
	withUnit    = regexp.MustCompile(`^([-+]?\d[\d.]*)\s*([a-zA-Z%/][a-zA-Z%/ ]*)$`)

	// One group of three digits behind a sign may be thousands, or decimals.
	oneGroup = regexp.MustCompile(`^[-+]?[1-9]\d{0,2}[.,]\d{3}$`)
	// With other signs, or more groups, they are thousands.
	grouped = []*regexp.Regexp{
		regexp.MustCompile(`^([-+]?\d{1,3}(?:,\d{3})+)(\.\d+)?$`),
		regexp.MustCompile(`^([-+]?\d{1,3}(?:\.\d{3})+)(,\d+)?$`),
		regexp.MustCompile(`^([-+]?\d{1,3}(?:[\s\p{Z}_'’]\d{3})+)([.,]\d+)?$`),
	}
	betweenThousands = regexp.MustCompile(`[^-+\d]`)
)

// Numeral is a number as a style writes it, or what is wrong with it, with a correction
// where one is safe: nothing is guessed. One that can be read in two ways is read in the
// one that is at least least and at most most; if both are, both are given.
func Numeral(text string, style Style, least, most float64) (x float64, fault, maybe string) {
	text = strings.TrimSpace(text)
	if style != Exact && oneGroup.MatchString(text) && !(style == Points && exactDecimals.MatchString(text)) {
		return twoWays(text, least, most)
	}
	if style == Local && decimals.MatchString(text) {
		text = strings.Replace(text, ",", ".", 1)
	}
	if !plainNumber.MatchString(text) {
		maybe, why := correction(text)
		return 0, "is not a number" + why, maybe
	}
	x, err := strconv.ParseFloat(text, 64)
	if err != nil || !scenario.Finite(x) || x > largest || x < -largest {
		return 0, "is out of range", ""
	}
	return x, "", ""
}

// exactDecimals are three decimals that a program writes: it leaves out a last 0.
var exactDecimals = regexp.MustCompile(`\.\d\d[1-9]$`)

// largest bounds every number, so that sums keep their precision.
const largest = 1e12

// twoWays reads a number whose one sign may stand before decimals or between thousands.
func twoWays(text string, least, most float64) (x float64, fault, maybe string) {
	at := strings.IndexAny(text, ".,")
	decimal, _ := strconv.ParseFloat(text[:at]+"."+text[at+1:], 64) // matched
	whole, _ := strconv.ParseFloat(text[:at]+text[at+1:], 64)
	fits := func(x float64) bool { return least <= x && x <= most }
	switch {
	case !fits(whole):
		return decimal, "", "" // whose limits are the reader's to check
	case !fits(decimal):
		return whole, "", ""
	}
	small := strconv.FormatFloat(decimal, 'f', -1, 64)
	if exactDecimals.MatchString(small) {
		small += "0" // four decimals are no thousands
	}
	return 0, fmt.Sprintf("is %s, or %.0f with a sign between thousands; write which", strings.TrimSuffix(small, "0"), whole), fmt.Sprintf("%s or %.0f", small, whole)
}

// number reads a number as a file writes it.
func (d *decoder) number(n *node, r rules) (float64, bool) {
	if n.kind != scalar {
		d.unfit(n.at, "", "%s must be a number, not %s", r.name, n.describe())
		return 0, false
	}
	least, most := -largest, largest
	if r.min != nil {
		least = *r.min
	}
	if r.max != nil {
		most = *r.max
	}
	x, fault, maybe := Numeral(n.text, n.style, least, most)
	if fault != "" {
		d.unfit(n.at, maybe, "%s %s %s", r.name, quote(n.text), fault)
		return 0, false
	}
	return x, d.limits(n, r, x)
}

func (d *decoder) limits(n *node, r rules, x float64) bool {
	switch {
	case r.min != nil && x < *r.min:
		d.unfit(n.at, "", "%s %s is below %s", r.name, n.describe(), strconv.FormatFloat(*r.min, 'f', -1, 64))
	case r.max != nil && x > *r.max:
		d.unfit(n.at, "", "%s %s is above %s", r.name, n.describe(), strconv.FormatFloat(*r.max, 'f', -1, 64))
	default:
		return true
	}
	return false
}

// correction says what is wrong with a number and how it might be meant.
func correction(text string) (maybe, why string) {
	for _, form := range grouped {
		if m := form.FindStringSubmatch(text); m != nil {
			maybe := betweenThousands.ReplaceAllString(m[1], "")
			if m[2] != "" {
				maybe += "." + m[2][1:]
			}
			return maybe, "; write it without separators"
		}
	}
	if decimals.MatchString(text) {
		return strings.Replace(text, ",", ".", 1), "; write a point before the decimals"
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
