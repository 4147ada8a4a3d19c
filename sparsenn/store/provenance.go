package store

import (
	"encoding/json"
	"runtime"
	"runtime/debug"
)

// Provenance says where an artifact comes from. It is stored beside it, as
// provenance.json, and is no part of a run's hash. [NewProvenance] fills in
// what this package can know.
type Provenance struct {
	Format  int               `json:"format"` // FormatVersion
	Seed    uint64            `json:"seed"`
	Go      string            `json:"go"`      // as go1.26.8
	Modules map[string]string `json:"modules"` // path to version
	Plugin  string            `json:"plugin"`  // what computed: its name and version
	Data    map[string]string `json:"data"`    // name of a data set to its hash
	Parents map[string]string `json:"parents,omitempty"`
	Machine MachineInfo       `json:"machine"`
	// WallSeconds is the time the work took, over all its resumptions.
	WallSeconds float64        `json:"wall_seconds"`
	Extra       map[string]any `json:"extra,omitempty"`
}

// NewProvenance returns a Provenance with format, Go version, modules and
// machine filled in.
func NewProvenance(seed uint64) Provenance {
	return Provenance{
		Format:  FormatVersion,
		Seed:    seed,
		Go:      runtime.Version(),
		Modules: Modules(),
		Data:    map[string]string{},
		Machine: Machine(),
	}
}

// Map returns the provenance as the values of its JSON: strings, numbers,
// booleans, and maps of them.
func (p Provenance) Map() (map[string]any, error) {
	text, err := json.Marshal(p)
	if err != nil {
		return nil, err
	}
	var out map[string]any
	return out, json.Unmarshal(text, &out)
}

// JSON returns the content of provenance.json.
func (p Provenance) JSON() ([]byte, error) {
	text, err := marshal(p)
	if err != nil {
		return nil, err
	}
	return indentJSON(text)
}

// Modules returns the modules linked into this program and their versions, the
// replacement's where there is one. The program's own module is among them if
// its version is known; a program without build information, as a test may be,
// has none.
func Modules() map[string]string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return map[string]string{}
	}
	return modulesOf(info)
}

func modulesOf(info *debug.BuildInfo) map[string]string {
	out := map[string]string{}
	if info.Main.Path != "" && info.Main.Version != "" {
		out[info.Main.Path] = info.Main.Version
	}
	for _, m := range info.Deps {
		version := m.Version
		// A module replaced by a folder has no version of its own, and the
		// folder's path is nobody's business.
		if m.Replace != nil && m.Replace.Version != "" {
			version = m.Replace.Version
		}
		out[m.Path] = version
	}
	return out
}
