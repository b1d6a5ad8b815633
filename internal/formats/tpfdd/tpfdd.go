// Package tpfdd writes the moves of a plan as a table in the manner of a
// time-phased force and deployment data file (TPFDD): one row for each move, with
// the dates that movement planners work with. It is a CSV table of our own with
// the field's columns, not the fixed-width exchange file of JOPES; docs/formats/tpfdd.md
// says what each column holds.
package tpfdd

import (
	"cmp"
	"encoding/csv"
	"fmt"
	"io"
	"strconv"

	"github.com/rearguard/rearguard/internal/formats"
	"github.com/rearguard/rearguard/internal/formats/movement"
	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/scenario"
)

// ShortTons is how many short tons a tonne is.
const ShortTons = 1.10231

// Columns are the names of the columns, in order.
var Columns = []string{
	"ULN", "parent", "unit", "unit_name", "providing_organisation", "origin", "POE", "POD", "destination", "mode",
	"persons", "short_tons", "RLD", "ALD", "EAD", "LAD", "RDD", "cargo_category", "priority",
	"type", "lift", "operation", "post", "decide_by", "order_by",
}

// Write writes the moves of a plan of a resolved scenario. Text that a
// spreadsheet could take for a formula is guarded by an apostrophe. The same plan
// gives the same bytes.
func Write(w io.Writer, s *scenario.Scenario, p *plan.Plan) error {
	moves, err := movement.List(s, p)
	if err != nil {
		return err
	}
	table := csv.NewWriter(w)
	rows := [][]string{Columns}
	first := map[int]string{} // by tour, the ULN of its first move
	for i := range moves {
		m := &moves[i]
		uln := fmt.Sprintf("RG%05d", i+1)
		parent, later := first[m.Tour]
		if !later && m.Tour >= 0 {
			first[m.Tour] = uln
		}
		rows = append(rows, row(m, uln, parent))
	}
	if err := table.WriteAll(rows); err != nil {
		return fmt.Errorf("write the moves: %w", err)
	}
	return nil
}

// row is a move's. The model moves a unit in one go, so that the ports are the
// ends of the way.
func row(m *movement.Move, uln, parent string) []string {
	required, orders := m.Arrive, [2]string{}
	post := m.Left
	if m.Post != nil {
		post = m.Post
		required += scenario.Date(m.Post.RSOM)
		if m.Leg.DecideBy != nil && m.Leg.OrderBy != nil {
			orders = [2]string{m.Leg.DecideBy.String(), m.Leg.OrderBy.String()}
		}
	}
	origin, destination := formats.Guard(cmp.Or(m.From.Name, m.From.ID)), formats.Guard(cmp.Or(m.To.Name, m.To.ID))
	return []string{
		uln, parent, formats.Guard(m.Unit.ID), formats.Guard(m.Unit.Name), formats.Guard(m.Contributor.ID),
		origin, origin, destination, destination, string(m.Mode),
		strconv.FormatFloat(m.Unit.Persons.Likely, 'f', -1, 64), strconv.FormatFloat(m.Unit.Tonnes.Likely*ShortTons, 'f', 1, 64),
		m.Depart.String(), m.Depart.String(), m.Land.String(), m.Arrive.String(), required.String(),
		cargo(m.Unit), strconv.Itoa(m.Priority()),
		string(m.Kind), formats.Guard(m.Lift), formats.Guard(m.Operation()), formats.Guard(post.ID), orders[0], orders[1],
	}
}

// cargo says what there is to lift.
func cargo(u *scenario.Unit) string {
	switch persons, tonnes := u.Persons.Likely > 0, u.Tonnes.Likely > 0; {
	case persons && tonnes:
		return "passengers and unit equipment"
	case tonnes:
		return "unit equipment"
	case persons:
		return "passengers"
	default:
		return "none stated"
	}
}
