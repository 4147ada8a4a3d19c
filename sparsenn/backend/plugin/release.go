package plugin

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"circuitbook/sparsenn/cache"
)

// A release is a CPU plugin inside a pinned wheel.
type release struct {
	wheel  cache.Wheel
	member string // of the wheel
	sha256 string // of the member
}

// releases are tried in this order; the second is there for the day on which
// the first cannot be had or does not load.
var releases = []release{{
	wheel: cache.Wheel{
		Name: "lammps-jax-pjrt-cpu", Version: "0.11.2",
		File:   "lammps_jax_pjrt_cpu-0.11.2-py3-none-manylinux_2_27_x86_64.whl",
		SHA256: "1319390d948b39f69f7dade496b7c385149d9ca6097a6b62114da113216d9ad1",
	},
	member: "lammps_jax_pjrt_cpu/pjrt_c_api_cpu_plugin.so",
	sha256: "ad1309ac822b1b24d51b7f9947c7c9fa9ef5d67f390584cbc3d1fa2428fed9c2",
}, {
	wheel: cache.Wheel{
		Name: "fastatomstruct-xla-cpu", Version: "2026.6.23",
		File:   "fastatomstruct_xla_cpu-2026.6.23-py3-none-manylinux_2_27_x86_64.whl",
		SHA256: "88b1c430b341b4bea40a37420311c9c75db6e22b46d2ff95b6986577bee6afe9",
	},
	member: "fastatomstruct_xla_cpu/libpjrt_cpu.so",
	sha256: "0a0fe56ca17be9efc7b942e89e534e5e0ad4a0f1e369b66d27b62184509015b9",
}}

// plugin describes the release as installed in dir.
func (r release) plugin(dir string) Plugin {
	return Plugin{
		Platform: CPU, Path: filepath.Join(dir, FileName(CPU)), Dir: dir, Source: sourceCache,
		Version: r.wheel.String(), SHA256: r.sha256,
	}
}

// dir is the release's folder in the cache; it need not exist.
func (r release) dir() (string, error) {
	root, err := cache.Dir()
	if err != nil {
		return "", err
	}
	return filepath.Join(root, "plugins", r.wheel.Name+"-"+r.wheel.Version), nil
}

// cached returns the release's plugin if it is in the cache, whole.
func (r release) cached() (Plugin, bool) {
	dir, err := r.dir()
	if err != nil {
		return Plugin{}, false
	}
	p := r.plugin(dir)
	if cache.Trusted(p.Path) != nil { // it could be another one as soon as it is hashed
		return p, false
	}
	sum, err := hashOnce(p.Path, filepath.Join(dir, stampFile))
	return p, err == nil && sum == r.sha256
}

// install returns the release's plugin, fetching its wheel if need be.
func (r release) install(ctx context.Context, log io.Writer) (Plugin, error) {
	wheel, err := r.wheel.Fetch(ctx, log)
	if err != nil {
		return Plugin{}, err
	}
	unlock, err := cache.Lock(ctx, "plugin-"+r.wheel.Name+"-"+r.wheel.Version)
	if err != nil {
		return Plugin{}, err
	}
	defer unlock()
	if p, ok := r.cached(); ok { // another process was faster
		return p, nil
	}
	dir, err := r.dir()
	if err != nil {
		return Plugin{}, err
	}
	p := r.plugin(dir)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return Plugin{}, err
	}
	if err := cache.Trusted(dir); err != nil {
		return Plugin{}, err
	}
	// What killed processes left behind has 200 MB each; nobody else is here,
	// because of the lock.
	leftovers, _ := filepath.Glob(filepath.Join(dir, ".tmp-*"))
	for _, l := range leftovers {
		_ = os.Remove(l)
	}
	if err := cache.Extract(wheel, r.member, p.Path, r.sha256); err != nil {
		return Plugin{}, fmt.Errorf("cannot unpack %s: %w", r.wheel, err)
	}
	if log != nil {
		fmt.Fprintf(log, "unpacked XLA's CPU plugin into %s\n", dir)
	}
	writeStamp(p.Path, filepath.Join(dir, stampFile), r.sha256)
	return p, nil
}

// cachedPlugins returns the plugins in the cache, none elsewhere than on the
// platform they were built for.
func cachedPlugins() []Plugin {
	var found []Plugin
	if !fetchable() {
		return nil
	}
	for _, r := range releases {
		if p, ok := r.cached(); ok {
			found = append(found, p)
		}
	}
	return found
}
