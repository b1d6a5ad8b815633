package cli

import (
	_ "embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/rearguard/rearguard/internal/formats"
)

// starter is a commented scenario that plans as it is.
//
//go:embed starter.yaml
var starter []byte

type newCommand struct {
	Dir string `arg:"" help:"Folder to make, with scenario.yaml, the schema that editors check it by, and the same scenario as a workbook."`
}

// Run writes into a folder of its own, so that nothing of anybody's is lost.
func (k *newCommand) Run(c *console) error {
	if entries, err := os.ReadDir(k.Dir); err == nil && len(entries) > 0 {
		return usageError{fmt.Errorf("%s is not empty; name a new folder", k.Dir)}
	} else if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return usageError{err}
	}
	schema, err := formats.Schema()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(k.Dir, 0o755); err != nil {
		return usageError{err}
	}
	path := filepath.Join(k.Dir, "scenario.yaml")
	if err := formats.WriteFile(path, starter); err != nil {
		return err
	}
	if err := formats.WriteFile(filepath.Join(k.Dir, "scenario.schema.json"), schema); err != nil {
		return err
	}
	s, _, err := formats.ReadScenario(path)
	if err != nil {
		return fmt.Errorf("read the starter: %w", err)
	}
	book := filepath.Join(k.Dir, "scenario.xlsx")
	if err := formats.WriteScenario(book, s); err != nil {
		return err
	}
	fmt.Fprintf(c.out, "%s is a small scenario to start from, with a comment on every part;\n%s is the same as a workbook, with notes and drop-downs.\n"+
		"Plan either: rearguard plan %s\n", path, book, path)
	return nil
}
