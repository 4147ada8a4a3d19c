package sweep

import "golang.org/x/sys/unix"

// peakMemory is the largest resident size of this process so far, in bytes.
func peakMemory() int64 {
	var u unix.Rusage
	if unix.Getrusage(unix.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return u.Maxrss << 10
}
