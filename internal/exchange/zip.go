package exchange

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/rearguard/rearguard/internal/formats"
	"github.com/rearguard/rearguard/scenario"
)

// Limits of a ZIP file of tables.
const (
	mostZIPBytes = 256 << 20 // unpacked, all tables together
	mostZIPFiles = 1000
)

// writeZIP writes a scenario's CSV tables as a ZIP file; the same scenario gives the same
// bytes.
func writeZIP(w io.Writer, s *scenario.Scenario) error {
	files, err := formats.TableFiles(s)
	if err != nil {
		return err
	}
	z := zip.NewWriter(w)
	for _, f := range files {
		into, err := z.Create(f.Name)
		if err == nil {
			_, err = into.Write(f.Data)
		}
		if err != nil {
			return fmt.Errorf("pack %s: %w", f.Name, err)
		}
	}
	if err := z.Close(); err != nil {
		return fmt.Errorf("pack the tables: %w", err)
	}
	return nil
}

// readZIP reads a ZIP file of CSV tables, in a folder or not. Problems name the table as
// it is called in the file.
func readZIP(name string, data []byte) (*scenario.Scenario, []formats.Problem, error) {
	refuse := func(format string, args ...any) error {
		return &formats.Invalid{Problems: []formats.Problem{{File: name, Message: fmt.Sprintf(format, args...)}}}
	}
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	switch {
	case err != nil:
		return nil, nil, refuse("this is no ZIP file of CSV tables: %s", err)
	case len(z.File) > mostZIPFiles:
		return nil, nil, refuse("it holds %d files; %d is the most", len(z.File), mostZIPFiles)
	}
	folder, err := os.MkdirTemp("", "rearguard-tables-*")
	if err != nil {
		return nil, nil, fmt.Errorf("make room for the tables: %w", err)
	}
	defer os.RemoveAll(folder)
	inside := map[string]string{} // what each table is called in the file
	left := int64(mostZIPBytes)
	for _, f := range z.File {
		table := path.Base(strings.ReplaceAll(f.Name, `\`, "/"))
		if !strings.EqualFold(path.Ext(table), ".csv") || strings.HasPrefix(table, ".") || strings.Contains(f.Name, "__MACOSX/") {
			continue
		}
		to := filepath.Join(folder, table)
		if first, twice := inside[to]; twice {
			return nil, nil, refuse("it holds %s and %s: a scenario has one table of a name", first, f.Name)
		}
		inside[to] = name + "/" + f.Name
		n, err := unpack(f, to, left)
		if err != nil {
			return nil, nil, refuse("%s: %s", f.Name, err)
		}
		left -= n
	}
	if len(inside) == 0 {
		return nil, nil, refuse("it holds no .csv file; export a scenario in this format to see what goes in")
	}
	s, warnings, err := formats.ReadScenario(folder)
	if bad, ok := errors.AsType[*formats.Invalid](err); ok {
		rename(bad.Problems, folder, name, inside)
	}
	rename(warnings, folder, name, inside)
	return s, warnings, err
}

// unpack writes a file of at most so many bytes.
func unpack(f *zip.File, to string, most int64) (int64, error) {
	from, err := f.Open()
	if err != nil {
		return 0, fmt.Errorf("it cannot be unpacked: %w", err)
	}
	defer from.Close()
	data, err := io.ReadAll(io.LimitReader(from, most+1))
	if err != nil {
		return 0, fmt.Errorf("it cannot be unpacked: %w", err)
	}
	if int64(len(data)) > most {
		return 0, fmt.Errorf("the tables are larger than %d MB together", mostZIPBytes>>20)
	}
	if err := os.WriteFile(to, data, 0o600); err != nil {
		return 0, fmt.Errorf("it cannot be unpacked: %w", err)
	}
	return int64(len(data)), nil
}

// rename lets problems say where in the file they are.
func rename(problems []formats.Problem, folder, name string, inside map[string]string) {
	for i := range problems {
		p := &problems[i]
		if in, ok := inside[p.File]; ok {
			p.File = in
		} else if p.File == folder {
			p.File = name
		}
	}
}
