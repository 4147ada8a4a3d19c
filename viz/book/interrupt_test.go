package book

import (
	"os"
	"runtime"
	"testing"
	"time"

	"circuitbook/sparsenn/suitetest"
)

// TestInterruptible: an interrupt ends the context and not the process; stop lets
// go of it.
func TestInterruptible(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("a process cannot interrupt itself there")
	}
	ctx, stop := Interruptible()
	defer stop()
	if err := ctx.Err(); err != nil {
		t.Fatalf("ended before any interrupt: %v", err)
	}
	self, err := os.FindProcess(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	if err := self.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	select {
	case <-ctx.Done():
	case <-time.After(suitetest.Patience):
		t.Fatal("an interrupt does not end the context")
	}
	if other, stop := Interruptible(); other.Err() == nil {
		stop()
		if other.Err() == nil {
			t.Error("stop does not end the context")
		}
	}
}
