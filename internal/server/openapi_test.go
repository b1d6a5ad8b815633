package server_test

import (
	"bytes"
	"encoding/json"
	"os"
	"testing"

	"github.com/rearguard/rearguard/internal/server"
)

// TestClientDescription holds web/openapi.json, from which the page's client is made, to
// the operations; -update writes it.
func TestClientDescription(t *testing.T) {
	const path = "../../web/openapi.json"
	got, err := json.MarshalIndent(server.New(server.Options{Store: nil, Version: "development"}).OpenAPI(), "", " ")
	if err != nil {
		t.Fatal(err)
	}
	got = append(got, '\n')
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil { //nolint:gosec // a source file
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("web/openapi.json is not what the operations are; run go test ./internal/server -run TestClientDescription -update, then make web")
	}
}
