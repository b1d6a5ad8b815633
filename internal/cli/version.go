package cli

import (
	"fmt"
	"runtime"
)

// version is set by the build (see Makefile).
var version = "development"

type versionCommand struct{}

func (versionCommand) Run(c *console) error {
	_, err := fmt.Fprintf(c.out, "rearguard %s (%s, %s/%s)\n", version, runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return err
}
