package report

import (
	"circuitbook/kernel/internal/module"
	"circuitbook/kernel/internal/notebook"
	"circuitbook/sparsenn/artifact"
)

// A Provenance says where a run's numbers come from.
type Provenance struct {
	Notebook   string            `json:"notebook"`        // the file's name
	SourceHash string            `json:"notebook_sha256"` // see notebook.SourceHash; of the notebook before -p
	Parameters map[string]any    `json:"parameters"`
	Modules    map[string]string `json:"modules"` // what the engine's go.mod pins, by path
	Go         string            `json:"go"`
	// Plugin is the one that cells were given, null where the pure-Go backend
	// is used. A notebook that says which it loaded (backend.Info.Provenance)
	// overrides it, as it does all but the notebook's own identity.
	Plugin  *Plugin              `json:"plugin"`
	Machine artifact.MachineInfo `json:"machine"`
	// Runs are those of the store that the outputs name, with what they were
	// made from.
	Runs    map[string]Run `json:"runs,omitempty"`
	Started string         `json:"started"` // RFC 3339, UTC
	Seconds float64        `json:"wall_seconds"`
}

// A Plugin is the XLA plugin that cells are given.
type Plugin struct {
	Platform string `json:"platform"`
	Version  string `json:"version"`
	SHA256   string `json:"sha256"`
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
