//go:build !linux

package experiment

import "os/exec"

func startOn(cmd *exec.Cmd, _, _ int) error { return cmd.Start() }
func peakMemory() int64                     { return 0 }
