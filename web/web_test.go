package web_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rearguard/rearguard/web"
)

// TestBuilt holds dist to the sources that it was built from; sources.mjs writes
// the hash.
func TestBuilt(t *testing.T) {
	var files []string
	top, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range top {
		if slices.Contains([]string{".mjs", ".js", ".json"}, filepath.Ext(f.Name())) {
			files = append(files, f.Name())
		}
	}
	if err := filepath.WalkDir("src", func(path string, f fs.DirEntry, err error) error {
		if err == nil && !f.IsDir() {
			files = append(files, filepath.ToSlash(path))
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	slices.Sort(files)
	hash := sha256.New()
	for _, path := range files {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(hash, "%s\n%s\n", path, b)
	}
	want, err := os.ReadFile("dist/sources.sha256")
	if err != nil {
		t.Fatal(err)
	}
	if got := hex.EncodeToString(hash.Sum(nil)); got != strings.TrimSpace(string(want)) {
		t.Error("web/dist was not built from the sources beside it; run make web and commit dist too")
	}
}

func page(t *testing.T, r web.Report) string {
	t.Helper()
	b, err := r.HTML()
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// No name in the data or the title can end its element or begin another.
func TestHostileNames(t *testing.T) {
	const evil = `</script><script>alert(1)</script><!--<b> "&'` + "\u2028"
	got := page(t, web.Report{Title: evil, Document: map[string]string{"name": evil}})
	plain := page(t, web.Report{Title: "x", Document: map[string]string{"name": "x"}})
	for _, mark := range []string{"<script", "</script", "<!--", "<b>", "</title"} {
		if a, b := strings.Count(got, mark), strings.Count(plain, mark); a != b {
			t.Errorf("%q occurs %d times, without hostile names %d times", mark, a, b)
		}
	}
}

// The page is whole: its script cannot end early, and nothing is fetched.
func TestSelfContained(t *testing.T) {
	got := page(t, web.Report{Title: "x"})
	if n := strings.Count(got, "</script"); n != 3 {
		t.Errorf("%d ends of script elements, want 3", n)
	}
	if strings.Count(got, "</style") != 1 {
		t.Error("the style ends early")
	}
	if found := regexp.MustCompile(`(?i)(<link|<img|<iframe|\ssrc=["']?https?:|url\(\s*["']?https?:|@import|\bfetch\(|XMLHttpRequest|WebSocket)`).FindString(got); found != "" {
		t.Errorf("the page may fetch something: %q", found)
	}
	if !strings.Contains(got, "default-src 'none'; script-src 'sha256-") {
		t.Error("no strict content security policy")
	}
}

// The page for a decision maker runs the same script, under the same policy.
func TestBrief(t *testing.T) {
	whole, brief := page(t, web.Report{Title: "x"}), page(t, web.Report{Title: "x", Brief: true})
	if !strings.Contains(brief, `data-view="brief"`) || strings.Replace(brief, `data-view="brief"`, `data-view="whole"`, 1) != whole {
		t.Error("the brief is not the whole report shown otherwise")
	}
}

// A theatre gets the outlines near it, not the world's.
func TestOutlines(t *testing.T) {
	world := len(page(t, web.Report{Theatre: []web.Point{{-80, -179}, {80, 179}}}))
	baltic := len(page(t, web.Report{Theatre: []web.Point{{59, 26}, {54, 22}}}))
	sea := len(page(t, web.Report{Theatre: []web.Point{{-40, -120}}}))
	if !(sea < baltic && baltic < world) {
		t.Errorf("bytes: %d at sea, %d in the Baltic, %d in the world; want fewer where less is near", sea, baltic, world)
	}
}

func TestSameBytes(t *testing.T) {
	r := web.Report{Title: "x", Document: []int{1}, Theatre: []web.Point{{59, 26}}}
	if !bytes.Equal([]byte(page(t, r)), []byte(page(t, r))) {
		t.Error("two pages of one report differ")
	}
}
