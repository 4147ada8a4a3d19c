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

	"circuitbook/kernel/internal/shim"
)

// parentPoll is how often a kernel looks whether its parent is still there.
const parentPoll = 100 * time.Millisecond

// A Kernel says how to start GoNB.
type Kernel struct {
	Guard *Guard   // sees to what is left when its owner, who runs the kernel, ends
	Temp  string   // the folder of the kernel's own files, of the guard's making
	GoNB  string   // the gonb program
	Env   []string // the environment, without TMPDIR and DirEnv
	Log   string   // a file for GoNB's log, or "" for none
	// Prepare writes the connection file for GoNB into Temp and returns its name.
	Prepare func() (connection string, err error)
	// Started is told of GoNB when it was started; it may be nil.
	Started func(*Child)
	// Interrupt is called for each SIGINT; it may be nil.
	Interrupt func()
}

// DirEnv names the variable with the folder of the kernel's own files, for GoNB
// and for the cells.
const DirEnv = shim.KernelDirEnv

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
	connection, err := k.Prepare()
	if err != nil {
		return 1, err
	}
	args := []string{"--kernel", connection, "--raw_error"}
	if k.Log != "" {
		args = append(args, "--extra_log", k.Log)
	} else {
		args = append(args, "--logtostderr=false", "--stderrthreshold=FATAL", "--log_dir", k.Temp)
	}
	cmd := exec.Command(k.GoNB, args...)
	cmd.Env = append(k.Env, "TMPDIR="+k.Temp, DirEnv+"="+k.Temp)
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
	if err := k.Guard.Kill(pgid); err != nil {
		EndGroups(0, pgid)
		return 1, err
	}

	if k.Started != nil {
		k.Started(&Child{pgid})
	}

	// The goroutine must not start processes; this one holds the thread.
	done, stopped := make(chan struct{}), make(chan struct{})
	defer func() {
		close(done)
		<-stopped
		endOrphans(grace, k.Guard.cmd.Process.Pid)
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
					reapOrphans(false, pgid, k.Guard.cmd.Process.Pid)
				default:
				}
				if os.Getppid() == parent {
					continue
				}
			case <-ctx.Done():
			case sig := <-signals:
				if sig == syscall.SIGINT {
					if k.Interrupt != nil {
						k.Interrupt()
					}
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
