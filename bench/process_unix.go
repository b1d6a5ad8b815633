//go:build unix

package main

import (
	"os/exec"
	"syscall"
)

// alone puts a program that is to start into a group of its own, and makes its
// end the end of all that it has started.
func alone(p *exec.Cmd) {
	p.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	p.Cancel = func() error { return syscall.Kill(-p.Process.Pid, syscall.SIGKILL) }
}
