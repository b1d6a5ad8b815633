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

// rows reads a CSV table and calls one for each row that is enabled.
func (r *reader) rows(file string, data []byte, t sheet, one func(*table.Row)) {
	form := table.Columns(t.columns...)
	form.Known, form.Ignored = append([]string{"Enabled"}, t.known...), t.ignored
	r.CSV(file, bytes.NewReader(data), form, func(w *table.Row) {
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
