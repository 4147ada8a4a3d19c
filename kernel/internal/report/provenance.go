package report

import (
	"os"
	"runtime"
	"strings"

	"circuitbook/kernel/internal/module"
	"circuitbook/kernel/internal/notebook"
)

// A Provenance says where a run's numbers come from.
type Provenance struct {
	Notebook   string            `json:"notebook"`        // the file's name
	SourceHash string            `json:"notebook_sha256"` // see notebook.SourceHash; of the notebook before -p
	Parameters map[string]any    `json:"parameters"`
	Modules    map[string]string `json:"modules"` // what the engine's go.mod pins, by path
	Go         string            `json:"go"`
	Plugin     *Plugin           `json:"plugin"` // null where the pure-Go backend is used
	Machine    Machine           `json:"machine"`
	Started    string            `json:"started"` // RFC 3339, UTC
	Seconds    float64           `json:"wall_seconds"`
}

// A Plugin is the XLA plugin that cells are given.
type Plugin struct {
	Platform string `json:"platform"`
	Version  string `json:"version"`
	SHA256   string `json:"sha256"`
}

// A Machine is what a run was on.
type Machine struct {
	OS    string `json:"os"`
	Arch  string `json:"arch"`
	Cores int    `json:"cores"`
	CPU   string `json:"cpu"` // the model, "" if it is not told
}

// ThisMachine describes the machine.
func ThisMachine() Machine {
	return Machine{OS: runtime.GOOS, Arch: runtime.GOARCH, Cores: runtime.NumCPU(), CPU: cpuModel()}
}

// cpuModel reads the processor's name where the system tells it in a file.
func cpuModel() string {
	data, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return ""
	}
	for line := range strings.Lines(string(data)) {
		name, value, ok := strings.Cut(line, ":")
		if ok && strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

// Modules returns what the module pins directly or needs, by path.
func Modules(m *module.Module) map[string]string {
	list := map[string]string{}
	for _, r := range m.File.Require {
		list[r.Mod.Path] = r.Mod.Version
	}
	return list
}

// Parameters returns the parameters' values by name.
func Parameters(params []notebook.Param) map[string]any {
	values := map[string]any{}
	for _, p := range params {
		values[p.Name] = p.Value
	}
	return values
}
