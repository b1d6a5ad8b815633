package cli_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/rearguard/rearguard/internal/cli"
)

// TestTeam starts a server as a coordinator would, makes the first account by its link,
// finds the examples planned, and checks and copies the database while it runs.
func TestTeam(t *testing.T) {
	ctx, stop := context.WithTimeout(t.Context(), 2*time.Minute)
	folder := filepath.Join(t.TempDir(), "data")
	said, write := io.Pipe()
	ended := make(chan int)
	go func() {
		ended <- cli.Main(ctx, []string{"serve", "--data", folder, "--listen", "127.0.0.1:0"}, write, io.Discard)
		write.Close()
	}()
	defer func() {
		stop()
		go func() { _, _ = io.Copy(io.Discard, said) }()
		if code := <-ended; code != 0 {
			t.Errorf("the server ends with %d", code)
		}
	}()
	link := ""
	var heard strings.Builder
	for b := make([]byte, 4096); link == ""; {
		n, err := said.Read(b)
		if err != nil {
			t.Fatal(err, heard.String())
		}
		heard.Write(b[:n])
		link = regexp.MustCompile(`http://\S+/invite/\w+\n`).FindString(heard.String())
	}
	link = strings.TrimSpace(link)
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	browser := &http.Client{Jar: jar}
	page := func(address string, form url.Values) string {
		t.Helper()
		get := func() (*http.Response, error) { return browser.Get(address) }
		if form != nil {
			get = func() (*http.Response, error) { return browser.PostForm(address, form) }
		}
		w, err := get()
		if err != nil {
			t.Fatal(err)
		}
		defer w.Body.Close()
		b, err := io.ReadAll(w.Body)
		if err != nil || w.StatusCode != http.StatusOK {
			t.Fatalf("%s, %v: %s", w.Status, err, b)
		}
		return string(b)
	}
	if text := page(link, nil); !strings.Contains(text, "You were invited") {
		t.Error(text)
	}
	if text := page(link, url.Values{"name": {"Ann"}, "email": {"ann@example.org"}, "password": {"correct horse"}}); !strings.Contains(text, `src="/app.js"`) {
		t.Error("the start is not the app")
	}
	home, _, _ := strings.Cut(link, "/invite/")
	if text := page(home+"/api/session", nil); !strings.Contains(text, `"name":"Ann"`) || !strings.Contains(text, `"role":"coordinator"`) {
		t.Error(text)
	}
	list := page(home+"/api/scenarios", nil)
	for _, want := range []string{"tiny", "wildfire-2025", "reassurance-2025"} {
		if !strings.Contains(list, `"name":"`+want+`"`) {
			t.Errorf("the list lacks %q", want)
		}
	}
	tiny := regexp.MustCompile(`"id":"([\w-]+)","name":"tiny"`).FindStringSubmatch(list)
	if tiny == nil {
		t.Fatal(list)
	}
	var plan []string
	for plan == nil { // the tiny example is planned first
		if ctx.Err() != nil {
			t.Fatal("no plan was made")
		}
		plan = regexp.MustCompile(`"id":"([\w-]+)".*"name":"first plan"`).FindStringSubmatch(page(home+"/api/scenarios/"+tiny[1]+"/plans", nil))
		time.Sleep(50 * time.Millisecond)
	}
	if text := page(home+"/plans/"+plan[1], nil); !strings.Contains(text, `id="document"`) {
		t.Error("the plan's page shows nothing")
	}
	if text := page(home+"/api", nil); !strings.Contains(text, "/api/scenarios/{scenario}/records/{kind}") {
		t.Error("the API's page lists nothing")
	}
	copied := filepath.Join(t.TempDir(), "copy.db")
	if out := run(t, "backup", "--data", folder, copied); !strings.Contains(out, "MB") {
		t.Error(out)
	}
	if out := run(t, "audit", "verify", "--data", folder); !strings.Contains(out, "unbroken") {
		t.Error(out)
	}
	if out := run(t, "audit", "export", "--data", folder); strings.Count(out, "\n") < 8 || !strings.Contains(out, `"action":"accept invitation"`) {
		t.Error(out)
	}
	var stdout, stderr bytes.Buffer
	if code := cli.Main(ctx, []string{"audit", "verify", "--data", folder, "--head", strings.Repeat("0", 64)}, &stdout, &stderr); code != 1 || !strings.Contains(stderr.String(), "no line has the hash") {
		t.Errorf("%d %s", code, stderr.String())
	}
}
