// Package plugin finds, fetches and verifies the shared libraries ("PJRT
// plugins") through which XLA runs. It is plain Go without cgo and never loads
// a plugin: package backend does.
//
// A plugin is looked for, in this order,
//
//  1. where the user points: the folders in $PJRT_PLUGIN_LIBRARY_PATH;
//  2. where go-xla itself looks: ~/.local/lib/go-xla, /usr/local/lib/go-xla,
//     $LD_LIBRARY_PATH, the folders of /etc/ld.so.conf and a few more;
//  3. in Circuitbook's cache, where Ensure puts what it fetches.
//
// At each of these a CUDA plugin comes before a CPU plugin, if an NVIDIA GPU
// is visible. What is fetched is a CPU plugin for Linux on amd64, from a wheel
// pinned by its sha256. On other platforms go-xla's own installer, the program
// github.com/gomlx/go-xla/cmd/pjrt_installer, can provide one; it puts it
// where 2 looks. The same program installs CUDA's plugin and its libraries.
package plugin

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"

	"circuitbook/sparsenn/cache"
	"circuitbook/sparsenn/cache/pip"
)

// BackendEnv names the variable that forces a backend; package backend, which
// needs cgo, reads it, and Report tells about it.
const BackendEnv = "CIRCUITBOOK_BACKEND"

// The platforms of plugins that are used.
const (
	CPU  = "cpu"
	CUDA = "cuda"
)

// ErrNotFound is what Find fails with where there is no plugin to use.
var ErrNotFound = errors.New("no XLA plugin found")

// A Plugin is a shared library that was found and looks whole.
type Plugin struct {
	Platform string // CPU or CUDA
	Path     string // absolute path of the library
	Dir      string // its folder
	Source   string // where it was found: "$PJRT_PLUGIN_LIBRARY_PATH", "go-xla's folders" or "cache"
	Version  string // "lammps-jax-pjrt-cpu 0.11.2"; what the file's name tells; or "" where nothing does
	SHA256   string // of the library; "" until Hash is called, except for plugins from the cache
}

// String returns one line about the plugin.
func (p Plugin) String() string {
	s := p.Platform + " plugin " + p.Path
	if p.Version != "" {
		s += " (" + p.Version + ")"
	}
	return s
}

// A Query says which plugins will do. The zero Query is what Find and Ensure
// ask: CUDA's where there is a GPU, else the CPU's.
type Query struct {
	Platform string                // CPU, CUDA or "": either
	Skip     func(p Plugin) string // why a plugin will not do, "" if it will; nil: all will
}

// Find returns the plugin to use, looking in the three places but fetching
// nothing. The error is an ErrNotFound and says what to do.
func Find() (Plugin, error) { return Query{}.Find() }

// Ensure returns the plugin to use; where there is none it fetches one into
// the cache, telling log (which may be nil) in a line or two. It ends early,
// with an error, if ctx does; without a network it ends in seconds if
// connections are refused and in about a minute if nothing answers.
// $CIRCUITBOOK_OFFLINE=1 forbids fetching.
func Ensure(ctx context.Context, log io.Writer) (Plugin, error) {
	return Query{}.Ensure(ctx, log)
}

// Find is the package's Find for the plugins that q wants.
func (q Query) Find() (Plugin, error) {
	if err := q.check(); err != nil {
		return Plugin{}, err
	}
	var passed []string
	gpu := GPU()
	for _, place := range [][]Plugin{userPlugins(), goxlaPlugins(), cachedPlugins()} {
		for _, platform := range []string{CUDA, CPU} {
			if q.Platform != "" && q.Platform != platform {
				continue
			}
			for _, p := range place {
				if p.Platform != platform {
					continue
				}
				if platform == CUDA && !gpu.Visible {
					passed = append(passed, fmt.Sprintf("%s: %s", p.Path, gpu.Why))
					continue
				}
				if why := q.reject(p); why != "" {
					passed = append(passed, fmt.Sprintf("%s: %s", p.Path, why))
					continue
				}
				return p, nil
			}
		}
	}
	if _, err := cache.Dir(); errors.Is(err, cache.ErrShared) {
		passed = append(passed, err.Error())
	}
	err := fmt.Errorf("%w: neither in $%s, nor where go-xla looks, nor in the cache", ErrNotFound, UserEnv)
	if len(passed) > 0 {
		err = fmt.Errorf("%w (passed over: %s)", err, strings.Join(passed, "; "))
	}
	return Plugin{}, fmt.Errorf("%w; %s", err, q.advice())
}

// Ensure is the package's Ensure for the plugins that q wants. Only CPU
// plugins can be fetched.
func (q Query) Ensure(ctx context.Context, log io.Writer) (Plugin, error) {
	p, err := q.Find()
	if err == nil || !errors.Is(err, ErrNotFound) || q.Platform == CUDA {
		return p, err
	}
	if !fetchable() {
		return Plugin{}, err
	}
	var errs []error
	for _, r := range releases {
		dir, err := r.dir()
		if err != nil {
			return Plugin{}, err
		}
		if why := q.reject(r.plugin(dir)); why != "" {
			errs = append(errs, fmt.Errorf("%s: %s", dir, why))
			continue
		}
		p, err := r.install(ctx, log)
		if err == nil {
			return p, nil
		}
		errs = append(errs, err)
		if ctx.Err() != nil || errors.Is(err, cache.ErrOffline) || errors.Is(err, pip.ErrNoPython) ||
			errors.Is(err, cache.ErrNoNetwork) {
			break // the other release would fail in the same way, only later
		}
	}
	return Plugin{}, fmt.Errorf("no XLA plugin found, and none could be fetched: %w; or set $%s to a folder with a %s",
		errors.Join(errs...), UserEnv, FileName(CPU))
}

func (q Query) check() error {
	switch q.Platform {
	case "", CPU, CUDA:
		return nil
	}
	return fmt.Errorf("plugin platform %q: want %q, %q or none", q.Platform, CPU, CUDA)
}

func (q Query) reject(p Plugin) string {
	if q.Skip == nil {
		return ""
	}
	return q.Skip(p)
}

// advice says what to do where nothing was found.
func (q Query) advice() string {
	switch {
	case q.Platform == CUDA:
		return "go-xla's own installer, github.com/gomlx/go-xla/cmd/pjrt_installer, installs CUDA's plugin and libraries; " +
			"or set $" + UserEnv + " to the folder that holds " + FileName(CUDA)
	case fetchable() && cache.Offline():
		return "unset $" + cache.OfflineEnv + " once to let one be fetched, or set $" + UserEnv +
			" to a folder that holds " + FileName(CPU)
	case fetchable():
		return "one is fetched at the first use"
	}
	return "none is fetched on " + runtime.GOOS + "/" + runtime.GOARCH +
		": go-xla's own installer, github.com/gomlx/go-xla/cmd/pjrt_installer, can provide one"
}

// fetchable reports whether the pinned wheels are for this platform.
func fetchable() bool { return runtime.GOOS == "linux" && runtime.GOARCH == "amd64" }

// FileName returns the name under which go-xla knows a platform's plugin:
// "pjrt_c_api_cpu_plugin.so" on Linux.
func FileName(platform string) string {
	ext := ".so"
	switch runtime.GOOS {
	case "darwin":
		ext = ".dylib"
	case "windows":
		ext = ".dll"
	}
	return "pjrt_c_api_" + platform + "_plugin" + ext
}
