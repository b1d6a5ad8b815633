package cli

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/rearguard/rearguard/internal/formats"
	"github.com/rearguard/rearguard/internal/server"
)

// watchEvery is how often a scenario's file is looked at while it is served.
const watchEvery = time.Second

// watch takes over what is edited in the scenario's file while it is served, since it had
// the stamp, until the context ends.
func (k *serveCommand) watch(ctx context.Context, c *console, x *server.Server, w *work, last string) {
	tick := time.NewTicker(watchEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		now := stamp(k.Scenario)
		if now == last || now == "" { // an editor that replaces a file removes it for a moment
			continue
		}
		last = now
		said, err := k.reread(ctx, x, w)
		if err != nil && ctx.Err() == nil {
			said = fmt.Sprintf("%s was edited, and is not taken over.\n%v\n", filepath.Base(w.file), err)
			x.Tell(w.id, said)
		}
		fmt.Fprint(c.out, said)
	}
}

// reread takes over what is in the scenario's file now, and says what became of it.
func (k *serveCommand) reread(ctx context.Context, x *server.Server, w *work) (string, error) {
	s, _, err := formats.ReadScenario(w.file)
	if err != nil {
		return "", err
	}
	return k.follow(ctx, x, w, s)
}

// stamp is different once a file, or a file in a folder, is another; empty if it is gone.
func stamp(path string) string {
	out := ""
	err := filepath.WalkDir(path, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := os.Stat(name) // of what a link leads to
		if err != nil {
			return err
		}
		if !d.IsDir() {
			out += fmt.Sprintf("%s %d %d\n", name, info.Size(), info.ModTime().UnixNano())
		}
		return nil
	})
	if err != nil {
		return ""
	}
	return out
}
