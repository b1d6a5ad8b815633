package cli

import (
	"fmt"

	"github.com/rearguard/rearguard/internal/formats"
	"github.com/rearguard/rearguard/internal/report"
	"github.com/rearguard/rearguard/internal/verify"
	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/scenario"
	"github.com/rearguard/rearguard/web"
)

type reportCommand struct {
	Scenario string `arg:"" help:"Scenario that the plan is for."`
	Plan     string `arg:"" help:"Plan to show, whoever made it."`
	Out      string `short:"o" default:"plan.html" placeholder:"FILE" help:"HTML file to write; plan.html by default."`
}

// Run writes the page even of a plan that breaks rules, so that people can see
// where; it says so on top, and the answer is no.
func (k *reportCommand) Run(c *console) error {
	s, p, another, err := c.openPlan(k.Scenario, k.Plan)
	if err != nil {
		return err
	}
	checked := verify.Check(s, p)
	for _, b := range checked.Breaches {
		if b.Rule == verify.Form {
			return noError{fmt.Errorf("%s: %s\n%s: the plan cannot be read as one; rearguard verify lists all that is wrong", k.Plan, b, k.Plan)}
		}
	}
	html, err := reportHTML(s, p, checked, another)
	if err != nil {
		return err
	}
	if err := formats.WriteFile(k.Out, html); err != nil {
		return usageError{fmt.Errorf("-o %s: %w", k.Out, err)}
	}
	if !checked.OK() {
		return noError{fmt.Errorf("%s: written, but marked as not to be acted on: %s has %s and %s; rearguard verify lists them", k.Out, k.Plan,
			count(len(checked.Breaches), "broken rule"), count(len(checked.Differences), "false number"))}
	}
	return nil
}

// reportHTML is the self-contained page of a plan with what the checker found.
func reportHTML(s *scenario.Scenario, p *plan.Plan, checked *verify.Report, another string) ([]byte, error) {
	shown := *p
	shown.Metrics = checked.Metrics
	document, err := report.NewDocument(s, &shown)
	if err != nil {
		return nil, err
	}
	document.Verdict.Verified, document.Verdict.Another = checked.OK(), another
	for _, b := range checked.Breaches {
		document.Verdict.Broken = append(document.Verdict.Broken, b.String())
	}
	for _, d := range checked.Differences {
		document.Verdict.Broken = append(document.Verdict.Broken, d.String())
	}
	page := web.Report{Title: s.Name + ": plan", Document: document}
	for _, place := range s.Places {
		page.Theatre = append(page.Theatre, web.Point{Lat: place.Lat, Lon: place.Lon})
	}
	return page.HTML()
}
