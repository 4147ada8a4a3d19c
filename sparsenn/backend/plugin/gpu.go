package plugin

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// A GPUState says whether an NVIDIA GPU is visible to this process.
type GPUState struct {
	Visible bool
	Why     string // what it was told by: "/dev/nvidia0", "no NVIDIA GPU is visible", ...
}

// GPU looks for an NVIDIA GPU: its device files, else what nvidia-smi lists.
// CUDA_VISIBLE_DEVICES set to nothing or to -1 hides it. The hardware is
// looked for once per process.
func GPU() GPUState {
	if v, set := os.LookupEnv("CUDA_VISIBLE_DEVICES"); set {
		if v = strings.TrimSpace(v); v == "" || strings.HasPrefix(v, "-") {
			return GPUState{Why: "CUDA_VISIBLE_DEVICES hides every GPU"}
		}
	}
	return hardware()
}

// hardware is a variable so that tests can do without a GPU.
var hardware = sync.OnceValue(func() GPUState { return lookForGPU("/dev/nvidia[0-9]*") })

func lookForGPU(devices string) GPUState {
	if found, _ := filepath.Glob(devices); len(found) > 0 {
		return GPUState{Visible: true, Why: found[0]}
	}
	// Some systems have no device files of that name but do have the tool.
	if path, err := exec.LookPath("nvidia-smi"); err == nil {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		cmd := exec.CommandContext(ctx, path, "-L")
		cmd.WaitDelay = time.Second
		if out, err := cmd.Output(); err == nil && strings.Contains(string(out), "GPU 0") {
			return GPUState{Visible: true, Why: "nvidia-smi"}
		}
	}
	return GPUState{Why: "no NVIDIA GPU is visible"}
}
