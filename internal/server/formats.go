package server

import (
	"bytes"
	"context"
	"fmt"

	"github.com/danielgtaylor/huma/v2"

	"github.com/rearguard/rearguard/internal/exchange"
	"github.com/rearguard/rearguard/internal/server/auth"
	"github.com/rearguard/rearguard/planner"
)

// Format is a form in which scenarios and plans come in and go out.
type Format struct {
	Name        string   `json:"name" doc:"In the addresses of import and export."`
	Title       string   `json:"title"`
	Reads       string   `json:"reads" doc:"What comes in."`
	Writes      string   `json:"writes" doc:"What goes out."`
	Extensions  []string `json:"extensions" doc:"Of its file, with the point; the first is that of an export."`
	ContentType string   `json:"content_type"`
	Imports     bool     `json:"imports" doc:"A file of it can be imported as a scenario."`
	Scenarios   bool     `json:"scenarios" doc:"A scenario can be exported."`
	Plans       bool     `json:"plans" doc:"A plan can be exported."`
	Terminal    string   `json:"terminal,omitempty" doc:"Why only the command line has it, if so."`
}

func (x *Server) formatOperations() {
	register(x, auth.Public, huma.Operation{Method: "GET", Path: "/api/formats", Summary: "The formats of files that come in and go out", Tags: []string{"formats"}}, x.listFormats)
}

// ImportFormat is the name of a format in which a file is imported.
type ImportFormat string

// ScenarioFormat is the name of a format in which a scenario is exported.
type ScenarioFormat string

// PlanFormat is the name of a format in which a plan is exported.
type PlanFormat string

// Schema lists the formats.
func (ImportFormat) Schema(huma.Registry) *huma.Schema { return names((*exchange.Format).In) }

// Schema lists the formats.
func (ScenarioFormat) Schema(huma.Registry) *huma.Schema {
	return names((*exchange.Format).OutOfScenario)
}

// Schema lists the formats, and the names that some had before.
func (PlanFormat) Schema(huma.Registry) *huma.Schema {
	s := names((*exchange.Format).OutOfPlan)
	for _, f := range exchange.Formats() {
		for _, name := range f.Former {
			s.Enum = append(s.Enum, name)
		}
	}
	return s
}

func names(which func(*exchange.Format) bool) *huma.Schema {
	s := &huma.Schema{Type: huma.TypeString}
	for _, f := range exchange.Formats() {
		if which(f) {
			s.Enum = append(s.Enum, f.Name)
		}
	}
	return s
}

// scenarioFile is a scenario in a format, as somebody sees it, and its name.
func (x *Server) scenarioFile(ctx context.Context, principal *auth.Principal, id string, f *exchange.Format) (data []byte, name string, err error) {
	seen, err := x.view(ctx, principal, id, 0)
	if err != nil {
		return nil, "", err
	}
	var b bytes.Buffer
	if f.Scenario != nil {
		err = f.Scenario(&b, seen.scenario)
		return b.Bytes(), seen.scenario.Name, err
	}
	snap, err := x.snapshot(ctx, id, seen.version)
	if err != nil {
		return nil, "", err
	}
	// The whole is resolved, since what somebody sees of it need not hang together.
	resolved, err := snap.planner().Resolve(planner.Variant{})
	if err != nil {
		return nil, "", fmt.Errorf("resolve scenario %s: %w", id, err)
	}
	err = f.Resolved(&b, seen.access.Scenario(resolved))
	return b.Bytes(), seen.scenario.Name, err
}

type fileOut struct {
	ContentType string `header:"Content-Type"`
	Disposition string `header:"Content-Disposition"`
	Body        []byte
}

func fileOf(name string, f *exchange.Format, data []byte) *fileOut {
	return &fileOut{f.ContentType, fmt.Sprintf("attachment; filename=%q", f.FileName(name)), data}
}

func (x *Server) listFormats(context.Context, *struct{}) (*reply[[]Format], error) {
	list := []Format{}
	for _, f := range exchange.Formats() {
		list = append(list, Format{
			Name: f.Name, Title: f.Title, Reads: f.Reads, Writes: f.Writes, Extensions: append([]string{}, f.Extensions...), ContentType: f.ContentType,
			Imports: f.In(), Scenarios: f.OutOfScenario(), Plans: f.OutOfPlan(), Terminal: f.Terminal,
		})
	}
	return replyOf(list, nil)
}
