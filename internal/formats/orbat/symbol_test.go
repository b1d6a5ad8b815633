package orbat_test

import (
	"testing"

	"github.com/rearguard/rearguard/internal/formats/orbat"
)

// TestRead reads a function, a domain and a size from codes of both kinds.
func TestRead(t *testing.T) {
	for _, c := range []struct {
		sidc, capability, domain, echelon string
		size                              float64
	}{
		{"10031000161211000000", "infantry", "land", "battalion", 4},
		{"10031000181211000000", "infantry", "land", "brigade", 14},
		{"10031000151303000000", "artillery", "land", "company", 1},
		{"10033000001202030000", "destroyer", "sea", "", 1},
		{"10033500001101000000", "submarine", "sea", "", 1},
		{"10030100001101050000", "air", "air", "", 1},
		{"S-G-UCI----F--G", "infantry", "land", "battalion", 4},
		{"SFGPUCAA---D---", "anti-armour", "land", "platoon", 0.3},
		{"SFSPCLFF-------", "surface", "sea", "", 1},
	} {
		k, err := orbat.Read(c.sidc)
		if err != nil || k.Capability != c.capability || k.Domain != c.domain || k.Echelon != c.echelon || k.Size != c.size {
			t.Errorf("%s is %+v, %v; want %+v", c.sidc, k, err, c)
		}
	}
	for _, sidc := range []string{"", "1003", "1003100016121100000X", "G-G-UCI----F--G", "S-G UCI----F--G"} {
		if k, err := orbat.Read(sidc); err == nil {
			t.Errorf("%q is %+v, want an error", sidc, k)
		}
	}
}
