package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/rearguard/rearguard/internal/formats"
	"github.com/rearguard/rearguard/internal/jobs"
	"github.com/rearguard/rearguard/internal/server/auth"
	"github.com/rearguard/rearguard/internal/store"
	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/scenario"
)

// workSuffix is what the name of a scenario's file or folder ends with to name the file of
// the work on it.
const workSuffix = ".rearguard"

// What the file of the work remembers beside what the page shows.
const (
	rememberScenario = "scenario" // the ID of the file's scenario
	rememberFile     = "file"     // the scenario as the file had it when it was last taken over, JSON
	rememberAddress  = "address"  // that it was last served at
)

// work is what one person saved and kept of a scenario: a store in a file beside the
// scenario's, or, where none can be made there, in a temporary folder.
type work struct {
	file   string // the scenario's, absolute
	path   string // the store's; empty if it is temporary
	folder string // the temporary one
	db     *store.Store
	id     string // of the scenario; empty if it is not there yet
	actor  store.Actor
}

// openWork opens the work on a scenario, if there is some; otherwise its db is nil.
func openWork(ctx context.Context, file string) (*work, error) {
	path, err := filepath.Abs(file)
	if err != nil {
		return nil, fmt.Errorf("name the file: %w", err)
	}
	w := &work{file: path, path: path + workSuffix, actor: store.Actor{ID: "server"}}
	if _, err := os.Stat(w.path); err != nil {
		return w, nil //nolint:nilerr // make says why none can be there
	}
	if w.db, err = store.OpenFile(ctx, w.path); err != nil {
		return nil, noError{fmt.Errorf("%s holds what was saved and kept of %s, and cannot be opened: %w. Maybe: move it away, and work begins anew", w.path, file, err)}
	}
	if err := w.find(ctx); err != nil {
		return nil, errors.Join(err, w.db.Close())
	}
	return w, nil
}

// find looks for the scenario in the store: the one that is remembered, or if the server
// was killed before it could remember it the only one.
func (w *work) find(ctx context.Context) error {
	id, err := w.db.Remembered(ctx, rememberScenario)
	if err != nil {
		return err
	}
	list, err := w.db.Scenarios(ctx)
	if err != nil {
		return err
	}
	for _, x := range list { // those that were taken out of sight on the page are not there
		if x.ID == id || id == "" && len(list) == 1 {
			w.id = x.ID
		}
	}
	return nil
}

// make makes the store where there is none; in a temporary folder, with the reason, where it
// cannot be beside the scenario.
func (w *work) make(ctx context.Context) (why, err error) {
	if w.db != nil {
		return nil, nil
	}
	if w.db, why = store.OpenFile(ctx, w.path); why == nil {
		return nil, nil
	}
	if info, err := os.Stat(w.path); err == nil && info.Size() == 0 {
		_ = os.Remove(w.path) // it was made and could not be written
	}
	w.path = ""
	if w.folder, err = os.MkdirTemp("", "rearguard-*"); err != nil {
		return why, fmt.Errorf("make a folder for the server's data: %w", err)
	}
	w.db, err = store.Open(ctx, w.folder)
	return why, err
}

// person is the one who works on it.
func (w *work) person(ctx context.Context) (*store.Person, error) {
	const email = "you@localhost"
	p, err := w.db.Person(ctx, email)
	if errors.Is(err, store.ErrNotFound) {
		return w.db.AddPerson(ctx, w.actor, store.Person{Name: userName(), Email: email, Role: auth.Coordinator})
	}
	return p, err
}

// elsewhere is the address at which another server has this work open; empty if none has.
func (w *work) elsewhere(ctx context.Context) (string, error) {
	address, err := w.db.Remembered(ctx, rememberAddress)
	if err != nil || address == "" || w.id == "" {
		return "", err
	}
	ctx, stop := context.WithTimeout(ctx, 2*time.Second)
	defer stop()
	at := "http://" + address + "/"
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, at+"api/scenarios/"+url.PathEscape(w.id)+"/versions", nil)
	if err != nil {
		return "", fmt.Errorf("look for another server: %w", err)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return "", nil //nolint:nilerr // nobody answers there
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return "", nil // somebody else does
	}
	return at, nil
}

// listen opens the address; with port 0 that of the last time, if it is free.
func (w *work) listen(ctx context.Context, address string) (net.Listener, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, fmt.Errorf("split the address: %w", err)
	}
	last, err := w.db.Remembered(ctx, rememberAddress)
	if err != nil {
		return nil, err
	}
	var listener net.Listener
	if _, before, err := net.SplitHostPort(last); err == nil && port == "0" {
		listener, _ = net.Listen("tcp", net.JoinHostPort(host, before)) // if it is taken, any other does
	}
	if listener == nil {
		if listener, err = net.Listen("tcp", address); err != nil {
			return nil, usageError{fmt.Errorf("--listen %s: %w", address, err)}
		}
	}
	return listener, w.db.Remember(ctx, w.actor, rememberAddress, listener.Addr().String())
}

// taken is the scenario as the file had it when it was last taken over.
func (w *work) taken(ctx context.Context) (*scenario.Scenario, error) {
	text, err := w.db.Remembered(ctx, rememberFile)
	if err != nil {
		return nil, err
	}
	if text == "" { // the server was killed before it could remember
		return jobs.Load(ctx, w.db, w.id, 1)
	}
	document, err := formats.ParseJSON(filepath.Base(w.file), []byte(text))
	if err != nil {
		return nil, fmt.Errorf("read the scenario as it was: %w", err)
	}
	s, _, err := document.Scenario("")
	if err != nil {
		return nil, fmt.Errorf("read the scenario as it was: %w", err)
	}
	return s, nil
}

// take remembers the scenario as the file has it now.
func (w *work) take(ctx context.Context, s *scenario.Scenario) error {
	text, err := json.Marshal(s)
	if err != nil {
		return fmt.Errorf("write the scenario: %w", err)
	}
	return w.db.Remember(ctx, w.actor, rememberFile, string(text))
}

// newest is the newest version of the scenario, and its number.
func (w *work) newest(ctx context.Context) (*scenario.Scenario, int64, error) {
	x, err := w.db.Scenario(ctx, w.id)
	if err != nil {
		return nil, 0, err
	}
	s, err := jobs.Load(ctx, w.db, w.id, x.Version)
	return s, x.Version, err
}

// keep keeps a plan of a version, if it is not there already.
func (w *work) keep(ctx context.Context, actor store.Actor, version int64, name string, p *plan.Plan) (*store.Plan, error) {
	summary, body, err := jobs.Encode(p)
	if err != nil {
		return nil, err
	}
	for before := ""; ; {
		list, err := w.db.Plans(ctx, w.id, before, 100)
		if err != nil {
			return nil, err
		}
		for i := range list {
			_, had, err := w.db.Plan(ctx, list[i].ID)
			if err != nil {
				return nil, err
			}
			if slices.Equal(had, body) {
				return &list[i], nil
			}
			before = list[i].ID
		}
		if len(list) == 0 {
			return w.db.KeepPlan(ctx, actor, w.id, version, name, summary, body)
		}
	}
}

// versionOf is the newest version that a plan was made for; the newest of all if it was
// made for none.
func (w *work) versionOf(ctx context.Context, p *plan.Plan) (int64, error) {
	_, newest, err := w.newest(ctx)
	if err != nil || p.ScenarioSHA256 == "" {
		return newest, err
	}
	for v := newest; v > 0; v-- {
		s, err := jobs.Load(ctx, w.db, w.id, v)
		if err != nil {
			return 0, err
		}
		if s.Hash() == p.ScenarioSHA256 {
			return v, nil
		}
	}
	return newest, nil
}

// lastPlan is the plan that was kept last; nil if none was.
func (w *work) lastPlan(ctx context.Context) (*plan.Plan, error) {
	list, err := w.db.Plans(ctx, w.id, "", 1)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	_, body, err := w.db.Plan(ctx, list[0].ID)
	if err != nil {
		return nil, err
	}
	p := &plan.Plan{}
	if err := json.Unmarshal(body, p); err != nil {
		return nil, fmt.Errorf("read plan %s: %w", list[0].ID, err)
	}
	return p, nil
}

// close lets go of the work; what is temporary is removed.
func (w *work) close() error {
	if w.db == nil {
		return nil
	}
	err := w.db.Close()
	if w.folder != "" {
		err = errors.Join(err, os.RemoveAll(w.folder))
	}
	return err
}
