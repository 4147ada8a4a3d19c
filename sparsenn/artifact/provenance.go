package artifact

import (
	"bufio"
	"circuitbook/sparsenn/tensorfile"
	"encoding/json"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sys/cpu"
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
		Format:  formatVersion,
		Seed:    seed,
		Go:      runtime.Version(),
		Modules: modules(),
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
	text, err := tensorfile.Marshal(p)
	if err != nil {
		return nil, err
	}
	return indentJSON(text)
}

// modules returns the modules linked into this program and their versions, the
// replacement's where there is one. The program's own module is among them if
// its version is known; a program without build information, as a test may be,
// has none.
func modules() map[string]string {
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

// MachineInfo describes the machine as far as results and times depend on it.
// It holds neither its name nor a path.
type MachineInfo struct {
	OS   string `json:"os"`
	Arch string `json:"arch"`
	// CPU is the model's name, "" where the system does not tell.
	CPU   string `json:"cpu"`
	Cores int    `json:"cores"` // that this process can use
	// MemoryGiB is 0 where the system does not tell.
	MemoryGiB float64 `json:"memory_gib"`
	// Features are the vector extensions of the CPU, sorted: compiled programs
	// give the same bits only where they are the same.
	Features []string `json:"features"`
}

// Machine describes this machine.
func Machine() MachineInfo {
	m := MachineInfo{OS: runtime.GOOS, Arch: runtime.GOARCH, Cores: runtime.NumCPU(), Features: cpuFeatures()}
	if f, err := os.Open("/proc/cpuinfo"); err == nil {
		defer f.Close()
		m.CPU = fieldOf(bufio.NewScanner(f), "model name")
	}
	if f, err := os.Open("/proc/meminfo"); err == nil {
		defer f.Close()
		kib, _ := strconv.ParseFloat(strings.TrimSuffix(fieldOf(bufio.NewScanner(f), "MemTotal"), " kB"), 64)
		m.MemoryGiB = float64(int64(kib/(1<<20)*10+0.5)) / 10
	}
	return m
}

// fieldOf returns the value of the first line "key : value".
func fieldOf(lines *bufio.Scanner, key string) string {
	for lines.Scan() {
		k, v, ok := strings.Cut(lines.Text(), ":")
		if ok && strings.TrimSpace(k) == key {
			return strings.TrimSpace(v)
		}
	}
	return ""
}

func cpuFeatures() []string {
	has := map[string]bool{
		"sse4.2":      cpu.X86.HasSSE42,
		"avx":         cpu.X86.HasAVX,
		"avx2":        cpu.X86.HasAVX2,
		"fma":         cpu.X86.HasFMA,
		"bmi2":        cpu.X86.HasBMI2,
		"avx512f":     cpu.X86.HasAVX512F,
		"avx512bw":    cpu.X86.HasAVX512BW,
		"avx512cd":    cpu.X86.HasAVX512CD,
		"avx512dq":    cpu.X86.HasAVX512DQ,
		"avx512vl":    cpu.X86.HasAVX512VL,
		"avx512vnni":  cpu.X86.HasAVX512VNNI,
		"avx512bf16":  cpu.X86.HasAVX512BF16,
		"amx-tile":    cpu.X86.HasAMXTile,
		"amx-int8":    cpu.X86.HasAMXInt8,
		"amx-bf16":    cpu.X86.HasAMXBF16,
		"arm-asimd":   cpu.ARM64.HasASIMD,
		"arm-asimdhp": cpu.ARM64.HasASIMDHP,
		"arm-sve":     cpu.ARM64.HasSVE,
		"arm-sve2":    cpu.ARM64.HasSVE2,
	}
	out := []string{}
	for name, on := range has {
		if on {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}
