package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"os/user"
	"path/filepath"
	"strings"

	"github.com/rearguard/rearguard/internal/formats"
	"github.com/rearguard/rearguard/internal/jobs"
	"github.com/rearguard/rearguard/internal/server"
	"github.com/rearguard/rearguard/internal/store"
	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/scenario"
)

// local serves one scenario with its plan to one person, on a store that ends with the
// server. What was edited is written to a file; if that fails, the store stays.
func (k *serveCommand) local(ctx context.Context, c *console, s *scenario.Scenario, p *plan.Plan, known server.News) (err error) {
	listener, err := net.Listen("tcp", k.Listen)
	if err != nil {
		return usageError{fmt.Errorf("--listen %s: %w", k.Listen, err)}
	}
	defer listener.Close()
	folder, err := os.MkdirTemp("", "rearguard-*")
	if err != nil {
		return fmt.Errorf("make a folder for the server's data: %w", err)
	}
	temporary := true
	defer func() {
		if temporary {
			err = errors.Join(err, os.RemoveAll(folder))
		}
	}()
	db, err := store.Open(ctx, folder)
	if err != nil {
		return err
	}
	defer db.Close()
	x, id, err := localServer(ctx, db, s, p, known)
	if err != nil {
		return err
	}
	address := "http://" + listener.Addr().String() + "/"
	fmt.Fprintf(c.out, "%s is at %s until you press Ctrl-C.\n", s.Name, address)
	if k.Open {
		if err := browse(ctx, address); err != nil {
			fmt.Fprintf(c.err, "note: no browser could be opened (%v); open the address yourself\n", err)
		}
	}
	served := serveUntil(ctx, listener, x, "", "")
	file, err := writeEdits(context.WithoutCancel(ctx), db, id, k.Scenario)
	if err != nil {
		temporary = false
		err = noError{fmt.Errorf("your edits could not be written (%w); they are in the database %s", err, filepath.Join(folder, store.File))}
	} else if file != "" {
		fmt.Fprintf(c.out, "Your edits are in %s.\n", file)
	}
	return errors.Join(served, err)
}

// localServer fills a store with a scenario, its plan and the one who works on them, and
// returns a server of it with the scenario's ID.
func localServer(ctx context.Context, db *store.Store, s *scenario.Scenario, p *plan.Plan, known server.News) (x *server.Server, id string, err error) {
	by := store.By{Who: "server"}
	you, err := db.AddPerson(ctx, by, store.Person{Name: userName(), Email: "you@localhost", Role: store.Coordinator})
	if err != nil {
		return nil, "", err
	}
	local := &server.Local{Person: you, News: map[string]server.News{}}
	x = server.New(server.Options{Store: db, Log: slog.New(slog.DiscardHandler), Version: version, Workers: 1, Local: local})
	by.Who = you.ID
	kept, err := x.Keep(ctx, by, s)
	if err != nil {
		return nil, "", err
	}
	head, body, err := jobs.Encode(p)
	if err != nil {
		return nil, "", err
	}
	first, err := db.KeepPlan(ctx, by, kept.ID, kept.Version, "first plan", head, body)
	if err != nil {
		return nil, "", err
	}
	known.Plan = first.ID
	local.News[kept.ID] = known
	return x, kept.ID, nil
}

// userName is the name of who runs this program.
func userName() string {
	u, err := user.Current()
	if err != nil {
		return "you"
	}
	return cmp.Or(u.Name, u.Username, "you")
}

// writeEdits writes the newest version of a scenario that was edited to a new file in
// the current folder, named after where it came from. The name is "" if nobody edited it.
func writeEdits(ctx context.Context, db *store.Store, id, from string) (file string, err error) {
	newest, err := db.Versions(ctx, id, 0, 1)
	if err != nil || len(newest) == 0 || newest[0].Version == 1 {
		return "", err
	}
	s, err := jobs.Load(ctx, db, id, newest[0].Version)
	if err != nil {
		return "", err
	}
	if from, err = filepath.Abs(from); err != nil {
		return "", fmt.Errorf("name the file: %w", err)
	}
	base := strings.TrimSuffix(filepath.Base(from), filepath.Ext(from)) + ".edited"
	file = base + ".yaml"
	for n := 2; ; n++ {
		if _, err := os.Lstat(file); errors.Is(err, fs.ErrNotExist) {
			return file, formats.WriteScenario(file, s)
		} else if err != nil {
			return "", fmt.Errorf("look for a name for the file: %w", err)
		}
		file = fmt.Sprintf("%s-%d.yaml", base, n)
	}
}
