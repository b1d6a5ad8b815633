package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os/exec"
	"runtime"
	"time"

	"github.com/rearguard/rearguard/internal/group"
	"github.com/rearguard/rearguard/internal/server"
	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/planner"
)

type serveCommand struct {
	Scenario string `arg:"" optional:"" help:"Scenario to serve to one person: what is saved and kept is in a file beside it, SCENARIO.rearguard. Without one, --data or --database makes a server for a team."`
	Plan     string `arg:"" optional:"" help:"Plan to begin with; without one it is made."`
	news
	teamFlags
	Listen string        `default:"127.0.0.1:8420" placeholder:"ADDRESS" help:"Address to listen on, with port 0 for any that is free. A scenario for one person takes a loopback address only."`
	Time   time.Duration `default:"5s" help:"How long to search for the first plan of a scenario for one person."`
	Open   bool          `help:"Open the page in the browser."`
}

// Run serves the page until it is interrupted.
func (k *serveCommand) Run(ctx context.Context, c *console) error {
	host, _, err := net.SplitHostPort(k.Listen)
	if err != nil {
		return usageError{fmt.Errorf("--listen %s: write an address with its port, such as 127.0.0.1:8420", k.Listen)}
	}
	if k.Scenario == "" {
		return k.team(ctx, c, k.Listen)
	}
	if k.teamFlags.given() {
		return usageError{errors.New("a scenario is served to one person, without accounts; --data, --database, --cert, --key and --workers are for a team's server, which holds many")}
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return usageError{fmt.Errorf("--listen %s: there are no accounts, so that only a loopback address such as 127.0.0.1 is allowed", k.Listen)}
	}
	seen := stamp(k.Scenario)
	x, err := c.readCase(k.Scenario)
	if err != nil {
		return err
	}
	if len(k.Facts) > 0 && k.Plan == "" {
		return usageError{errors.New("--facts: say of which plan, as rearguard serve SCENARIO PLAN")}
	}
	return k.local(ctx, c, x, seen)
}

// serveUntil answers requests and does jobs until the context ends, over TLS if there is
// a certificate. Requests that have come are answered before it returns.
func serveUntil(ctx context.Context, listener net.Listener, x *server.Server, cert, key string) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	beside, ctx := group.New(ctx) // the server ends if what runs beside it does
	h := &http.Server{Handler: x.Handler(), ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute, BaseContext: func(net.Listener) context.Context { return ctx },
		ErrorLog: log.New(io.Discard, "", 0)} // of broken handshakes and such, which say nothing to who runs it
	beside.Go(func() error {
		x.Run(ctx)
		return nil
	})
	beside.Go(func() error {
		<-ctx.Done()
		end, cancel := context.WithTimeout(context.WithoutCancel(ctx), 3*time.Second)
		defer cancel()
		_ = h.Shutdown(end)
		return nil
	})
	serve := func() error { return h.Serve(listener) }
	if cert != "" {
		serve = func() error { return h.ServeTLS(listener, cert, key) }
	}
	err := serve()
	stop()
	if failed := beside.Wait(); failed != nil {
		return fmt.Errorf("serve: %w", failed)
	}
	if !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve: %w", err)
	}
	return nil
}

// known is the news of the plan to begin with.
func (k *serveCommand) known(ctx context.Context, c *console, x *planner.Case, p *plan.Plan) (known server.News, err error) {
	resolved, err := resolveAs(x, k.Plan, p)
	if err != nil {
		return known, err
	}
	known.Status, known.Account, err = k.of(ctx, c, x, resolved, p)
	return known, err
}

// browse opens an address in the user's browser.
func browse(ctx context.Context, address string) error {
	command := []string{"xdg-open", address}
	switch runtime.GOOS {
	case "darwin":
		command = []string{"open", address}
	case "windows":
		command = []string{"rundll32", "url.dll,FileProtocolHandler", address}
	}
	return exec.CommandContext(ctx, command[0], command[1:]...).Start()
}

var errTime = usageError{errors.New("--time must be above 0")}

// begin reads the plan, or makes one.
func (k *serveCommand) begin(ctx context.Context, c *console, x *planner.Case) (*plan.Plan, error) {
	if k.Plan != "" {
		_, _, p, err := c.ownPlan(k.Scenario, k.Plan)
		return p, err
	}
	if k.Time <= 0 {
		return nil, errTime
	}
	line := c.liveLine()
	defer line.clear()
	found, err := x.Plan(ctx, planner.Variant{}, planner.Search{Time: k.Time, Progress: line.show})
	if err != nil {
		return nil, told(k.Scenario, err)
	}
	return found.Plan, nil
}
