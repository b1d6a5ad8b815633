package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"github.com/rearguard/rearguard/examples"
	"github.com/rearguard/rearguard/internal/formats"
	"github.com/rearguard/rearguard/internal/group"
	"github.com/rearguard/rearguard/internal/jobs"
	"github.com/rearguard/rearguard/internal/server"
	"github.com/rearguard/rearguard/internal/server/auth"
	"github.com/rearguard/rearguard/internal/store"
)

// teamFlags are what a server for a team takes.
type teamFlags struct {
	where
	Cert    string `placeholder:"FILE" help:"Certificate for TLS, PEM; with --key. Behind a proxy that does TLS, give --behind-tls instead."`
	Key     string `placeholder:"FILE" help:"Key of the certificate, PEM."`
	Behind  bool   `name:"behind-tls" help:"A proxy in front does TLS: cookies are sent over nothing else."`
	Public  string `placeholder:"URL" help:"Address that people reach the server at, such as https://rearguard.example.org; for OpenID."`
	OpenID  string `name:"openid" placeholder:"URL" help:"Issuer of an OpenID Connect provider to sign in with, beside passwords; with --openid-client, --public and the secret in REARGUARD_OPENID_SECRET."`
	Client  string `name:"openid-client" placeholder:"ID" help:"Client ID at that provider; the way back is PUBLIC/openid/back."`
	Secret  string `name:"openid-secret" hidden:"" env:"REARGUARD_OPENID_SECRET"`
	Workers *int   `placeholder:"N" help:"Jobs that run in this process at one time; 1 by default, 0 if other machines run rearguard worker."`
}

func (k *teamFlags) given() bool {
	return k.where.given() || k.Cert != "" || k.Key != "" || k.Behind || k.Public != "" || k.OpenID != "" || k.Client != "" || k.Workers != nil
}

// where says where a team's server keeps what it knows.
type where struct {
	Data     string `placeholder:"DIR" help:"Folder of a team's server; its database is SQLite."`
	Database string `placeholder:"URL" env:"REARGUARD_DATABASE" help:"PostgreSQL database of a team's server: postgres://user@host/name. A password is better in the environment, as REARGUARD_DATABASE or PGPASSWORD."`
}

func (k *where) given() bool { return k.Data != "" || k.Database != "" }

// open opens the store; one that must be there already is not made.
func (k *where) open(ctx context.Context, must bool) (*store.Store, error) {
	switch {
	case k.Data != "" && k.Database != "":
		return nil, usageError{errors.New("give --data or --database, not both")}
	case k.Database != "":
		s, err := store.Connect(ctx, k.Database)
		if err != nil {
			return nil, noError{err}
		}
		return s, nil
	case k.Data == "":
		return nil, usageError{errors.New("say where the server keeps its data: --data DIR, or --database URL for PostgreSQL")}
	}
	if must {
		if err := exists(filepath.Join(k.Data, store.File)); err != nil {
			return nil, err
		}
	}
	s, err := store.Open(ctx, k.Data)
	if err != nil {
		return nil, noError{err}
	}
	return s, nil
}

// team serves a team until the context ends.
func (k *teamFlags) team(ctx context.Context, c *console, listen string) error {
	if !k.where.given() {
		return usageError{errors.New("name a scenario to serve to one person, or give --data DIR (or --database URL) to serve a team")}
	}
	if (k.Cert == "") != (k.Key == "") {
		return usageError{errors.New("--cert and --key belong together")}
	}
	for _, path := range []string{k.Cert, k.Key} {
		if path != "" {
			if err := exists(path); err != nil {
				return err
			}
		}
	}
	if k.OpenID != "" && (k.Client == "" || k.Public == "" || k.Secret == "") {
		return usageError{errors.New("--openid needs --openid-client, --public and the secret in REARGUARD_OPENID_SECRET")}
	}
	workers := 1
	if k.Workers != nil {
		workers = *k.Workers
	}
	if workers < 0 {
		return usageError{fmt.Errorf("--workers %d: it is a number of jobs, 0 or more", workers)}
	}
	s, err := k.open(ctx, false)
	if err != nil {
		return err
	}
	defer s.Close()
	log := slog.New(slog.NewJSONHandler(c.err, nil))
	x := server.New(server.Options{Store: s, Log: log, Version: version, Workers: workers, Secure: k.Cert != "" || k.Behind})
	if k.OpenID != "" {
		if err := x.Accounts.Discover(ctx, auth.OpenID{Issuer: k.OpenID, Client: k.Client, Secret: k.Secret, Public: k.Public}); err != nil {
			return noError{err}
		}
	}
	if err := begin(ctx, x, s); err != nil {
		return err
	}
	listener, err := net.Listen("tcp", listen)
	if err != nil {
		return usageError{fmt.Errorf("--listen %s: %w", listen, err)}
	}
	address := "http://" + listener.Addr().String()
	if k.Cert != "" {
		address = "https://" + listener.Addr().String()
	}
	token, err := x.Accounts.InviteFirst(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(c.out, "Rearguard is at %s/ until you press Ctrl-C.\n", address)
	if token != "" {
		fmt.Fprintf(c.out, "Nobody has an account yet. The first coordinator makes one here, once, within a day:\n  %s/invite/%s\n", address, token)
	}
	return serveUntil(ctx, listener, x, k.Cert, k.Key)
}

// begin fills an empty store with the examples, and queues a plan of each.
func begin(ctx context.Context, x *server.Server, s *store.Store) error {
	there, err := s.Scenarios(ctx)
	if err != nil || len(there) > 0 {
		return err
	}
	for _, name := range examples.Names {
		data, err := examples.Files.ReadFile(name)
		if err != nil {
			return fmt.Errorf("read the example %s: %w", name, err)
		}
		written, _, err := formats.ParseScenario(name, data)
		if err != nil {
			return err
		}
		actor := store.Actor{ID: "server"}
		kept, err := x.Keep(ctx, actor, written)
		if err != nil {
			return err
		}
		options, err := json.Marshal(jobs.Options{Name: "first plan"})
		if err != nil {
			return fmt.Errorf("write the options: %w", err)
		}
		if _, err := s.Enqueue(ctx, actor, store.Job{Scenario: kept.ID, Version: 1, Kind: "plan", Options: options}); err != nil {
			return err
		}
	}
	return nil
}

type workerCommand struct {
	Database string `required:"" placeholder:"URL" env:"REARGUARD_DATABASE" help:"PostgreSQL database of the team's server."`
	Jobs     int    `default:"1" placeholder:"N" help:"Jobs that run at one time."`
}

// Run runs jobs until it is interrupted; those that it holds then go back to the queue.
func (k *workerCommand) Run(ctx context.Context, c *console) error {
	if k.Jobs < 1 {
		return usageError{fmt.Errorf("--jobs %d: it is a number of jobs, 1 or more", k.Jobs)}
	}
	s, err := (&where{Database: k.Database}).open(ctx, true)
	if err != nil {
		return err
	}
	defer s.Close()
	host, err := os.Hostname()
	if err != nil {
		host = "worker"
	}
	log := slog.New(slog.NewJSONHandler(c.err, nil))
	fmt.Fprintln(c.out, "This machine runs jobs until you press Ctrl-C.")
	all, working := group.New(ctx)
	for range k.Jobs {
		w := jobs.New(s, host+"-"+store.NewID(), log)
		w.Threads = max(1, runtime.GOMAXPROCS(0)/k.Jobs)
		all.Go(func() error {
			w.Run(working)
			return nil
		})
	}
	return all.Wait()
}

type auditCommand struct {
	Verify auditVerifyCommand `cmd:"" help:"Say whether anybody has tampered with the chain; exit code 1 if so."`
	Export auditExportCommand `cmd:"" help:"Write the whole chain as JSON lines."`
}

type auditVerifyCommand struct {
	where
	Head string `placeholder:"HASH" help:"Hash that an earlier check printed: the chain must still go through it, so that nothing was cut off and written anew."`
}

func (k *auditVerifyCommand) Run(ctx context.Context, c *console) error {
	s, err := k.open(ctx, true)
	if err != nil {
		return err
	}
	defer s.Close()
	chain, err := s.VerifyAudit(ctx, k.Head, nil)
	if err != nil {
		return err
	}
	if chain.Broken != 0 {
		return noError{fmt.Errorf("the audit chain is broken: %s", chain.Reason)}
	}
	fmt.Fprintf(c.out, "%s, unbroken. Note the last hash elsewhere, and give it to --head next time:\n%s\n", count(int(chain.Entries), "line"), chain.Head)
	return nil
}

type auditExportCommand struct {
	where
	Out string `short:"o" placeholder:"FILE" help:"File to write; standard output by default."`
}

func (k *auditExportCommand) Run(ctx context.Context, c *console) (err error) {
	s, err := k.open(ctx, true)
	if err != nil {
		return err
	}
	defer s.Close()
	out := c.out
	if k.Out != "" {
		f, err := os.OpenFile(k.Out, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if err != nil {
			return usageError{fmt.Errorf("-o: %w", err)}
		}
		defer func() { err = errors.Join(err, f.Close()) }()
		out = f
	}
	encoder := json.NewEncoder(out)
	chain, err := s.VerifyAudit(ctx, "", func(e store.Entry) error { return encoder.Encode(e) })
	if err == nil && chain.Broken != 0 {
		err = noError{fmt.Errorf("written, but the audit chain is broken: %s", chain.Reason)}
	}
	return err
}

type backupCommand struct {
	Data string `required:"" placeholder:"DIR" help:"Folder of the team's server, which may run meanwhile."`
	Out  string `arg:"" help:"File to write; it must not be there yet. To go back, stop the server and put it into the folder as rearguard.db."`
}

func (k *backupCommand) Run(ctx context.Context, c *console) error {
	s, err := (&where{Data: k.Data}).open(ctx, true)
	if err != nil {
		return err
	}
	defer s.Close()
	began := time.Now()
	if err := s.Backup(ctx, k.Out); err != nil {
		return noError{err}
	}
	info, err := os.Stat(k.Out)
	if err != nil {
		return fmt.Errorf("look at the backup: %w", err)
	}
	fmt.Fprintf(c.out, "%s: %.1f MB in %.1f s\n", k.Out, float64(info.Size())/1e6, time.Since(began).Seconds())
	return nil
}
