package supervise

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"syscall"
	"time"
)

// parentPoll is how often a kernel looks whether its parent is still there.
const parentPoll = 100 * time.Millisecond

// A Kernel says how to start GoNB.
type Kernel struct {
	Self       string   // this program, to be started as the guard
	GoNB       string   // the gonb program
	Connection string   // Jupyter's connection file
	Env        []string // the environment, without TMPDIR
	Log        string   // a file for GoNB's log, or "" for none
}

// Run starts GoNB and returns its exit code when it has ended. It ends, with
// every process that GoNB started, when ctx does, when the process that
// started it dies, and when it is told to by SIGTERM or SIGHUP. On Linux that
// includes processes that a cell put into a session of their own. Temporary
// files of GoNB and of the cells lie in a folder that is removed.
func (k Kernel) Run(ctx context.Context) (code int, err error) {
	// Linux ends GoNB with the thread that started it; keep that thread.
	runtime.LockOSThread()
	parent := os.Getppid()

	adopt()
	guard, err := StartGuard(k.Self)
	if err != nil {
		return 1, err
	}
	defer func() { err = errors.Join(err, guard.Close()) }()
	temp, err := guard.TempDir("kernel")
	if err != nil {
		return 1, err
	}

	args := []string{"--kernel", k.Connection, "--raw_error"}
	if k.Log != "" {
		args = append(args, "--extra_log", k.Log)
	} else {
		args = append(args, "--logtostderr=false", "--stderrthreshold=FATAL", "--log_dir", temp)
	}
	cmd := exec.Command(k.GoNB, args...)
	cmd.Env = append(k.Env, "TMPDIR="+temp)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	endWithParent(cmd.SysProcAttr)

	signals := make(chan os.Signal, 4)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	defer signal.Stop(signals)
	orphans := make(chan os.Signal, 1)
	signal.Notify(orphans, syscall.SIGCHLD)
	defer signal.Stop(orphans)
	if err := cmd.Start(); err != nil {
		return 1, fmt.Errorf("starting GoNB: %w", err)
	}
	pgid := cmd.Process.Pid
	if err := guard.Kill(pgid); err != nil {
		EndGroups(0, pgid)
		return 1, err
	}

	// The goroutine must not start processes; this one holds the thread.
	done, stopped := make(chan struct{}), make(chan struct{})
	defer func() {
		close(done)
		<-stopped
		endOrphans(grace, guard.cmd.Process.Pid)
	}()
	go func() {
		defer close(stopped)
		tick := time.NewTicker(parentPoll)
		defer tick.Stop()
		for {
			select {
			case <-done:
				return
			case <-tick.C:
				select {
				case <-orphans:
					reapOrphans(pgid, guard.cmd.Process.Pid)
				default:
				}
				if os.Getppid() == parent {
					continue
				}
			case <-ctx.Done():
			case sig := <-signals:
				if sig == syscall.SIGINT { // interrupts a cell
					_ = cmd.Process.Signal(sig)
					continue
				}
			}
			EndGroups(grace, pgid)
			return
		}
	}()

	err = cmd.Wait()
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		return max(exit.ExitCode(), 1), nil
	}
	return 0, err
}
