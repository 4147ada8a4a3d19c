package backend

import (
	"runtime"
	"strings"

	"github.com/gomlx/compute"
	"github.com/gomlx/go-xla/compute/xla"

	"circuitbook/sparsenn/artifact"
	"circuitbook/sparsenn/backend/plugin"
)

// Info is what determines the bits that a backend computes, for provenance.
type Info struct {
	Name         string   `json:"name"`                    // "xla:cpu", "xla:cuda" or "go"
	Plugin       string   `json:"plugin,omitempty"`        // version of XLA's plugin: "lammps-jax-pjrt-cpu 0.11.2", or "" if its origin is unknown
	PluginPath   string   `json:"plugin_path,omitempty"`   // where it was loaded from
	PluginSHA256 string   `json:"plugin_sha256,omitempty"` // of the library
	CPU          string   `json:"cpu,omitempty"`           // the processor's name, where the system tells
	CPUFeatures  []string `json:"cpu_features"`            // as artifact.MachineInfo names them: XLA compiles for the processor it runs on
	Threads      int      `json:"threads"`                 // processors that the process may use
	Devices      int      `json:"devices"`                 // that the backend reports; graphs run on the first
}

// Describe tells about a backend that Open returned; about others it tells
// what it can. It is cheap except that the first description ever of a plugin
// that is not from the cache reads its 200 MB.
func Describe(b compute.Backend) Info {
	m := artifact.Machine()
	info := Info{CPU: m.CPU, CPUFeatures: m.Features, Threads: runtime.NumCPU()}
	if b == nil {
		return info
	}
	info.Name, info.Devices = "go", b.NumDevices()
	v, ok := loaded.Load(b)
	if !ok {
		if x, isXLA := b.(*xla.Backend); isXLA {
			info.Name = xla.BackendName + ":" + plugin.CPU
			if !x.IsFinalized() && x.IsCUDA() {
				info.Name = xla.BackendName + ":" + plugin.CUDA
			}
		}
		return info
	}
	p := v.(plugin.Plugin)
	if hashed, err := p.Hash(); err == nil {
		p = hashed
	}
	info.Name = xla.BackendName + ":" + p.Platform
	info.Plugin, info.PluginPath, info.PluginSHA256 = p.Version, p.Path, p.SHA256
	return info
}

// Provenance returns what a notebook says of the backend that its cells opened:
// "plugin", with platform, version and sha256 of XLA's plugin, or nil for the
// pure-Go backend. In the results of a run it replaces what the runner found:
//
//	book.Provenance(backend.Describe(b).Provenance())
func (i Info) Provenance() map[string]any {
	_, platform, isXLA := strings.Cut(i.Name, ":")
	if !isXLA {
		return map[string]any{"plugin": nil}
	}
	return map[string]any{"plugin": map[string]any{"platform": platform, "version": i.Plugin, "sha256": i.PluginSHA256}}
}

// Threads are left to XLA: it uses all processors that the process may run on
// (taskset, or a container's CPU set, limits it). Nothing is set for it because
// nothing was found to matter: with the pinned plugin on 2 processors a chain
// of four 1536×1536 matrix products kept both busy (1.9 of 2) and took 104 to
// 118 ms with the plugin's default of 4 devices or with one (its create option
// cpu_device_count), with asynchronous=false, with
// --xla_cpu_multi_thread_eigen=false, --xla_cpu_use_onednn=true, and NPROC=1,
// which limits XLA's threads only if there is one device. More devices only
// start more threads: 13 against 9 when the plugin is opened.

// Can reports whether the backend has every one of the operations, as it
// states itself. GoMLX's pure-Go backend lacks some, such as
// compute.OpTypeDynamicSlice.
func Can(b compute.Backend, ops ...compute.OpType) bool {
	if b == nil {
		return false
	}
	have := b.Capabilities().Operations
	for _, op := range ops {
		if !have[op] {
			return false
		}
	}
	return true
}
