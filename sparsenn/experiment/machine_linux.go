package experiment

import (
	"os/exec"
	"runtime"

	"golang.org/x/sys/unix"
)

// startOn starts a command on processors of its own: the process's share of those
// that this one may use, in turn. XLA takes as many threads as it finds
// processors, and has no other way to be told.
func startOn(cmd *exec.Cmd, process, threads int) error {
	if threads == 0 {
		return cmd.Start()
	}
	// A child inherits from the thread that starts it.
	runtime.LockOSThread()
	var before unix.CPUSet
	if err := unix.SchedGetaffinity(0, &before); err != nil {
		runtime.UnlockOSThread()
		return cmd.Start()
	}
	own := share(before, process, threads)
	if err := unix.SchedSetaffinity(0, &own); err != nil {
		runtime.UnlockOSThread()
		return cmd.Start()
	}
	err := cmd.Start()
	if unix.SchedSetaffinity(0, &before) == nil {
		runtime.UnlockOSThread() // else the thread ends with the goroutine
	}
	return err
}

// share is a process's processors out of those of a set, threads of them, beginning
// again where the set ends.
func share(all unix.CPUSet, process, threads int) unix.CPUSet {
	var list []int
	for i := 0; len(list) < all.Count(); i++ {
		if all.IsSet(i) {
			list = append(list, i)
		}
	}
	var own unix.CPUSet
	for i := range min(threads, len(list)) {
		own.Set(list[(process*threads+i)%len(list)])
	}
	return own
}

// peakMemory is the largest resident size of this process so far, in bytes.
func peakMemory() int64 {
	var u unix.Rusage
	if unix.Getrusage(unix.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return u.Maxrss << 10
}
