// Package cli is the command line: it reads files, calls the packages that know
// something, and writes what they say.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime/debug"

	"github.com/alecthomas/kong"

	"github.com/rearguard/rearguard/internal/formats"
	"github.com/rearguard/rearguard/internal/group"
)

// Exit codes.
const (
	exitDone     = 0
	exitNo       = 1 // the command ran and the answer is no
	exitUsage    = 2
	exitInternal = 3
)

const description = `Turns a coalition's pledges into a plan: who goes, by what lift, by when each contributor must decide, and who
backfills the posts that they leave; with a proof of how good the plan is.

SCENARIO is a YAML or JSON file, an XLSX workbook or a folder of CSV files.
PLAN is a plan.json, or its workbook.
Exit codes: 0 done, 1 the answer is no (problems in a file, broken rules), 2 wrong usage, 3 internal.`

// commands is the grammar; each command's Run is in a file of its name.
type commands struct {
	Plan      planCommand      `cmd:"" help:"Find a plan, prove how good it is, and say what it means."`
	Verify    verifyCommand    `cmd:"" help:"Check a plan against the scenario, independently; exit code 1 if a rule is broken."`
	Serve     serveCommand     `cmd:"" help:"Serve the page that plans: of one scenario to you alone; or, with --data or --database, to a team with accounts."`
	Worker    workerCommand    `cmd:"" help:"Run the jobs of a team's server on this machine too."`
	Audit     auditCommand     `cmd:"" help:"Check or write out the audit chain of a team's server."`
	Backup    backupCommand    `cmd:"" help:"Copy the database of a team's server while it runs."`
	Report    reportCommand    `cmd:"" help:"Write a plan as one HTML file: headline, map, coverage, Gantt chart, backfills, timetable."`
	Replan    replanCommand    `cmd:"" help:"Plan again from a plan in force and what has changed, with the fewest changes."`
	Compare   compareCommand   `cmd:"" help:"Say what two plans do otherwise: by unit, post and contributor."`
	Explain   explainCommand   `cmd:"" help:"Say why a unit is here and not there, or who else could have covered a post on a day."`
	Stress    stressCommand    `cmd:"" help:"Plan without each contributor, for each D-day of a range, or over what is uncertain, and say what breaks."`
	Tradeoff  tradeoffCommand  `cmd:"" help:"Show the curve of the standing posts' exposure against the operations'."`
	Ask       askCommand       `cmd:"" help:"Say which pledges, waivers, approvals and lift would close the gaps, and by how much."`
	Timetable timetableCommand `cmd:"" help:"List a plan's decide-by and order-by dates."`
	Status    statusCommand    `cmd:"" help:"Say which conditions are met on a day, why, what they start, and which requirements have moved."`
	Tree      treeCommand      `cmd:"" help:"Plan each branch of a scenario, and list the orders that all of them share."`
	Check     checkCommand     `cmd:"" help:"List every problem of a scenario, with its place in the file."`
	New       newCommand       `cmd:"" help:"Make a folder with a commented scenario to start from."`
	Import    importCommand    `cmd:"" help:"Make a scenario of other people's data."`
	Generate  generateCommand  `cmd:"" help:"Make a scenario that is hard in the way real ones are."`
	Export    exportCommand    `cmd:"" help:"Write a scenario in another format."`
	Schema    schemaCommand    `cmd:"" help:"Print the JSON Schema of a scenario."`
	Version   versionCommand   `cmd:"" help:"Print the version."`
}

// console is where a command writes: answers to out, all else to err.
type console struct {
	out, err io.Writer
	warned   map[formats.Problem]bool
}

// warn says what is odd with the files of a command, each once, however often it reads
// them.
func (c *console) warn(list []formats.Problem) {
	for _, p := range list {
		if !c.warned[p] {
			fmt.Fprintln(c.err, p)
		}
		if c.warned == nil {
			c.warned = map[formats.Problem]bool{}
		}
		c.warned[p] = true
	}
}

// Main runs one command and returns its exit code. When ctx ends, a search
// stops and its best plan is kept.
func Main(ctx context.Context, args []string, stdout, stderr io.Writer) (code int) {
	defer func() {
		if r := recover(); r != nil {
			fmt.Fprintf(stderr, "rearguard: internal error: %v\n%s", r, debug.Stack())
			code = exitInternal
		}
	}()
	asked := -1 // exit code that the parser itself wants, after --help
	parser, err := kong.New(&commands{Import: newImport(), Export: newExport()},
		kong.Name("rearguard"),
		kong.Description(description),
		kong.Vars{"plan_files": planFiles()},
		kong.Writers(stdout, stderr),
		kong.Exit(func(code int) { asked = code }),
		kong.BindTo(ctx, (*context.Context)(nil)),
		kong.Bind(&console{out: stdout, err: stderr}),
		kong.ConfigureHelp(kong.HelpOptions{NoExpandSubcommands: true, WrapUpperBound: 100}),
	)
	if err != nil {
		return fail(stderr, err)
	}
	command, err := parser.Parse(args)
	if asked >= 0 {
		return asked
	}
	if err != nil {
		return fail(stderr, usageError{err})
	}
	return fail(stderr, command.Run())
}

// usageError is an error in how a command was called.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

// noError says that the answer of a command is no; with no reason, the command
// has written it.
type noError struct{ reason error }

func (e noError) Error() string {
	if e.reason == nil {
		return "no"
	}
	return e.reason.Error()
}

func (e noError) Unwrap() error { return e.reason }

// fail writes what a command failed with and returns its exit code.
func fail(stderr io.Writer, err error) int {
	if err == nil {
		return exitDone
	}
	if no, ok := errors.AsType[noError](err); ok {
		if no.reason != nil {
			fmt.Fprintln(stderr, no.reason)
		}
		return exitNo
	}
	if _, ok := errors.AsType[usageError](err); ok {
		fmt.Fprintf(stderr, "rearguard: %v\nrearguard --help lists the commands, rearguard COMMAND --help explains one.\n", err)
		return exitUsage
	}
	fmt.Fprintf(stderr, "rearguard: %v\n%s", err, group.Stack(err))
	return exitInternal
}
