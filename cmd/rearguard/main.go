// Command rearguard plans who goes, by what lift, and who backfills the posts
// that they leave.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/rearguard/rearguard/internal/cli"
	"github.com/rearguard/rearguard/internal/milp"
)

func main() {
	milp.Child() // does not return where this process was started to solve one model
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends the program at once
	os.Exit(cli.Main(ctx, os.Args[1:], os.Stdout, os.Stderr))
}
