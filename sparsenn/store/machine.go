package store

import (
	"bufio"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sys/cpu"
)

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
