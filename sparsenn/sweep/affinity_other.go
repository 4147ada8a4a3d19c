//go:build !linux

package sweep

import "os/exec"

func startOn(cmd *exec.Cmd, _, _ int) error { return cmd.Start() }
