package store_test

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/rearguard/rearguard/internal/store"
)

// cluster is a PostgreSQL server of the tests' own, on a socket in a temporary folder,
// started by the first test that asks; "" with the reason where there is none.
var cluster = sync.OnceValues(startCluster)

var (
	stopCluster = func() {}
	databases   atomic.Int64
)

func TestMain(m *testing.M) {
	code := m.Run()
	stopCluster()
	os.Exit(code)
}

func startCluster() (folder, reason string) {
	bin := ""
	if found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb"); len(found) > 0 {
		bin = filepath.Dir(found[len(found)-1])
	} else if path, err := exec.LookPath("initdb"); err == nil {
		bin = filepath.Dir(path)
	} else {
		return "", "PostgreSQL is not installed; .ci/install installs it"
	}
	folder, err := os.MkdirTemp("", "rearguard-pg-*")
	if err != nil {
		return "", err.Error()
	}
	as := func(args ...string) *exec.Cmd { return exec.Command(args[0], args[1:]...) }
	if os.Getuid() == 0 { // PostgreSQL refuses to run as root
		if _, err := user.Lookup("postgres"); err != nil {
			return "", "PostgreSQL does not run as root, and there is no user postgres"
		}
		if out, err := exec.Command("chown", "postgres", folder).CombinedOutput(); err != nil {
			return "", string(out)
		}
		as = func(args ...string) *exec.Cmd {
			return exec.Command("setpriv", append([]string{"--reuid=postgres", "--regid=postgres", "--clear-groups"}, args...)...)
		}
	}
	data := filepath.Join(folder, "data")
	log := filepath.Join(folder, "log")
	for _, args := range [][]string{
		{filepath.Join(bin, "initdb"), "-D", data, "-U", "rearguard", "-A", "trust", "--no-sync"},
		{filepath.Join(bin, "pg_ctl"), "-D", data, "-w", "-l", log, "-o", "-c listen_addresses= -c unix_socket_directories=" + folder + " -c fsync=off", "start"},
	} {
		c := as(args...)
		c.Dir = folder
		if out, err := c.CombinedOutput(); err != nil && !strings.Contains(string(out), "server started") {
			return "", fmt.Sprintf("%v: %s", err, out)
		}
	}
	stopCluster = func() {
		c := as(filepath.Join(bin, "pg_ctl"), "-D", data, "-m", "immediate", "-w", "stop")
		c.Dir = folder
		_ = c.Run()
		_ = os.RemoveAll(folder)
	}
	return folder, ""
}

// each runs a test on both databases, each time on empty tables.
func each(t *testing.T, test func(*testing.T, *store.Store)) {
	t.Helper()
	t.Run("SQLite", func(t *testing.T) {
		s, err := store.Open(t.Context(), t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = s.Close() })
		test(t, s)
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		folder, reason := cluster()
		if reason != "" {
			t.Skip(reason)
		}
		address := func(name string) string {
			return (&url.URL{Scheme: "postgres", User: url.User("rearguard"), Path: "/" + name, RawQuery: url.Values{"host": {folder}}.Encode()}).String()
		}
		admin, err := sql.Open("pgx", address("postgres"))
		if err != nil {
			t.Fatal(err)
		}
		defer admin.Close()
		name := fmt.Sprintf("test%d", databases.Add(1))
		if _, err := admin.ExecContext(t.Context(), "CREATE DATABASE "+name); err != nil {
			t.Fatal(err)
		}
		s, err := store.Connect(t.Context(), address(name))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = s.Close() })
		test(t, s)
	})
}

var by = store.By{Who: "somebody", Origin: "127.0.0.1", Request: "r1"}

// fill keeps a scenario of two units and a pin.
func fill(t *testing.T, s *store.Store) *store.Scenario {
	t.Helper()
	records, err := store.Split([]byte(`{"name": "a", "calendar": {"start": "2025-01-01", "days": 10}, "units": [{"id": "u2"}, {"id": "u1"}], "pins": [{"unit": "u1"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	x, err := s.Create(context.Background(), by, "a", records)
	if err != nil {
		t.Fatal(err)
	}
	return x
}
