package command

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"syscall"
	"testing"
	"time"

	"circuitbook/sparsenn/suitetest"
)

// TestUntilTold: what ends a kernel counts whenever it comes, an interrupt does not.
func TestUntilTold(t *testing.T) {
	// So that an interrupt does not end the tests.
	interrupts := make(chan os.Signal, 1)
	signal.Notify(interrupts, os.Interrupt)
	defer signal.Stop(interrupts)
	for _, sig := range []syscall.Signal{syscall.SIGTERM, syscall.SIGHUP} {
		ctx, cancel := context.WithCancel(t.Context())
		until, stop, err := untilTold(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if err := syscall.Kill(os.Getpid(), syscall.SIGINT); err != nil {
			t.Fatal(err)
		}
		<-interrupts
		cancel() // as the command's own context is by an interrupt
		if until.Err() != nil {
			t.Fatal("an interrupt ends the kernel")
		}
		if err := syscall.Kill(os.Getpid(), sig); err != nil {
			t.Fatal(err)
		}
		select {
		case <-until.Done():
		case <-time.After(suitetest.Patience):
			t.Errorf("%v is not heard", sig)
		}
		stop()
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := untilTold(gone); !errors.Is(err, context.Canceled) {
		t.Errorf("told before: %v", err)
	}
}
