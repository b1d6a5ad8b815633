package store_test

import (
	"context"
	"os"
	"sync"
	"testing"

	"github.com/rearguard/rearguard/internal/store"
	"github.com/rearguard/rearguard/internal/store/storetest"
	"github.com/rearguard/rearguard/internal/suite/needs"
)

// cluster is the tests' own PostgreSQL server, started by the first test that asks.
var cluster = sync.OnceValues(func() (*storetest.Cluster, error) {
	c, err := storetest.Start()
	if err == nil {
		stopCluster = c.Stop
	}
	return c, err
})

var stopCluster = func() {}

func TestMain(m *testing.M) {
	code := m.Run()
	stopCluster()
	os.Exit(code)
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
		c, err := cluster()
		if err != nil {
			needs.Skip(t, "pg_ctlcluster", err.Error())
		}
		address, err := c.Database(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		s, err := store.Connect(t.Context(), address)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = s.Close() })
		test(t, s)
	})
}

var actor = store.Actor{ID: "somebody", Origin: "127.0.0.1", Request: "r1"}

// fill keeps a scenario of two units and a pin.
func fill(t *testing.T, s *store.Store) *store.Scenario {
	t.Helper()
	records, err := store.Split([]byte(`{"name": "a", "calendar": {"start": "2025-01-01", "days": 10}, "units": [{"id": "u2"}, {"id": "u1"}], "pins": [{"unit": "u1"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	x, err := s.Create(context.Background(), actor, "a", records)
	if err != nil {
		t.Fatal(err)
	}
	return x
}
