package marathon

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"

	"github.com/rearguard/rearguard/internal/formats/table"
)

// reader collects problems.
type reader struct{ table.Problems }

// load reads a table of the folder; nil if it is not there.
func (r *reader) load(folder, name string) []byte {
	path := filepath.Join(folder, name)
	if _, err := os.Stat(path); os.IsNotExist(err) {
		return nil
	}
	return r.Load(path)
}

// rows reads a CSV table and calls one for each row that is enabled. Columns
// that are wanted must be there; others are found if they are.
func (r *reader) rows(file string, data []byte, wanted []string, one func(*table.Row)) {
	r.CSV(file, bytes.NewReader(data), table.Columns(wanted...), func(w *table.Row) {
		if enabled(w) {
			one(w)
		}
	})
}

// enabled reports whether a row counts: in the tables 1, true and TRUE are yes.
func enabled(w *table.Row) bool {
	if !w.Has("Enabled") {
		return true
	}
	switch s := strings.ToLower(w.Text("Enabled")); s {
	case "1", "true":
		return true
	case "0", "false", "":
		return false
	default:
		w.Fail(w.At("Enabled"), "", "Enabled %q is neither true nor false; write 1 or 0", s)
		return false
	}
}
