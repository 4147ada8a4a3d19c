//go:build !linux

package sweep

func peakMemory() int64 { return 0 }
