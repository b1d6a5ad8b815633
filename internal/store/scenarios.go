package store

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

// Scenario is what a list says of a scenario.
type Scenario struct {
	ID      string    `json:"id"`
	Name    string    `json:"name"`
	Version int64     `json:"version"` // the newest
	Created time.Time `json:"created"`
	Changed time.Time `json:"changed"`
	Actor   string    `json:"by"`               // who changed it last
	Origin  string    `json:"origin,omitempty"` // the scenario that it was branched from
	OriginV int64     `json:"origin_version,omitempty"`
}

// Version is one save.
type Version struct {
	Version int64     `json:"version"`
	At      time.Time `json:"at"`
	Actor   string    `json:"by"`
	Note    string    `json:"note"`
	Changes int64     `json:"changes"` // records that it changed
}

// Change sets or removes a record.
type Change struct {
	Kind      string          `json:"kind"`
	Key       string          `json:"key"`
	Body      json.RawMessage `json:"body"`       // null removes it
	IfVersion *int64          `json:"if_version"` // the version that its author read; 0: it is new; nil: whatever is there
}

const forever = int64(9223372036854775807)

const scenarioColumns = "id, name, head, created, changed, changed_by, origin, origin_version"

func scanScenario(r *sql.Rows) (x Scenario, err error) {
	var created, changed int64
	err = r.Scan(&x.ID, &x.Name, &x.Version, &created, &changed, &x.Actor, &x.Origin, &x.OriginV)
	x.Created, x.Changed = when(created), when(changed)
	return x, err
}

// Scenarios lists the scenarios that are there, by name.
func (s *Store) Scenarios(ctx context.Context) ([]Scenario, error) {
	return rows(ctx, s.read, scanScenario, "SELECT "+scenarioColumns+" FROM scenarios WHERE removed = 0 ORDER BY name, id")
}

// Scenario is one that is there, or ErrNotFound.
func (s *Store) Scenario(ctx context.Context, id string) (*Scenario, error) {
	return scenarioOf(ctx, s.read, id)
}

func scenarioOf(ctx context.Context, db querier, id string) (*Scenario, error) {
	list, err := rows(ctx, db, scanScenario, "SELECT "+scenarioColumns+" FROM scenarios WHERE id = $1 AND removed = 0", id)
	if err == nil && len(list) == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return nil, fmt.Errorf("scenario %s: %w", id, err)
	}
	return &list[0], nil
}

// Create keeps a scenario's records as its first version.
func (s *Store) Create(ctx context.Context, actor Actor, name string, records []Record) (*Scenario, error) {
	return s.create(ctx, actor, name, "", 0, records)
}

func (s *Store) create(ctx context.Context, actor Actor, name, origin string, version int64, records []Record) (*Scenario, error) {
	x := &Scenario{ID: NewID(), Name: name, Version: 1, Actor: actor.ID, Origin: origin, OriginV: version}
	err := s.change(ctx, "keep the scenario", func(tx *sql.Tx, now int64) error {
		x.Created, x.Changed = when(now), when(now)
		_, err := tx.ExecContext(ctx, "INSERT INTO scenarios (id, name, head, created, changed, changed_by, origin, origin_version) VALUES ($1, $2, 1, $3, $3, $4, $5, $6)", x.ID, name, now, actor.ID, origin, version)
		if err != nil {
			return err
		}
		if err := s.insert(ctx, tx, x.ID, 1, records); err != nil {
			return err
		}
		if err := noteVersion(ctx, tx, actor, x.ID, 1, now, "created", int64(len(records))); err != nil {
			return err
		}
		return audit(ctx, tx, actor, now, "create scenario", x.ID, name)
	})
	if err != nil {
		return nil, err
	}
	return x, nil
}

func (s *Store) insert(ctx context.Context, tx *sql.Tx, id string, version int64, records []Record) error {
	put, err := tx.PrepareContext(ctx, "INSERT INTO records (scenario, kind, id, version, place, body) VALUES ($1, $2, $3, $4, $5, $6)")
	if err != nil {
		return err
	}
	defer put.Close()
	for i := range records {
		r := &records[i]
		if _, err := put.ExecContext(ctx, id, r.Kind, r.Key, version, r.place, text(r.Body)); err != nil {
			return err
		}
	}
	return nil
}

// text is a body as the tables hold it.
func text(body json.RawMessage) any {
	if body == nil || string(body) == "null" {
		return nil
	}
	return string(body)
}

func noteVersion(ctx context.Context, tx *sql.Tx, actor Actor, id string, version, now int64, note string, changes int64) error {
	_, err := tx.ExecContext(ctx, "INSERT INTO versions (scenario, version, at, who, note, changes) VALUES ($1, $2, $3, $4, $5, $6)", id, version, now, actor.ID, note, changes)
	return err
}

// Records are a scenario's records at a version, 0 for the newest, in order.
func (s *Store) Records(ctx context.Context, id string, version int64) ([]Record, error) {
	return recordsAt(ctx, s.read, id, version)
}

func recordsAt(ctx context.Context, db querier, id string, version int64) ([]Record, error) {
	where, args := "until = $2", []any{id, forever}
	if version > 0 {
		where, args = "version <= $2 AND until > $2", []any{id, version}
	}
	list, err := rows(ctx, db, scanRecord, "SELECT kind, id, version, place, body FROM records WHERE scenario = $1 AND body IS NOT NULL AND "+where+" ORDER BY place, id", args...)
	if err != nil {
		return nil, fmt.Errorf("read the records: %w", err)
	}
	ByKind(list)
	return list, nil
}

func scanRecord(r *sql.Rows) (x Record, err error) {
	var body sql.NullString
	err = r.Scan(&x.Kind, &x.Key, &x.Version, &x.place, &body)
	if body.Valid {
		x.Body = json.RawMessage(body.String)
	}
	return x, err
}

// Save makes changes to the newest version as one save: all or none. The base is the
// version that they were checked against; if another was saved meanwhile, or a record
// is not of the version that its change names, the error is *Stale. Records without an
// ID that are new get the next number; the changes come back with it.
func (s *Store) Save(ctx context.Context, actor Actor, id string, base int64, name, note string, changes []Change) (version int64, err error) {
	err = s.change(ctx, "save the scenario", func(tx *sql.Tx, now int64) error {
		x, err := locked(ctx, tx, id)
		if err != nil {
			return err
		}
		if base != 0 && x.Version != base {
			return &Stale{What: "the scenario", Have: x.Version}
		}
		version = x.Version + 1
		for i := range changes {
			if err := apply(ctx, tx, id, version, &changes[i]); err != nil {
				return err
			}
		}
		if name == "" {
			name = x.Name
		}
		if _, err := tx.ExecContext(ctx, "UPDATE scenarios SET head = $1, changed = $2, changed_by = $3, name = $4 WHERE id = $5", version, now, actor.ID, name, id); err != nil {
			return err
		}
		if err := noteVersion(ctx, tx, actor, id, version, now, note, int64(len(changes))); err != nil {
			return err
		}
		return audit(ctx, tx, actor, now, "edit scenario", id, summary(changes))
	})
	return version, err
}

// locked reads a scenario and, in PostgreSQL, keeps others from changing it until the
// transaction ends; SQLite has one writer.
func locked(ctx context.Context, tx *sql.Tx, id string) (*Scenario, error) {
	if _, err := tx.ExecContext(ctx, "UPDATE scenarios SET head = head WHERE id = $1", id); err != nil {
		return nil, err
	}
	return scenarioOf(ctx, tx, id)
}

// apply ends the record's row and begins its next one.
func apply(ctx context.Context, tx *sql.Tx, id string, version int64, c *Change) error {
	was, err := rows(ctx, tx, scanRecord, "SELECT kind, id, version, place, body FROM records WHERE scenario = $1 AND kind = $2 AND id = $3 AND until = $4", id, c.Kind, c.Key, forever)
	if err != nil {
		return err
	}
	have, place := int64(0), int64(0)
	if len(was) > 0 {
		place = was[0].place
		if was[0].Body != nil {
			have = was[0].Version
		}
	}
	if c.IfVersion != nil && *c.IfVersion != have {
		return &Stale{What: c.Kind + " " + c.Key, Have: have}
	}
	if text(c.Body) == nil && have == 0 {
		return fmt.Errorf("%s %s: %w", c.Kind, c.Key, ErrNotFound)
	}
	if len(was) == 0 || have == 0 { // a new one comes last
		if err := tx.QueryRowContext(ctx, "SELECT COALESCE(MAX(place), 0) + 1 FROM records WHERE scenario = $1 AND kind = $2", id, c.Kind).Scan(&place); err != nil {
			return err
		}
	}
	if _, err := tx.ExecContext(ctx, "UPDATE records SET until = $1 WHERE scenario = $2 AND kind = $3 AND id = $4 AND until = $5", version, id, c.Kind, c.Key, forever); err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, "INSERT INTO records (scenario, kind, id, version, place, body) VALUES ($1, $2, $3, $4, $5, $6)", id, c.Kind, c.Key, version, place, text(c.Body))
	if taken(err) {
		return fmt.Errorf("%s %s is changed twice in one save: %w", c.Kind, c.Key, ErrExists)
	}
	return err
}

// summary names what a save changed, as far as a line of the audit chain holds.
func summary(changes []Change) string {
	const most = 20
	out := ""
	for i := range changes {
		c := &changes[i]
		if i == most {
			return out + fmt.Sprintf(" and %d more", len(changes)-most)
		}
		if i > 0 {
			out += ", "
		}
		verb := "set "
		if text(c.Body) == nil {
			verb = "remove "
		}
		out += verb + c.Kind + " " + c.Key
	}
	return out
}

// Past is a record as a save left it.
type Past struct {
	Record
	At    time.Time `json:"at"`
	Actor string    `json:"by"`
}

// History lists what a record has been, the newest first.
func (s *Store) History(ctx context.Context, id, kind, key string) ([]Past, error) {
	return s.pasts(ctx, "r.scenario = $1 AND r.kind = $2 AND r.id = $3", id, kind, key)
}

// Were lists what the records of some kinds have been, in the order of the versions that
// set them; a record that was removed has no body from then on.
func (s *Store) Were(ctx context.Context, id string, kinds ...string) ([]Record, error) {
	all := []Record{}
	for _, kind := range kinds {
		list, err := rows(ctx, s.read, scanRecord, "SELECT kind, id, version, place, body FROM records WHERE scenario = $1 AND kind = $2 ORDER BY version, id", id, kind)
		if err != nil {
			return nil, fmt.Errorf("read what %s were: %w", kind, err)
		}
		all = append(all, list...)
	}
	slices.SortStableFunc(all, func(a, b Record) int { return cmp.Compare(a.Version, b.Version) })
	return all, nil
}

// Touched lists the records that some versions changed, each as that version left it; of those
// that have an ID without their bodies.
func (s *Store) Touched(ctx context.Context, id string, from, until int64) ([]Record, error) {
	numbered := slices.DeleteFunc(slices.Clone(Kinds), func(kind string) bool { return kind == Settings || Named(kind) })
	args, marks := []any{id, from, until}, ""
	for i, kind := range numbered {
		args, marks = append(args, kind), marks+fmt.Sprintf(", $%d", i+4)
	}
	list, err := rows(ctx, s.read, scanRecord, "SELECT kind, id, version, place, CASE WHEN kind IN ("+marks[2:]+") THEN body END FROM records WHERE scenario = $1 AND version >= $2 AND version <= $3", args...)
	if err != nil {
		return nil, fmt.Errorf("read what versions changed: %w", err)
	}
	return list, nil
}

// Origins are the scenarios that one was branched from, the nearest first, also those that
// are out of sight.
func (s *Store) Origins(ctx context.Context, id string) (list []string, err error) {
	for {
		var origin string
		if err := s.read.QueryRowContext(ctx, "SELECT origin FROM scenarios WHERE id = $1", id).Scan(&origin); err != nil {
			return nil, fmt.Errorf("read what scenario %s was branched from: %w", id, missing(err))
		}
		if origin == "" {
			return list, nil
		}
		list, id = append(list, origin), origin
	}
}

// Diff lists the records that differ between two versions, as the later one has them.
func (s *Store) Diff(ctx context.Context, id string, from, to int64) (was, is []Record, err error) {
	list, err := s.pasts(ctx, "r.scenario = $1 AND r.version > $2 AND r.version <= $3 AND r.until > $3", id, from, to)
	if err != nil {
		return nil, nil, err
	}
	for i := range list {
		before, err := rows(ctx, s.read, scanRecord, "SELECT kind, id, version, place, body FROM records WHERE scenario = $1 AND kind = $2 AND id = $3 AND version <= $4 AND until > $4",
			id, list[i].Kind, list[i].Key, from)
		if err != nil {
			return nil, nil, fmt.Errorf("compare versions: %w", err)
		}
		old := Record{Kind: list[i].Kind, Key: list[i].Key}
		if len(before) > 0 {
			old = before[0]
		}
		if string(old.Body) == string(list[i].Body) {
			continue // changed and changed back
		}
		was, is = append(was, old), append(is, list[i].Record)
	}
	return was, is, nil
}

func (s *Store) pasts(ctx context.Context, where string, args ...any) ([]Past, error) {
	list, err := rows(ctx, s.read, func(r *sql.Rows) (x Past, err error) {
		var body sql.NullString
		var at int64
		err = r.Scan(&x.Kind, &x.Key, &x.Version, &x.place, &body, &at, &x.Actor)
		x.At = when(at)
		if body.Valid {
			x.Body = json.RawMessage(body.String)
		}
		return x, err
	}, "SELECT r.kind, r.id, r.version, r.place, r.body, v.at, v.who FROM records r JOIN versions v ON v.scenario = r.scenario AND v.version = r.version WHERE "+where+" ORDER BY r.version DESC, r.kind, r.place, r.id", args...)
	if err != nil {
		return nil, fmt.Errorf("read the history: %w", err)
	}
	return list, nil
}

// Versions lists saves before one, the newest first; before 0 is from the newest.
func (s *Store) Versions(ctx context.Context, id string, before int64, limit int) ([]Version, error) {
	if before <= 0 {
		before = forever
	}
	return rows(ctx, s.read, func(r *sql.Rows) (x Version, err error) {
		var at int64
		err = r.Scan(&x.Version, &at, &x.Actor, &x.Note, &x.Changes)
		x.At = when(at)
		return x, err
	}, "SELECT version, at, who, note, changes FROM versions WHERE scenario = $1 AND version < $2 ORDER BY version DESC LIMIT $3", id, before, limit)
}

// Restore makes the changes that lead from a base version back to an earlier one.
func (s *Store) Restore(ctx context.Context, id string, base, version int64) ([]Change, error) {
	was, is, err := s.Diff(ctx, id, version, base)
	if err != nil {
		return nil, err
	}
	changes := make([]Change, len(was))
	for i := range was {
		changes[i] = Change{Kind: is[i].Kind, Key: is[i].Key, Body: was[i].Body}
	}
	return changes, nil
}

// Branch makes a scenario of its own of a version of another.
func (s *Store) Branch(ctx context.Context, actor Actor, id string, version int64, name string) (*Scenario, error) {
	x, err := s.Scenario(ctx, id)
	if err != nil {
		return nil, err
	}
	if version == 0 {
		version = x.Version
	}
	if version < 1 || version > x.Version {
		return nil, fmt.Errorf("version %d of scenario %s: %w", version, id, ErrNotFound)
	}
	records, err := s.Records(ctx, id, version)
	if err != nil {
		return nil, err
	}
	return s.create(ctx, actor, name, id, version, records)
}

// Remove takes a scenario out of sight; nothing of it is lost.
func (s *Store) Remove(ctx context.Context, actor Actor, id string) error {
	return s.change(ctx, "remove the scenario", func(tx *sql.Tx, now int64) error {
		if err := one(tx.ExecContext(ctx, "UPDATE scenarios SET removed = $1 WHERE id = $2 AND removed = 0", now, id)); err != nil {
			return err
		}
		return audit(ctx, tx, actor, now, "remove scenario", id, "")
	})
}
