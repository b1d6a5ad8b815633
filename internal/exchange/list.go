package exchange

import (
	"io"

	"github.com/rearguard/rearguard/internal/formats"
	"github.com/rearguard/rearguard/internal/formats/coverage"
	"github.com/rearguard/rearguard/internal/formats/geojson"
	"github.com/rearguard/rearguard/internal/formats/kml"
	"github.com/rearguard/rearguard/internal/formats/msdl"
	"github.com/rearguard/rearguard/internal/formats/orbatmapper"
	"github.com/rearguard/rearguard/internal/formats/planbook"
	"github.com/rearguard/rearguard/internal/formats/smptsp"
	"github.com/rearguard/rearguard/internal/formats/tpfdd"
	"github.com/rearguard/rearguard/internal/report"
	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/scenario"
)

// Content types that several formats have.
const (
	jsonType  = "application/json"
	csvType   = "text/csv; charset=utf-8"
	htmlType  = "text/html; charset=utf-8"
	plainType = "text/plain; charset=utf-8"
)

// Why a format is for the command line only.
const (
	severalTables = "it comes as several tables, with options to choose by"
	wholeProgram  = "a program has a row for every unit, post and day: too much to build for one request"
)

var all = []*Format{
	{
		Name: "yaml", Title: "YAML",
		Reads:      "A scenario in YAML.",
		Writes:     "The scenario as its author writes it, for people to read and edit.",
		Extensions: []string{".yaml", ".yml"}, ContentType: "application/yaml",
		Read: parse(".yaml"), Scenario: file(".yaml"),
	},
	{
		Name: "json", Title: "JSON",
		Reads:      "A scenario in JSON.",
		Writes:     "The scenario as its author writes it, or a plan as plan.json.",
		Extensions: []string{".json"}, ContentType: jsonType, PlanFile: "plan.json",
		Read: parse(".json"), Scenario: file(".json"), Plan: writePlan,
	},
	{
		Name: "xlsx", Title: "Excel workbook",
		Reads:      "A scenario from a workbook.",
		Writes:     "The scenario, or a plan, as a workbook, without loss.",
		Extensions: []string{".xlsx", ".xlsm"}, ContentType: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", PlanFile: "plan.xlsx",
		Read: parse(".xlsx"), Scenario: file(".xlsx"), Plan: shows(planbook.Write),
	},
	{
		Name: "csv", Title: "CSV tables",
		Reads:      "A scenario from a ZIP file of CSV tables.",
		Writes:     "The scenario as CSV tables, without loss: a folder, or a ZIP file of it.",
		Extensions: []string{".zip"}, ContentType: "application/zip",
		Read: readZIP, Scenario: writeZIP,
	},
	{
		Name: "resolved", Title: "Resolved JSON", Writes: "The scenario resolved: nothing left to infer, times as day numbers, weights as numbers.",
		Extensions: []string{".json"}, ContentType: jsonType, Resolved: formats.WriteResolvedJSON,
	},
	{
		Name: "msdl", Title: "MSDL",
		Reads:      "Units with symbol, place and force from a Military Scenario Definition Language file.",
		Writes:     "The initial state as MSDL: forces, and units where they are on day 0.",
		Extensions: []string{".xml", ".msdl"}, ContentType: "application/xml",
		Read: msdl.Read, Resolved: func(w io.Writer, s *scenario.Scenario) error { return msdl.Write(w, s, nil) },
	},
	{
		Name: "orbat-mapper", Title: "ORBAT Mapper",
		Reads:      "Units with symbol, place and owner from a scenario of ORBAT Mapper.",
		Writes:     "A plan as a scenario that ORBAT Mapper plays.",
		Extensions: []string{".json"}, ContentType: jsonType,
		Read: orbatmapper.Read, Plan: shows(orbatmapper.Write),
	},
	{
		Name: "smptsp", Title: "SMPTSP instance", Reads: "Fixed tasks and qualified workers: an instance of the shift minimisation personnel task scheduling problem.",
		Extensions: []string{".dat"}, ContentType: plainType, Read: smptsp.Read,
	},
	{
		Name: "geopko", Title: "Geo-PKO", Reads: "UN peacekeeping bases of a year, from the Geo-PKO data set's CSV tables.", Terminal: severalTables,
	},
	{
		Name: "marathon", Title: "MARATHON", Reads: "A period of a MARATHON project: demands for types of units, and units in a cycle of dwell and deployment.", Terminal: severalTables,
	},
	{
		Name: "mps", Title: "MPS", Writes: "The scenario as a mixed-integer program in free MPS, for any solver; its optimum is the least objective.",
		Extensions: []string{".mps"}, ContentType: plainType, Terminal: wholeProgram,
	},
	{
		Name: "lp", Title: "LP", Writes: "The same program in the LP format, for people to read.",
		Extensions: []string{".lp"}, ContentType: plainType, Terminal: wholeProgram,
	},
	{
		Name: "html", Title: "Report", Writes: "A plan as one HTML file: headline, map, coverage, Gantt chart, backfills, timetable.",
		Extensions: []string{".html"}, ContentType: htmlType, PlanFile: "plan.html", Plan: page((*report.Document).HTML),
	},
	{
		Name: "one-page", Title: "One page", Writes: "What a decision maker reads of a plan, as one HTML file.",
		Extensions: []string{".html"}, ContentType: htmlType, Plan: page((*report.Document).OnePage),
	},
	{
		Name: "tpfdd", Title: "TPFDD table", Writes: "A plan's moves as a TPFDD-style CSV table.",
		Extensions: []string{".csv"}, ContentType: csvType, Former: []string{"csv"}, PlanFile: "tpfdd.csv", Plan: shows(tpfdd.Write),
	},
	{
		Name: "geojson", Title: "GeoJSON", Writes: "A plan's posts and moves as GeoJSON, with times.",
		Extensions: []string{".geojson"}, ContentType: "application/geo+json", PlanFile: "moves.geojson", Plan: shows(geojson.Write),
	},
	{
		Name: "kml", Title: "KML", Writes: "A plan's posts, stays and moves as KML, with times.",
		Extensions: []string{".kml"}, ContentType: "application/vnd.google-earth.kml+xml", Plan: shows(kml.Write),
	},
	{
		Name: "ics", Title: "Calendar", Writes: "A plan's decide-by and order-by dates as iCalendar.",
		Extensions: []string{".ics"}, ContentType: "text/calendar; charset=utf-8", PlanFile: "decisions.ics", Plan: shows(decisions),
	},
	{
		Name: "coverage-csv", Title: "Cover as CSV", Writes: "A plan's cover of each line on each day as a CSV table.",
		Extensions: []string{".csv"}, ContentType: csvType, Plan: shows(coverage.WriteCSV),
	},
	{
		Name: "coverage-json", Title: "Cover as JSON", Writes: "A plan's cover of each line on each day as JSON.",
		Extensions: []string{".json"}, ContentType: jsonType, Plan: shows(coverage.WriteJSON),
	},
}

// parse reads Rearguard's own form of an extension.
func parse(extension string) Reader {
	return func(name string, data []byte) (*scenario.Scenario, []formats.Problem, error) {
		return formats.ParseScenarioAs(extension, name, data)
	}
}

// file writes Rearguard's own form of an extension.
func file(extension string) ScenarioWriter {
	return func(w io.Writer, s *scenario.Scenario) error {
		data, err := formats.ScenarioBytes(extension, s)
		if err == nil {
			_, err = w.Write(data)
		}
		return err
	}
}

func writePlan(w io.Writer, s *Shown) error {
	data, err := formats.PlanBytes(s.Plan)
	if err == nil {
		_, err = w.Write(data)
	}
	return err
}

// shows writes what follows from a plan and its scenario alone.
func shows(write func(io.Writer, *scenario.Scenario, *plan.Plan) error) PlanWriter {
	return func(w io.Writer, s *Shown) error { return write(w, s.Scenario, s.Plan) }
}

// page writes a web page of a plan.
func page(html func(*report.Document, *scenario.Scenario) ([]byte, error)) PlanWriter {
	return func(w io.Writer, s *Shown) error {
		d, err := s.Document()
		if err != nil {
			return err
		}
		data, err := html(d, s.Scenario)
		if err == nil {
			_, err = w.Write(data)
		}
		return err
	}
}

// decisions writes the decide-by and order-by dates of a plan.
func decisions(w io.Writer, s *scenario.Scenario, p *plan.Plan) error {
	brief, err := report.New(s, p)
	if err == nil {
		_, err = w.Write(brief.Calendar())
	}
	return err
}
