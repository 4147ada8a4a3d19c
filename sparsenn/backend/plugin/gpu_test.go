package plugin

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

func TestLookForGPU(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("uses shell scripts")
	}
	dir := t.TempDir()
	t.Setenv("PATH", dir)
	devices := filepath.Join(dir, "nvidia[0-9]*")
	if g := lookForGPU(devices); g.Visible || g.Why == "" {
		t.Errorf("nothing there: %+v", g)
	}
	smi := filepath.Join(dir, "nvidia-smi")
	for script, want := range map[string]bool{
		"echo 'GPU 0: NVIDIA H200 (UUID: GPU-1)'": true,
		"echo 'No devices were found'":            false,
		"echo 'GPU 0: broken'; exit 9":            false,
	} {
		if err := os.WriteFile(smi, []byte("#!/bin/sh\n"+script+"\n"), 0o755); err != nil {
			t.Fatal(err)
		}
		if g := lookForGPU(devices); g.Visible != want {
			t.Errorf("nvidia-smi as %q: %+v", script, g)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "nvidia0"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if g := lookForGPU(devices); !g.Visible || g.Why != filepath.Join(dir, "nvidia0") {
		t.Errorf("a device file: %+v", g)
	}
}

func TestGPUHidden(t *testing.T) {
	setGPU(t, true)
	for value, want := range map[string]bool{"": false, "-1": false, " ": false, "0": true, "1,0": true, "GPU-8932f937": true} {
		t.Setenv("CUDA_VISIBLE_DEVICES", value)
		if g := GPU(); g.Visible != want {
			t.Errorf("CUDA_VISIBLE_DEVICES=%q: %+v", value, g)
		}
	}
}
