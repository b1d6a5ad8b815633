// Command rearguard plans who goes, by what lift, and who backfills the posts
// that they leave.
package main

import (
	"context"
	"os"
	"os/signal"

	"github.com/rearguard/rearguard/internal/cli"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends the program at once
	os.Exit(cli.Main(ctx, os.Args[1:], os.Stdout, os.Stderr))
}
