package cli

import (
	"compress/gzip"
	"fmt"
	"io"
	"strings"

	"github.com/rearguard/rearguard/internal/compact"
	"github.com/rearguard/rearguard/internal/formats"
)

// exportProgram writes a scenario as a mixed-integer program.
type exportProgram struct {
	Scenario string `arg:"" help:"Scenario to export."`
	variant
	Out string `short:"o" placeholder:"FILE" help:"File to write, compressed if its name ends in .gz; standard output by default."`
}

type exportMPS struct{ exportProgram }

type exportLP struct{ exportProgram }

func (e *exportMPS) Run(c *console) error { return e.run(c, (*compact.Program).WriteMPS) }

func (e *exportLP) Run(c *console) error { return e.run(c, (*compact.Program).WriteLP) }

// run writes the program as it is built, and says how large it is where
// standard output does not hold it.
func (e *exportProgram) run(c *console, write func(*compact.Program, io.Writer) (compact.Size, error)) error {
	x, err := c.readCase(e.Scenario)
	if err != nil {
		return err
	}
	resolved, err := e.resolve(c, x)
	if err != nil {
		return err
	}
	p := compact.New(resolved)
	if e.Out == "" {
		_, err := write(p, c.out)
		return err
	}
	var size compact.Size
	err = formats.CreateFile(e.Out, func(w io.Writer) (err error) {
		if !strings.HasSuffix(e.Out, ".gz") {
			size, err = write(p, w)
			return err
		}
		z, _ := gzip.NewWriterLevel(w, gzip.BestSpeed) // fails for unknown levels only
		if size, err = write(p, z); err != nil {
			return err
		}
		return z.Close()
	})
	if err == nil {
		fmt.Fprintf(c.out, "%s: %s\n", e.Out, size)
	}
	return err
}
