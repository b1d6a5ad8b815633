package cli

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"os/user"
	"path/filepath"
	"strings"

	"github.com/rearguard/rearguard/internal/formats"
	"github.com/rearguard/rearguard/internal/group"
	"github.com/rearguard/rearguard/internal/jobs"
	"github.com/rearguard/rearguard/internal/server"
	"github.com/rearguard/rearguard/internal/store"
	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/planner"
	"github.com/rearguard/rearguard/scenario"
)

// local serves one scenario to one person. What is saved and kept lives in a file beside
// the scenario's, so that the same command goes on with it. Where none can be made, the
// newest version is written to a file at the end; if that fails too, the store stays. The
// stamp is of the scenario's file before it was read.
func (k *serveCommand) local(ctx context.Context, c *console, asked *planner.Case, seen string) (err error) {
	w, err := openWork(ctx, k.Scenario)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.close()) }()
	if w.db != nil {
		at, err := w.elsewhere(ctx)
		if err != nil {
			return err
		}
		if at != "" {
			return noError{fmt.Errorf("%s is served already: open %s, or end that server first", k.Scenario, at)}
		}
	}
	p, err := k.first(ctx, c, asked, w)
	if ctx.Err() != nil {
		return nil //nolint:nilerr // it was stopped before there was a page
	}
	if err != nil {
		return err
	}
	why, err := w.make(ctx)
	if err != nil {
		return err
	}
	x, said, err := k.serverOf(ctx, c, asked.Scenario(), p, w)
	if err != nil {
		return err
	}
	listener, err := w.listen(ctx, k.Listen)
	if err != nil {
		return err
	}
	defer listener.Close()
	address := "http://" + listener.Addr().String() + "/"
	if why == nil {
		said = fmt.Sprintf("What you save and keep is in %s.\n%s", w.path, said)
	} else {
		fmt.Fprintf(c.err, "note: no file can be made beside %s (%v), so that what you save and keep lives until you press Ctrl-C\n", k.Scenario, why)
	}
	fmt.Fprintf(c.out, "%s is at %s until you press Ctrl-C.\n%s", asked.Scenario().Name, address, said)
	if k.Open {
		if err := browse(ctx, address); err != nil {
			fmt.Fprintf(c.err, "note: no browser could be opened (%v); open the address yourself\n", err)
		}
	}
	watching, stop := context.WithCancel(ctx)
	defer stop()
	beside, watching := group.New(watching)
	beside.Go(func() error {
		k.watch(watching, c, x, w, seen)
		return nil
	})
	served := serveUntil(ctx, listener, x, "", "")
	stop()
	served = errors.Join(served, beside.Wait())
	if why == nil {
		fmt.Fprintf(c.out, "Your work is in %s; the same command goes on with it.\n", w.path)
		return served
	}
	file, err := writeEdits(context.WithoutCancel(ctx), w.db, w.id, k.Scenario)
	if err != nil {
		err = noError{fmt.Errorf("your edits could not be written (%w); they are in the database %s", err, filepath.Join(w.folder, store.File))}
		w.folder = ""
	} else if file != "" {
		fmt.Fprintf(c.out, "Your edits are in %s.\n", file)
	}
	return errors.Join(served, err)
}

// first is the plan to begin with: the one that is given; where none was kept, one that is
// made; otherwise nil.
func (k *serveCommand) first(ctx context.Context, c *console, asked *planner.Case, w *work) (*plan.Plan, error) {
	if w.id == "" || k.Plan != "" {
		return k.begin(ctx, c, asked)
	}
	if k.Time <= 0 {
		return nil, errTime
	}
	last, err := w.lastPlan(ctx)
	if err != nil || last != nil {
		return nil, err
	}
	newest, _, err := w.newest(ctx)
	if err != nil {
		return nil, err
	}
	return k.begin(ctx, c, planner.Checked(newest))
}

// serverOf is a server of the work, to which the scenario and the plan are added that are
// not in it yet, and what there is to say of the scenario's file.
func (k *serveCommand) serverOf(ctx context.Context, c *console, s *scenario.Scenario, p *plan.Plan, w *work) (x *server.Server, said string, err error) {
	you, err := w.person(ctx)
	if err != nil {
		return nil, "", err
	}
	local := &server.Local{Person: you, News: map[string]server.News{}, File: filepath.Base(w.file), Work: w.path}
	x = server.New(server.Options{Store: w.db, Log: slog.New(slog.DiscardHandler), Version: version, Workers: 1, Local: local})
	actor := store.Actor{ID: you.ID}
	if w.id == "" {
		kept, err := x.Keep(ctx, actor, s)
		if err != nil {
			return nil, "", err
		}
		w.id = kept.ID
		if err := w.take(ctx, s); err != nil {
			return nil, "", err
		}
		if err := w.db.Remember(ctx, w.actor, rememberScenario, w.id); err != nil {
			return nil, "", err
		}
	} else if said, err = k.follow(ctx, x, w, s); err != nil {
		return nil, "", err
	}
	id := ""
	if p != nil {
		v, err := w.versionOf(ctx, p)
		if err != nil {
			return nil, "", err
		}
		name := "first plan"
		if k.Plan != "" && v > 1 {
			name = filepath.Base(k.Plan)
		}
		kept, err := w.keep(ctx, actor, v, name, p)
		if err != nil {
			return nil, "", err
		}
		id = kept.ID
	}
	known, err := k.knownOf(ctx, c, w, p)
	if err != nil {
		return nil, "", err
	}
	known.Plan = id
	local.News[w.id] = known
	return x, said, nil
}

// knownOf is the news of the newest version, and of the plan to begin with, if there is one.
func (k *serveCommand) knownOf(ctx context.Context, c *console, w *work, p *plan.Plan) (server.News, error) {
	if !k.news.given() {
		return server.News{}, nil
	}
	newest, _, err := w.newest(ctx)
	if err != nil {
		return server.News{}, err
	}
	if p == nil {
		if p, err = w.lastPlan(ctx); err != nil {
			return server.News{}, err
		}
		if _, err := scenario.Resolve(newest, p.Variant()); err != nil {
			p = &plan.Plan{} // it is of what has been edited since
		}
	}
	return k.known(ctx, c, planner.Checked(newest), p)
}

// follow takes over what was edited in the scenario's file since it was last read, and says
// what became of it, in lines; nothing if it is as it was.
func (k *serveCommand) follow(ctx context.Context, x *server.Server, w *work, s *scenario.Scenario) (said string, err error) {
	was, err := w.taken(ctx)
	if err != nil {
		return "", err
	}
	if was.Hash() == s.Hash() {
		return "", nil
	}
	name := filepath.Base(w.file)
	f, err := x.Follow(ctx, w.id, was, s)
	if unfit, ok := errors.AsType[*server.Unfit](err); ok {
		said = fmt.Sprintf("%s was edited, and is not taken over: with what was edited on the page it does not hold.\n  %s\n", name, strings.Join(unfit.Problems, "\n  "))
		x.Tell(w.id, said)
		return said, nil
	}
	if err != nil {
		return "", err
	}
	if err := w.take(ctx, s); err != nil {
		return "", err
	}
	var parts []string
	if len(f.Taken) > 0 {
		parts = append(parts, fmt.Sprintf("%s was edited: %s taken over as version %d (%s)", name, count(len(f.Taken), "record"), f.Version, some(f.Taken)))
		if err := k.planAgain(ctx, w, f.Version); err != nil {
			return "", err
		}
	}
	if len(f.Kept) > 0 {
		parts = append(parts, fmt.Sprintf("What was edited both in %s and on the page stays as on the page: %s", name, some(f.Kept)))
	}
	for _, part := range parts {
		said += part + ".\n"
	}
	if said != "" {
		x.Tell(w.id, said)
	}
	return said, nil
}

// some names the first of a list.
func some(list []string) string {
	const most = 8
	if len(list) > most {
		return enumerate(list[:most]) + fmt.Sprintf(" and %d more", len(list)-most)
	}
	return enumerate(list)
}

// planAgain queues a plan of a version that the file made.
func (k *serveCommand) planAgain(ctx context.Context, w *work, v int64) error {
	const least = 0.1 // seconds of a job's search
	options, err := json.Marshal(jobs.Options{Name: fmt.Sprintf("plan of version %d", v), Effort: planner.Effort{Seconds: max(least, k.Time.Seconds())}})
	if err != nil {
		return fmt.Errorf("write the options: %w", err)
	}
	_, err = w.db.Enqueue(ctx, w.actor, store.Job{Scenario: w.id, Version: v, Kind: "plan", Options: options})
	return err
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
