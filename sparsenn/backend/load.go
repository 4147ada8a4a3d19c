package backend

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/go-xla/compute/xla"
	"k8s.io/klog/v2"

	"circuitbook/sparsenn/backend/executables"
	"circuitbook/sparsenn/backend/plugin"
	"circuitbook/sparsenn/cache"
)

// loadLimit bounds the loading of one plugin. CUDA's takes seconds, the CPU's
// some 20 ms; what takes longer than this hangs in a driver.
const loadLimit = 2 * time.Minute

// loaded remembers which plugin a backend was opened on, for Describe.
var loaded sync.Map // compute.Backend -> plugin.Plugin

// load opens XLA on a plugin, and tries it with a one-instruction program
// unless the plugin is one of the pinned ones: a foreign plugin may be too old
// for what go-xla writes, and CUDA's finds only then that a library is missing.
func load(p plugin.Plugin) (compute.Backend, error) {
	type result struct {
		b   compute.Backend
		err error
	}
	defer quiet()()
	done := make(chan result, 1)
	go func() {
		b, err := newClient(p)
		if err == nil && (p.Platform == plugin.CUDA || p.SHA256 == "") {
			err = try(b)
		}
		done <- result{b, err}
	}()
	select {
	case r := <-done:
		if r.err != nil {
			return nil, fmt.Errorf("the %s does not work: %w", p, r.err)
		}
		keepExecutables(p)
		loaded.Store(r.b, p)
		return r.b, nil
	case <-time.After(loadLimit):
		return nil, fmt.Errorf("the %s did not load within %v", p, loadLimit)
	}
}

// quiet keeps go-xla's warnings off standard error until the function that it
// returns is called: they repeat the error that go-xla returns, and the user
// shall get one line. What go-xla logs as an error still appears.
func quiet() (restore func()) {
	state := klog.CaptureState()
	klog.SetOutput(io.Discard)
	klog.LogToStderr(false)
	return state.Restore
}

// newClient loads the plugin and creates its client.
//
// The plugin goes to go-xla as an absolute path: the search path of go-xla is
// fixed when the program starts, and its search loads every plugin it meets,
// with a nil dereference for one that cannot be loaded. No installer is linked
// in (that would be go-xla's package autoinstall), so nothing is installed.
func newClient(p plugin.Plugin) (b compute.Backend, err error) {
	defer recovered(&err, "loading it")
	path, remove, err := plainPath(p)
	if err != nil {
		return nil, err
	}
	defer remove()
	config := path
	if p.Platform == plugin.CUDA {
		// go-xla takes any path with "cpu" in it for a CPU plugin, and would
		// let the host write into device memory.
		config += ",shared_buffers=false"
	}
	if p.Platform == plugin.CPU {
		keepMemory()
	}
	x, err := xla.NewWithOptions(config, nil)
	if err != nil {
		return nil, err // not x: a nil *xla.Backend is a non-nil interface
	}
	return x, nil
}

// plainPath returns a path of the plugin that go-xla understands as it is
// meant: it ends the path at a comma, and takes one with "cuda" or "nvidia"
// anywhere in it, as in /home/nvidia, for a CUDA plugin. Such a plugin is
// loaded through a link, removed afterwards. CUDA's plugin must stay where it
// is, because it finds its libraries relative to itself.
func plainPath(p plugin.Plugin) (path string, remove func(), err error) {
	nothing := func() {}
	bad := misread(p.Path)
	if p.Platform == plugin.CUDA {
		if strings.Contains(p.Path, ",") {
			return "", nothing, fmt.Errorf("go-xla cannot load a plugin from a path with a comma")
		}
		return p.Path, nothing, nil
	}
	if !bad {
		return p.Path, nothing, nil
	}
	dir, err := os.MkdirTemp("", "circuitbook-plugin-")
	if err != nil {
		return "", nothing, err
	}
	remove = func() { _ = os.RemoveAll(dir) }
	link := filepath.Join(dir, plugin.FileName(p.Platform))
	if misread(link) {
		remove()
		return "", nothing, fmt.Errorf("the path has a comma, \"cuda\" or \"nvidia\" in it, which go-xla misreads, and so has the temporary folder")
	}
	if err := os.Symlink(p.Path, link); err != nil {
		remove()
		return "", nothing, err
	}
	return link, remove, nil
}

func misread(path string) bool {
	p := strings.ToLower(path)
	return strings.Contains(p, ",") || strings.Contains(p, "cuda") || strings.Contains(p, "nvidia")
}

// try compiles and runs x + x.
func try(b compute.Backend) (err error) {
	defer recovered(&err, "trying it")
	builder := b.Builder("try")
	main := builder.Main()
	shape := shapes.Make(dtypes.Float32, 2)
	x, err := main.Parameter("x", shape, nil)
	if err != nil {
		return err
	}
	sum, err := main.Add(x, x)
	if err != nil {
		return err
	}
	if err := main.Return([]compute.Value{sum}, nil); err != nil {
		return err
	}
	exec, err := builder.Compile()
	if err != nil {
		return err
	}
	defer exec.Finalize()
	in, err := b.BufferFromFlatData(0, []float32{1, 2}, shape)
	if err != nil {
		return err
	}
	defer func() { _ = in.Finalize() }()
	out, err := exec.Execute([]compute.Buffer{in}, nil, 0)
	if err != nil {
		return err
	}
	got := make([]float32, 2)
	for _, o := range out {
		defer func() { _ = o.Finalize() }()
	}
	if len(out) != 1 {
		return fmt.Errorf("a program of one result gave %d", len(out))
	}
	if err := out[0].ToFlatData(got); err != nil {
		return err
	}
	if got[0] != 2 || got[1] != 4 {
		return fmt.Errorf("[1 2] + [1 2] gave %v", got)
	}
	return nil
}

// KeepEnv names the variable that, as "0" or "false", has every process compile
// its programs, instead of loading what another one compiled before.
const KeepEnv = "CIRCUITBOOK_KEEP_COMPILED"

// keepExecutables has programs compiled once for the machine. Without a cache
// folder, or on systems where it cannot be done, they are compiled every time.
func keepExecutables(p plugin.Plugin) {
	if v := os.Getenv(KeepEnv); p.Platform != plugin.CPU || v == "0" || v == "false" {
		return
	}
	p, err := p.Hash()
	if err != nil {
		return
	}
	dir, err := cache.Sub("executables")
	if err != nil {
		return
	}
	_ = executables.Keep(p.Path, p.SHA256, executables.Store{Dir: dir, Limit: executables.DefaultLimit})
}
