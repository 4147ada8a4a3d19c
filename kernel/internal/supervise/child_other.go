//go:build !linux

package supervise

import "syscall"

// Interrupt has GoNB interrupt what it runs; a second SIGINT does not kill.
func (c *Child) Interrupt(kill bool) {
	if !kill { // GoNB kills by itself, after some seconds
		_ = syscall.Kill(c.pid, syscall.SIGINT)
	}
}

// CanRead reports whether Reading can know.
func (c *Child) CanRead() bool { return false }

// Reading knows of no cell that waits for input.
func (c *Child) Reading() string { return "" }

// Left knows of nothing that holds a cell's output.
func (c *Child) Left() bool { return false }
