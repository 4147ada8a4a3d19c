package executables

import (
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
)

// machine is all of this machine and of the environment that XLA compiles for.
func machine() []byte {
	var b strings.Builder
	for _, line := range processor() {
		b.WriteString(line + "\n")
	}
	// Work is cut up for so many processors.
	fmt.Fprintln(&b, runtime.GOOS, runtime.GOARCH, runtime.NumCPU())
	env := slices.Clone(os.Environ())
	slices.Sort(env)
	for _, v := range env {
		if strings.HasPrefix(v, "XLA_") || strings.HasPrefix(v, "TF_XLA") || strings.HasPrefix(v, "NPROC=") || strings.HasPrefix(v, "OMP_") {
			b.WriteString(v + "\n")
		}
	}
	return []byte(b.String())
}

// told are the fields of /proc/cpuinfo that say what a processor can do; the
// others differ between its cores, or from one moment to the next.
var told = []string{
	"vendor_id", "cpu family", "model", "model name", "stepping", "cache size", "flags", // amd64
	"CPU implementer", "CPU architecture", "CPU variant", "CPU part", "CPU revision", "Features", // arm64
}

// processor is what Linux tells about the first processor, nil where it tells
// nothing. It is read once: it does not change, and of many processors it is long.
var processor = sync.OnceValue(func() []string {
	text, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return nil
	}
	var list []string
	block, _, _ := strings.Cut(string(text), "\n\n")
	for line := range strings.Lines(block) {
		name, value, _ := strings.Cut(line, ":")
		if name = strings.TrimSpace(name); slices.Contains(told, name) {
			list = append(list, name+": "+strings.TrimSpace(value))
		}
	}
	return list
})
