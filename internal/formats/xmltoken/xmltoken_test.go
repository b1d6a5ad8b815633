package xmltoken_test

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/rearguard/rearguard/internal/formats/xmltoken"
)

// tokens counts the tokens of an XML text.
func tokens(text string) (n int, err error) {
	s := xmltoken.NewSource(strings.NewReader(text))
	d := xml.NewDecoder(s)
	for ; ; n++ {
		s.Next()
		if _, err := d.Token(); err != nil {
			return n, err
		}
	}
}

func TestLongTokens(t *testing.T) {
	long := strings.Repeat("x", xmltoken.Most+1)
	half := strings.Repeat("x", xmltoken.Most/2)
	for name, c := range map[string]struct{ text, want string }{
		"many tokens that are long together": {"<a>" + strings.Repeat("<b>"+half+"</b>", 5) + "</a>", ""},
		"a text":                             {"<a>" + long + "</a>", "longer than 1 MB"},
		"an attribute":                       {`<a b="` + long + `"/>`, "longer than 1 MB"},
		"attributes":                         {"<a" + strings.Repeat(` b=""`, xmltoken.Most/4) + "/>", "longer than 1 MB"},
		"a comment":                          {"<a><!--" + long + "--></a>", "longer than 1 MB"},
	} {
		_, err := tokens(c.text)
		if c.want == "" && !errors.Is(err, io.EOF) || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}
