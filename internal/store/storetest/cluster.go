// Package storetest starts a PostgreSQL server for tests.
package storetest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strings"
	"sync/atomic"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
)

// Cluster is a PostgreSQL server on a socket in a temporary folder.
type Cluster struct {
	folder    string
	stop      func()
	databases atomic.Int64
}

// Start starts a cluster; its error says why this machine has none.
func Start() (*Cluster, error) {
	bin := ""
	if found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb"); len(found) > 0 {
		bin = filepath.Dir(found[len(found)-1])
	} else if path, err := exec.LookPath("initdb"); err == nil {
		bin = filepath.Dir(path)
	} else {
		return nil, errors.New("PostgreSQL is not installed; .ci/install installs it")
	}
	folder, err := os.MkdirTemp("", "rearguard-pg-*")
	if err != nil {
		return nil, fmt.Errorf("make a folder for PostgreSQL: %w", err)
	}
	as, err := owner(folder)
	if err != nil {
		return nil, err
	}
	data := filepath.Join(folder, "data")
	for _, args := range [][]string{
		{filepath.Join(bin, "initdb"), "-D", data, "-U", "rearguard", "-A", "trust", "--no-sync"},
		{filepath.Join(bin, "pg_ctl"), "-D", data, "-w", "-l", filepath.Join(folder, "log"), "-o", "-c listen_addresses= -c unix_socket_directories=" + folder + " -c fsync=off", "start"},
	} {
		c := as(args...)
		c.Dir = folder
		if out, err := c.CombinedOutput(); err != nil && !strings.Contains(string(out), "server started") {
			return nil, fmt.Errorf("%s: %w: %s", args[0], err, out)
		}
	}
	return &Cluster{folder: folder, stop: func() {
		c := as(filepath.Join(bin, "pg_ctl"), "-D", data, "-m", "immediate", "-w", "stop")
		c.Dir = folder
		_ = c.Run()
		_ = os.RemoveAll(folder)
	}}, nil
}

// owner gives the folder to somebody who may run PostgreSQL, which root may not, and
// returns how to run a command as them.
func owner(folder string) (func(args ...string) *exec.Cmd, error) {
	if os.Getuid() != 0 {
		return func(args ...string) *exec.Cmd { return exec.Command(args[0], args[1:]...) }, nil
	}
	if _, err := user.Lookup("postgres"); err != nil {
		return nil, errors.New("PostgreSQL does not run as root, and there is no user postgres")
	}
	if out, err := exec.Command("chown", "postgres", folder).CombinedOutput(); err != nil {
		return nil, fmt.Errorf("give the folder to postgres: %w: %s", err, out)
	}
	return func(args ...string) *exec.Cmd {
		return exec.Command("setpriv", append([]string{"--reuid=postgres", "--regid=postgres", "--clear-groups"}, args...)...)
	}, nil
}

// Stop ends the server and removes its folder.
func (c *Cluster) Stop() { c.stop() }

// Database makes an empty database and returns its address.
func (c *Cluster) Database(ctx context.Context) (address string, err error) {
	admin, err := sql.Open("pgx", c.address("postgres"))
	if err != nil {
		return "", fmt.Errorf("open PostgreSQL: %w", err)
	}
	defer admin.Close()
	name := fmt.Sprintf("test%d", c.databases.Add(1))
	if _, err := admin.ExecContext(ctx, "CREATE DATABASE "+name); err != nil {
		return "", fmt.Errorf("make a database: %w", err)
	}
	return c.address(name), nil
}

func (c *Cluster) address(name string) string {
	return (&url.URL{Scheme: "postgres", User: url.User("rearguard"), Path: "/" + name, RawQuery: url.Values{"host": {c.folder}}.Encode()}).String()
}
