package server_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/rearguard/rearguard/internal/exchange"
	"github.com/rearguard/rearguard/internal/server"
)

// TestFormatsAreOffered holds the API to the list of formats: each that comes as one file
// can be asked for, has its type and its name, and is empty for nobody who may ask; what
// only the command line has is refused.
func TestFormatsAreOffered(t *testing.T) {
	x := newSite(t)
	var told []server.Format
	if err := json.Unmarshal([]byte(x.want(t, 200, x.ask("nobody", "GET", "/api/formats", ""))), &told); err != nil {
		t.Fatal(err)
	}
	for i, f := range exchange.Formats() {
		if k := told[i]; k.Name != f.Name || k.Imports != f.In() || k.Scenarios != f.OutOfScenario() || k.Plans != f.OutOfPlan() {
			t.Errorf("/api/formats says %+v of %s", k, f.Name)
		}
		for of, out := range map[string]bool{"/api/scenarios/" + x.scenario: f.OutOfScenario(), "/api/plans/" + x.plan: f.OutOfPlan()} {
			names := []string{f.Name}
			if strings.Contains(of, "plans") {
				names = append(names, f.Former...)
			}
			for _, name := range names {
				w := x.ask("planner", "GET", of+"/export/"+name, "")
				switch {
				case !out && w.Code != http.StatusUnprocessableEntity && exchange.OfPlan(name) == nil:
					t.Errorf("%s as %s: status %d, though it is not offered", of, name, w.Code)
				case out && (w.Code != 200 || w.Body.Len() == 0 || w.Header().Get("Content-Type") != f.ContentType || !strings.HasSuffix(w.Header().Get("Content-Disposition"), f.Extension()+`"`)):
					t.Errorf("%s as %s: status %d, %d bytes, %v", of, name, w.Code, w.Body.Len(), w.Header())
				}
			}
		}
		if w := x.ask("planner", "POST", "/api/import/"+f.Name, "no such file"); f.In() != (w.Code == http.StatusUnprocessableEntity && !strings.Contains(w.Body.String(), "path.format")) {
			t.Errorf("import of %s: status %d, %s", f.Name, w.Code, w.Body)
		}
	}
}

// TestFormatsComeBack imports what was exported: of every format that goes both ways.
func TestFormatsComeBack(t *testing.T) {
	x := newSite(t)
	written := x.want(t, 200, x.ask("coordinator", "GET", "/api/scenarios/"+x.scenario+"/export/yaml", ""))
	for _, f := range exchange.Formats() {
		if !f.In() || !f.OutOfScenario() {
			continue
		}
		file := x.want(t, 200, x.ask("coordinator", "GET", "/api/scenarios/"+x.scenario+"/export/"+f.Name, ""))
		var kept struct{ ID string }
		if err := json.Unmarshal([]byte(x.want(t, 201, x.ask("coordinator", "POST", "/api/import/"+f.Name, file, header("Content-Type", f.ContentType)))), &kept); err != nil {
			t.Fatal(err)
		}
		back := x.want(t, 200, x.ask("coordinator", "GET", "/api/scenarios/"+kept.ID+"/export/yaml", ""))
		if f.Scenario != nil && back != written {
			t.Errorf("%s does not give the same scenario back:\n%s\n%s", f.Name, written, back)
		}
		if f.Scenario == nil && !strings.Contains(back, "name: secret-nor-1") {
			t.Errorf("%s gives no unit back:\n%s", f.Name, back)
		}
	}
}

// TestForeignFilesAreImported imports a file of each format that others write.
func TestForeignFilesAreImported(t *testing.T) {
	x := newSite(t)
	files := map[string]string{
		"smptsp":       "Type = 1\nJobs = 2\n0 10\n10 20\nQualifications = 2\n2: 0 1\n1: 0\n",
		"orbat-mapper": x.want(t, 200, x.ask("coordinator", "GET", "/api/plans/"+x.plan+"/export/orbat-mapper", "")),
	}
	for _, f := range exchange.Formats() {
		if !f.In() || f.OutOfScenario() {
			continue
		}
		file, ok := files[f.Name]
		if !ok {
			t.Errorf("no file of %s is tried: add one", f.Name)
			continue
		}
		w := x.ask("planner", "POST", "/api/import/"+f.Name, file, header("Content-Type", "application/octet-stream"))
		if w.Code != http.StatusCreated {
			t.Errorf("%s: status %d, %s", f.Name, w.Code, w.Body)
		}
	}
}
